import { operatingPoint } from '../../../core/estimate/operating-point';
import type { InputSize } from '../../../core/onnx/shapes/input-size';
import type { Dimension } from '../../../core/onnx/model';
import { defaultDevice } from '../../../core/landmarks/devices';
import { defaultRuntime } from '../../../core/landmarks/landmark';
import type { ModelCost } from '../../../core/profile/cost/cost';
import { kernelKinds, type LayerCost } from '../../../core/profile/cost/layer';
import type { ModelProfile } from '../../../core/profile/profile';
import { failure, type Result } from '../../../core/result';
import type { ProfiledModel } from '../../../files/read-model';

/**
 * What stays known of a model when its graph is let go: plain data of a few kilobytes, enough to predict it again for
 * any device and runtime at the sizes that it was made for. It crosses threads and is kept on disk as JSON.
 */
export interface ModelSummary extends SummarisedProfile {
  /** Identifies the content; equal for copies of a file. */
  readonly digest: string;
  readonly fileBytes: number;
  /** Files beside the model with values that count for its profile, as the model names them, whether they are there or not. */
  readonly externalFiles: readonly string[];
  /** All files beside the model with its data. */
  readonly dataFiles: readonly string[];
}

/** A profile as plain data, with what it costs at some sizes. */
interface SummarisedProfile {
  readonly profile: Omit<ModelProfile, 'costAt' | 'operators' | 'deployedForm'>;
  readonly operators: readonly (readonly [name: string, count: number])[];
  /** Costs by size, each as `sizeKey` writes it. Sizes that cost the same share an entry of `costs`. */
  readonly sizes: Readonly<Record<string, number>>;
  readonly costs: readonly Result<StoredCost>[];
  readonly deployedForm: SummarisedProfile | null;
}

/** A cost without the names in its kernels: kind, operators, window and work of each as a row. */
interface StoredCost extends Omit<ModelCost, 'layers'> {
  readonly layers: readonly LayerRow[];
}

type LayerRow = readonly [
  kind: number,
  macs: number,
  read: number,
  written: number,
  weights: number,
  repeats: number,
  shape: readonly Dimension[] | null,
  window: readonly [kernel: readonly number[], strides: readonly number[], groups: number] | null,
];

/** Sums a model up for its own size and, if one is asked for, for another. */
export function summarise({ profile, digest, bytes, consulted, model }: ProfiledModel, size: InputSize): ModelSummary {
  return {
    digest,
    fileBytes: bytes,
    externalFiles: consulted,
    dataFiles: model.externalFiles,
    ...summariseProfile(profile, size),
  };
}

function summariseProfile(whole: ModelProfile, size: InputSize): SummarisedProfile {
  const { costAt, operators, deployedForm, ...profile } = whole;
  const costs: Result<StoredCost>[] = [];
  const indices = new Map<Result<ModelCost>, number>();
  const sizes: Record<string, number> = {};
  for (const each of askedSizes(whole, size)) {
    // A model's own size is asked for in several ways, which cost the same.
    const cost = costAt(each);
    const index = indices.get(cost) ?? costs.push(cost.ok ? { ok: true, value: withoutNames(cost.value) } : cost) - 1;
    indices.set(cost, index);
    sizes[sizeKey(each)] = index;
  }
  return {
    profile,
    operators: [...operators],
    sizes,
    costs,
    deployedForm: deployedForm && summariseProfile(deployedForm, size),
  };
}

/**
 * The profile again, for predictions and their sentences: its kernels have no names, and its cost is known at the sizes
 * of the summary alone. Asked for another it fails with `invalid-request`. One summary always gives the same profile.
 */
export function profileOfSummary(summary: ModelSummary): ModelProfile {
  const made = profiles.get(summary) ?? expand(summary);
  profiles.set(summary, made);
  return made;
}

const profiles = new WeakMap<ModelSummary, ModelProfile>();

function expand({ profile, operators, sizes, costs, deployedForm }: SummarisedProfile): ModelProfile {
  const known = new Map<number, Result<ModelCost>>();
  const costAt = (size: InputSize): Result<ModelCost> => {
    const index = sizes[sizeKey(size)];
    const stored = index === undefined ? undefined : costs[index];
    if (index === undefined || stored === undefined) {
      return failure('invalid-request', 'The work of this model at this size is not kept. Open the model.');
    }
    const cost = known.get(index) ?? (stored.ok ? { ok: true, value: withLayers(stored.value) } : stored);
    known.set(index, cost);
    return cost;
  };
  return { ...profile, operators: new Map(operators), costAt, deployedForm: deployedForm && expand(deployedForm) };
}

/** Names a size in a summary, in one way for all that ask for the same height, width and batch. */
export function sizeKey({ resolution, height = resolution, width = resolution, batch }: InputSize): string {
  return [height, width, batch].map((each) => each ?? '').join('×');
}

/** The sizes at which predictions for `size` look at the cost: as asked, and as it comes out for this model. */
function askedSizes(profile: ModelProfile, size: InputSize): readonly InputSize[] {
  const wanted = [{}, size].flatMap((asked: InputSize): InputSize[] => {
    // Which board is asked about has no say in the size.
    const point = operatingPoint(profile, { device: defaultDevice, runtime: defaultRuntime, ...asked });
    if (!point.ok) return [asked];
    const { height, width, batch } = point.value;
    return [asked, { height, width, batch }];
  });
  return [...new Map(wanted.map((each) => [sizeKey(each), each])).values()];
}

function withoutNames({ layers, ...cost }: ModelCost): StoredCost {
  return {
    ...cost,
    layers: layers.map((layer) => [
      kernelKinds.indexOf(layer.kind),
      layer.macs,
      layer.readElements,
      layer.writtenElements,
      layer.weightElements,
      layer.repeats,
      layer.output.shape,
      layer.window && [layer.window.kernel, layer.window.strides, layer.window.groups],
    ]),
  };
}

function withLayers({ layers, ...cost }: StoredCost): ModelCost {
  return { ...cost, layers: layers.map(layerOfRow) };
}

function layerOfRow([kind, macs, read, written, weights, repeats, shape, window]: LayerRow): LayerCost {
  return {
    kind: kernelKinds[kind] ?? 'element-wise',
    operators: [],
    nodes: [],
    output: { name: '', shape, dataType: 0 },
    window: window && { kernel: window[0], strides: window[1], groups: window[2] },
    repeats,
    macs,
    readElements: read,
    writtenElements: written,
    weightElements: weights,
  };
}
