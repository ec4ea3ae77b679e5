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
  const digits = formatDigits(Math.abs(share));
  if (Number(digits) === 0) return `${digits}%`;
  return `${share > 0 ? '+' : '−'}${digits}%`;
}

/** The same for a sentence: `The prediction was 1.5% too high.` */
export function predictionErrorSentence(share: number): string {
  const digits = formatDigits(Math.abs(share));
  if (Number(digits) === 0) return 'The prediction was right.';
  return `The prediction was ${digits}% too ${share > 0 ? 'high' : 'low'}.`;
}

/** One decimal below 10%, none above, where it would pretend to know more than two runs agree on. */
function formatDigits(share: number): string {
  const percent = share * 100;
  return percent < 9.95 ? percent.toFixed(1) : Math.round(percent).toLocaleString('en-US');
}
