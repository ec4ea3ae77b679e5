import { t, wholeNumber, withDecimalMark } from '../language';

/**
 * How far a prediction is from what was measured, as a share of the measured throughput: 0.05 is 5% too high.
 *
 * @param predictedFps and
 * @param measuredFps in inputs per second, above 0
 */
export function predictionError(predictedFps: number, measuredFps: number): number {
  return (predictedFps - measuredFps) / measuredFps;
}

/** An error in percent with its sign: `+1.5%`, `−12%`, `0.0%`. */
export function formatPredictionError(share: number): string {
  const size = formatSize(share);
  return isRight(share) ? size : `${share > 0 ? '+' : '−'}${size}`;
}

/** The same for a sentence: `The prediction was 1.5% too high.` */
export function predictionErrorSentence(share: number): string {
  if (isRight(share)) return t('The prediction was right.');
  return share > 0
    ? t('The prediction was {0} too high.', formatSize(share))
    : t('The prediction was {0} too low.', formatSize(share));
}

/** One decimal below 10%, none above, where it would pretend to know more than two runs agree on. */
function formatSize(share: number): string {
  const percent = Math.abs(share) * 100;
  return t('{0}%', percent < 9.95 ? withDecimalMark(percent.toFixed(1)) : wholeNumber(Math.round(percent)));
}

/** Whether the decimal that is shown is 0. */
function isRight(share: number): boolean {
  return Number((Math.abs(share) * 100).toFixed(1)) === 0;
}
