import { t, wholeNumber } from '../../language';
import type { Graph, Node } from '../../onnx/model';
import type { ConstantValue } from '../structure/constant-value';
import type { Network } from '../structure/network';
import type { Slot } from './slots';

/** Sub-graphs run one or the other, or in a loop, and are not taken apart. */
export function explainSubgraphs(graph: Graph): string[] {
  const inside = (node: Node): readonly Graph[] =>
    [...node.attributes.values()].flatMap((attribute) =>
      attribute.kind === 'graph' ? [attribute.value] : attribute.kind === 'graphs' ? attribute.values : [],
    );
  const biased = (nodes: readonly Node[]): number =>
    nodes.reduce((sum, node) => {
      const own = node.opType === 'Conv' && (node.inputs[2] ?? '') !== '' ? 1 : 0;
      return sum + own + inside(node).reduce((below, inner) => below + biased(inner.nodes), 0);
    }, 0);
  const count = graph.nodes.reduce(
    (sum, node) => sum + inside(node).reduce((all, { nodes }) => all + biased(nodes), 0),
    0,
  );
  return count === 0
    ? []
    : [
        t(
          '{0, plural, one {# convolution} other {# convolutions}} with a bias in sub-graphs, counted as stored. If BatchNormalization was folded there, the network has one more parameter for each channel.',
          count,
        ),
      ];
}

/** Anchors and the like are computed by hand, not trained; other tools may count them. */
export function explainTables(tables: readonly ConstantValue[]): string[] {
  const elements = new Map(tables.flatMap(({ roots }) => roots.map((root) => [root.key, root.elements])));
  const sum = [...elements.values()].reduce((total, count) => total + count, 0);
  if (sum === 0) return [];
  return [
    t(
      '{0} numbers of tables that decode the answers, such as anchors, priors or grids, are not counted: nothing trained comes after them.',
      wholeNumber(sum),
    ),
  ];
}

/** The table behind a bias of positions may have been one of distances or one of offsets; the file shows neither. */
export function explainPositions(slots: readonly Slot[], parameters: number): string[] {
  const tables = new Map(
    slots.flatMap((slot) => (slot.spread ? [[slot.roots[0]?.key ?? '', slot.spread] as const] : [])),
  );
  if (tables.size === 0) return [];
  let [other, fixed] = [parameters, parameters];
  for (const { counted, alternative } of tables.values()) {
    other += alternative - counted;
    fixed -= counted;
  }
  return [
    [...tables.values()].some(({ isOfDistances }) => isOfDistances)
      ? t(
          '{0, plural, one {# relative position bias} other {# relative position biases}} counted as a table of distances, with a row for each position, that the exporter expanded. With a table of offsets, as in Swin, the network would have {1} parameters; with fixed biases, as in ALiBi, {2}.',
          tables.size,
          wholeNumber(other),
          wholeNumber(fixed),
        )
      : t(
          '{0, plural, one {# relative position bias} other {# relative position biases}} counted as a table of offsets, as in Swin, that the exporter expanded. With a table of distances, as in LeViT, the network would have {1} parameters; with fixed biases, as in ALiBi, {2}.',
          tables.size,
          wholeNumber(other),
          wholeNumber(fixed),
        ),
  ];
}

/** Coordinates that are joined to a feature map (CoordConv) are computed, not trained. */
export function explainCoordinates(coordinates: readonly ConstantValue[]): string[] {
  return coordinates.length === 0
    ? []
    : [
        t(
          '{0, plural, one {# coordinate map} other {# coordinate maps}} joined to features, computed and not counted.',
          coordinates.length,
        ),
      ];
}

export function explainStatistics(network: Network): string[] {
  const kept = network.graph.layers.filter(({ node }) => node.opType === 'BatchNormalization').length;
  if (kept === 0) return [];
  return [
    t(
      'Running means and variances of {0, plural, one {# BatchNormalization operator} other {# BatchNormalization operators}} are not counted.',
      kept,
    ),
  ];
}
