import type { Estimate } from '../estimate/estimate';
import type { Settings } from '../zoo/family';

/** One candidate and what is predicted for it. */
export interface Trial {
  /** For people: `MobileNetV2 width 0.5` or `320×320`. */
  readonly label: string;
  /** What was varied; the resolution is not among them. */
  readonly settings: Settings;
  /** Side of the square input in pixels, or of a square with as many pixels. */
  readonly resolution: number;
  /** Of an input that is not square, in pixels. */
  readonly height?: number;
  readonly width?: number;
  readonly batch: number;
  readonly parameters: number;
  /** Multiply–accumulates of one inference at this resolution and batch; null when unknown. */
  readonly macs: number | null;
  readonly estimate: Estimate;
}

/** Candidates for which there is no figure, and why. */
export interface Unanswered {
  readonly reason: string;
  readonly labels: readonly string[];
}

/** Which candidates meet a target. */
export interface Plan {
  readonly targetFps: number;
  /**
   * `all` candidates meet the target, `some` are known to, `none` of those with a figure does, or `unanswered`: nothing
   * could be predicted, so nothing is known.
   */
  readonly outcome: 'some' | 'all' | 'none' | 'unanswered';
  /** The largest candidate that meets the target. */
  readonly answer: Trial | null;
  /** Whether even the low end of the answer's interval meets the target; null without an answer or an interval. */
  readonly lowEndMeets: boolean | null;
  /** The largest candidate whose whole interval meets the target. */
  readonly sure: Trial | null;
  /** The largest that meets the target and lies within the landmarks' range; the answer itself where it does. */
  readonly within: Trial | null;
  /** The smallest candidate above the answer that has a figure; it misses the target. */
  readonly next: Trial | null;
  /** Where none meets the target, the fastest. */
  readonly closest: Trial | null;
  /** Candidates smaller than the answer that nevertheless miss the target: throughput is not monotonic here. */
  readonly exceptions: readonly Trial[];
  /** Every candidate with a figure, smallest first. */
  readonly trials: readonly Trial[];
  readonly unanswered: readonly Unanswered[];
}

/**
 * Draws the conclusion from candidates in order of their size. Every one is looked at: a fit may let throughput rise
 * with size in places, so a bisection could miss the answer.
 *
 * @param trials smallest first
 */
export function conclude(trials: readonly Trial[], unanswered: readonly Unanswered[], targetFps: number): Plan {
  const meets = ({ estimate }: Trial) => estimate.throughputFps >= targetFps;
  const surelyMeets = ({ estimate }: Trial) => (estimate.interval?.lowFps ?? -Infinity) >= targetFps;
  const meeting = trials.filter(meets);
  const answer = meeting.at(-1) ?? null;
  const place = answer === null ? -1 : trials.indexOf(answer);
  const interval = answer?.estimate.interval ?? null;
  const all = meeting.length === trials.length && unanswered.length === 0;
  return {
    targetFps,
    outcome: trials.length === 0 ? 'unanswered' : answer === null ? 'none' : all ? 'all' : 'some',
    answer,
    lowEndMeets: interval === null ? null : interval.lowFps >= targetFps,
    sure: trials.filter(surelyMeets).at(-1) ?? null,
    within: meeting.filter(({ estimate }) => !estimate.extrapolated).at(-1) ?? null,
    next: answer === null ? null : (trials[place + 1] ?? null),
    closest: answer === null ? fastest(trials) : null,
    exceptions: trials.slice(0, Math.max(0, place)).filter((trial) => !meets(trial)),
    trials,
    unanswered,
  };
}

function fastest(trials: readonly Trial[]): Trial | null {
  return trials.reduce<Trial | null>(
    (best, trial) => (best === null || trial.estimate.throughputFps > best.estimate.throughputFps ? trial : best),
    null,
  );
}
