import type { Landmark } from '../landmarks/landmark';
import type { ModelProfile } from '../profile/profile';
import type { Estimate, Prediction, Query, Refusal } from './estimate';
import { estimateByLandmarkFit } from './landmark-estimate';
import { fitFamily, type FamilyKey, type LandmarkFitOutcome } from './landmark-fit';

/** Everything fitted to one set of landmarks; fits are made when first asked for and kept. */
export interface Estimators {
  readonly landmarks: readonly Landmark[];
  /** Predicts a model's throughput by every method and chooses the headline among the answers. */
  predict(profile: ModelProfile, query: Query): Prediction;
  /** Equation 2 of one family, for charts. */
  familyFit(key: FamilyKey): LandmarkFitOutcome;
}

/** One way of predicting throughput. The order of the methods decides between equal errors. */
type Method = (profile: ModelProfile, query: Query) => Estimate | Refusal;

/** Estimators over a set of landmarks (the bundled ones, with the user's own where there are any). */
export function createEstimators(landmarks: readonly Landmark[]): Estimators {
  const fits = new Map<string, LandmarkFitOutcome>();
  const familyFit = (key: FamilyKey): LandmarkFitOutcome => {
    const name = JSON.stringify([key.device, key.runtime, key.family, key.resolution, key.batch]);
    const known = fits.get(name) ?? fitFamily(landmarks, key);
    fits.set(name, known);
    return known;
  };
  const methods: readonly Method[] = [(profile, query) => estimateByLandmarkFit(profile, query, familyFit, landmarks)];
  return {
    landmarks,
    familyFit,
    predict: (profile, query) => chooseHeadline(methods.map((method) => method(profile, query))),
  };
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
    return { estimate: null, reason: refusals.map((refusal) => refusal.reason).join(' '), alternatives: refusals };
  }
  return { estimate, reason: null, alternatives: [...others, ...refusals] };
}

export function isEstimate(answer: Estimate | Refusal): answer is Estimate {
  return 'throughputFps' in answer;
}

function errorOf(estimate: Estimate): number {
  return estimate.crossValidatedError ?? Number.MAX_VALUE;
}
