import { t } from '../language';
import { withoutSize, type Query } from '../estimate/estimate';
import { isSameSize, sizeQuery, sizesOfShape, type ImageSize } from '../image-size';
import { ownImageSize, readsImages } from '../estimate/operating-point';
import { imageSize } from '../figures';
import type { ModelProfile } from '../profile/profile';
import { failure, success, type Result } from '../result';
import { conclude, type Plan } from './plan';
import { type Candidate, type PlanProgress, type PlanEstimators, tryCandidates } from './try-candidates';

/** Which input resolution of a network is wanted. */
export interface ResolutionQuestion {
  readonly profile: ModelProfile;
  /** Its size is searched; only its aspect ratio is read, if it has height and width. */
  readonly query: Query;
  /** Inputs per second. */
  readonly targetFps: number;
  /** Sides of candidates are its multiples, in pixels, and the network's own size is one more; 32 where undefined, as most networks halve the image so far. */
  readonly step?: number;
  /** Longest side of a candidate in pixels; 2048 where undefined. */
  readonly largest?: number;
}

/** Above this many candidates the steps are too fine for an answer in reasonable time. */
const maxCandidates = 1024;

/**
 * The highest resolution at which a network still meets a target, in the aspect ratio of its own input.
 *
 * Failure codes: invalid-request (the network reads no images, or the steps make no sense), cancelled.
 */
export async function planResolution(
  question: ResolutionQuestion,
  estimators: PlanEstimators,
  progress: PlanProgress = {},
): Promise<Result<Plan>> {
  const { profile, query, targetFps } = question;
  const sizes = resolutionsToTry(question);
  if (!sizes.ok) return sizes;
  const candidates = sizes.value.map((size): Candidate => ({
    label: imageSize(size.height, size.width),
    namedByProfile: false,
    settings: {},
    profile: () => success(profile),
    query: { ...withoutSize(query), ...sizeQuery(size) },
  }));
  const tried = await tryCandidates(candidates, estimators, progress);
  if (!tried.ok) return tried;
  return success(conclude(tried.value.trials, tried.value.unanswered, targetFps));
}

/** The sizes that {@link planResolution} tries, smallest first. Failure code: invalid-request. */
export function resolutionsToTry({
  profile,
  query,
  step = 32,
  largest = 2048,
}: Omit<ResolutionQuestion, 'targetFps'>): Result<readonly ImageSize[]> {
  if (!readsImages(profile)) {
    return failure('invalid-request', t('This model reads no images, so there is no resolution to plan.'));
  }
  const count = Math.floor(largest / step);
  if (count < 1) return failure('invalid-request', t('No multiple of {0} pixels lies below {1}.', step, largest));
  if (count > maxCandidates) {
    return failure(
      'invalid-request',
      t('Up to {0} pixels, {1} make {2} steps. Take larger steps.', largest, step, count),
    );
  }
  const own = ownImageSize(profile);
  const multiples = sizesOfShape(askedShape(query) ?? own ?? { height: 1, width: 1 }, step, largest);
  // A network that ends in fully connected layers runs at its own size alone, which need not be a multiple.
  const isAdded =
    own !== null && Math.max(own.height, own.width) <= largest && !multiples.some((size) => isSameSize(size, own));
  const sizes = [...multiples, ...(isAdded ? [own] : [])];
  return success(sizes.sort((a, b) => a.height * a.width - b.height * b.width));
}

function askedShape({ height, width }: Query): ImageSize | null {
  return height === undefined || width === undefined ? null : { height, width };
}
