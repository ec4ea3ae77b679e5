import { concernsOf } from '../estimate/concerns';
import { isUnfit, verdictOf } from '../estimate/verdict';
import { boardMemoryBytes, leastMemoryBytes } from '../estimate/board-memory';
import type { Estimate, Query } from '../estimate/estimate';
import type { Estimators } from '../estimate/estimators';
import { fixedBatch } from '../estimate/operating-point';
import { atOnce, type Pieces } from '../pieces';
import type { ModelProfile } from '../profile/profile';
import type { Result } from '../result';
import type { Pipeline, PipelineStage } from './pipeline';

/** What a pipeline's file leaves open. */
export type PipelineQuery = Pick<Query, 'device' | 'runtime' | 'powerMode'>;

export type PipelineEstimators = Pick<Estimators, 'predict'>;

/** The model of a stage, or why it cannot be had. */
export type StageModel = Result<ModelProfile>;

/** Times in milliseconds: predicted, and the ends of their interval. */
export interface TimeRange {
  readonly ms: number;
  readonly lowMs: number;
  readonly highMs: number;
}

/** What one stage takes. */
export interface StageBudget {
  readonly stage: PipelineStage;
  /** Why the stage has no figure, or cannot be deployed as its model was exported; null when it has one and can. */
  readonly problem: string | null;
  /** Whether its model cannot be deployed as it was exported. Its figure is that of the model once mended. */
  readonly isUnfit: boolean;
  readonly estimate: Estimate | null;
  /** Inferences per frame on average; a batch of faces is one, and so is what an engine of a fixed batch takes at once. */
  readonly runsPerFrame: number;
  /** Average time per frame; null without a figure. */
  readonly perFrame: TimeRange | null;
  /** Share of the whole pipeline's time, 0 to 1; null without a figure. */
  readonly share: number | null;
  /** Weights and the activations that live at the same time, in bytes; null when not known. */
  readonly memoryBytes: number | null;
}

/** What a pipeline reaches with a number of faces in each frame. */
export interface FacesPoint {
  readonly faces: number;
  readonly throughputFps: number;
  readonly lowFps: number;
  readonly highFps: number;
  /** Whether it keeps up with the camera; null when the file names no camera. */
  readonly keepsUp: boolean | null;
}

/** What a pipeline takes on one board. Stages run one after another on one stream, so their times add up. */
export interface PipelineBudget {
  readonly stages: readonly StageBudget[];
  /** Whether every stage has a figure. Otherwise the totals cover only those that have one. */
  readonly isComplete: boolean;
  /** Average time per frame; null when no stage has a figure. */
  readonly perFrame: TimeRange | null;
  /** Time of a frame in which every stage runs, also those that run every n-th frame only. */
  readonly slowestFrameMs: number | null;
  /** Frames per second that the board gets through. */
  readonly throughputFps: number | null;
  readonly lowFps: number | null;
  readonly highFps: number | null;
  readonly cameraFps: number | null;
  /** False also where a stage cannot be deployed; null when the file names no camera. */
  readonly keepsUp: boolean | null;
  /** Memory of all engines together, which stay loaded; null when one is not known. */
  readonly memoryBytes: number | null;
  readonly boardMemoryBytes: number | null;
  /** The same for 1, 2, 5 and 10 faces, and for the file's own number; empty where no stage runs once for each. */
  readonly byFaces: readonly FacesPoint[];
}

/** Numbers of faces in a frame that a pipeline is added up for, besides its own. */
export const countedFaces = [1, 2, 5, 10];

/**
 * Adds up what the stages of a pipeline take. Intervals add up, too: the stages run on one board, whose distance from
 * the predicted one all of them share.
 *
 * @param models one for each stage, in order
 */
export function* budgetingPipeline(
  pipeline: Pipeline,
  models: readonly StageModel[],
  query: PipelineQuery,
  estimators: PipelineEstimators,
): Pieces<PipelineBudget> {
  function* budgetsWith(faces: number): Pieces<readonly ReturnType<typeof stageBudget>[]> {
    const found: ReturnType<typeof stageBudget>[] = [];
    for (const [index, stage] of pipeline.stages.entries()) {
      yield;
      found.push(stageBudget(stage, models[index]!, faces, query, estimators));
    }
    return found;
  }
  const budgets = yield* budgetsWith(pipeline.faces);
  const perFrame = total(budgets);
  const stages = budgets.map((budget) => ({
    ...budget,
    share: budget.perFrame === null || perFrame === null || perFrame.ms === 0 ? null : budget.perFrame.ms / perFrame.ms,
  }));
  const { cameraFps } = pipeline;
  const counts = pipeline.stages.some(({ runs }) => runs === 'faces') ? [...countedFaces, pipeline.faces] : [];
  const faces = [...new Set(counts)].filter((count) => count > 0).sort((a, b) => a - b);
  const byFaces: FacesPoint[] = [];
  for (const count of faces) {
    const point = total(yield* budgetsWith(count));
    if (point === null || point.ms === 0) continue;
    const { throughputFps, lowFps, highFps } = throughputOf(point);
    const reached = { throughputFps: throughputFps!, lowFps: lowFps!, highFps: highFps! };
    byFaces.push({ faces: count, ...reached, keepsUp: keepsUp(point, cameraFps) });
  }
  const memories = budgets.map(({ memoryBytes }) => memoryBytes);
  return {
    stages,
    isComplete: budgets.every((budget) => budget.perFrame !== null),
    perFrame,
    slowestFrameMs:
      perFrame === null
        ? null
        : budgets.reduce((sum, budget) => sum + (budget.perFrame?.ms ?? 0) * budget.stage.every, 0),
    ...throughputOf(perFrame),
    cameraFps,
    keepsUp: budgets.some((budget) => budget.isUnfit) ? false : keepsUp(perFrame, cameraFps),
    memoryBytes: memories.includes(null) ? null : memories.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0),
    boardMemoryBytes: boardMemoryBytes(query.device),
    byFaces,
  };
}

/** The same in one piece. */
export function pipelineBudget(...asked: Parameters<typeof budgetingPipeline>): PipelineBudget {
  return atOnce(budgetingPipeline(...asked));
}

/** What a stage takes per frame with a number of faces in each. */
export function stageBudget(
  stage: PipelineStage,
  model: StageModel,
  faces: number,
  query: PipelineQuery,
  estimators: PipelineEstimators,
): Omit<StageBudget, 'share'> & { readonly share: null } {
  // An engine that was exported for several inputs takes the faces as many at a time as it has room for.
  const isJoined = stage.batch && !(model.ok && (fixedBatch(model.value) ?? 1) > 1);
  const inferences = stage.runs === 'faces' ? (isJoined ? Math.min(1, faces) : faces) : stage.runs;
  const none = {
    stage,
    runsPerFrame: inferences / stage.every,
    perFrame: null,
    share: null,
    estimate: null,
    memoryBytes: null,
    isUnfit: false,
  };
  if (!model.ok) return { ...none, problem: model.error.message };
  const profile = model.value;
  const batch = isJoined && faces > 1 ? faces : undefined;
  const asked: Query = { ...query, ...sizeOf(stage), batch };
  const { estimate, reason } = estimators.predict(profile, asked);
  if (estimate === null) return { ...none, problem: reason };
  const cost = profile.costAt({ ...sizeOf(stage), batch: estimate.batch });
  if (!cost.ok && cost.error.code === 'shape-conflict') return { ...none, problem: cost.error.message };
  // The engine of a model that fixes its batch takes as long for one input as for all that it has room for.
  const runsPerFrame = (isJoined ? inferences : Math.ceil(inferences / estimate.batch)) / stage.every;
  const perInferenceMs = (1000 * estimate.batch) / estimate.throughputFps;
  const concerns = concernsOf(profile, asked);
  const stopped = isUnfit(verdictOf({ estimate }, concerns, null));
  const perFrameOf = (throughputFps: number) =>
    (perInferenceMs * runsPerFrame * estimate.throughputFps) / throughputFps;
  const { lowFps, highFps } = estimate.interval ?? { lowFps: estimate.throughputFps, highFps: estimate.throughputFps };
  return {
    ...none,
    runsPerFrame,
    isUnfit: stopped,
    problem: stopped ? (concerns.find(({ severity }) => severity === 'error')?.message ?? null) : null,
    estimate,
    perFrame: { ms: perFrameOf(estimate.throughputFps), lowMs: perFrameOf(highFps), highMs: perFrameOf(lowFps) },
    memoryBytes: cost.ok ? leastMemoryBytes(profile, query.runtime, cost.value) : null,
  };
}

function sizeOf({ input }: PipelineStage): Pick<Query, 'height' | 'width'> {
  return input === null ? {} : { height: input.height, width: input.width };
}

function total(budgets: readonly Pick<StageBudget, 'perFrame'>[]): TimeRange | null {
  const ranges = budgets.flatMap(({ perFrame }) => (perFrame === null ? [] : [perFrame]));
  if (ranges.length === 0) return null;
  return ranges.reduce((sum, { ms, lowMs, highMs }) => ({
    ms: sum.ms + ms,
    lowMs: sum.lowMs + lowMs,
    highMs: sum.highMs + highMs,
  }));
}

function throughputOf(time: TimeRange | null): Pick<PipelineBudget, 'throughputFps' | 'lowFps' | 'highFps'> {
  if (time === null || time.ms === 0) return { throughputFps: null, lowFps: null, highFps: null };
  return { throughputFps: 1000 / time.ms, lowFps: 1000 / time.highMs, highFps: 1000 / time.lowMs };
}

function keepsUp(time: TimeRange | null, cameraFps: number | null): boolean | null {
  if (time === null || cameraFps === null) return null;
  return time.ms * cameraFps <= 1000;
}
