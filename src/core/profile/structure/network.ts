import { t, wholeNumber } from '../../language';
import type { Graph } from '../../onnx/model';
import { WorkBudget } from '../../work-budget';
import { type CentralDifference, findCentralDifferences } from './central-difference';
import { allItems, hasWeights, type Item } from './items';
import { findLayers } from './find-layers';
import { type Layer, type LayerGraph, SOURCE } from './layers';
import { createSeriesReader } from './series';
import { simplify } from './simplify';

/** A model's graph, read as a network. */
export interface Network {
  readonly graph: LayerGraph;
  /** From the network's input to the output with the longest way there. */
  readonly items: readonly Item[];
  /** Every output on its own, in the graph's order; the first is not always the main one. */
  readonly outputCount: number;
  /** Convolutions and linear layers with weights, all of them, also those off the main way. */
  readonly weighted: readonly Layer[];
  readonly centralDifferences: readonly CentralDifference[];
  /** The items on the way from one layer (or SOURCE) to another. */
  readonly itemsBetween: (from: number, to: number) => Item[];
}

/** Beyond this many layers a network is not taken apart; no known architecture comes near. */
const MAX_LAYERS = 20_000;

/** Takes a graph apart; what cannot be taken apart is one `other` item. Throws `WorkFailure` beyond the budget. */
export function readNetwork(graph: Graph, budget = new WorkBudget()): Network {
  const layerGraph = findLayers(graph, budget);
  const { layers, outputs } = layerGraph;
  const weighted = layers.filter((layer) => layer.role === 'conv' || layer.role === 'linear');
  if (layers.length > MAX_LAYERS) {
    const items: Item[] = [{ kind: 'other', op: 'TooLarge', layers: [], branches: [] }];
    return {
      graph: layerGraph,
      items,
      outputCount: outputs.length,
      weighted,
      centralDifferences: [],
      itemsBetween: () => items,
    };
  }
  const read = createSeriesReader(layers, budget);
  const itemsBetween = (from: number, to: number): Item[] => simplify(read(from, to));
  const main = mainOutput(layers, outputs);
  return {
    graph: layerGraph,
    items: withoutWrapping(itemsBetween(SOURCE, main)),
    centralDifferences: findCentralDifferences(layers),
    outputCount: outputs.length,
    weighted,
    itemsBetween,
  };
}

/** Leaves out what converts the input before the first weighted layer, and what converts the answer after the last. */
function withoutWrapping(items: readonly Item[]): readonly Item[] {
  const begins = (item: Item): boolean => item.kind === 'pool' || hasWeights(item);
  const ends = (item: Item): boolean => begins(item) || (item.kind === 'norm' && item.batch);
  // Some networks normalise the pixels by a BatchNormalization.
  const first = items.findIndex(begins);
  let end = items.length;
  while (end > 0 && !ends(items[end - 1] as Item)) end--;
  return first < 0 ? items : items.slice(first, end);
}

/** The output with the most convolutions and linear layers on one path to it. */
function mainOutput(layers: readonly Layer[], outputs: readonly number[]): number {
  const length = new Int32Array(layers.length);
  for (const layer of layers) {
    let longest = 0;
    for (const input of layer.inputs) if (input !== SOURCE) longest = Math.max(longest, length[input] as number);
    length[layer.index] = longest + (layer.role === 'conv' || layer.role === 'linear' ? 1 : 0);
  }
  let main = SOURCE;
  for (const output of outputs) {
    if (main === SOURCE || (output !== SOURCE && (length[output] as number) > (length[main] as number))) main = output;
  }
  return main;
}

/** What a network consists of, in one sentence: said when no family is recognised. */
export function describeNetwork(network: Network): string {
  const counts = new Map<string, number>();
  let tangled = 0;
  for (const item of allItems(network.items)) {
    const isCounted = item.kind === 'norm' ? !item.batch : item.kind in COUNTED;
    if (isCounted) counts.set(item.kind, (counts.get(item.kind) ?? 0) + 1);
    if (item.kind === 'other' && item.layers.length > 1) tangled++;
  }
  const convolutions = network.weighted.filter((layer) => layer.role === 'conv').length;
  const depthwise = network.weighted.filter(({ conv }) => (conv?.groups ?? 1) > 1).length;
  const linear = network.weighted.length - convolutions;
  const parts = [
    ...(depthwise > 0
      ? [
          t(
            '{0, plural, one {# convolution} other {# convolutions}} ({1} of them grouped or depthwise)',
            convolutions,
            wholeNumber(depthwise),
          ),
        ]
      : convolutions > 0
        ? [t('{0, plural, one {# convolution} other {# convolutions}}', convolutions)]
        : []),
    ...(linear > 0 ? [t('{0, plural, one {# linear layer} other {# linear layers}}', linear)] : []),
    ...Object.entries(COUNTED).flatMap(([kind, say]) => (counts.has(kind) ? [say(counts.get(kind) ?? 0)] : [])),
    ...(tangled > 0
      ? [t('{0, plural, one {# part that is} other {# parts that are}} more than series and branches', tangled)]
      : []),
  ];
  return parts.length === 0 ? t('no convolutions and no linear layers') : parts.join(', ');
}

/** Kinds of items that a description counts. */
const COUNTED: Partial<Record<Item['kind'], (count: number) => string>> = {
  sum: (count) => t('{0, plural, one {# residual sum} other {# residual sums}}', count),
  gate: (count) => t('{0, plural, one {# squeeze-and-excitation gate} other {# squeeze-and-excitation gates}}', count),
  concat: (count) => t('{0, plural, one {# concatenation} other {# concatenations}}', count),
  norm: (count) =>
    t('{0, plural, one {# layer or group normalisation} other {# layer or group normalisations}}', count),
};
