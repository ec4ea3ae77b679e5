import { mean } from '../../statistics';
import { bundledLandmarks } from '../../landmarks/campaigns';
import { deviceName, findDevice, supportsRuntime, unknownMode } from '../../landmarks/devices';
import { publishedReference } from '../../landmarks/user-campaign';
import { runtimeName, type Landmark } from '../../landmarks/landmark';
import { t } from '../../language';
import { atOnce, type Pieces } from '../../pieces';
import { refusal, success } from '../../result';
import { applyCalibration, calibrateFromModels } from './graph-cost-calibration';
import type { PreparedLandmark } from './costed-landmark';
import { costingDeployment } from './costed-deployment';
import { bundledSolution } from './bundled-solutions';
import type { GraphCostFit, GraphCostFold, GraphCostKey, GraphCostOutcome } from './fit-types';
import { coefficientPrior } from './priors';
import { countModels, fittingPrepared, logLatencyOf, minModels } from './prepared-fit';

/**
 * Fits its latency model to every landmark of a device and runtime whose model's kernels are known, beginning with
 * what the board's specification and other boards say; without landmarks that is all. Landmarks of other power modes
 * are moved to the one that is asked for. Figures are for the board of the user's newest campaign. Where
 * cross-validation says that its landmarks contradict each other, or the fit does not believe them (see `Calibration`),
 * they are left out and figures are for the published board. A board without a specification needs some landmarks.
 *
 * @param own the campaigns that the user has measured; all that are not published where left out
 * @param before an earlier fit of the same device, runtime and mode: what it knows of landmarks is kept, and a search
 *   among many starts from it
 */
export function* fittingGraphCost(
  landmarks: readonly Landmark[],
  key: GraphCostKey,
  own?: ReadonlySet<string>,
  before?: GraphCostFit,
): Pieces<GraphCostOutcome> {
  const deployment = t('{0} with {1}', deviceName(key.device), runtimeName(key.runtime));
  const device = findDevice(key.device);
  if (device !== undefined && !supportsRuntime(key.device, key.runtime)) {
    return refusal(
      t('The GPU of {0} has no INT8 arithmetic, so TensorRT builds no INT8 engine for it; ask for FP16.', device.name),
    );
  }
  const lack = unknownMode(key.device, key.powerMode);
  if (lack !== null) return refusal(lack);
  const known = yield* costingDeployment(landmarks, key, own, before?.deployment);
  const costed = known.landmarks;
  const models = countModels(costed);
  if (device === undefined && models < minModels) {
    return refusal(describeLack(deployment, known.count, models));
  }
  const prior = before?.prior ?? coefficientPrior(key.device, key.runtime, key.powerMode, isPublished(key));
  function* fittingTo(chosen: readonly PreparedLandmark[], reference: string | null): Pieces<GraphCostFit> {
    const solution = chosen === costed && chosen.length > 0 ? bundledSolution(key, known) : null;
    const fit = yield* fittingPrepared(prior, chosen, key, reference, before, undefined, solution);
    return { ...fit, deployment: known };
  }
  const home = known.newest.campaign;
  const joint = yield* fittingTo(costed, home ?? publishedReference(costed.map(({ landmark }) => landmark)));
  if (joint.calibration?.isApplied !== false) return success(joint);
  const others = costed.filter(({ landmark }) => landmark.campaign !== home);
  if (countModels(others) < minModels) return success(joint);
  const published = yield* fittingTo(others, joint.calibration.reference);
  const slower = costed.flatMap(({ landmark, latencyOf }) =>
    landmark.campaign === home ? [logLatencyOf(landmark) - published.fit.predict(latencyOf, landmark.family).mean] : [],
  );
  return success(applyCalibration(published, calibrateFromModels(joint.calibration, slower)));
}

/** The same in one piece. */
export function fitGraphCost(...asked: Parameters<typeof fittingGraphCost>): GraphCostOutcome {
  return atOnce(fittingGraphCost(...asked));
}

/** Whether published landmarks have a device with a runtime, so that what other boards teach leaves them out. */
export function isPublished({ device, runtime }: Pick<GraphCostKey, 'device' | 'runtime'>): boolean {
  return publishedDeployments.has(`${device} ${runtime}`);
}

const publishedDeployments: ReadonlySet<string> = new Set(
  bundledLandmarks.map(({ device, runtime }) => `${device} ${runtime}`),
);

/** Mean of |predicted − measured| / measured in throughput over folds; null where there are none. */
export function meanRelativeError(folds: readonly GraphCostFold[]): number | null {
  if (folds.length === 0) return null;
  return mean(
    folds.map(({ landmark, predictedFps }) => Math.abs(predictedFps - landmark.throughputFps) / landmark.throughputFps),
  );
}

function describeLack(deployment: string, landmarks: number, models: number): string {
  if (landmarks === 0) return t('There is no landmark to predict from on {0} yet.', deployment);
  const costed = models === 0 ? t('no such model') : t('{0, plural, one {# such model} other {# such models}}', models);
  return t(
    'A fit over the graph needs {0} different measured models whose layers are known; {1} has {2} among {3, plural, one {its one landmark} other {its # landmarks}}.',
    minModels,
    deployment,
    costed,
    landmarks,
  );
}
