import { groupBy } from '../group-by';
import { t } from '../language';
import { queryKey, type Query } from '../estimate/estimate';
import { profileModel } from '../profile/profile-model';
import { failure, success, type Result } from '../result';
import type { Settings, ZooFamily } from '../zoo/family';
import { completeSettings, findZooFamily, referenceModel, unknownFamily } from '../zoo/reference-model';
import { conclude, type Plan, type Trial, type Unanswered } from './plan';
import { type Candidate, type PlanProgress, type PlanEstimators, tryCandidates } from './try-candidates';

/** Which member of a family is wanted. */
export interface FamilyQuestion {
  /** Name of a family of the zoo, in any case. */
  readonly family: string;
  /** Options that are given; only the others are searched. */
  readonly fixed: Settings;
  /** Where undefined, the resolution that the family is published for, and batch 1. */
  readonly query: Query;
  /** Numbers that the classifier answers with; 1000 where undefined. */
  readonly classes?: number;
  /** Inputs per second. */
  readonly targetFps: number;
}

/**
 * The member of a family with the most parameters that still meets a target, among all that the family's axes span.
 *
 * Failure codes: invalid-request (unknown family or option, or no member can read this resolution), cancelled.
 */
export async function planFamily(
  question: FamilyQuestion,
  estimators: PlanEstimators,
  progress: PlanProgress = {},
): Promise<Result<Plan>> {
  const family = findZooFamily(question.family);
  if (family === null) return failure('invalid-request', unknownFamily(question.family));
  const checked = completeSettings(family, question.fixed);
  if (!checked.ok) return checked;
  const { query, classes, targetFps } = question;
  const { resolution, batch } = query;
  const candidates: Candidate[] = [];
  const unbuilt: Unanswered[] = [];
  let refused: Result<never> | undefined;
  const members = combinations(family, question.fixed);
  for (const settings of members) {
    const label = memberLabel(family, settings);
    await progress.pause?.();
    if (progress.signal?.aborted) return failure('cancelled', t('Planning was cancelled.'));
    const model = referenceModel({ family: family.name, settings, resolution, batch, classes });
    if (!model.ok) {
      refused ??= model;
      // A combination of settings that does not exist is none to search.
      if (model.error.code !== 'invalid-request') unbuilt.push({ reason: model.error.message, labels: [label] });
      continue;
    }
    const { size, model: structure } = model.value;
    const at = { ...query, resolution: size.resolution, batch: size.batch };
    candidates.push({ label, namedByProfile: true, settings, profile: () => profileModel(structure), query: at });
  }
  if (candidates.length === 0 && refused !== undefined) return refused;
  const tried = await tryCandidates(candidates, estimators, progress);
  if (!tried.ok) return tried;
  const trials = toldApart(distinct([...tried.value.trials].sort(bySize)), family);
  return success(conclude(trials, [...tried.value.unanswered, ...unbuilt], targetFps));
}

/** Questions that are remembered of each estimators. */
const maxQuestions = 200;

const plansOf = new WeakMap<PlanEstimators, Map<string, Plan>>();

/** As {@link planFamily}, but a question that these estimators have answered before is not searched again. */
export async function rememberedFamilyPlan(
  question: FamilyQuestion,
  estimators: PlanEstimators,
  progress: PlanProgress,
): Promise<Result<Plan>> {
  const plans = plansOf.get(estimators) ?? new Map<string, Plan>();
  plansOf.set(estimators, plans);
  const { query, ...rest } = question;
  const key = JSON.stringify([queryKey(query), rest]);
  const known = plans.get(key);
  if (known !== undefined) return success(known);
  const planned = await planFamily(question, estimators, progress);
  if (planned.ok) plans.set(key, planned.value);
  if (plans.size > maxQuestions) plans.delete(plans.keys().next().value!);
  return planned;
}

/** Every combination of one entry of each axis, with the given options put in place of the searched ones. */
function combinations(family: ZooFamily, fixed: Settings): readonly Settings[] {
  const all = family.axes.reduce<readonly Settings[]>(
    (members, axis) => members.flatMap((member) => axis.map((entry) => ({ ...member, ...entry }))),
    [{}],
  );
  const members = all.map((member) => ({ ...member, ...fixed }));
  return [...new Map(members.map((member) => [JSON.stringify(Object.entries(member).sort()), member])).values()];
}

/** The family and its settings: `MobileNetV2 width 0.5`. */
function memberLabel(family: ZooFamily, settings: Settings): string {
  const parts = Object.entries(settings).map(
    ([name, value]) => `${name} ${Array.isArray(value) ? value.join(',') : value}`,
  );
  return [family.name, ...parts].join(' ');
}

function bySize(one: Trial, other: Trial): number {
  return one.parameters - other.parameters || (one.macs ?? 0) - (other.macs ?? 0);
}

/** Members that recognition gives one name, by their settings. */
function toldApart(trials: readonly Trial[], family: ZooFamily): readonly Trial[] {
  const named = groupBy(trials, ({ label }) => label);
  return trials.map((trial) =>
    named.get(trial.label)!.length === 1 ? trial : { ...trial, label: memberLabel(family, trial.settings) },
  );
}

/** Rounding channels makes one network of several settings; each is shown once. */
function distinct(trials: readonly Trial[]): readonly Trial[] {
  return trials.filter((trial, index) => index === 0 || bySize(trials[index - 1]!, trial) !== 0);
}
