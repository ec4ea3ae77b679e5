import { mean } from '../statistics';
/** Something measured, whose prediction can be checked. */
export interface Measured {
  /** Inputs per second. */
  readonly throughputFps: number;
}

/** One measured point and what was predicted for it by a fit that had not seen it. */
export interface Fold<P extends Measured> {
  readonly point: P;
  /** Inputs per second; null where the remaining points allow no prediction. */
  readonly predictedFps: number | null;
}

export interface CrossValidation<P extends Measured> {
  /** One per point, in the points' order. */
  readonly folds: readonly Fold<P>[];
  /** Mean of |predicted − measured| over the folds that were predicted; null when none was. */
  readonly meanAbsoluteErrorFps: number | null;
  /** Mean of |predicted − measured| / measured over the folds that were predicted; null when none was. */
  readonly meanRelativeError: number | null;
  /** Folds without a prediction. */
  readonly unanswered: number;
}

/**
 * Leaves each group of points out in turn, fits on the others and predicts those left out.
 *
 * @param points what was measured
 * @param fit learns from the points it is given and returns a predictor, or null where it refuses
 * @param groupOf the group a point belongs to, left out as a whole (the family, for leave-family-out); each point is
 *   its own group where undefined
 */
export function crossValidate<P extends Measured>(
  points: readonly P[],
  fit: (training: readonly P[]) => ((point: P) => number | null) | null,
  groupOf?: (point: P) => string,
): CrossValidation<P> {
  const groups = points.map((point, index) => (groupOf === undefined ? String(index) : groupOf(point)));
  const predictors = new Map(
    [...new Set(groups)].map((group) => [group, fit(points.filter((_, index) => groups[index] !== group))]),
  );
  const folds = points.map((point, index): Fold<P> => {
    const predicted = predictors.get(groups[index]!)?.(point) ?? null;
    return { point, predictedFps: predicted !== null && Number.isFinite(predicted) ? predicted : null };
  });
  return summarise(folds);
}

/** The errors of folds that were predicted without fitting again. */
export function summarise<P extends Measured>(folds: readonly Fold<P>[]): CrossValidation<P> {
  const errors = folds.flatMap(({ point, predictedFps }) =>
    predictedFps === null
      ? []
      : [{ measured: point.throughputFps, error: Math.abs(predictedFps - point.throughputFps) }],
  );
  return {
    folds,
    meanAbsoluteErrorFps: errors.length === 0 ? null : mean(errors.map(({ error }) => error)),
    meanRelativeError: errors.length === 0 ? null : mean(errors.map(({ error, measured }) => error / measured)),
    unanswered: folds.length - errors.length,
  };
}
