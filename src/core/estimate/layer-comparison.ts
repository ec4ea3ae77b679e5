import type { MeasuredLayer } from '../landmarks/measurement';
import type { LayerTime } from './graph-cost/explain';

/** Layers of an engine beside the kernels that were predicted for the same nodes of the model. */
export interface ComparedLayers {
  /** As the engine names them, joined by `; `; the nodes of the model where the engine has no layer for them. */
  readonly name: string;
  /** Null where no layer of the engine names a node of these kernels. */
  readonly measuredMs: number | null;
  /** Null where the layers are none of the model's nodes, such as changes of the memory's format, or nothing is predicted. */
  readonly predictedMs: number | null;
  /** Whether one layer stands for one predicted kernel; otherwise TensorRT fused them in another way than assumed. */
  readonly isFusedAsAssumed: boolean;
}

/**
 * Puts measured layers beside predicted kernels: what shares a node of the model belongs together. TensorRT names a layer
 * by the nodes that it fused, e.g. `Conv_0 + Relu_1`, `PWN(Sigmoid_2, Mul_3)`. Slowest first, what is not measured last.
 */
export function compareLayers(
  measured: readonly MeasuredLayer[],
  predicted: readonly LayerTime[],
): readonly ComparedLayers[] {
  const kernelOfNode = new Map<string, number>();
  predicted.forEach(({ layer }, kernel) => layer.nodes.forEach((node) => kernelOfNode.set(node, kernel)));
  // Groups of kernels that one layer joins.
  const groupOf = predicted.map((_, kernel) => kernel);
  const rootOf = (kernel: number): number => {
    let root = kernel;
    while (groupOf[root] !== root) root = groupOf[root]!;
    return root;
  };
  const kernelsOfLayers = measured.map(({ name }) => kernelsIn(name, kernelOfNode));
  for (const kernels of kernelsOfLayers) {
    for (const kernel of kernels.slice(1)) groupOf[rootOf(kernel)] = rootOf(kernels[0]!);
  }
  const kernels = indicesBy(predicted.map((_, kernel) => rootOf(kernel)));
  const layers = indicesBy(kernelsOfLayers.map(([first]) => (first === undefined ? null : rootOf(first))));
  const compared = [...kernels].map(([root, members]): ComparedLayers => {
    const own = layers.get(root) ?? [];
    return {
      name:
        own.length > 0
          ? own.map((layer) => measured[layer]!.name).join('; ')
          : members.flatMap((kernel) => predicted[kernel]!.layer.nodes).join(' + '),
      measuredMs: own.length > 0 ? sum(own.map((layer) => measured[layer]!.meanMs)) : null,
      predictedMs: sum(members.map((kernel) => predicted[kernel]!.latencyMs)),
      isFusedAsAssumed: own.length === 1 && members.length === 1,
    };
  });
  const others = (layers.get(null) ?? []).map((layer): ComparedLayers => {
    const { name, meanMs } = measured[layer]!;
    return { name, measuredMs: meanMs, predictedMs: null, isFusedAsAssumed: false };
  });
  return [...compared, ...others].sort((a, b) => (b.measuredMs ?? -1) - (a.measuredMs ?? -1));
}

/** The kernels whose nodes a layer's name holds. */
function kernelsIn(name: string, kernelOfNode: ReadonlyMap<string, number>): readonly number[] {
  // Copies between formats are named after the layer that they serve.
  if (/^Reformatting CopyNode/.test(name)) return [];
  const words = name
    .split(/ \+ | \|\| |, |\.\.\./)
    .flatMap((word) => [word, word.replace(/^[^[(]*[[(]+|[\])}]+$/g, '')]);
  const known = [name, ...words].flatMap((word) => kernelOfNode.get(word.trim()) ?? []);
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
