import { deviceName } from '../../landmarks/devices';
import { userCampaign, publishedReference } from '../../landmarks/user-campaign';
import { runtimeName, type Landmark, type Runtime } from '../../landmarks/landmark';
import type { Calibration } from '../calibration';
import { jackknifePlus, type RawInterval } from '../family-fit/jackknife';
import { applyCalibration, calibrationOfFit, calibrateFromModels } from './graph-cost-calibration';
import {
  countNamedModels,
  medians,
  modelNames,
  prepareLandmark,
  type CostedLandmark,
  type PreparedLandmark,
} from './costed-landmark';
import { fitMany } from './many-fit';
import { graphCostModel, type LatencyFunction, type LatencyModel, type TermName } from './latency-model';
import { fitLatency, type Belief, type LatencyFit, type Observation } from './map-fit';
import { coefficientPriors, type CoefficientPriors } from './priors';

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
export interface GraphCostFit<Name extends string = TermName> {
  readonly key: GraphCostKey;
  readonly model: LatencyModel<Name>;
  readonly priors: CoefficientPriors<Name>;
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

export type GraphCostOutcome =
  { readonly ok: true; readonly value: GraphCostFit } | { readonly ok: false; readonly reason: string };

/** Landmarks of different models without which a fit would be its priors alone. */
export const minModels = 3;

/**
 * Landmarks, repeated ones counted once, up to which every model is left out in turn and fitted anew. More are fitted as
 * `fitMany` does: the same model and the same most probable coefficients, but folds by linearisation.
 */
export const maxExactLandmarks = 120;

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
  if (models < minModels) return { ok: false, reason: describeLack(place, here.length, models) };
  const priors = coefficientPriors(key.device, key.runtime);
  const fitTo = (chosen: readonly PreparedLandmark[], reference: string): GraphCostFit =>
    chosen.length > maxExactLandmarks
      ? fitMany(priors, chosen, key, reference, before?.fit)
      : fitCosted(graphCostModel, priors, chosen, key, reference);
  const all = costed.map(({ landmark }) => landmark);
  const home = userCampaign(all, own);
  const joint = fitTo(costed, home ?? publishedReference(all)!);
  if (joint.calibration?.isApplied !== false) return { ok: true, value: joint };
  const others = costed.filter(({ landmark }) => landmark.campaign !== home);
  if (countModels(others) < minModels) return { ok: true, value: joint };
  const calibration = calibrateFromModels(joint.calibration, joint.leaveOneOut);
  return { ok: true, value: applyCalibration(fitTo(others, calibration.reference), calibration) };
}

/**
 * The same for any latency model and priors, on landmarks that are known to be enough.
 *
 * @param reference the campaign whose board figures are for
 */
export function fitCosted<Name extends string>(
  model: LatencyModel<Name>,
  priors: CoefficientPriors<Name>,
  landmarks: readonly CostedLandmark[],
  key: GraphCostKey,
  reference = defaultReference(landmarks),
): GraphCostFit<Name> {
  const published = publishedReference(landmarks.map(({ landmark }) => landmark));
  const latencies = landmarks.map(({ kernels }) => model.latencyOf(kernels));
  const observations = landmarks.map(({ landmark }, index) => observe(landmark, latencies[index]!, reference));
  const fit = fitLatency(model, observations, priors);

  /** Fits that leave one group out each, and what they say of its landmarks. */
  const leaveOut = (groups: readonly string[]) => {
    const fits = new Map(
      [...new Set(groups)].map((group) => {
        const training = observations.filter((_, index) => groups[index] !== group);
        return [group, training.length === 0 ? null : fitLatency(model, training, priors, fit.variances)] as const;
      }),
    );
    return landmarks.flatMap(({ landmark }, index) => {
      const without = fits.get(groups[index]!) ?? null;
      if (without === null) return [];
      const { campaign, family, latencyMs } = observations[index]!;
      const predicted = without.predict(latencies[index]!, family, campaign);
      const predictedFps = (1000 * landmark.batch) / Math.exp(predicted.mean);
      const error = Math.log(latencyMs) - predicted.mean;
      const plainError =
        published === null || published === reference || landmark.campaign !== reference
          ? null
          : Math.log(latencyMs) - without.predict(latencies[index]!, family, published).mean;
      return [{ without, fold: { landmark, predicted, predictedFps, error, plainError } satisfies GraphCostFold }];
    });
  };
  const byModel = leaveOut(modelGroups(landmarks));
  let byFamily: ReturnType<typeof leaveOut> | undefined;
  const families = () => (byFamily ??= leaveOut(observations.map(({ family }) => family)));

  const leaveOneOut = byModel.map(({ fold }) => fold);
  const ownModels = new Set(modelGroups(landmarks.filter(({ landmark }) => landmark.campaign === reference))).size;
  return {
    key,
    model,
    priors,
    reference,
    calibration: calibrationOfFit(fit, reference, published, leaveOneOut, ownModels),
    landmarks,
    fit,
    leaveOneOut,
    leaveFamilyOut: () => families().map(({ fold }) => fold),
    intervalAt: (latencyOf, family, level) => {
      const seen = family !== null && fit.families.has(family);
      // With landmarks of one family there is none to leave out.
      const folds = seen || families().length === 0 ? byModel : families();
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
  return landmarks.length > maxExactLandmarks
    ? countNamedModels(landmarks, minModels)
    : new Set(modelGroups(landmarks)).size;
}

function observe(landmark: Landmark, latencyOf: LatencyFunction, reference: string): Observation {
  return {
    latencyOf,
    latencyMs: (1000 * landmark.batch) / landmark.throughputFps,
    campaign: landmark.campaign === reference ? null : landmark.campaign,
    // A network of no family is one of its own.
    family: landmark.family ?? `model ${landmark.model}`,
  };
}

function defaultReference(landmarks: readonly CostedLandmark[]): string {
  const all = landmarks.map(({ landmark }) => landmark);
  return userCampaign(all) ?? publishedReference(all)!;
}

/**
 * For each landmark the name of the group that must be left out with it: landmarks of one model (in any campaign, at
 * any resolution), and of models that run the same kernels, as VGG-11 with and without folded normalisations.
 */
export function modelGroups(landmarks: readonly CostedLandmark[]): readonly string[] {
  const groupOf = new Map<string, string>();
  return landmarks.map(({ landmark, kernels }) => {
    const names = [...modelNames(landmark), JSON.stringify(kernels)];
    const group = names.map((name) => groupOf.get(name)).find((known) => known !== undefined) ?? names[0]!;
    for (const name of names) groupOf.set(name, group);
    return group;
  });
}

function describeLack(place: string, landmarks: number, models: number): string {
  if (landmarks === 0) return `There is no landmark to predict from on ${place} yet.`;
  const costed = models === 0 ? 'no such model' : models === 1 ? '1 such model' : `${models} such models`;
  const among = landmarks === 1 ? 'its one landmark' : `its ${landmarks} landmarks`;
  return `A fit over the graph needs ${minModels} different measured models whose layers are known; ${place} has ${costed} among ${among}.`;
}
