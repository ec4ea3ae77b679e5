import { t } from '../language';
import { ownImageSize } from '../estimate/operating-point';
import { imageSize } from '../figures';
import type { InputSize } from '../onnx/shapes/input-size';
import { atOnce, type Pieces } from '../pieces';
import type { ModelProfile } from '../profile/profile';
import { success } from '../result';
import type { Pipeline, PipelineStage } from './pipeline';
import {
  budgetingPipeline,
  countedFaces,
  type PipelineEstimators,
  type PipelineQuery,
  type StageModel,
} from './pipeline-budget';

/** A change to one stage, and what the whole pipeline reaches with it. */
export interface PipelineChange {
  readonly stage: string;
  readonly kind: 'batch' | 'input' | 'every' | 'model';
  /** For people: `Run liveness on all faces as one batch`. */
  readonly label: string;
  /** What to write into the file: key and value; null where another model is meant. */
  readonly edit: { readonly key: string; readonly value: string } | null;
  readonly throughputFps: number;
  /** How much faster the pipeline gets, in frames per second; positive. */
  readonly gainFps: number;
}

/** A network that could take another's place. */
export interface LighterModel {
  readonly label: string;
  readonly profile: ModelProfile;
}

/** Sizes tried for a stage, as shares of its sides. */
const shrinking = [0.75, 0.5];

/** Networks for images halve them up to five times, so their sides are multiples of this. */
const sideStep = 32;

/** Frames per run tried for a stage that runs on every frame. */
const skipping = [2, 3];

/** Gains below this share of the pipeline's throughput are not worth a change. */
const minGain = 0.01;

/** A change that is tried: the stage with it, and its model if that changes. */
interface Trial extends Pick<PipelineChange, 'kind' | 'label' | 'edit'> {
  readonly changed: PipelineStage;
  readonly model?: ModelProfile;
}

/** The networks that could take the place of a stage's model. */
type LighterModels = (profile: ModelProfile, input: PipelineStage['input']) => Pieces<readonly LighterModel[]>;

/**
 * What would make a pipeline faster, the largest gain first: smaller inputs, a lighter model of the same family,
 * batching of faces, running a stage every second or third frame.
 */
export function* changingPipeline(
  pipeline: Pipeline,
  models: readonly StageModel[],
  query: PipelineQuery,
  estimators: PipelineEstimators,
  lighter: LighterModels,
): Pieces<readonly PipelineChange[]> {
  const now = yield* budgetingPipeline(pipeline, models, query, estimators);
  if (now.throughputFps === null) return [];
  const before = now.throughputFps;
  const changes: PipelineChange[] = [];
  for (const [index, stage] of pipeline.stages.entries()) {
    const own = models[index]!;
    if (!own.ok || now.stages[index]!.perFrame === null) continue;
    const members = yield* lighter(own.value, stage.input);
    for (const { changed, model, ...change } of trialsOf(stage, pipeline.faces, own.value, members)) {
      const stages = replaced(pipeline.stages, index, changed);
      const others = model === undefined ? models : replaced(models, index, success(model));
      const { throughputFps, stages: budgets } = yield* budgetingPipeline(
        { ...pipeline, stages },
        others,
        query,
        estimators,
      );
      if (throughputFps === null || budgets[index]!.perFrame === null) continue;
      const gainFps = throughputFps - before;
      if (gainFps >= minGain * before) changes.push({ ...change, stage: stage.name, throughputFps, gainFps });
    }
  }
  return changes.sort((one, other) => other.gainFps - one.gainFps);
}

/** The same in one piece. */
export function pipelineChanges(...asked: Parameters<typeof changingPipeline>): readonly PipelineChange[] {
  return atOnce(changingPipeline(...asked));
}

function trialsOf(
  stage: PipelineStage,
  faces: number,
  profile: ModelProfile,
  members: readonly LighterModel[],
): readonly Trial[] {
  const batch: Trial = {
    kind: 'batch',
    label: t('Run {0} on all faces of a frame as one batch', stage.name),
    edit: { key: 'batch', value: 'true' },
    changed: { ...stage, batch: true },
  };
  const inputs = smallerSizes(stage, profile).map(({ height, width }): Trial => ({
    kind: 'input',
    label: t('Run {0} at {1}', stage.name, imageSize(height, width)),
    edit: { key: 'input', value: `${width}x${height}` },
    changed: { ...stage, input: { height, width } },
  }));
  const every = skipping.map((frames): Trial => ({
    kind: 'every',
    label:
      frames === 2
        ? t('Run {0} on every second frame, with a tracker in between', stage.name)
        : t('Run {0} on every third frame, with a tracker in between', stage.name),
    edit: { key: 'every', value: String(frames) },
    changed: { ...stage, every: frames },
  }));
  const lighter = members.map(({ label, profile: model }): Trial => ({
    kind: 'model',
    label: t('Use {0} for {1}', label, stage.name),
    edit: null,
    changed: stage,
    model,
  }));
  return [
    ...(stage.runs === 'faces' && !stage.batch && faces > 1 ? [batch] : []),
    ...inputs,
    ...(stage.runs === 'faces' || stage.every > 1 ? [] : every),
    ...lighter,
  ];
}

/** Sizes at which {@link budgetingPipeline} and {@link changingPipeline} ask the model of these stages for its cost. */
export function sizesOfStages(
  stages: readonly PipelineStage[],
  faces: number,
  profile: ModelProfile,
): readonly InputSize[] {
  return stages.flatMap((stage) => {
    const batches = [undefined, 1, ...(stage.runs === 'faces' ? [faces, ...countedFaces] : [])];
    const inputs = [stage.input ?? {}, ...smallerSizes(stage, profile)];
    return inputs.flatMap((input) => batches.map((batch) => ({ ...input, batch })));
  });
}

/** Smaller inputs of the same shape, with sides that networks with five halvings take. */
function smallerSizes(stage: PipelineStage, profile: ModelProfile): readonly { height: number; width: number }[] {
  const size = stage.input ?? ownImageSize(profile);
  if (size === null) return [];
  const shrink = (side: number, share: number) => Math.round((side * share) / sideStep) * sideStep;
  return shrinking
    .map((share) => ({ height: shrink(size.height, share), width: shrink(size.width, share) }))
    .filter(({ height, width }) => height > 0 && width > 0 && height * width < size.height * size.width);
}

function replaced<T>(items: readonly T[], index: number, item: T): readonly T[] {
  return [...items.slice(0, index), item, ...items.slice(index + 1)];
}
