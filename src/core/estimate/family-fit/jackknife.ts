/** What one leave-one-out fit says about a new point, on any scale (inputs per second, or their logarithm). */
export interface LeaveOneOut {
  /** The fold's prediction at the new point. */
  readonly prediction: number;
  /** The fold's error at a point it left out, scaled to the new point; not negative. */
  readonly error: number;
}

/** An interval on the scale of the folds, before it is bounded by what is physically possible. */
export interface RawInterval {
  readonly level: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Prediction interval by jackknife+ (Barber, Candès, Ramdas and Tibshirani, Predictive inference with the jackknife+,
 * Annals of Statistics 2021): the ⌊α(n+1)⌋-th smallest of prediction − error and the ⌈(1−α)(n+1)⌉-th smallest of
 * prediction + error over the n leave-one-out fits.
 *
 * A fold that left several points out gives one entry for each of them (CV+ in the same paper).
 *
 * With n folds the highest level whose ends exist is n/(n+1), reached by the widest of them; where that is below the
 * level asked for, the interval is given at n/(n+1) and says so (0.8 for four landmarks, 0.9 from nine on).
 *
 * With errors scaled by the standard error of a prediction (as `landmark-fit` does) and at level n/(n+1), the ends are
 * those of full conformal prediction with studentised residuals, so that the level is exact when landmarks and new
 * model are exchangeable; in general jackknife+ guarantees 2·level − 1.
 *
 * @returns null for fewer than two folds
 */
export function jackknifePlus(folds: readonly LeaveOneOut[], wantedLevel: number): RawInterval | null {
  const n = folds.length;
  if (n < 2) return null;
  const level = Math.min(wantedLevel, n / (n + 1));
  const lows = folds.map((fold) => fold.prediction - fold.error).sort((a, b) => a - b);
  const highs = folds.map((fold) => fold.prediction + fold.error).sort((a, b) => a - b);
  // Rounding in n/(n+1)·(n+1) must not push a rank past the last fold.
  const rank = Math.min(n, Math.ceil(level * (n + 1) - 1e-9));
  return { level, low: lows[n - rank]!, high: highs[rank - 1]! };
}
