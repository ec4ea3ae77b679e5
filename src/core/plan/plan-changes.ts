import { t } from '../language';
import { concernsOf } from '../estimate/concerns';
import { withoutSize, type Estimate, type Query } from '../estimate/estimate';
import { operatingPoint } from '../estimate/operating-point';
import { isUnfit, verdictOf } from '../estimate/verdict';
import { sizeQuery, type ImageSize } from '../image-size';
import { inputSize, runtimeName, runtimes } from '../landmarks/landmark';
import { profileModel } from '../profile/profile-model';
import type { InputSize } from '../onnx/shapes/input-size';
import type { ModelProfile } from '../profile/profile';
import { failure, success, type Result } from '../result';
import { zooFamilies } from '../zoo/families';
import { type PublishedMember, publishedMembers, standardFamilies, taskOf } from '../zoo/published-members';
import { referenceModel } from '../zoo/reference-model';
import { planBoards, smallestEnough } from './plan-boards';
import { rememberedFamilyPlan } from './plan-family';
import { planResolution, resolutionsToTry } from './plan-resolution';
import { noPause, type PlanEstimators, type PlanProgress } from './try-candidates';

/** One way to meet a target that a model misses, with what is predicted then. */
export type Change = { readonly estimate: Estimate; readonly isSure: boolean } & (
  | { readonly kind: 'resolution'; readonly size: ImageSize }
  | { readonly kind: 'member'; readonly member: PublishedMember }
  /** `obstacle`: what keeps the model, as it was exported, from running with it; null where nothing does. */
  | { readonly kind: 'runtime'; readonly obstacle: string | null }
  | { readonly kind: 'board'; readonly powerMode: string | null }
  /** A member of the family that nobody publishes weights of. */
  | { readonly kind: 'unpublished'; readonly label: string }
);

/** What would make a model meet its target. */
export interface Changes {
  readonly targetFps: number;
  /** The three that are easiest to try, what changes the model least first. */
  readonly first: readonly Change[];
  readonly more: readonly Change[];
}

export interface ChangesQuestion {
  readonly profile: ModelProfile;
  readonly query: Query;
  /** Inputs per second. */
  readonly targetFps: number;
  /** Whether to look for members of the family between the published ones too, which takes a second or two. */
  readonly unpublished?: boolean;
}

/** Lines that a reader takes in at once. */
const firstChanges = 3;

/**
 * What to change so that a model meets its target: the highest smaller input, the largest published network that can take
 * its place, another runtime, the smallest other board. Each is predicted to meet the target; one that only the interval's
 * better half does is marked. Failure code: cancelled.
 */
export async function planChanges(
  question: ChangesQuestion,
  estimators: PlanEstimators,
  progress: PlanProgress = {},
): Promise<Result<Changes>> {
  const { profile, query, targetFps } = question;
  const ofResolution = await smallerInput(question, estimators, progress);
  const ofMember = await publishedMember(question, estimators, progress);
  const boards = await planBoards(profile, query, targetFps, estimators, progress);
  if (progress.signal?.aborted || !boards.ok) return failure('cancelled', t('The search for changes was cancelled.'));
  const board = smallestEnough(boards.value.filter(({ device }) => device !== query.device));
  const there = board?.prediction.estimate ?? null;
  const ofBoard: readonly Change[] =
    board === null || there === null
      ? []
      : [{ kind: 'board', powerMode: board.powerMode, estimate: there, isSure: board.verdict?.isSure === true }];
  const ofRuntime = await otherRuntime(question, estimators, progress);
  const all = [...ofResolution, ...ofMember.slice(0, 1), ...ofRuntime, ...ofBoard];
  const unpublished = question.unpublished === true ? await unpublishedMember(question, estimators, progress) : [];
  if (progress.signal?.aborted) return failure('cancelled', t('The search for changes was cancelled.'));
  const more = [...all.slice(firstChanges), ...ofMember.slice(1), ...unpublished];
  return success({ targetFps, first: all.slice(0, firstChanges), more });
}

/** Sizes of the model itself at which {@link planChanges} asks for its cost. */
export function sizesOfChanges(profile: ModelProfile, query: Query): readonly InputSize[] {
  const point = operatingPoint(profile, query);
  if (!point.ok) return [];
  const sizes = resolutionsToTry({ profile, query, largest: Math.max(point.value.height, point.value.width) });
  return sizes.ok ? [query, ...sizes.value.map((size) => ({ ...size, batch: query.batch }))] : [query];
}

async function smallerInput(
  { profile, query, targetFps }: ChangesQuestion,
  estimators: PlanEstimators,
  progress: PlanProgress,
): Promise<readonly Change[]> {
  const point = operatingPoint(profile, query);
  if (!point.ok) return [];
  const { height, width } = point.value;
  const largest = Math.max(height, width);
  const plan = await planResolution({ profile, query, targetFps, largest }, estimators, progress);
  const answer = plan.ok ? plan.value.answer : null;
  if (answer === null || answer.resolution >= point.value.resolution) return [];
  return [{ kind: 'resolution', size: inputSize(answer), ...judged(answer.estimate, targetFps) }];
}

/** Members that meet the target and are smaller than the model: the largest first, those of its own family before others. */
async function publishedMember(
  { profile, query, targetFps }: ChangesQuestion,
  estimators: PlanEstimators,
  { signal, onCandidate, pause = noPause }: PlanProgress,
): Promise<readonly Change[]> {
  const task = taskOf(profile.family);
  const point = operatingPoint(profile, query);
  if (task === null || !point.ok || point.value.height !== point.value.width) return [];
  const { resolution, batch, macsPerInput } = point.value;
  const families = new Set([profile.family!, ...standardFamilies[task]]);
  const found: { readonly change: Change; readonly parameters: number; readonly isOwn: boolean }[] = [];
  for (const [index, member] of publishedMembers.entries()) {
    if (!families.has(member.family)) continue;
    await onCandidate?.(index, publishedMembers.length, member.name);
    await pause();
    if (signal?.aborted) return [];
    const built = referenceModel({ family: member.family, settings: member.settings, resolution, batch });
    if (!built.ok) continue;
    await pause();
    const profiled = profileModel(built.value.model);
    if (!profiled.ok) continue;
    // Predicting takes as long as reading.
    await pause();
    const at = { ...query, resolution, batch };
    await estimators.prepare(at, pause, profiled.value);
    const { estimate } = estimators.predict(profiled.value, at);
    const cost = profiled.value.costAt({ resolution, batch });
    const isSmaller = cost.ok && macsPerInput !== null && cost.value.macs / batch < macsPerInput;
    const runs = !isUnfit(verdictOf({ estimate }, concernsOf(profiled.value, at), targetFps));
    if (estimate === null || estimate.throughputFps < targetFps || !isSmaller || !runs) continue;
    const change: Change = { kind: 'member', member, ...judged(estimate, targetFps) };
    found.push({ change, parameters: profiled.value.parameters, isOwn: member.family === profile.family });
  }
  return found
    .sort((one, other) => Number(other.isOwn) - Number(one.isOwn) || other.parameters - one.parameters)
    .map(({ change }) => change);
}

/** Of the runtimes that meet the target the fastest, if possible one that runs the model as it was exported. */
async function otherRuntime(
  { profile, query, targetFps }: ChangesQuestion,
  estimators: PlanEstimators,
  { signal, onCandidate, pause = noPause }: PlanProgress,
): Promise<readonly Change[]> {
  const found: Extract<Change, { readonly kind: 'runtime' }>[] = [];
  for (const [index, runtime] of runtimes.entries()) {
    if (runtime === query.runtime) continue;
    await onCandidate?.(index, runtimes.length, runtimeName(runtime));
    await pause();
    if (signal?.aborted) return [];
    const there = { ...query, runtime };
    await estimators.prepare(there, pause, profile);
    const { estimate } = estimators.predict(profile, there);
    if (estimate === null || estimate.throughputFps < targetFps) continue;
    const concerns = concernsOf(profile, there);
    const isHindered = isUnfit(verdictOf({ estimate }, concerns, targetFps));
    const obstacle = isHindered ? (concerns.find(({ severity }) => severity === 'error')?.message ?? null) : null;
    found.push({ kind: 'runtime', obstacle, ...judged(estimate, targetFps) });
  }
  const [best] = found.sort(
    (one, other) =>
      Number(one.obstacle !== null) - Number(other.obstacle !== null) ||
      other.estimate.throughputFps - one.estimate.throughputFps,
  );
  return best === undefined ? [] : [best];
}

async function unpublishedMember(
  { profile, query, targetFps }: ChangesQuestion,
  estimators: PlanEstimators,
  progress: PlanProgress,
): Promise<readonly Change[]> {
  const family = zooFamilies.find(({ name }) => name === profile.family)?.name;
  const point = operatingPoint(profile, query);
  if (family === undefined || !point.ok) return [];
  const { batch } = point.value;
  const question = { family, fixed: {}, query: { ...withoutSize(query), ...sizeQuery(point.value), batch }, targetFps };
  const plan = await rememberedFamilyPlan(question, estimators, progress);
  const answer = plan.ok ? plan.value.answer : null;
  if (answer === null || answer.parameters >= profile.parameters) return [];
  return [{ kind: 'unpublished', label: answer.label, ...judged(answer.estimate, targetFps) }];
}

function judged(estimate: Estimate, targetFps: number): Pick<Change, 'estimate' | 'isSure'> {
  return { estimate, isSure: estimate.interval !== null && estimate.interval.lowFps >= targetFps };
}
