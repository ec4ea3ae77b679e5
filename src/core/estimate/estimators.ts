import { t } from '../language';
import { formatPercent } from '../figures';
import type { Landmark } from '../landmarks/landmark';
import type { ModelProfile } from '../profile/profile';
import { onceInPieces, type OnceInPieces, type Pause, type Pieces } from '../pieces';
import type { Result } from '../result';
import type { Calibration } from './calibration';
import {
  isEstimate,
  queryKey,
  withoutSize,
  type Estimate,
  type MeasuredThroughput,
  type Prediction,
  type Query,
  type Refusal,
} from './estimate';
import { calibrateByFamilies, calibrationOfFit } from './family-fit/family-calibration';
import {
  explainLatency,
  kernelPrices,
  throughputAt,
  type ExplanationOutcome,
  type KernelPrices,
  type ResolutionPoint,
} from './graph-cost/explain';
import { estimateByGraphCost } from './graph-cost/graph-cost-estimate';
import { applyCalibration } from './graph-cost/graph-cost-calibration';
import type { GraphCostKey, GraphCostOutcome } from './graph-cost/fit-types';
import { fittingGraphCost } from './graph-cost/graph-cost-fit';
import { sizeQuery, type ImageSize } from '../image-size';
import { estimateByLandmarkFit } from './family-fit/landmark-estimate';
import { measuredThroughputs } from './measured';
import {
  emptyFamily,
  emptyDeployment,
  fitName,
  deploymentName,
  deploymentsOf,
  type Deployment,
  type Deployments,
} from './deployment';
import { fitFamily, type FamilyKey, type LandmarkFitOutcome } from './family-fit/landmark-fit';

/**
 * Everything fitted to one set of landmarks. Fits and predictions are made when first asked for and remembered; other
 * landmarks take other estimators, so nothing that is remembered ever has to be forgotten.
 */
export interface Estimators {
  readonly landmarks: readonly Landmark[];
  /** The landmarks of one device and runtime, of one family where it is given, in their order. */
  landmarksAt(deployment: GraphCostKey, family?: string | null): readonly Landmark[];
  /**
   * Makes, in pieces of a few milliseconds, what the first prediction on a device and runtime would make at once: for
   * those that must not keep others waiting.
   *
   * @param profile the network that is then predicted
   */
  prepare(key: GraphCostKey, pause: Pause, profile?: Pick<ModelProfile, 'family'>): Promise<void>;
  /** Predicts a model's throughput by every method and chooses the headline among the answers. */
  predict(profile: ModelProfile, query: Query): Prediction;
  /** Equation 2 of one family, for charts. */
  familyFit(key: FamilyKey): LandmarkFitOutcome;
  /** The fit over the graph of one device and runtime, with its coefficients and cross-validation. */
  graphCostFit(key: GraphCostKey): GraphCostOutcome;
  /**
   * How the user's board relates to that of a campaign on the same kind of device, and whether predictions follow it;
   * null where the user has not measured there, or that campaign is the user's newest.
   */
  calibration(key: GraphCostKey, campaign: string): Calibration | null;
  /** Predicted time of every fused kernel, heaviest first. */
  explainLatency(profile: ModelProfile, query: Query): ExplanationOutcome;
  /** What these times follow from, to be computed elsewhere. */
  kernelPrices(profile: ModelProfile, query: Query): Result<KernelPrices, string>;
  /** Throughput at sizes of the input; those that the network cannot take are left out. */
  throughputBySize(profile: ModelProfile, query: Query, sizes: readonly ImageSize[]): readonly ResolutionPoint[];
}

/**
 * Estimators over a set of landmarks (the bundled ones, with the user's own where there are any).
 *
 * @param own the campaigns that the user has measured, of which the newest on a device is the one that predictions are
 *   for; all that are not published where left out
 * @param before estimators over nearly the same landmarks: fits of devices and runtimes that have not changed are
 *   theirs, and where there are thousands of landmarks the others are found from theirs
 */
export function createEstimators(
  landmarks: readonly Landmark[],
  own?: ReadonlySet<string>,
  before?: Estimators,
): Estimators {
  const deployments = deploymentsOf(landmarks, own, before === undefined ? undefined : deploymentsIn.get(before));
  const at = ({ device, runtime }: GraphCostKey): Deployment =>
    deployments.byName.get(deploymentName({ device, runtime })) ?? emptyDeployment;
  const familyFit = (key: FamilyKey): LandmarkFitOutcome => {
    const deployment = at(key);
    const { landmarks: members, fits } = deployment.families.get(key.family) ?? emptyFamily;
    // Nothing is remembered of what nobody has measured: such names are without number.
    if (members.length === 0) return fitFamily(members, key, deployment.home);
    return remembered(fits, `${key.resolution} ${key.batch}`, () => fitFamily(members, key, deployment.home));
  };
  function* fitting(key: GraphCostKey): Pieces<GraphCostOutcome> {
    const deployment = at(key);
    const outcome = yield* fittingGraphCost(deployment.landmarks, key, own, deployment.earlier?.(key));
    if (!outcome.ok || outcome.value.calibration !== null) return outcome;
    const { reference } = outcome.value;
    const calibration = reference && calibrateByFamilies(deployment.landmarks, reference, familyFit, own);
    return calibration ? { ok: true, value: applyCalibration(outcome.value, calibration) } : outcome;
  }
  const fitOnce = (key: GraphCostKey): OnceInPieces<GraphCostOutcome> =>
    remembered(at(key).graphFits, fitName(key), () => onceInPieces(() => fitting(key)));
  const graphCostFit = (key: GraphCostKey): GraphCostOutcome => fitOnce(key).now();
  const calibration = (key: GraphCostKey, campaign: string): Calibration | null => {
    const deployment = at(key);
    return remembered(deployment.calibrations, campaign, () => {
      if (deployment.home === null || deployment.home === campaign) return null;
      const graph = graphCostFit(key);
      const learned = graph.ok ? calibrationOfFit(graph.value, campaign) : null;
      return learned ?? calibrateByFamilies(deployment.landmarks, campaign, familyFit, own);
    });
  };
  const pointAt = rememberedPerQuery((profile, query) => throughputAt(profile, query, graphCostFit));
  const estimators: Estimators = {
    landmarks,
    landmarksAt: (key, family) => {
      const { landmarks: here, families } = at(key);
      return family === undefined ? here : (families.get(family)?.landmarks ?? []);
    },
    prepare: async (key, pause, profile) => {
      const outcome = await fitOnce(key).withPauses(pause);
      if (!outcome.ok || profile === undefined) return;
      const isSeen = profile.family !== null && outcome.value.fit.families.has(profile.family);
      if (!isSeen) await outcome.value.prepareFamilies(pause);
    },
    familyFit,
    graphCostFit,
    calibration,
    explainLatency: (profile, query) => explainLatency(profile, query, graphCostFit),
    kernelPrices: (profile, query) => kernelPrices(profile, query, graphCostFit),
    throughputBySize: (profile, query, sizes) =>
      sizes.flatMap((size) => pointAt(profile, { ...withoutSize(query), ...sizeQuery(size) }) ?? []),
    predict: rememberedPerQuery((profile, query) => {
      const ofFamily = at(query).families.get(profile.family) ?? emptyFamily;
      const byFamily = estimateByLandmarkFit(profile, query, familyFit, ofFamily.landmarks, (campaign) =>
        calibration(query, campaign),
      );
      const comparable = isEstimate(byFamily) ? landmarksOf(familyFit, byFamily, profile) : [];
      const byCost = estimateByGraphCost(profile, query, graphCostFit, comparable);
      const predicted = chooseHeadline([byFamily, byCost]);
      const deployed =
        profile.deployedForm === null
          ? null
          : estimateByGraphCost(profile.deployedForm, query, graphCostFit, comparable);
      const measured = measuredThroughputs(profile, query, at(query));
      return {
        ...predicted,
        estimate: predicted.estimate && { ...predicted.estimate, certainty: certaintyOf(predicted.estimate, measured) },
        measured,
        deployedFps: deployed === null ? null : deployedThroughput(predicted.estimate, byCost, deployed),
      };
    }),
  };
  deploymentsIn.set(estimators, deployments);
  return estimators;
}

/** An estimate is as sure as a measurement only where there is one, in this power mode, to be shown beside it. */
function certaintyOf({ certainty }: Estimate, measured: readonly MeasuredThroughput[]): Estimate['certainty'] {
  if (measured.length > 0) return 'measured';
  return certainty === 'measured' ? 'inside' : certainty;
}

/** The headline times what the costs of both forms differ by, as families are fitted in the form that is trained. */
function deployedThroughput(
  headline: Estimate | null,
  trained: Estimate | Refusal,
  deployed: Estimate | Refusal,
): number | null {
  if (headline === null || !isEstimate(trained) || !isEstimate(deployed)) return null;
  return (headline.throughputFps * deployed.throughputFps) / trained.throughputFps;
}

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  if (known.has(key)) return known.get(key)!;
  const made = make();
  known.set(key, made);
  return made;
}

/** Queries of one model that are remembered. */
const maxQueries = 500;

/** Remembers what is computed of a model, for as long as the model is in use: the latest {@link maxQueries} queries. */
function rememberedPerQuery<T>(compute: (profile: ModelProfile, query: Query) => T) {
  const known = new WeakMap<ModelProfile, Map<string, T>>();
  return (profile: ModelProfile, query: Query): T => {
    const ofModel = known.get(profile) ?? new Map<string, T>();
    known.set(profile, ofModel);
    const key = queryKey(query);
    if (ofModel.size >= maxQueries && !ofModel.has(key)) ofModel.delete(ofModel.keys().next().value!);
    return remembered(ofModel, key, () => compute(profile, query));
  };
}

/** The landmarks that a family's fit was cross-validated on. */
function landmarksOf(
  familyFit: (key: FamilyKey) => LandmarkFitOutcome,
  { device, runtime, resolution, batch }: Estimate,
  { family }: ModelProfile,
): readonly Landmark[] {
  const fit = family === null ? null : familyFit({ device, runtime, family, resolution, batch });
  return fit?.ok ? fit.value.landmarks : [];
}

/** Of each estimators the deployments that they have fitted, for those that follow them. */
const deploymentsIn = new WeakMap<Estimators, Deployments>();

/**
 * The answer with the smallest cross-validated error is the headline; answers whose error is not known come last, and
 * behind them those beyond the turn of their curve, where that error, of models before it, tells nothing. The
 * other answers and the refusals are its alternatives. If no method answers, all their reasons are the reason.
 */
export function chooseHeadline(answers: readonly (Estimate | Refusal)[]): Prediction {
  const [estimate, ...others] = answers.filter(isEstimate).sort(byTrust);
  const refusals = answers.filter((answer): answer is Refusal => !isEstimate(answer));
  if (estimate === undefined) {
    const applicable = refusals.filter(({ isInapplicable }) => !isInapplicable);
    // Methods refuse for one reason where it lies in the model.
    const reasons = new Set((applicable.length > 0 ? applicable : refusals).map(({ reason }) => reason));
    return { estimate: null, reason: [...reasons].join(' '), why: null, alternatives: refusals };
  }
  return { estimate, reason: null, why: whyIt(estimate, others), alternatives: [...others, ...refusals] };
}

function whyIt(chosen: Estimate, others: readonly Estimate[]): string | null {
  const [other] = others;
  if (other === undefined) return null;
  if (other.isBeyondTurn && !chosen.isBeyondTurn) {
    return t("Using the graph-cost estimate: the family fit's curve turns between its measured models and this one.");
  }
  const [own, its] = [chosen.crossValidatedError, other.crossValidatedError];
  if (own === null) return null;
  const [mine, theirs] = [formatPercent(own), its === null ? null : formatPercent(its)];
  if (chosen.method === 'landmark-fit') {
    return theirs === null
      ? t(
          'Using the family fit: its error on held-out models is {0}; that of the graph-cost estimate is not known.',
          mine,
        )
      : t(
          'Using the family fit: its error on held-out models is {0}, against {1} for the graph-cost estimate.',
          mine,
          theirs,
        );
  }
  return theirs === null
    ? t(
        'Using the graph-cost estimate: its error on held-out models is {0}; that of the family fit is not known.',
        mine,
      )
    : t(
        'Using the graph-cost estimate: its error on held-out models is {0}, against {1} for the family fit.',
        mine,
        theirs,
      );
}

function byTrust(one: Estimate, other: Estimate): number {
  return Number(one.isBeyondTurn ?? false) - Number(other.isBeyondTurn ?? false) || errorOf(one) - errorOf(other);
}

function errorOf(estimate: Estimate): number {
  return estimate.crossValidatedError ?? Number.MAX_VALUE;
}
