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
export interface ModelSummary {
  /** Identifies the content; equal for copies of a file. */
  readonly digest: string;
  readonly fileBytes: number;
  /** Files beside the model with values that count for its profile, as the model names them, whether they are there or not. */
  readonly externalFiles: readonly string[];
  /** All files beside the model with its data. */
  readonly dataFiles: readonly string[];
  readonly profile: Omit<ModelProfile, 'costAt' | 'operators'>;
  readonly operators: readonly (readonly [name: string, count: number])[];
  /** Costs by size, each as `sizeKey` writes it. Sizes that cost the same share an entry of `costs`. */
  readonly sizes: Readonly<Record<string, number>>;
  readonly costs: readonly Result<StoredCost>[];
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
export function summarise(read: ProfiledModel, size: InputSize): ModelSummary {
  const { profile, digest, bytes, consulted, model } = read;
  // Whether the input of the profile is the graph's only one.
  const hasOneInput = model.graph.inputs.length === 1;
  const { costAt: costOf, operators, ...rest } = profile;
  const costAt = (asked: InputSize): Result<ModelCost> => costOf(hasOneInput && isExactly(profile, asked) ? {} : asked);
  const costs: Result<StoredCost>[] = [];
  const indices = new Map<Result<ModelCost>, number>();
  const sizes: Record<string, number> = {};
  for (const each of askedSizes({ ...profile, costAt }, size)) {
    // A model's own size is asked for in several ways, which cost the same.
    const cost = costAt(each);
    const index = indices.get(cost) ?? costs.push(cost.ok ? { ok: true, value: withoutNames(cost.value) } : cost) - 1;
    indices.set(cost, index);
    sizes[sizeKey(each)] = index;
  }
  return {
    digest,
    fileBytes: bytes,
    externalFiles: consulted,
    dataFiles: model.externalFiles,
    profile: rest,
    operators: [...operators],
    sizes,
    costs,
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

function expand({ profile, operators, sizes, costs }: ModelSummary): ModelProfile {
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
  return { ...profile, operators: new Map(operators), costAt };
}

/** Whether a size is what the file states, so that asking for it is asking for the model as it is. */
function isExactly({ input }: ModelProfile, { resolution, batch }: InputSize): boolean {
  const [images, channels, height, width] = input?.shape?.length === 4 ? input.shape : [];
  // With channels last, the second would be the height.
  const isSquare = height === resolution && width === resolution && (channels === 1 || channels === 3);
  return resolution !== undefined && batch !== undefined && images === batch && isSquare;
}

/** Names a size in a summary. */
export function sizeKey({ resolution, batch }: InputSize): string {
  return `${resolution ?? ''}×${batch ?? ''}`;
}

/** The sizes at which predictions for `size` look at the cost: as asked, and as it comes out for this model. */
function askedSizes(profile: ModelProfile, size: InputSize): readonly InputSize[] {
  const wanted = [{}, size].flatMap((asked: InputSize): InputSize[] => {
    // Which board is asked about has no say in the size.
    const point = operatingPoint(profile, { device: defaultDevice, runtime: defaultRuntime, ...asked });
    return point.ok ? [asked, { resolution: point.value.resolution, batch: point.value.batch }] : [asked];
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
