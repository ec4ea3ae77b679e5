import { largestOf, smallestOf } from '../extremes';
import { formatRatio, formatTarget, formatThroughput } from '../figures';
import { t } from '../language';
import type { Concern } from './concerns';
import type { Estimate, Prediction } from './estimate';

/**
 * What a verdict's figure rests on: measurements of this very network, a prediction inside what was measured, one beyond
 * it, or the board's specification alone.
 */
export type Certainty = 'measured' | 'inside' | 'outside' | 'specification';

/**
 * What Framecast says of a model on a board. `does-not-run`: as exported, the engine cannot be built; `runs-wrongly`: it
 * is built, and computes something else. Both outrank the figure.
 */
export interface Verdict {
  readonly kind: 'meets' | 'misses' | 'does-not-run' | 'runs-wrongly';
  /** Whether the whole interval, or all measurements, are on one side of the target. */
  readonly isSure: boolean;
  /** null where there is no figure. */
  readonly certainty: Certainty | null;
  /** The figure that is judged: measured where there is one, else predicted; inputs per second. Null without one. */
  readonly throughputFps: number | null;
  /** That figure as a share of the target, 1.08 with 8% to spare; null without a figure or a target. */
  readonly ratio: number | null;
  /** One sentence without its full stop. */
  readonly sentence: string;
}

/**
 * Judges a model. Null where there is nothing to judge: it runs, as far as is known, and no target is set or no figure
 * known.
 *
 * @param concerns of the model on the board that the prediction is for
 * @param targetFps inputs per second
 */
export function verdictOf(
  { estimate, measured = [] }: Pick<Prediction, 'measured'> & { readonly estimate: JudgedEstimate | null },
  concerns: readonly Concern[],
  targetFps: number | null,
): Verdict | null {
  const figure = measured[0]?.throughputFps ?? estimate?.throughputFps ?? null;
  const judged = {
    certainty: certaintyOf(estimate, measured.length > 0),
    throughputFps: figure,
    ratio: figure === null || targetFps === null ? null : figure / targetFps,
  };
  const obstacle = obstacleOf(concerns);
  if (obstacle !== null) {
    const sentence = `${obstacle.sentence}${onceFixed(judged, targetFps, estimate?.batch ?? 1)}`;
    return { kind: obstacle.kind, isSure: true, ...judged, sentence };
  }
  if (figure === null || targetFps === null) return null;
  const all = measured.map(({ throughputFps }) => throughputFps);
  const low = all.length > 0 ? smallestOf(all) : (estimate?.interval?.lowFps ?? figure);
  const high = all.length > 0 ? largestOf(all) : (estimate?.interval?.highFps ?? figure);
  const kind = figure >= targetFps ? 'meets' : 'misses';
  const isSure = low >= targetFps || high < targetFps;
  return { kind, isSure, ...judged, sentence: targetSentence(kind, isSure, figure, targetFps, all.length > 0) };
}

type JudgedEstimate = Pick<Estimate, 'throughputFps' | 'interval' | 'certainty' | 'batch'>;

/** Whether a model cannot be deployed as it was exported. */
export function isUnfit(verdict: Pick<Verdict, 'kind'> | null): boolean {
  return verdict?.kind === 'does-not-run' || verdict?.kind === 'runs-wrongly';
}

/** One word or two for the readers of JSON and CSV, in English; people read {@link verdictLabel}. */
export function verdictWord({ kind, isSure }: Pick<Verdict, 'kind' | 'isSure'>): VerdictWord {
  return verdictWords[kind][isSure ? 'sure' : 'unsure'];
}

export type VerdictWord = (typeof verdictRanks)[number];

/** From worst to best, for sorting. */
export const verdictRanks = ['does not run', 'wrong result', 'missed', 'likely missed', 'likely met', 'met'] as const;

const verdictWords = {
  'does-not-run': { sure: 'does not run', unsure: 'does not run' },
  'runs-wrongly': { sure: 'wrong result', unsure: 'wrong result' },
  misses: { sure: 'missed', unsure: 'likely missed' },
  meets: { sure: 'met', unsure: 'likely met' },
} as const;

/** The same for a table that people read. */
export function verdictLabel({ kind, isSure }: Pick<Verdict, 'kind' | 'isSure'>): string {
  if (kind === 'does-not-run') return t('does not run');
  if (kind === 'runs-wrongly') return t('wrong result');
  if (kind === 'meets') return isSure ? t('met') : t('likely met');
  return isSure ? t('missed') : t('likely missed');
}

function certaintyOf(estimate: JudgedEstimate | null, isMeasured: boolean): Certainty | null {
  return isMeasured ? 'measured' : (estimate?.certainty ?? null);
}

function obstacleOf(concerns: readonly Concern[]): Pick<Verdict, 'kind' | 'sentence'> | null {
  const errors = concerns.filter(({ severity }) => severity === 'error');
  if (errors.some(({ code }) => code !== 'misread-operator')) {
    return { kind: 'does-not-run', sentence: t('Does not run as exported') };
  }
  const [misread] = errors;
  if (misread === undefined) return null;
  return { kind: 'runs-wrongly', sentence: t('Runs, and computes {0}', misread.computes ?? t('a wrong result')) };
}

/** `; 32.5 FPS once fixed, 108% of 30 FPS`: what a model would reach that cannot be deployed as it is. */
function onceFixed(
  { throughputFps, ratio }: Pick<Verdict, 'throughputFps' | 'ratio'>,
  targetFps: number | null,
  batch: number,
): string {
  if (throughputFps === null) return '';
  const fixed = t('; {0} once fixed', formatThroughput(throughputFps, batch));
  if (ratio === null || targetFps === null) return fixed;
  const share = formatRatio(ratio);
  return (
    fixed +
    (share.endsWith('×') ? `, ${share} ${formatTarget(targetFps)}` : t(', {0} of {1}', share, formatTarget(targetFps)))
  );
}

function targetSentence(
  kind: 'meets' | 'misses',
  isSure: boolean,
  fps: number,
  targetFps: number,
  isMeasured: boolean,
): string {
  // As it was entered: 60, not 60.0.
  const target = formatTarget(targetFps);
  const share = formatRatio(fps / targetFps);
  if (kind === 'meets') {
    if (isSure) return t('Meets {0} ({1})', target, share);
    return isMeasured
      ? t('Probably meets {0}, but measurements extend below it', target)
      : t('Probably meets {0}, but the interval extends below it', target);
  }
  if (isSure) return t('Misses {0} ({1})', target, share);
  return isMeasured
    ? t('Probably misses {0}, but measurements extend above it', target)
    : t('Probably misses {0}, but the interval extends above it', target);
}
