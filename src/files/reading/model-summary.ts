import { t } from '../../core/language';
import { operatingPoint } from '../../core/estimate/operating-point';
import { remembered } from '../../core/remembered';
import type { InputSize } from '../../core/onnx/shapes/input-size';
import type { Dimension, Model } from '../../core/onnx/model';
import { defaultDevice } from '../../core/landmarks/devices';
import { defaultRuntime } from '../../core/landmarks/landmark';
import type { ModelCost } from '../../core/profile/cost/cost';
import { kernelKinds, runsOf, type LayerCost } from '../../core/profile/cost/layer';
import type { ModelProfile } from '../../core/profile/profile';
import { failure, success, type Result } from '../../core/result';
import type { ProfiledModel } from '../read-model';

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
  /** Exporter and version, as the file says. */
  readonly producer: Model['producer'];
  readonly warnings: readonly string[];
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

/** A cost, with or without the names in its kernels: without them, kind, window and work of equal ones are a row. */
interface StoredCost extends Omit<ModelCost, 'layers'> {
  readonly layers: readonly LayerRow[] | null;
  readonly namedLayers?: readonly LayerCost[];
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

export interface SummaryOptions {
  /** Sizes besides the model's own that it is to be predicted at. */
  readonly sizes?: readonly InputSize[];
  /** Whether to keep the names in the graph, for explanations kernel by kernel. */
  readonly isNamed?: boolean;
}

/** Sums a model up for its own size and for others that are asked for. */
export function summarise(
  { profile, digest, bytes, consulted, model }: ProfiledModel,
  { sizes = [], isNamed = false }: SummaryOptions,
): ModelSummary {
  return {
    digest,
    fileBytes: bytes,
    externalFiles: consulted,
    dataFiles: model.externalFiles,
    producer: model.producer,
    warnings: model.warnings,
    ...summariseProfile(profile, sizes, isNamed),
  };
}

function summariseProfile(whole: ModelProfile, others: readonly InputSize[], isNamed: boolean): SummarisedProfile {
  const { costAt, operators, deployedForm, ...profile } = whole;
  const costs: Result<StoredCost>[] = [];
  const indices = new Map<Result<ModelCost>, number>();
  const sizes: Record<string, number> = {};
  for (const each of askedSizes(whole, others)) {
    // A model's own size is asked for in several ways, which cost the same.
    const cost = costAt(each);
    const index = indices.get(cost) ?? costs.push(cost.ok ? success(storedCost(cost.value, isNamed)) : cost) - 1;
    indices.set(cost, index);
    sizes[sizeKey(each)] = index;
  }
  return {
    profile,
    operators: [...operators],
    sizes,
    costs,
    deployedForm: deployedForm && summariseProfile(deployedForm, others, isNamed),
  };
}

/**
 * The profile again, for predictions and their sentences: its kernels have no names unless they were asked for, and its
 * cost is known at the sizes of the summary alone. Asked for another it fails with `invalid-request`. One summary always
 * gives the same profile.
 */
export const profileOfSummary = remembered((summary: ModelSummary) => growingProfile(summary).profile);

/** A profile whose cost becomes known at more sizes with each summary of the same model that is added. */
export interface GrowingProfile {
  readonly profile: ModelProfile;
  /** Whether the cost at this size is known, with the names of its kernels if they are wanted. */
  knows(size: InputSize, areNamesWanted?: boolean): boolean;
  add(summary: SummarisedProfile): void;
}

export function growingProfile(first: SummarisedProfile): GrowingProfile {
  const { profile, operators } = first;
  const summaries = [first];
  const storedAt = (size: InputSize): Result<StoredCost> | undefined => {
    const key = sizeKey(size);
    const all = summaries.flatMap(({ sizes, costs }) => (Object.hasOwn(sizes, key) ? (costs[sizes[key]!] ?? []) : []));
    return all.find(isNamed) ?? all[0];
  };
  const known = new WeakMap<Result<StoredCost>, Result<ModelCost>>();
  const deployed = first.deployedForm && growingProfile(first.deployedForm);
  const costAt = (size: InputSize): Result<ModelCost> => {
    const stored = storedAt(size);
    if (stored === undefined) {
      return failure('invalid-request', t('The work of this model at this size is not kept. Open the model.'));
    }
    const cost = known.get(stored) ?? (stored.ok ? success(withLayers(stored.value)) : stored);
    known.set(stored, cost);
    return cost;
  };
  return {
    profile: { ...profile, operators: new Map(operators), costAt, deployedForm: deployed && deployed.profile },
    knows: (size, areNamesWanted = false) => {
      const stored = storedAt(size);
      return stored !== undefined && (!areNamesWanted || !stored.ok || isNamed(stored));
    },
    add: (summary) => {
      summaries.push(summary);
      if (summary.deployedForm !== null) deployed?.add(summary.deployedForm);
    },
  };
}

function isNamed(cost: Result<StoredCost>): boolean {
  return cost.ok && cost.value.namedLayers !== undefined;
}

/** Names a size in a summary, in one way for all that ask for the same height, width and batch. */
export function sizeKey({ resolution, height = resolution, width = resolution, batch }: InputSize): string {
  return [height, width, batch].map((each) => each ?? '').join('×');
}

/**
 * The sizes at which predictions for others look at the cost: as asked, as it comes out for this model, and those that a
 * refusal names or tried.
 */
function askedSizes(profile: ModelProfile, others: readonly InputSize[]): readonly InputSize[] {
  const wanted: InputSize[] = [{}, ...others];
  const costAt = (size: InputSize): Result<ModelCost> => {
    wanted.push(size);
    return profile.costAt(size);
  };
  for (const asked of [{}, ...others]) {
    // Which board is asked about has no say in the size.
    operatingPoint({ ...profile, costAt }, { device: defaultDevice, runtime: defaultRuntime, ...asked });
  }
  return [...new Map(wanted.map((each) => [sizeKey(each), each])).values()];
}

function storedCost({ layers, ...cost }: ModelCost, isNamed: boolean): StoredCost {
  return isNamed ? { ...cost, layers: null, namedLayers: layers } : { ...cost, layers: layerRows(layers) };
}

/** Equal kernels once, in the order in which they first run: the tens of thousands of a language model are some hundred rows. */
function layerRows(layers: readonly LayerCost[]): readonly LayerRow[] {
  const groups = new Map<string, { readonly layer: LayerCost; runs: number }>();
  for (const layer of layers) {
    const key = JSON.stringify(rowOf(layer, 1));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { layer, runs: runsOf(layer) });
    else group.runs += runsOf(layer);
  }
  return [...groups.values()].map(({ layer, runs }) => rowOf(layer, runs));
}

/** A kernel that runs so often, whatever its own repeats are. */
function rowOf(layer: LayerCost, runs: number): LayerRow {
  const of = (sum: number): number => (sum / runsOf(layer)) * runs;
  return [
    kernelKinds.indexOf(layer.kind),
    of(layer.macs),
    of(layer.readElements),
    of(layer.writtenElements),
    of(layer.weightElements),
    runs,
    layer.output.shape,
    layer.window && [layer.window.kernel, layer.window.strides, layer.window.groups],
  ];
}

function withLayers({ layers, namedLayers = [], ...cost }: StoredCost): ModelCost {
  return { ...cost, layers: layers?.map(layerOfRow) ?? namedLayers };
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
