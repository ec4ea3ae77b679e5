import { smallestOf } from '../../extremes';
import type { Node } from '../../onnx/model';
import type { ParallelBranches } from '../structure/parallel-branches';
import { type ModelCost, sumWork } from './cost';
import type { LayerCost } from './layer';

/** The cost of a network once each group of parallel branches is one convolution. Linear in its kernels. */
export function deployedCost(cost: ModelCost, groups: readonly ParallelBranches[]): ModelCost {
  const groupOf = new Map<string, number>();
  for (const [index, { layers }] of groups.entries()) {
    for (const { node } of layers) groupOf.set(nameOf(node), index);
  }
  const kernels = groups.map((): LayerCost[] => []);
  const layers: (LayerCost | number)[] = [];
  for (const layer of cost.layers) {
    const name = layer.nodes.find((node) => groupOf.has(node));
    const group = name === undefined ? undefined : groupOf.get(name);
    if (group === undefined) layers.push(layer);
    else {
      if (kernels[group]?.length === 0) layers.push(group);
      kernels[group]?.push(layer);
    }
  }
  const merged = groups.map(({ kept }, index) => mergedKernel(kernels[index] ?? [], nameOf(kept.node)));
  const remaining = layers.flatMap((layer) => (typeof layer === 'number' ? (merged[layer] ?? []) : [layer]));
  const total = sumWork(remaining);
  const removed = kernels.map((group, index) => {
    const [kernel] = merged[index] ?? [];
    const count = group.filter(({ window }) => window !== null).length - 1;
    return kernel === undefined ? 0 : count * (kernel.readElements + kernel.writtenElements);
  });
  const convolutions = (list: readonly LayerCost[]): number =>
    sum(list, ({ window, repeats }) => (window === null ? 0 : repeats));
  return {
    ...cost,
    layers: remaining,
    total,
    macs: total.macs,
    weightedMacs: cost.weightedMacs - cost.macs + total.macs,
    // Convolutions side by side read and write as much as the one that is left.
    activationElements: cost.activationElements - removed.reduce((all, elements) => all + elements, 0),
    weightElements: cost.weightElements - sum(cost.layers, weightOf) + sum(remaining, weightOf),
    weightedLayers: cost.weightedLayers - convolutions(cost.layers) + convolutions(remaining),
  };
}

function weightOf({ weightElements }: LayerCost): number {
  return weightElements;
}

/** What a group has besides its convolutions. */
const MERGED: ReadonlySet<string> = new Set(['Add', 'Sum', 'BatchNormalization']);

/** The kernel of the convolution that is left: it reads the group's input alone. */
function mergedKernel(kernels: readonly LayerCost[], kept: string): readonly LayerCost[] {
  const convolutions = kernels.filter(({ window }) => window !== null);
  const kernel = convolutions.find(({ nodes }) => nodes.includes(kept));
  if (kernel === undefined) return kernels;
  const operators = kernel.operators.filter((operator) => !MERGED.has(operator));
  return [{ ...kernel, operators, readElements: smallestOf(convolutions.map(({ readElements }) => readElements)) }];
}

function sum(layers: readonly LayerCost[], of: (layer: LayerCost) => number): number {
  return layers.reduce((total, layer) => total + of(layer), 0);
}

/** As `LayerCost` names nodes. */
function nameOf({ name, outputs }: Node): string {
  return name || (outputs[0] ?? '');
}
