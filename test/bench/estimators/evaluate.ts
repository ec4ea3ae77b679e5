import { crossValidate } from '../../../src/core/estimate/cross-validation';
import { prepareLandmark, type PreparedLandmark } from '../../../src/core/estimate/graph-cost/costed-landmark';
import { fitPrepared, type GraphCostKey } from '../../../src/core/estimate/graph-cost/graph-cost-fit';
import { graphCostModel } from '../../../src/core/estimate/graph-cost/latency-model';
import { coefficientPrior, coefficientPriors } from '../../../src/core/estimate/graph-cost/priors';
import { bundledLandmarks } from '../../../src/core/landmarks/campaigns';
import { modelGroups } from '../../../src/core/estimate/graph-cost/left-out';
import { networkOf, type Contender } from './measured';

/** The published landmarks of a device and runtime with their kernels, of one campaign or of all. */
export function landmarksOf({ device, runtime }: GraphCostKey, campaign?: string): readonly PreparedLandmark[] {
  return bundledLandmarks
    .filter(
      (landmark) =>
        landmark.device === device &&
        landmark.runtime === runtime &&
        (campaign === undefined || landmark.campaign === campaign),
    )
    .map((landmark) => prepareLandmark(landmark)!);
}

/** Errors of an estimator on landmarks that it had not seen. */
export interface Validation {
  /** Mean of |predicted − measured| / measured over those that it answers. */
  readonly meanRelativeError: number;
  /** Of that mean, the landmarks taken as a sample. */
  readonly standardError: number;
  readonly answered: number;
  readonly asked: number;
  /** The same by family. */
  readonly byFamily: ReadonlyMap<string, number>;
}

export type Leave = 'model' | 'row' | 'family';

/**
 * Leaves landmarks out in turn and predicts them from the others: `model`, every landmark of one model in any campaign
 * and of models with the same kernels; `row`, one landmark alone; `family`, all of a family.
 */
export function validate(contender: Contender, landmarks: readonly PreparedLandmark[], leave: Leave): Validation {
  const models = modelGroups(landmarks);
  const points = landmarks.map((costed, index) => ({
    landmark: costed.landmark,
    kernels: costed.kernels,
    costed,
    throughputFps: costed.landmark.throughputFps,
    group: { model: String(models[index]), row: String(index), family: costed.landmark.family ?? '' }[leave],
  }));
  const { folds } = crossValidate(
    points,
    (training) => {
      const predictor = contender.fit(training.map(({ costed }) => costed));
      return predictor && ((point) => predictor(networkOf(point)));
    },
    (point) => point.group,
  );
  const errors = folds.flatMap(({ point, predictedFps }) =>
    predictedFps === null
      ? []
      : [
          {
            family: point.landmark.family ?? '',
            error: Math.abs(predictedFps - point.throughputFps) / point.throughputFps,
          },
        ],
  );
  const families = [...new Set(errors.map(({ family }) => family))];
  return {
    meanRelativeError: mean(errors.map(({ error }) => error)),
    standardError: Math.sqrt(variance(errors.map(({ error }) => error)) / errors.length),
    answered: errors.length,
    asked: landmarks.length,
    byFamily: new Map(
      families.map((name) => [name, mean(errors.filter(({ family }) => family === name).map(({ error }) => error))]),
    ),
  };
}

/** How often a measured throughput lies in its interval when its model is left out, and the intervals' mean width. */
export interface Coverage {
  readonly covered: number;
  readonly asked: number;
  /** Mean of (high − low) / 2 relative to the estimate. */
  readonly meanHalfWidth: number;
}

/** Coverage of the product's 90 % intervals when each model is left out in turn. */
export function coverage(landmarks: readonly PreparedLandmark[], key: GraphCostKey, level: number): Coverage {
  const groups = modelGroups(landmarks);
  const prior = coefficientPrior(coefficientPriors(key.device, key.runtime));
  const results = [...new Set(groups)].flatMap((group) => {
    const training = landmarks.filter((_, index) => groups[index] !== group);
    const fit = fitPrepared(prior, training, key);
    return landmarks
      .filter((_, index) => groups[index] === group)
      .map(({ landmark, kernels }) => {
        const interval = fit.intervalAt(graphCostModel.latencyOf(kernels), landmark.family, level)!;
        const onBoard = fit.fit.campaigns.get(landmark.campaign)?.mean ?? 0;
        const measured = Math.log(1000 / landmark.throughputFps) - onBoard;
        return {
          inside: measured >= interval.low && measured <= interval.high,
          halfWidth: (Math.exp(interval.high - interval.low) - 1) / 2,
        };
      });
  });
  return {
    covered: results.filter(({ inside }) => inside).length,
    asked: results.length,
    meanHalfWidth: mean(results.map(({ halfWidth }) => halfWidth)),
  };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
