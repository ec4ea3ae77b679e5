import { deviceName } from '../../landmarks/devices';
import { userCampaign, publishedReference } from '../../landmarks/user-campaign';
import { runtimeName, type Landmark, type Runtime } from '../../landmarks/landmark';
import { campaignSpread, type Calibration } from '../calibration';
import { jackknifePlus, type RawInterval } from '../family-fit/jackknife';
import { refusal, success, type Result } from '../../result';
import { applyCalibration, calibrationOfFit, calibrateFromModels } from './graph-cost-calibration';
import {
  countNamedModels,
  medians,
  prepareLandmark,
  type CostedLandmark,
  type PreparedLandmark,
} from './costed-landmark';
import { usualFamily, usualNoise, type Belief, type LatencyFit } from './latency-fit';
import { graphCostModel, type LatencyFunction, type LatencyModel, type TermName } from './latency-model';
import { LatencyProblem, maxCampaigns, maxFamilies, type PartialSolution } from './latency-problem';
import { allModels, byCount, familiesLeftOut, modelsLeftOut, spread } from './left-out';
import { coefficientPrior, coefficientPriors, type CoefficientPrior } from './priors';

/** What one fit over the graph is for; families, resolutions and batches share it. */
export interface GraphCostKey {
  readonly device: string;
  readonly runtime: Runtime;
}

/** A landmark with what a fit said of it that had not seen its model, nor one with the same kernels. */
export interface GraphCostFold {
  readonly landmark: Landmark;
  /** Of the logarithm of latency in ms. */
  readonly predicted: Belief;
  readonly predictedFps: number;
  /** log(measured latency) − predicted. */
  readonly error: number;
  /** The same error where the user's board is taken for the published reference's; null where there is none. */
  readonly plainError: number | null;
}

/** A latency model fitted to the landmarks of one device and runtime. */
export interface GraphCostFit {
  readonly key: GraphCostKey;
  readonly model: LatencyModel<TermName>;
  readonly prior: CoefficientPrior;
  /** The campaign that predictions relate to: its board, its clocks. */
  readonly reference: string;
  /** How the user's board relates to the published one; null where either has not been measured. */
  readonly calibration: Calibration | null;
  /** Repeated measurements stand as their median. */
  readonly landmarks: readonly CostedLandmark[];
  readonly fit: LatencyFit;
  /** Leaving each model out, with every landmark of it and of models with the same kernels. */
  readonly leaveOneOut: readonly GraphCostFold[];
  /** Leaving each family out; made when first asked for. */
  leaveFamilyOut(): readonly GraphCostFold[];
  /**
   * Interval of the logarithm of latency in ms on the reference board: CV+ (Barber et al. 2021) over the
   * leave-one-out fits, or over the leave-family-out ones for a family without landmarks, with errors in units of
   * the standard deviation that each fit expects. Null where the landmarks are too few.
   */
  intervalAt(latencyOf: LatencyFunction, family: string | null, level: number): RawInterval | null;
}

export type GraphCostOutcome = Result<GraphCostFit, string>;

/** Landmarks of different models without which a fit would be its priors alone. */
export const minModels = 3;

/**
 * Landmarks, repeated ones counted once, up to which every model is left out in turn and fitted anew. Of more, folds are
 * one step from the whole fit.
 */
export const maxExactLandmarks = 120;

/** Landmarks of one left-out model that are predicted where there are more. */
const maxOfModel = 8;

/**
 * Fits {@link graphCostModel} to every landmark of a device and runtime whose model's kernels are known. Figures are
 * for the board of the user's newest campaign. Where cross-validation says that its landmarks contradict each other, or
 * the fit does not believe them (see `Calibration`), they are left out and figures are for the published board.
 *
 * @param own the campaigns that the user has measured; all that are not published where left out
 * @param before an earlier fit of the same device and runtime, from which a search among many landmarks starts
 */
export function fitGraphCost(
  landmarks: readonly Landmark[],
  key: GraphCostKey,
  own?: ReadonlySet<string>,
  before?: GraphCostFit,
): GraphCostOutcome {
  const place = `${deviceName(key.device)} with ${runtimeName(key.runtime)}`;
  const here = landmarks.filter((landmark) => landmark.device === key.device && landmark.runtime === key.runtime);
  const costed: PreparedLandmark[] = [];
  for (const landmark of medians(here)) {
    const prepared = prepareLandmark(landmark);
    if (prepared !== null) costed.push(prepared);
  }
  const models = countModels(costed);
  if (models < minModels) return refusal(describeLack(place, here.length, models));
  const prior = coefficientPrior(coefficientPriors(key.device, key.runtime));
  const fitTo = (chosen: readonly PreparedLandmark[], reference: string): GraphCostFit =>
    fitPrepared(prior, chosen, key, reference, chosen.length > maxExactLandmarks ? before?.fit : undefined);
  const all = costed.map(({ landmark }) => landmark);
  const home = userCampaign(all, own);
  const joint = fitTo(costed, home ?? publishedReference(all)!);
  if (joint.calibration?.isApplied !== false) return success(joint);
  const others = costed.filter(({ landmark }) => landmark.campaign !== home);
  if (countModels(others) < minModels) return success(joint);
  const calibration = calibrateFromModels(joint.calibration, joint.leaveOneOut);
  return success(applyCalibration(fitTo(others, calibration.reference), calibration));
}

/**
 * Fits to prepared landmarks that are known to be enough. Of up to {@link maxExactLandmarks} every model is left out in
 * turn and everything is fitted anew; of more, a few dozen models of each family, each by one step from the whole fit.
 * A landmark without a family has no residual of its own; it is less certain by as much as families differ.
 *
 * @param landmarks repeated measurements already one
 * @param reference the campaign whose board figures are for
 * @param before an earlier fit, from which the search starts
 * @param isExact whether folds are fitted anew
 */
export function fitPrepared(
  prior: CoefficientPrior,
  landmarks: readonly PreparedLandmark[],
  key: GraphCostKey,
  reference = defaultReference(landmarks),
  before?: LatencyFit,
  isExact = landmarks.length <= maxExactLandmarks,
): GraphCostFit {
  const published = publishedReference(landmarks.map(({ landmark }) => landmark));
  const campaigns = byCount(
    landmarks,
    ({ campaign }) => (campaign === reference ? null : campaign),
    maxCampaigns,
    published === reference ? null : published,
  );
  const families = byCount(landmarks, ({ family }) => family, maxFamilies);
  const familyIndex = (family: string | null) => (family === null ? null : (families.get(family) ?? null));
  const campaignIndex = (campaign: string) => campaigns.get(campaign) ?? null;
  const problem = new LatencyProblem(
    landmarks.length,
    (index) => {
      const { landmark, work } = landmarks[index]!;
      return {
        work,
        logLatency: logLatencyOf(landmark),
        campaign: landmark.campaign === reference ? null : (campaignIndex(landmark.campaign) ?? campaigns.size),
        family: familyIndex(landmark.family) ?? families.size,
      };
    },
    prior,
    campaigns.size,
    families.size,
  );
  const start = before?.variances ?? { noise: usualNoise.median, family: usualFamily.median };
  const whole = problem.solve(startOf(problem, campaigns, families, before), start);

  /** What a point and its curvature say of a network. */
  const predictor =
    ({ point, factor, variances }: PartialSolution): LatencyFit['predict'] =>
    (latencyOf, family, campaign = null) => {
      const factorIndex = campaign === null ? null : campaignIndex(campaign);
      const residualIndex = familyIndex(family);
      const { mean, slope } = problem.predictAt(point, workOf(latencyOf), factorIndex, residualIndex);
      const unknown =
        variances.noise ** 2 +
        (residualIndex === null ? variances.family ** 2 : 0) +
        (campaign !== null && factorIndex === null && campaign !== reference ? campaignSpread ** 2 : 0);
      return { mean, deviation: Math.sqrt(unknown + factor.inverseForm(slope)) };
    };
  const belief = (index: number): Belief => {
    const unit = new Float64Array(problem.size);
    unit[index] = 1;
    return { mean: whole.point[index]!, deviation: Math.sqrt(whole.factor.inverseForm(unit)) };
  };
  const fit: LatencyFit = {
    coefficients: [...whole.point.subarray(0, problem.terms)].map((value) => Math.exp(value)),
    variances: whole.variances,
    campaigns: new Map([...campaigns].map(([name, index]) => [name, belief(problem.campaignAt(index))])),
    families: new Map([...families].map(([name, index]) => [name, belief(problem.familyAt(index))])),
    evidence: whole.evidence,
    predict: predictor(whole),
  };

  /** Leaves landmarks out together and predicts them, or some where there are many. */
  const leaveOut = (indices: readonly number[]) => {
    if (indices.length === landmarks.length) return [];
    const rest = isExact ? problem.solveWithout(indices, whole) : problem.stepWithout(indices, whole);
    if (rest === null) return [];
    const without = { predict: predictor(rest) };
    return (isExact ? indices : spread(indices, maxOfModel)).map((index) => {
      const { landmark, latencyOf } = landmarks[index]!;
      const logLatency = logLatencyOf(landmark);
      const isReference = landmark.campaign === reference;
      const predicted = without.predict(latencyOf, landmark.family, isReference ? null : landmark.campaign);
      const plainError =
        isReference && published !== null && published !== reference
          ? logLatency - without.predict(latencyOf, landmark.family, published).mean
          : null;
      const predictedFps = (1000 * landmark.batch) / Math.exp(predicted.mean);
      const fold: GraphCostFold = { landmark, predicted, predictedFps, error: logLatency - predicted.mean, plainError };
      return { without, fold };
    });
  };
  const byModel = (isExact ? allModels(landmarks) : modelsLeftOut(landmarks, reference)).flatMap(leaveOut);
  let familyFolds: ReturnType<typeof leaveOut> | undefined;
  const byFamily = () => (familyFolds ??= familiesLeftOut(landmarks, families).flatMap(leaveOut));

  const leaveOneOut = byModel.map(({ fold }) => fold);
  // Only a board that has another to be compared with is calibrated.
  const ownModels =
    published === null || published === reference
      ? 0
      : countModels(landmarks.filter(({ landmark }) => landmark.campaign === reference));
  return {
    key,
    model: graphCostModel,
    prior,
    reference,
    calibration: calibrationOfFit(fit, reference, published, leaveOneOut, ownModels),
    landmarks,
    fit,
    leaveOneOut,
    leaveFamilyOut: () => byFamily().map(({ fold }) => fold),
    intervalAt: (latencyOf, family, level) => {
      const isSeen = family !== null && families.has(family);
      // With landmarks of one family there is none to leave out.
      const folds = isSeen || families.size < 2 ? byModel : byFamily();
      return jackknifePlus(
        folds.map(({ without, fold }) => {
          const { mean, deviation } = without.predict(latencyOf, family);
          return { prediction: mean, error: (Math.abs(fold.error) * deviation) / fold.predicted.deviation };
        }),
        level,
      );
    },
  };
}

/** An earlier fit's point, as far as it knows the unknowns. */
function startOf(
  problem: LatencyProblem,
  campaigns: ReadonlyMap<string, number>,
  families: ReadonlyMap<string, number>,
  before: LatencyFit | undefined,
): Float64Array {
  const point = problem.start();
  if (before === undefined) return point;
  before.coefficients.forEach((value, index) => (point[index] = Math.log(value)));
  for (const [name, index] of campaigns) point[problem.campaignAt(index)] = before.campaigns.get(name)?.mean ?? 0;
  for (const [name, index] of families) point[problem.familyAt(index)] = before.families.get(name)?.mean ?? 0;
  return point;
}

const ones = graphCostModel.terms.map(() => 1);

function workOf(latencyOf: LatencyFunction): readonly number[] {
  return latencyOf(ones).shares;
}

function logLatencyOf({ batch, throughputFps }: Landmark): number {
  return Math.log((1000 * batch) / throughputFps);
}

/** Mean of |predicted − measured| / measured in throughput over folds; null where there are none. */
export function meanRelativeError(folds: readonly GraphCostFold[]): number | null {
  if (folds.length === 0) return null;
  const errors = folds.map(
    ({ landmark, predictedFps }) => Math.abs(predictedFps - landmark.throughputFps) / landmark.throughputFps,
  );
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

/** Different models, at least {@link minModels} of them where there are so many. */
function countModels(landmarks: readonly PreparedLandmark[]): number {
  return landmarks.length > maxExactLandmarks ? countNamedModels(landmarks, minModels) : allModels(landmarks).length;
}

function defaultReference(landmarks: readonly CostedLandmark[]): string {
  const all = landmarks.map(({ landmark }) => landmark);
  return userCampaign(all) ?? publishedReference(all)!;
}

function describeLack(place: string, landmarks: number, models: number): string {
  if (landmarks === 0) return `There is no landmark to predict from on ${place} yet.`;
  const costed = models === 0 ? 'no such model' : models === 1 ? '1 such model' : `${models} such models`;
  const among = landmarks === 1 ? 'its one landmark' : `its ${landmarks} landmarks`;
  return `A fit over the graph needs ${minModels} different measured models whose layers are known; ${place} has ${costed} among ${among}.`;
}
