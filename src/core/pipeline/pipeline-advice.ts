import { t } from '../language';
import { ownImageSize } from '../estimate/operating-point';
import { imageSize } from '../figures';
import type { InputSize } from '../onnx/shapes/input-size';
import type { ModelProfile } from '../profile/profile';
import type { Pipeline, PipelineStage } from './pipeline';
import {
  countedFaces,
  pipelineBudget,
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

/**
 * What would make a pipeline faster, the largest gain first: smaller inputs, a lighter model of the same family,
 * batching of faces, running a stage every second or third frame.
 *
 * @param lighter the networks that could take the place of a stage's model
 */
export function pipelineChanges(
  pipeline: Pipeline,
  models: readonly StageModel[],
  query: PipelineQuery,
  estimators: PipelineEstimators,
  lighter: (profile: ModelProfile, input: PipelineStage['input']) => readonly LighterModel[],
): readonly PipelineChange[] {
  const now = pipelineBudget(pipeline, models, query, estimators);
  if (now.throughputFps === null) return [];
  const before = now.throughputFps;
  const changes = pipeline.stages.flatMap((stage, index): PipelineChange[] => {
    const model = models[index]!;
    if (!model.ok || now.stages[index]!.perFrame === null) return [];
    const attempt = (
      change: Pick<PipelineChange, 'kind' | 'label' | 'edit'>,
      changed: PipelineStage,
      other: StageModel = model,
    ): PipelineChange[] => {
      const stages = replaced(pipeline.stages, index, changed);
      const budget = pipelineBudget({ ...pipeline, stages }, replaced(models, index, other), query, estimators);
      if (budget.throughputFps === null || budget.stages[index]!.perFrame === null) return [];
      const gainFps = budget.throughputFps - before;
      return gainFps < minGain * before
        ? []
        : [{ ...change, stage: stage.name, throughputFps: budget.throughputFps, gainFps }];
    };
    const batch =
      stage.runs === 'faces' && !stage.batch && pipeline.faces > 1
        ? attempt(
            {
              kind: 'batch',
              label: t('Run {0} on all faces of a frame as one batch', stage.name),
              edit: { key: 'batch', value: 'true' },
            },
            { ...stage, batch: true },
          )
        : [];
    const inputs = smallerSizes(stage, model.value).flatMap(({ height, width }) =>
      attempt(
        {
          kind: 'input',
          label: t('Run {0} at {1}', stage.name, imageSize(height, width)),
          edit: { key: 'input', value: `${width}x${height}` },
        },
        { ...stage, input: { height, width } },
      ),
    );
    const every =
      stage.runs === 'faces' || stage.every > 1
        ? []
        : skipping.flatMap((frames) =>
            attempt(
              {
                kind: 'every',
                label:
                  frames === 2
                    ? t('Run {0} on every second frame, with a tracker in between', stage.name)
                    : t('Run {0} on every third frame, with a tracker in between', stage.name),
                edit: { key: 'every', value: String(frames) },
              },
              { ...stage, every: frames },
            ),
          );
    const members = lighter(model.value, stage.input).flatMap(({ label, profile }) =>
      attempt({ kind: 'model', label: t('Use {0} for {1}', label, stage.name), edit: null }, stage, {
        ok: true,
        value: profile,
      }),
    );
    return [...batch, ...inputs, ...every, ...members];
  });
  return changes.sort((one, other) => other.gainFps - one.gainFps);
}

/** Smaller inputs of the same shape, with sides that networks with five halvings take. */
/** Sizes at which {@link pipelineBudget} and {@link pipelineChanges} ask the model of these stages for its cost. */
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
