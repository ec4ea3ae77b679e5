import type { MemoryCeiling } from '../../../core/estimate/board-memory';
import { queryKey, withoutSize, type Query } from '../../../core/estimate/estimate';
import type { ResolutionPoint } from '../../../core/estimate/graph-cost/explain';
import { operatingPoint } from '../../../core/estimate/operating-point';
import { verdictOf } from '../../../core/estimate/verdict';
import { aspectRatio } from '../../../core/image-size';
import type { Estimators } from '../../../core/estimate/estimators';
import type { InputSize } from '../../../core/onnx/shapes/input-size';
import { runtimeName, runtimes } from '../../../core/landmarks/landmark';
import { planChanges } from '../../../core/plan/plan-changes';
import { planResolution, resolutionsToTry } from '../../../core/plan/plan-resolution';
import { changesView } from '../../../core/present/change-view';
import { resolutionPlanSentence } from '../../../core/present/plan-view';
import { isInFigure5, precisionAdvice } from '../../../core/present/precision-advice';
import { resolutionView, sweptSizes, type ResolutionView } from '../../../core/present/resolution-view';
import type { ModelProfile } from '../../../core/profile/profile';
import type { ModelMessage, PlansMessage, RuntimeAnswer } from '../../../protocol/model-page';
import type { Result } from '../../../core/result';
import type { ModelService } from '../../services/model-service';
import { createYielder } from '../../services/yield-to-event-loop';

/** What the page of a model shows besides the prediction. Long computations throw once they are aborted. */
export interface ModelInsights {
  /** Makes what the page says of all runtimes at once. */
  prepare(profile: ModelProfile, query: Query): Promise<void>;
  /** The same model with every runtime on the same device, and what the paper says where there is no number. */
  precisions(profile: ModelProfile, query: Query): ModelMessage['precisions'];
  /** Sizes at which `resolutions` asks for the cost. */
  sizes(profile: ModelProfile, query: Query): readonly InputSize[];
  /** Throughput against resolution. */
  resolutions(profile: ModelProfile, query: Query, signal: AbortSignal): Promise<ResolutionView>;
  /** Sizes at which `plans` asks for the cost. */
  plannedSizes(profile: ModelProfile, query: Query): readonly InputSize[];
  /** What there is to know of a target: what to change where it is missed, and up to which size it is met. */
  plans(profile: ModelProfile, query: Query, targetFps: number, signal: AbortSignal): Promise<Plans>;
}

type Plans = Pick<PlansMessage, 'changes' | 'resolution'>;

/** @param library whose `estimators` are others after each change of the landmarks */
export function createModelInsights(
  library: { readonly estimators: Estimators },
  service: Pick<ModelService, 'ceiling'>,
): ModelInsights {
  const ceilings = new WeakMap<ModelProfile, Map<string, Result<MemoryCeiling>>>();

  async function ceilingOf(profile: ModelProfile, query: Query, signal: AbortSignal): Promise<Result<MemoryCeiling>> {
    const ofModel = ceilings.get(profile) ?? new Map<string, Result<MemoryCeiling>>();
    ceilings.set(profile, ofModel);
    // Of the size that is asked for only the aspect ratio has a part in it.
    const point = operatingPoint(profile, query);
    const shape = aspectRatio(point.ok ? point.value : { height: 1, width: 1 });
    const key = queryKey({ ...withoutSize(query), ...shape });
    const known = ofModel.get(key) ?? (await service.ceiling(profile, query, shape, signal));
    if (known.ok) ofModel.set(key, known);
    return known;
  }

  async function resolutions(profile: ModelProfile, query: Query, signal: AbortSignal): Promise<ResolutionView> {
    const yieldToEventLoop = createYielder(signal);
    const { estimators } = library;
    await estimators.prepare(query, yieldToEventLoop);
    const points: ResolutionPoint[] = [];
    for (const size of sweptSizes(profile, query, estimators.landmarks)) {
      await yieldToEventLoop();
      points.push(...estimators.throughputBySize(profile, query, [size]));
    }
    const ceiling = await ceilingOf(profile, query, signal);
    await yieldToEventLoop();
    return resolutionView(profile, query, estimators.landmarks, points, ceiling);
  }

  async function plans(profile: ModelProfile, query: Query, targetFps: number, signal: AbortSignal): Promise<Plans> {
    const { estimators } = library;
    const progress = { signal, pause: createYielder(signal) };
    const byResolution = await planResolution({ profile, query, targetFps }, estimators, progress);
    const verdict = verdictOf(estimators.predict(profile, query), [], targetFps);
    const isMissed = verdict?.kind === 'misses';
    const changes = isMissed
      ? await planChanges({ profile, query, targetFps, unpublished: true }, estimators, progress)
      : null;
    return {
      changes: changes?.ok ? changesView(changes.value) : null,
      resolution: byResolution.ok ? resolutionPlanSentence(byResolution.value) : null,
    };
  }

  async function prepare(profile: ModelProfile, query: Query): Promise<void> {
    const pause = createYielder();
    const { estimators } = library;
    for (const runtime of runtimes) {
      const there = { ...query, runtime };
      await estimators.prepare(there, pause, profile);
      await pause();
      estimators.predict(profile, there);
    }
  }

  return {
    prepare,
    sizes: (profile, query) =>
      sweptSizes(profile, query, library.estimators.landmarks).map((size) => ({ ...size, batch: query.batch })),
    plannedSizes: (profile, query) => {
      const sizes = resolutionsToTry({ profile, query });
      return sizes.ok ? sizes.value.map((size) => ({ ...size, batch: query.batch })) : [];
    },
    resolutions,
    plans,
    precisions: (profile, query) => {
      const answers = runtimes.map((runtime): RuntimeAnswer => {
        const { estimate } = library.estimators.predict(profile, { ...query, runtime });
        return { id: runtime, name: runtimeName(runtime), throughputFps: estimate?.throughputFps ?? null };
      });
      const isCompared = answers.some(({ id, throughputFps }) => throughputFps === null && isInFigure5(id));
      return { runtimes: answers, advice: isCompared ? precisionAdvice(profile.family) : [] };
    },
  };
}
