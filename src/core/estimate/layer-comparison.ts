import { modeOfLandmark } from '../landmarks/devices';
import { inputSize, type Landmark } from '../landmarks/landmark';
import type { MeasuredLayer } from '../landmarks/measurement';
import type { LayerCost } from '../profile/cost/layer';
import type { ModelProfile } from '../profile/profile';
import type { Estimators } from './estimators';
import type { LayerTime } from './graph-cost/explain';

/**
 * How layers of an engine and predicted kernels belong together. `as-assumed`: one layer is one kernel. `otherwise`:
 * TensorRT fused them in another way than the prediction assumes. `unmatched`: the layer's name names no node of the
 * model, as those of Myelin's kernels and of changes of the memory's format. `not-measured`: no layer names the kernel.
 */
export type Fusion = 'as-assumed' | 'otherwise' | 'unmatched' | 'not-measured';

/** Layers of an engine and the kernels that were predicted for the same nodes of the model. */
export interface ComparedLayers {
  /** As the engine names them, joined by `; `; the nodes of the model where the engine has no layer for them. */
  readonly name: string;
  /** Null where it is `not-measured`. */
  readonly measuredMs: number | null;
  /** Null where it is `unmatched`, and where nothing can be predicted. */
  readonly predictedMs: number | null;
  readonly fusion: Fusion;
}

/** A fused kernel of the model; its time is null where none is predicted. */
type Kernel = Pick<LayerTime, 'position'> & {
  readonly layer: Pick<LayerCost, 'nodes'>;
  readonly latencyMs: number | null;
};

/**
 * The measured layers of a landmark and the kernels that are predicted for its model; null where its layers were not
 * measured. Without a model all are `unmatched`.
 */
export function layersOf(
  landmark: Landmark,
  profile: ModelProfile | null,
  estimators: Pick<Estimators, 'explainLatency'>,
): readonly ComparedLayers[] | null {
  const { measurement, device, runtime, batch } = landmark;
  if (measurement?.layers === undefined) return null;
  if (profile === null) return compareLayers(measurement.layers, []);
  const size = { ...inputSize(landmark), batch };
  const explained = estimators.explainLatency(profile, { device, runtime, ...size, ...modeOfLandmark(landmark) });
  if (explained.ok) return compareLayers(measurement.layers, explained.value.layers);
  const cost = profile.costAt(size);
  const layers = cost.ok ? cost.value.layers : [];
  return compareLayers(
    measurement.layers,
    layers.map((layer, position) => ({ layer, position, latencyMs: null })),
  );
}

/**
 * Matches measured layers with predicted kernels: what shares a node of the model belongs together. TensorRT names a
 * layer by the nodes that it fused, e.g. `Conv_0 + Relu_1`, `PWN(Sigmoid_2, Mul_3)`, `MatMul_4+Add_5_myl0_7`, or by the
 * first and the last of a region, `{ForeignNode[Conv_0...Softmax_9]}`. Slowest first, what is not measured last.
 */
export function compareLayers(
  measured: readonly MeasuredLayer[],
  predicted: readonly Kernel[],
): readonly ComparedLayers[] {
  const kernelsOfLayers = matchLayers(measured, predicted);
  // Groups of kernels that one layer joins.
  const groupOf = predicted.map((_, kernel) => kernel);
  const rootOf = (kernel: number): number => {
    let root = kernel;
    while (groupOf[root] !== root) root = groupOf[root]!;
    return root;
  };
  for (const kernels of kernelsOfLayers) {
    for (const kernel of kernels.slice(1)) groupOf[rootOf(kernel)] = rootOf(kernels[0]!);
  }
  const kernels = indicesBy(predicted.map((_, kernel) => rootOf(kernel)));
  const layers = indicesBy(kernelsOfLayers.map(([first]) => (first === undefined ? null : rootOf(first))));
  const compared = [...kernels].map(([root, members]): ComparedLayers => {
    const own = layers.get(root) ?? [];
    const times = members.flatMap((kernel) => predicted[kernel]!.latencyMs ?? []);
    const predictedMs = times.length === 0 ? null : sum(times);
    if (own.length === 0) {
      const name = members.flatMap((kernel) => predicted[kernel]!.layer.nodes).join(' + ');
      return { name, measuredMs: null, predictedMs, fusion: 'not-measured' };
    }
    return {
      name: own.map((layer) => measured[layer]!.name).join('; '),
      measuredMs: sum(own.map((layer) => measured[layer]!.meanMs)),
      predictedMs,
      fusion: own.length === 1 && members.length === 1 ? 'as-assumed' : 'otherwise',
    };
  });
  const others = (layers.get(null) ?? []).map((layer): ComparedLayers => {
    const { name, meanMs } = measured[layer]!;
    return { name, measuredMs: meanMs, predictedMs: null, fusion: 'unmatched' };
  });
  return [...compared, ...others].sort((a, b) => (b.measuredMs ?? -1) - (a.measuredMs ?? -1));
}

/** Indices of the kernels that each layer stands for. */
function matchLayers(measured: readonly MeasuredLayer[], predicted: readonly Kernel[]): readonly (readonly number[])[] {
  const kernelOfNode = new Map<string, number>();
  predicted.forEach(({ layer }, kernel) => layer.nodes.forEach((node) => kernelOfNode.set(node, kernel)));
  const named = measured.map(({ name }) => kernelsIn(name, kernelOfNode));
  const taken = new Set(named.flat());
  return named.map((kernels, layer) => {
    if (kernels.length === 0 || !/ForeignNode\[.*\.\.\./.test(measured[layer]!.name)) return kernels;
    const positions = kernels.map((kernel) => predicted[kernel]!.position);
    const [first, last] = [Math.min(...positions), Math.max(...positions)];
    const between = [...predicted.keys()].filter((kernel) => {
      const { position } = predicted[kernel]!;
      return position > first && position < last && !taken.has(kernel);
    });
    between.forEach((kernel) => taken.add(kernel));
    return [...kernels, ...between];
  });
}

/** The kernels whose nodes a layer's name holds. */
function kernelsIn(name: string, kernelOfNode: ReadonlyMap<string, number>): readonly number[] {
  // Copies between formats are named after the layer that they serve.
  if (/^Reformatting CopyNode/.test(name)) return [];
  const plain = name.replace(/_myl\d+_\d+$/, '');
  const words = plain
    .split(/ \+ | \|\| |, |\.\.\./)
    .flatMap((word) => [word, ...word.split('+'), word.replace(/^[^[(]*[[(]+|[\])}]+$/g, '')]);
  const known = [name, plain, ...words].flatMap((word) => {
    // A node without a name goes by its output.
    const node = word.trim().replace(/^node_of_/, '');
    return kernelOfNode.get(word.trim()) ?? kernelOfNode.get(node) ?? [];
  });
  return [...new Set(known)];
}

/** Indices of equal values, in the order of their first. */
function indicesBy<T>(values: readonly T[]): ReadonlyMap<T, readonly number[]> {
  const indices = new Map<T, number[]>();
  values.forEach((value, index) => {
    const known = indices.get(value);
    if (known === undefined) indices.set(value, [index]);
    else known.push(index);
  });
  return indices;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
