import { t } from '../language';
import { formatCount, formatShape } from '../figures';
import type { KernelNode } from '../profile/cost/kernel-graph';
import { kernelName } from './kernel-name';
import type { Bound, TimeBreakdown } from './time-breakdown';

/** One kernel of the network as the graph shows it. */
export interface NetworkNode {
  readonly name: string;
  /** Name of what it writes, which tells kernels apart. */
  readonly output: string;
  /** `Conv + Relu`. */
  readonly operators: string;
  /** `1 × 64 × 56 × 56`, '' where not known. */
  readonly shape: string;
  /** Milliseconds of one inference; null for what takes no time of its own, or whose cost is not known. */
  readonly latencyMs: number | null;
  /** 0 to 1, of the whole latency. */
  readonly share: number;
  readonly bound: Bound | null;
  /** Kernels that it reads from, by their place in the list. */
  readonly sources: readonly number[];
  /** What a click shows: names and values. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** Kernels that are the same several times over, one after the other. */
export interface RepeatedBlock {
  /** Place of its first kernel. */
  readonly first: number;
  /** Kernels in one repetition. */
  readonly length: number;
  readonly times: number;
}

/** The network after fusion, in the order in which it runs. */
export interface NetworkView {
  readonly nodes: readonly NetworkNode[];
  readonly blocks: readonly RepeatedBlock[];
  /** How many kernels there are; `nodes` has the first few thousand. */
  readonly kernels: number;
}

/** Kernels that are drawn at most: beyond, no picture helps. */
const maxNodes = 4000;

/**
 * Puts the fused graph and the predicted times together.
 *
 * @param time null where nothing is predicted; the graph is the same without
 */
export function networkView(kernels: readonly KernelNode[], time: TimeBreakdown | null): NetworkView {
  const times = new Map(time?.kernels.map((kernel) => [kernel.output, kernel]));
  const latencyMs = time?.latencyMs ?? 0;
  const shown = kernels.slice(0, maxNodes);
  const nodes = shown.map((kernel): NetworkNode => {
    const own = times.get(kernel.output);
    const weight = kernel.weights[0]?.[0] ?? '';
    return {
      name: own?.name ?? kernelName({ ...kernel, weight, output: { name: kernel.output, shape: null, dataType: 0 } }),
      output: kernel.output,
      operators: kernel.operators.join(' + '),
      shape: kernel.outputShape === null ? '' : formatShape(kernel.outputShape),
      latencyMs: own?.latencyMs ?? null,
      share: own === undefined || latencyMs === 0 ? 0 : own.latencyMs / latencyMs,
      bound: own?.bound ?? null,
      sources: kernel.sources,
      facts: factsOf(kernel),
    };
  });
  return { nodes, blocks: repeatedBlocks(shown), kernels: kernels.length };
}

function factsOf({ nodes, inputs, inputShapes, attributes, weights }: KernelNode): NetworkNode['facts'] {
  const shapes = inputShapes.map((shape) => (shape === null ? t('not known') : formatShape(shape)));
  return [
    [t('Nodes'), nodes.join(', ')],
    ...(shapes.length === 0 ? [] : [[t('Reads'), shapes.join('; ')] as const]),
    ...(inputs.length === 0 ? [] : [[t('Inputs of the model'), inputs.join(', ')] as const]),
    ...weights.map(([name, dims]) => [t('Weight {0}', name), weightText(dims)] as const),
    ...attributes,
  ];
}

function weightText(dims: readonly number[]): string {
  const elements = dims.reduce((product, dim) => product * dim, 1);
  return `${formatShape(dims)}${dims.length > 1 ? ` (${formatCount(elements)})` : ''}`;
}

/** Longest repetition that is looked for: blocks of the field have at most a few dozen kernels. */
const longestBlock = 48;

/**
 * Runs of kernels that repeat one after the other: the same operators, shapes and places that they read from. The widest
 * run at each place counts, and runs do not overlap.
 */
export function repeatedBlocks(kernels: readonly KernelNode[]): readonly RepeatedBlock[] {
  const numbers = new Map<string, number>();
  const signs = kernels.map(({ operators, outputShape, sources, attributes, weights }, index) => {
    const from = sources.map((source) => index - source);
    const sign = JSON.stringify([operators, outputShape, from, attributes, weights.map(([, dims]) => dims)]);
    return numbers.get(sign) ?? (numbers.set(sign, numbers.size), numbers.size - 1);
  });
  const blocks: RepeatedBlock[] = [];
  for (let first = 0; first < signs.length;) {
    const block = widestBlock(signs, first);
    if (block !== null) blocks.push(block);
    first += block === null ? 1 : block.length * block.times;
  }
  return blocks;
}

function widestBlock(signs: readonly number[], first: number): RepeatedBlock | null {
  let widest: RepeatedBlock | null = null;
  // A block of one kernel saves no room.
  for (let length = 2; length <= longestBlock && first + 2 * length <= signs.length; length++) {
    let end = first + length;
    while (end < signs.length && signs[end] === signs[end - length]) end++;
    const times = Math.floor((end - first) / length);
    if (times > 1 && times * length > (widest === null ? 0 : widest.times * widest.length)) {
      widest = { first, length, times };
    }
  }
  return widest;
}
