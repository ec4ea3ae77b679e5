import { LRUCache } from 'lru-cache';
import { memoryCeiling, type MemoryCeiling } from '../../../core/estimate/board-memory';
import type { Query } from '../../../core/estimate/estimate';
import type { ResolutionPoint } from '../../../core/estimate/graph-cost/explain';
import { operatingPoint } from '../../../core/estimate/operating-point';
import type { Estimators } from '../../../core/estimate/estimators';
import { runtimeName, runtimes, type Runtime } from '../../../core/landmarks/landmark';
import { planFamily } from '../../../core/plan/plan-family';
import { planResolution } from '../../../core/plan/plan-resolution';
import { familyPlanSentence, resolutionPlanSentence } from '../../../core/present/plan-sentences';
import { isInFigure5, precisionAdvice } from '../../../core/present/precision-advice';
import { resolutionView, sweptResolutions, type ResolutionView } from '../../../core/present/resolution-view';
import { timeBreakdown, type TimeBreakdown } from '../../../core/present/time-breakdown';
import type { ModelProfile } from '../../../core/profile/profile';
import { zooFamilies } from '../../../core/zoo/families';
import { createYielder } from '../../services/yield-to-event-loop';

/** A runtime on the chosen device and what is predicted there; null where nobody has measured. */
export interface RuntimeAnswer {
  readonly id: Runtime;
  readonly name: string;
  readonly throughputFps: number | null;
}

/** What the page of a model shows beside the prediction. The long ones end by throwing once they are aborted. */
export interface ModelInsights {
  /** Milliseconds per kernel, or why there are none. */
  time(profile: ModelProfile, query: Query): TimeBreakdown | { readonly reason: string };
  /** The same model with every runtime on the same device, and what the paper says where there is no number. */
  precisions(
    profile: ModelProfile,
    query: Query,
  ): { readonly runtimes: readonly RuntimeAnswer[]; readonly advice: readonly string[] };
  /** Throughput against resolution. */
  resolutions(profile: ModelProfile, query: Query, signal: AbortSignal): Promise<ResolutionView>;
  /** What still meets a target, in sentences: the highest resolution, the largest member of the family. */
  plans(profile: ModelProfile, query: Query, targetFps: number, signal: AbortSignal): Promise<readonly string[]>;
}

const maxPlans = 100;

/** @param estimators whose `landmarks` are another array after each change */
export function createModelInsights(estimators: Estimators): ModelInsights {
  let sweeps = new WeakMap<ModelProfile, Map<string, Sweep>>();
  const familyPlans = new LRUCache<string, string>({ max: maxPlans });
  let learnedFrom = estimators.landmarks;

  /** What was found out from other landmarks no longer holds. */
  function forgetOutdated(): void {
    if (estimators.landmarks === learnedFrom) return;
    sweeps = new WeakMap();
    familyPlans.clear();
    learnedFrom = estimators.landmarks;
  }

  function sweepOf(profile: ModelProfile, { device, runtime, batch }: Query): Sweep {
    forgetOutdated();
    const ofModel = sweeps.get(profile) ?? new Map<string, Sweep>();
    sweeps.set(profile, ofModel);
    const key = JSON.stringify([device, runtime, batch]);
    const sweep = ofModel.get(key) ?? { points: new Map(), ceiling: undefined };
    ofModel.set(key, sweep);
    return sweep;
  }

  async function resolutions(profile: ModelProfile, query: Query, signal: AbortSignal): Promise<ResolutionView> {
    const yieldToEventLoop = createYielder(signal);
    const sweep = sweepOf(profile, query);
    for (const resolution of sweptResolutions(profile, query, estimators.landmarks)) {
      if (sweep.points.has(resolution)) continue;
      await yieldToEventLoop();
      sweep.points.set(resolution, estimators.throughputByResolution(profile, query, [resolution])[0] ?? null);
    }
    sweep.ceiling ??= { value: await memoryCeiling(profile, query, yieldToEventLoop) };
    await yieldToEventLoop();
    const points = sweptResolutions(profile, query, estimators.landmarks).flatMap(
      (resolution) => sweep.points.get(resolution) ?? [],
    );
    return resolutionView(profile, query, estimators.landmarks, points, sweep.ceiling.value);
  }

  async function plans(
    profile: ModelProfile,
    query: Query,
    targetFps: number,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const yieldToEventLoop = createYielder(signal);
    const progress = { signal, onCandidate: yieldToEventLoop };
    const byResolution = await planResolution({ profile, query, targetFps }, estimators, progress);
    const family = await familyPlan(profile, query, targetFps, progress);
    return [...(byResolution.ok ? [resolutionPlanSentence(byResolution.value)] : []), ...family];
  }

  async function familyPlan(
    profile: ModelProfile,
    query: Query,
    targetFps: number,
    progress: { readonly signal: AbortSignal; readonly onCandidate: () => Promise<void> },
  ): Promise<readonly string[]> {
    const family = zooFamilies.find(({ name }) => name === profile.family)?.name;
    const point = operatingPoint(profile, query);
    if (family === undefined || !point.ok) return [];
    const { resolution, batch } = point.value;
    const key = JSON.stringify([family, query.device, query.runtime, resolution, batch, targetFps]);
    forgetOutdated();
    const known = familyPlans.get(key);
    if (known !== undefined) return [known];
    const at = { ...query, resolution, batch };
    const { landmarks } = estimators;
    const plan = await planFamily({ family, fixed: {}, query: at, targetFps }, estimators, progress);
    if (!plan.ok) return [];
    const sentence = familyPlanSentence(plan.value, family, resolution, batch);
    if (estimators.landmarks === landmarks) familyPlans.set(key, sentence);
    return [sentence];
  }

  return {
    resolutions,
    plans,
    time: (profile, query) => {
      const explained = estimators.explainLatency(profile, query);
      return explained.ok ? timeBreakdown(explained.value) : { reason: explained.reason };
    },
    precisions: (profile, query) => {
      const answers = runtimes.map((runtime): RuntimeAnswer => {
        const { estimate } = estimators.predict(profile, { ...query, runtime });
        return { id: runtime, name: runtimeName(runtime), throughputFps: estimate?.throughputFps ?? null };
      });
      const isCompared = answers.some(({ id, throughputFps }) => throughputFps === null && isInFigure5(id));
      return { runtimes: answers, advice: isCompared ? precisionAdvice(profile.family) : [] };
    },
  };
}

/** What is known of one model's throughput at one device, runtime and batch. */
interface Sweep {
  /** null at resolutions that the network cannot take. */
  readonly points: Map<number, ResolutionPoint | null>;
  ceiling: { readonly value: MemoryCeiling | null } | undefined;
}
