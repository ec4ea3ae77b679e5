import type * as v from 'valibot';
import type { measurementSchema } from './measurement-schema';

/** What nobody changes, however deep. */
type Unchanging<T> = T extends object ? { readonly [Key in keyof T]: Unchanging<T[Key]> } : T;

/**
 * One run of the measurement protocol (the paper's Figure 2): inputs random and on the device beforehand, a warm-up,
 * then trials of one batch each, timed from start to after synchronisation.
 */
export type Measurement = Unchanging<v.InferOutput<typeof measurementSchema>>;

/** What the board was doing at one moment; null where it does not say. */
export type BoardState = Measurement['before'];

/** Versions of what ran on the board; null where the board does not say. */
export type BoardSoftware = Measurement['software'];

/** What the board drew while the GPU was busy with the network. */
export type MeasuredPower = NonNullable<Measurement['power']>;

/** The time of one layer of an engine, as TensorRT's profiler names it, in a pass apart from the trials. */
export type MeasuredLayer = NonNullable<Measurement['layers']>[number];

/** What trial times amount to. Percentiles are the smallest time that at least that share of trials does not exceed. */
export interface TrialStatistics {
  readonly trials: number;
  readonly meanMs: number;
  readonly medianMs: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly standardDeviationMs: number;
  /** Inputs per second over all trials: trials · batch / total time, the paper's 𝒯 (section 2.1). */
  readonly throughputFps: number;
}

/** Sums up trials of `batch` inputs each. Null without trials, or where a time is not a positive finite number. */
export function trialStatistics(trialTimesMs: readonly number[], batch: number): TrialStatistics | null {
  const trials = trialTimesMs.length;
  if (trials === 0 || !trialTimesMs.every((time) => Number.isFinite(time) && time > 0)) return null;
  const sorted = [...trialTimesMs].sort((a, b) => a - b);
  const nearestRank = (share: number) => sorted[Math.max(0, Math.ceil(share * trials) - 1)]!;
  const total = sorted.reduce((sum, time) => sum + time, 0);
  const meanMs = total / trials;
  const squares = sorted.reduce((sum, time) => sum + (time - meanMs) ** 2, 0);
  return {
    trials,
    meanMs,
    medianMs: (sorted[Math.floor((trials - 1) / 2)]! + sorted[Math.floor(trials / 2)]!) / 2,
    p90Ms: nearestRank(0.9),
    p99Ms: nearestRank(0.99),
    minMs: sorted[0]!,
    maxMs: sorted[trials - 1]!,
    standardDeviationMs: trials < 2 ? 0 : Math.sqrt(squares / (trials - 1)),
    throughputFps: (1000 * trials * batch) / total,
  };
}

/** Energy per inference in joules: the mean power over the mean time of a trial, shared by its inputs. Null if unknown. */
export function joulesPerInference({ power, trialTimesMs }: Measurement, batch: number): number | null {
  const statistics = trialStatistics(trialTimesMs, batch);
  return power === undefined || statistics === null ? null : power.meanWatts / statistics.throughputFps;
}
