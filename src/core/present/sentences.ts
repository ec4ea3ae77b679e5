import type { Estimate, Method } from '../estimate/estimate';
import { defaultResolution } from '../landmarks/landmark';
import { formatFps, formatShare, formatTarget, formatThroughput, inputSizeText } from '../figures';

/** How a predicted throughput stands to the user's target. */
export interface TargetVerdict {
  /** `met` and `missed` when the whole interval is on one side; in between it is only likely or unlikely. */
  readonly standing: 'met' | 'likely' | 'unlikely' | 'missed';
  readonly sentence: string;
}

/** Compares an estimate with a target in FPS, with its interval where it has one. */
export function targetVerdict(
  estimate: Pick<Estimate, 'throughputFps' | 'interval'>,
  targetFps: number,
): TargetVerdict {
  const low = estimate.interval?.lowFps ?? estimate.throughputFps;
  const high = estimate.interval?.highFps ?? estimate.throughputFps;
  // As it was entered: 60, not 60.0.
  const target = formatTarget(targetFps);
  const ratio = formatShare(estimate.throughputFps / targetFps);
  if (low >= targetFps) return { standing: 'met', sentence: `Meets ${target} (${ratio} of it)` };
  if (high < targetFps) return { standing: 'missed', sentence: `Misses ${target} (${ratio} of it)` };
  return estimate.throughputFps >= targetFps
    ? { standing: 'likely', sentence: `Probably meets ${target}, but the interval extends below it` }
    : { standing: 'unlikely', sentence: `Probably misses ${target}, but the interval extends above it` };
}

/** At which input and batch an estimate holds: `224×224, batch 1`. */
export function operatingPointText(estimate: Parameters<typeof inputSizeText>[0] & Pick<Estimate, 'batch'>): string {
  return `${inputSizeText(estimate)}, batch ${estimate.batch}`;
}

/** The input and batch that the paper measures at. */
export const paperPointText = operatingPointText({ resolution: defaultResolution, batch: 1 });

/** The interval in words: `90% interval: 78.1 to 94.6 FPS`. */
export function intervalSentence({ interval, batch }: Pick<Estimate, 'interval' | 'batch'>): string {
  if (!interval) return 'Too few landmarks for an interval';
  return `${formatShare(interval.level)} interval: ${formatFps(interval.lowFps)} to ${formatThroughput(interval.highFps, batch)}`;
}

/** A method's name for people. */
export function methodName(method: Method): string {
  return method === 'landmark-fit' ? 'Family fit (Equation 2)' : 'Graph cost';
}

/** What an estimate rests on: method, number of landmarks, and whether it reaches beyond them. */
export function methodSentence(
  estimate: Pick<Estimate, 'method' | 'landmarks' | 'extrapolated'>,
  family: string | null,
): string {
  const points = `${estimate.landmarks} measured ${estimate.landmarks === 1 ? 'model' : 'models'}`;
  const basis =
    estimate.method === 'landmark-fit'
      ? `Equation 2, fitted to ${points}${family === null ? '' : ` of the ${family} family`}`
      : `Graph cost: layers and memory traffic, fitted to ${points}`;
  return estimate.extrapolated ? `${basis}; extrapolated beyond them` : basis;
}
