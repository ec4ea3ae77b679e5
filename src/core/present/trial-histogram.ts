/** One bar: trials that took from `fromMs` on and less than `toMs` (the last bar: up to and with it). */
export interface HistogramBin {
  readonly fromMs: number;
  readonly toMs: number;
  readonly trials: number;
}

const minBins = 5;
const maxBins = 24;

/**
 * Trial times in milliseconds as bars of equal width, by the rule of Freedman and Diaconis (width = 2 · interquartile
 * range / ∛n), so that one trial that took very long neither hides the others nor makes hundreds of bars. Empty without
 * trials; one bar where all took the same time.
 */
export function trialHistogram(trialTimesMs: readonly number[]): readonly HistogramBin[] {
  const sorted = [...trialTimesMs].sort((a, b) => a - b);
  const min = sorted[0];
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) return [];
  if (max === min) return [{ fromMs: min, toMs: max, trials: sorted.length }];
  const quartile = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!;
  const width = (2 * (quartile(0.75) - quartile(0.25))) / Math.cbrt(sorted.length);
  const wanted = width > 0 ? Math.ceil((max - min) / width) : maxBins;
  const bins = Math.min(Math.max(wanted, minBins), maxBins);
  const edge = (index: number): number => (index === bins ? max : min + ((max - min) * index) / bins);
  const counts = new Array<number>(bins).fill(0);
  for (const time of sorted) {
    const index = Math.min(Math.floor(((time - min) / (max - min)) * bins), bins - 1);
    counts[index] = counts[index]! + 1;
  }
  return counts.map((trials, index) => ({ fromMs: edge(index), toMs: edge(index + 1), trials }));
}
