import { concernsOf } from '../../core/estimate/concerns';
import type { Query } from '../../core/estimate/estimate';
import { isUnfit, verdictOf } from '../../core/estimate/verdict';
import { operatingPoint } from '../../core/estimate/operating-point';
import type { Estimators } from '../../core/estimate/estimators';
import { runtimeName, runtimes } from '../../core/landmarks/landmark';
import type { Plan, Trial } from '../../core/plan/plan';
import { rememberedFamilyPlan } from '../../core/plan/plan-family';
import { planResolution } from '../../core/plan/plan-resolution';
import { familyPlanSentence, resolutionPlanSentence } from '../../core/present/plan-view';
import { formatCount, formatThroughput, sizeText } from '../../core/figures';
import type { ModelProfile } from '../../core/profile/profile';
import { zooFamilies } from '../../core/zoo/families';
import { createYielder } from '../services/yield-to-event-loop';

/** Finds out what would make a model that misses its target meet it. */
export interface ModelHelp {
  /**
   * Sentences, what changes least first: another runtime, a lower resolution, a smaller member of the family, another
   * family. Takes long, in short stretches; throws the signal's reason once it aborts.
   *
   * @param profile with its graph behind it, as other resolutions are looked at
   */
  of(profile: ModelProfile, query: Query, targetFps: number, signal: AbortSignal): Promise<readonly string[]>;
}

/** Other families that are named at most. */
const maxFamilies = 2;

/** @param library whose `estimators` are others after each change of the landmarks */
export function createModelHelp(library: { readonly estimators: Estimators }): ModelHelp {
  async function familyPlan(
    family: string,
    query: Query & Required<Pick<Query, 'resolution' | 'batch'>>,
    targetFps: number,
    signal: AbortSignal,
  ): Promise<Plan | null> {
    const progress = { signal, onCandidate: createYielder(signal) };
    const question = { family, fixed: {}, query, targetFps };
    const planned = await rememberedFamilyPlan(question, library.estimators, progress);
    signal.throwIfAborted();
    return planned.ok ? planned.value : null;
  }

  async function otherFamilies(
    own: string | null,
    query: Query & Required<Pick<Query, 'resolution' | 'batch'>>,
    targetFps: number,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const { device, runtime } = query;
    const isMeasured = (family: string): boolean =>
      library.estimators.landmarks.some(
        (each) => each.family === family && each.device === device && each.runtime === runtime,
      );
    const answers: Trial[] = [];
    for (const { name } of zooFamilies) {
      if (name === own || !isMeasured(name)) continue;
      const answer = (await familyPlan(name, query, targetFps, signal))?.answer;
      if (answer) answers.push(answer);
    }
    const named = answers.sort((one, other) => other.parameters - one.parameters).slice(0, maxFamilies);
    if (named.length === 0) return [];
    const list = named.map(
      ({ label, parameters, estimate }) =>
        `${label} (${formatCount(parameters)} parameters, ${formatThroughput(estimate.throughputFps, estimate.batch)})`,
    );
    const at = sizeText(query.resolution, query.batch);
    return [
      `Of other families at ${at}, ${list.join(' and ')} ${list.length === 1 ? 'is' : 'are'} predicted to meet it.`,
    ];
  }

  /** The fastest that runs the model as it is; where none does, the fastest, with what keeps it from running there. */
  function fasterRuntime(profile: ModelProfile, query: Query, targetFps: number): readonly string[] {
    const answers = runtimes.flatMap((runtime) => {
      if (runtime === query.runtime) return [];
      const there = { ...query, runtime };
      const { estimate } = library.estimators.predict(profile, there);
      if (estimate === null || estimate.throughputFps < targetFps) return [];
      const concerns = concernsOf(profile, there);
      const obstacle = isUnfit(verdictOf({ estimate }, concerns, targetFps))
        ? concerns.find(({ severity }) => severity === 'error')
        : undefined;
      return { estimate, obstacle };
    });
    const [best] = answers.sort(
      (one, other) =>
        Number(one.obstacle !== undefined) - Number(other.obstacle !== undefined) ||
        other.estimate.throughputFps - one.estimate.throughputFps,
    );
    if (best === undefined) return [];
    const { runtime, throughputFps, batch } = best.estimate;
    const gain = `With ${runtimeName(runtime)} it would run at ${formatThroughput(throughputFps, batch)}`;
    return [best.obstacle === undefined ? `${gain}.` : `${gain}, but not as exported: ${best.obstacle.message}`];
  }

  return {
    of: async (profile, query, targetFps, signal) => {
      const sentences = [...fasterRuntime(profile, query, targetFps)];
      const point = operatingPoint(profile, query);
      if (!point.ok) return sentences;
      const at = { ...query, resolution: point.value.resolution, batch: point.value.batch };
      // It misses the target at its own resolution, so only lower ones are worth a look.
      const progress = { signal, onCandidate: createYielder(signal) };
      const lower = { profile, query, targetFps, largest: at.resolution };
      const byResolution = await planResolution(lower, library.estimators, progress);
      signal.throwIfAborted();
      if (byResolution.ok && byResolution.value.outcome !== 'unanswered') {
        sentences.push(resolutionPlanSentence(byResolution.value));
      }
      const family = zooFamilies.find(({ name }) => name === profile.family)?.name ?? null;
      const ofFamily = family === null ? null : await familyPlan(family, at, targetFps, signal);
      if (family !== null && ofFamily !== null && ofFamily.outcome !== 'unanswered') {
        sentences.push(familyPlanSentence(ofFamily, family, at.resolution, at.batch));
      }
      if (ofFamily?.answer == null) sentences.push(...(await otherFamilies(family, at, targetFps, signal)));
      return sentences;
    },
  };
}
