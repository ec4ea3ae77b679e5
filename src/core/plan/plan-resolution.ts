import type { Query } from '../estimate/estimate';
import { ownResolution } from '../estimate/operating-point';
import { square } from '../figures';
import type { ModelProfile } from '../profile/profile';
import { failure, success, type Result } from '../result';
import { conclude, type Plan } from './plan';
import { type Candidate, type PlanProgress, type PlanEstimators, tryCandidates } from './try-candidates';

/** Which input resolution of a network is wanted. */
export interface ResolutionQuestion {
  readonly profile: ModelProfile;
  /** Its resolution is searched and not read. */
  readonly query: Query;
  /** Inputs per second. */
  readonly targetFps: number;
  /** Pixels between candidates, which are its multiples and the network's own size; 32 where undefined, as most networks halve the image so far. */
  readonly step?: number;
  /** Largest candidate in pixels; 2048 where undefined. */
  readonly largest?: number;
}

/** Above this many candidates the steps are too fine for an answer in reasonable time. */
const maxCandidates = 1024;

/**
 * The highest square resolution at which a network still meets a target.
 *
 * Failure codes: invalid-request (the network reads no images, or the steps make no sense), cancelled.
 */
export async function planResolution(
  question: ResolutionQuestion,
  estimators: PlanEstimators,
  progress: PlanProgress = {},
): Promise<Result<Plan>> {
  const { profile, query, targetFps, step = 32, largest = 2048 } = question;
  const shape = profile.input?.shape;
  if (profile.input === null || (shape && shape.length !== 4)) {
    return failure('invalid-request', 'This model reads no images, so there is no resolution to plan.');
  }
  const count = Math.floor(largest / step);
  if (count < 1) return failure('invalid-request', `No multiple of ${step} pixels lies below ${largest}.`);
  if (count > maxCandidates) {
    return failure('invalid-request', `Up to ${largest} pixels, ${step} make ${count} steps. Take larger steps.`);
  }
  const multiples = Array.from({ length: count }, (_, index) => (index + 1) * step);
  const own = ownResolution(profile);
  // A network that ends in fully connected layers runs at its own size alone, which need not be a multiple.
  const added = own === null || own > largest || multiples.includes(own) ? [] : [own];
  const candidates = [...multiples, ...added]
    .sort((a, b) => a - b)
    .map((resolution): Candidate => ({
      label: square(resolution),
      namedByProfile: false,
      settings: {},
      profile: () => success(profile),
      query: { ...query, resolution },
    }));
  const tried = await tryCandidates(candidates, estimators, progress);
  if (!tried.ok) return tried;
  return success(conclude(tried.value.trials, tried.value.unanswered, targetFps));
}
