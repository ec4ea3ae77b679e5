import { homeCampaign } from '../landmarks/home-campaign';
import type { Landmark } from '../landmarks/landmark';
import type { ModelProfile } from '../profile/profile';
import type { Calibration } from './calibration';
import type { Estimate, Prediction, Query, Refusal } from './estimate';
import { calibrateByFamilies, calibrationOfFit } from './family-calibration';
import {
  explainLatency,
  throughputByResolution,
  type ExplanationOutcome,
  type ResolutionPoint,
} from './graph-cost/explain';
import { estimateByGraphCost } from './graph-cost/graph-cost-estimate';
import { calibrated, fitGraphCost, type GraphCostKey, type GraphCostOutcome } from './graph-cost/graph-cost-fit';
import { estimateByLandmarkFit } from './landmark-estimate';
import { fitFamily, type FamilyKey, type LandmarkFitOutcome } from './landmark-fit';

/** Everything fitted to one set of landmarks; fits are made when first asked for and kept. */
export interface Estimators {
  readonly landmarks: readonly Landmark[];
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
  /** Throughput against resolution; resolutions that the network cannot take are left out. */
  throughputByResolution(
    profile: ModelProfile,
    query: Query,
    resolutions: readonly number[],
  ): readonly ResolutionPoint[];
}

/**
 * Estimators over a set of landmarks (the bundled ones, with the user's own where there are any).
 *
 * @param own the campaigns that the user has measured, of which the newest on a device is the one that predictions are
 *   for; all that are not published where left out
 */
export function createEstimators(landmarks: readonly Landmark[], own?: ReadonlySet<string>): Estimators {
  const places = new Map<string, readonly Landmark[]>();
  const at = ({ device, runtime }: GraphCostKey): readonly Landmark[] =>
    remembered(places, JSON.stringify([device, runtime]), () =>
      landmarks.filter((landmark) => landmark.device === device && landmark.runtime === runtime),
    );
  const fits = new Map<string, LandmarkFitOutcome>();
  const familyFit = (key: FamilyKey): LandmarkFitOutcome =>
    remembered(fits, JSON.stringify([key.device, key.runtime, key.family, key.resolution, key.batch]), () =>
      fitFamily(at(key), key, homeCampaign(at(key), own)),
    );
  const graphFits = new Map<string, GraphCostOutcome>();
  const graphCostFit = (key: GraphCostKey): GraphCostOutcome =>
    remembered(graphFits, JSON.stringify([key.device, key.runtime]), () => {
      const outcome = fitGraphCost(at(key), key, own);
      if (!outcome.ok || outcome.value.calibration !== null) return outcome;
      const calibration = calibrateByFamilies(at(key), outcome.value.reference, familyFit, own);
      return calibration === null ? outcome : { ok: true, value: calibrated(outcome.value, calibration) };
    });
  const calibrations = new Map<string, Calibration | null>();
  const calibration = (key: GraphCostKey, campaign: string): Calibration | null =>
    remembered(calibrations, JSON.stringify([key.device, key.runtime, campaign]), () => {
      const home = homeCampaign(at(key), own);
      if (home === null || home === campaign) return null;
      const graph = graphCostFit(key);
      const learned = graph.ok ? calibrationOfFit(graph.value, campaign) : null;
      return learned ?? calibrateByFamilies(at(key), campaign, familyFit, own);
    });
  return {
    landmarks,
    familyFit,
    graphCostFit,
    calibration,
    explainLatency: (profile, query) => explainLatency(profile, query, graphCostFit),
    throughputByResolution: (profile, query, resolutions) =>
      throughputByResolution(profile, query, resolutions, graphCostFit),
    predict: (profile, query) => {
      const byFamily = estimateByLandmarkFit(profile, query, familyFit, at(query), (campaign) =>
        calibration(query, campaign),
      );
      const comparable = isEstimate(byFamily) ? landmarksOf(familyFit, byFamily, profile) : [];
      return chooseHeadline([byFamily, estimateByGraphCost(profile, query, graphCostFit, comparable)]);
    },
  };
}

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  if (known.has(key)) return known.get(key)!;
  const made = make();
  known.set(key, made);
  return made;
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

const estimatorsOf = new WeakMap<readonly Landmark[], Estimators>();

/**
 * Predicts a model's throughput from landmarks. Fits are kept per array of landmarks, so passing the same array again
 * is cheap; an array must not be changed after it has been passed.
 */
export function predict(profile: ModelProfile, query: Query, landmarks: readonly Landmark[]): Prediction {
  const estimators = estimatorsOf.get(landmarks) ?? createEstimators(landmarks);
  estimatorsOf.set(landmarks, estimators);
  return estimators.predict(profile, query);
}

/**
 * The answer with the smallest cross-validated error speaks; one whose error is not known comes after those whose is.
 * The rest, answers and refusals, stay visible beside it. Where no method answers, the reason is theirs together.
 */
export function chooseHeadline(answers: readonly (Estimate | Refusal)[]): Prediction {
  const [estimate, ...others] = answers.filter(isEstimate).sort((a, b) => errorOf(a) - errorOf(b));
  const refusals = answers.filter((answer): answer is Refusal => !isEstimate(answer));
  if (estimate === undefined) {
    const reason = refusals.map((refusal) => refusal.reason).join(' ');
    return { estimate: null, reason, why: null, alternatives: refusals };
  }
  return { estimate, reason: null, why: whyIt(estimate, others), alternatives: [...others, ...refusals] };
}

const subjects: Readonly<Record<Estimate['method'], string>> = {
  'landmark-fit': 'the family fit',
  'graph-cost': 'the graph cost',
};

function whyIt(chosen: Estimate, others: readonly Estimate[]): string | null {
  const [other] = others;
  if (other === undefined) return null;
  const [own, its] = [chosen.crossValidatedError, other.crossValidatedError];
  const name = capitalised(subjects[chosen.method]);
  if (own === null) return null;
  if (its === null) {
    return `${name} speaks: measured models that it has not seen it predicts within ${percent(own)} on average; of ${subjects[other.method]} no such error is known.`;
  }
  return `${name} speaks: measured models that it has not seen it predicts within ${percent(own)} on average, ${subjects[other.method]} within ${percent(its)}.`;
}

/** Two figures: an error estimated from a handful of landmarks is not known better. */
function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function isEstimate(answer: Estimate | Refusal): answer is Estimate {
  return 'throughputFps' in answer;
}

function errorOf(estimate: Estimate): number {
  return estimate.crossValidatedError ?? Number.MAX_VALUE;
}
