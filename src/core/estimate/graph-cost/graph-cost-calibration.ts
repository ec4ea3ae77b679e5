import { mean } from '../../statistics';
import { campaignSpread, intervalDeviations, isSupported, usualError, type Calibration } from '../calibration';
import type { GraphCostFit, GraphCostFold } from './fit-types';
import type { LatencyFit } from './latency-fit';

/**
 * What a fit says of the reference's board and the published one, and whether its folds bear it out. Null where the
 * fit knows one of them alone.
 *
 * @param models how many models of the reference campaign the fit has learned from
 */
export function calibrationOfFit(
  fit: LatencyFit,
  reference: string,
  published: string | null,
  folds: readonly GraphCostFold[],
  models: number,
): Calibration | null {
  // How much slower the published board is, as the user's is the reference.
  const belief = published === null ? undefined : fit.campaigns.get(published);
  if (published === null || belief === undefined) return null;
  const judged = folds.filter(({ plainError }) => plainError !== null);
  const errors =
    models < 2 || judged.length === 0
      ? null
      : {
          calibrated: mean(judged.map(({ error }) => Math.abs(error))),
          plain: mean(judged.map(({ plainError }) => Math.abs(plainError!))),
        };
  // Both are how much slower the user's board is, in logarithms: as its models ran, and as the fit has it.
  const isOutlying =
    judged.length > 0 && Math.abs(mean(judged.map(({ plainError }) => plainError!)) + belief.mean) > maxDoubt;
  return {
    campaign: reference,
    reference: published,
    models,
    errors,
    factor: Math.exp(belief.mean),
    deviation: belief.deviation,
    isApplied: isSupported(errors) && !isOutlying,
    isOutlying,
  };
}

/** Difference in log throughput between what was measured and the factor learned of it, beyond which it is doubted. */
const maxDoubt = 3 * campaignSpread;

/**
 * A calibration that the fit doubts, judged once more by its models alone. From two on that agree there is no outlier
 * among them, but a board, or a way of running it, that is like none of its kind; its factor is then what they say,
 * not shrunken towards a kind that it is not of.
 *
 * @param slower logarithm of each measured latency on the user's board relative to what a fit without them predicts
 */
export function calibrateFromModels(calibration: Calibration, slower: readonly number[]): Calibration {
  if (!calibration.isOutlying || calibration.models < 2) return calibration;
  const sum = slower.reduce((total, value) => total + value, 0);
  const apart = slower.map((value) => Math.abs(value - (sum - value) / (slower.length - 1)));
  const farthest = Math.max(maxDistance, maxShareApart * Math.abs(sum / slower.length));
  if (slower.length < 2 || mean(apart) > farthest) return calibration;
  return {
    ...calibration,
    factor: Math.exp(-sum / slower.length),
    deviation: usualError / Math.sqrt(calibration.models),
    errors: { calibrated: mean(apart), plain: mean(slower.map((value) => Math.abs(value))) },
    isApplied: true,
    isOutlying: false,
  };
}

/** Mean distance in log throughput between each model and the others, up to which they agree. */
const maxDistance = 2 * usualError;

/** The same as a share of how far they are from the published board. */
const maxShareApart = 0.25;

/**
 * A fit with figures for the user's board, where a factor is known that the fit itself could not learn: the user's
 * landmarks are of models whose kernels nobody knows, or so far from all others that it takes them for outliers.
 */
export function applyCalibration(fit: GraphCostFit, calibration: Calibration): GraphCostFit {
  if (!calibration.isApplied) return { ...fit, calibration };
  const shift = Math.log(calibration.factor);
  return {
    ...fit,
    calibration,
    fit: {
      ...fit.fit,
      predict: (latencyOf, family, campaign = null) => {
        const belief = fit.fit.predict(latencyOf, family, campaign);
        if (campaign !== null) return belief;
        return { mean: belief.mean - shift, deviation: Math.hypot(belief.deviation, calibration.deviation) };
      },
    },
    intervalAt: (latencyOf, family, level) => {
      // The user's board is one that landmarks are of, through its factor.
      const raw = fit.intervalAt(latencyOf, family, level);
      if (raw === null) return null;
      const { mean } = fit.fit.predict(latencyOf, family);
      const end = (at: number) => {
        const half = Math.hypot(at - mean, intervalDeviations * calibration.deviation);
        return mean - shift + (at < mean ? -half : half);
      };
      return { level: raw.level, low: end(raw.low), high: end(raw.high) };
    },
  };
}
