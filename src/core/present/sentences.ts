import type { Estimate, Method, Prediction, Query } from '../estimate/estimate';
import type { Certainty } from '../estimate/verdict';
import { formatFps, formatShare, formatThroughput, inputSizeText } from '../figures';
import { t } from '../language';
import { boardName } from '../landmarks/devices';
import { runtimeName } from '../landmarks/landmark';
import { shortList, shortName } from '../text';

/** `Measured: 32.0 FPS (paper) and 34.2 FPS (torch2trt)`; null where the network was not measured. */
export function measuredSentence({ measured = [] }: Pick<Prediction, 'measured'>, batch: number): string | null {
  if (measured.length === 0) return null;
  const figures = measured.map(
    ({ throughputFps, campaign }) => `${formatThroughput(throughputFps, batch)} (${shortName(campaign)})`,
  );
  return t('Measured: {0}', shortList(figures).join(', '));
}

/** How sure the figure of a verdict is, in words. */
export function certaintyText(certainty: Certainty): string {
  switch (certainty) {
    case 'measured':
      return t('measured');
    case 'inside':
      return t('predicted, inside what was measured');
    case 'outside':
      return t('predicted, outside what was measured');
    case 'specification':
      return t("estimated from the board's specification");
  }
}

/** At which input and batch an estimate holds: `224×224, batch 1`. */
export function operatingPointText(estimate: Parameters<typeof inputSizeText>[0] & Pick<Estimate, 'batch'>): string {
  return t('{0}, batch {1}', inputSizeText(estimate), estimate.batch);
}

/** The interval in words: `90% interval: 78.1 to 94.6 FPS`. */
export function intervalSentence({ interval, batch }: Pick<Estimate, 'interval' | 'batch'>): string {
  if (!interval) return t('Too few landmarks for an interval');
  return t(
    '{0} interval: {1} to {2}',
    formatShare(interval.level),
    formatFps(interval.lowFps),
    formatThroughput(interval.highFps, batch),
  );
}

/** A method's name for people. */
export function methodName(method: Method): string {
  return method === 'landmark-fit' ? t('Family fit (Equation 2)') : t('Graph cost');
}

/** What an estimate rests on: method, number of landmarks, and whether it reaches beyond them. */
export function methodSentence(
  estimate: Pick<Estimate, 'method' | 'landmarks' | 'extrapolated'>,
  family: string | null,
): string {
  const basis = basisOf(estimate, family);
  return estimate.extrapolated && estimate.landmarks > 0 ? t('{0}; extrapolated beyond them', basis) : basis;
}

function basisOf({ method, landmarks }: Pick<Estimate, 'method' | 'landmarks'>, family: string | null): string {
  if (method === 'landmark-fit') {
    return family === null
      ? t('Equation 2, fitted to {0, plural, one {# measured model} other {# measured models}}', landmarks)
      : t(
          'Equation 2, fitted to {0, plural, one {# measured model} other {# measured models}} of the {1} family',
          landmarks,
          family,
        );
  }
  if (landmarks === 0) return t("Graph cost: layers and memory traffic, by the board's specification");
  return t(
    'Graph cost: layers and memory traffic, fitted to {0, plural, one {# measured model} other {# measured models}}',
    landmarks,
  );
}

/** Board, power mode where one is asked for, and runtime: `Jetson Nano, TensorRT FP16`. */
export function deploymentText(deployment: Pick<Query, 'device' | 'powerMode' | 'runtime'>): string {
  return `${boardName(deployment)}, ${runtimeName(deployment.runtime)}`;
}
