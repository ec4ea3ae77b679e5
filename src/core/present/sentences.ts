import type { Estimate, Method, Prediction, Query } from '../estimate/estimate';
import type { Certainty } from '../estimate/verdict';
import { formatFps, formatShare, formatThroughput, inputSizeText } from '../figures';
import { boardName } from '../landmarks/devices';
import { runtimeName } from '../landmarks/landmark';
import { shortList, shortName } from '../text';

/** `Measured: 32.0 FPS (paper) and 34.2 FPS (torch2trt)`; null where the network was not measured. */
export function measuredSentence({ measured = [] }: Pick<Prediction, 'measured'>, batch: number): string | null {
  if (measured.length === 0) return null;
  const figures = measured.map(
    ({ throughputFps, campaign }) => `${formatThroughput(throughputFps, batch)} (${shortName(campaign)})`,
  );
  return `Measured: ${shortList(figures).join(', ')}`;
}

/** How sure the figure of a verdict is, in words. */
export const certaintyTexts: Readonly<Record<Certainty, string>> = {
  measured: 'measured',
  inside: 'predicted, inside what was measured',
  outside: 'predicted, outside what was measured',
  specification: "estimated from the board's specification",
};

/** At which input and batch an estimate holds: `224×224, batch 1`. */
export function operatingPointText(estimate: Parameters<typeof inputSizeText>[0] & Pick<Estimate, 'batch'>): string {
  return `${inputSizeText(estimate)}, batch ${estimate.batch}`;
}

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
      : estimate.landmarks === 0
        ? "Graph cost: layers and memory traffic, by the board's specification"
        : `Graph cost: layers and memory traffic, fitted to ${points}`;
  return estimate.extrapolated && estimate.landmarks > 0 ? `${basis}; extrapolated beyond them` : basis;
}

/** Board, power mode where one is asked for, and runtime: `Jetson Nano, TensorRT FP16`. */
export function placeText(place: Pick<Query, 'device' | 'powerMode' | 'runtime'>): string {
  return `${boardName(place)}, ${runtimeName(place.runtime)}`;
}
