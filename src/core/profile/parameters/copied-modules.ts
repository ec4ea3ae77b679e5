import type { Node } from '../../onnx/model';
import type { Layer } from '../structure/layers';
import type { Network } from '../structure/network';
import { weightFacts } from './repeated-modules';

/** Layers that are looked at in all applications together: no network applies a module thousands of times. */
const mostVisits = 1_000_000;

/**
 * Layers that, by their structure, are further applications of a module: for files whose names do not tell. What an
 * exporter computes from the weights of a module that is applied several times (folded, transposed), it stores once for
 * each application; what it leaves alone stays one tensor. So one weight that is used several times shows the applications,
 * and layers that lead to its uses in step, alike in all but their tensors, are copies of the same module.
 */
export function copiedModules(network: Network): ReadonlySet<Layer> {
  const { layers, order } = network.graph;
  if (tellApplications(order)) return new Set();
  const uses = new Map<string, Layer[]>();
  for (const layer of network.weighted) {
    const weight = weightOf(layer);
    // Several may be cut from one tensor, and single numbers equal.
    if (weight === undefined || weight.computed || (weight.roots[0]?.elements ?? 0) < 2) continue;
    const list = uses.get(weight.key);
    if (list === undefined) uses.set(weight.key, [layer]);
    else list.push(layer);
  }
  const shared = [...uses.values()].filter(({ length }) => length > 1);
  if (shared.length === 0) return new Set();
  const applications = largestCount(shared);
  if (applications * layers.length > mostVisits) return new Set();
  const consumers = layers.map((): Layer[] => []);
  for (const layer of layers) for (const input of layer.inputs) consumers[input]?.push(layer);
  const copies = new Set<Layer>();
  for (let application = 1; application < applications; application++) {
    const heads = new Map(
      shared.flatMap(([first, ...others]) => {
        const other = others[application - 1];
        return first === undefined || other === undefined ? [] : [[other, first] as const];
      }),
    );
    const whole = inStep(network, heads, consumers, false);
    // Modules of their own may be alike, too, such as those that bring the levels of a pyramid to one width.
    const partners = isWhole(network, whole) ? whole : inStep(network, heads, consumers, true);
    for (const [layer, first] of partners) {
      const [weight, other] = [weightOf(layer), weightOf(first)];
      if (weight?.key !== other?.key || slopeOf(layer) !== slopeOf(first)) copies.add(layer);
    }
  }
  return copies;
}

/** Whether operators are named after the path of their module, which tells which of them are applied once more. */
export function tellApplications(order: readonly Node[]): boolean {
  return order.some(({ name }) => /^\/.*\//.test(name));
}

function weightOf({ conv, linear }: Layer) {
  return (conv ?? linear)?.weight;
}

function slopeOf({ node }: Layer): string | undefined {
  return node.opType === 'PRelu' ? node.inputs[1] : undefined;
}

function largestCount(lists: readonly (readonly unknown[])[]): number {
  return lists.reduce((most, { length }) => Math.max(most, length), 0);
}

/**
 * The layers before the uses of shared weights, each with that of the first application. All that reads a layer is among
 * them, too.
 *
 * @param heads the uses of one application, each with the first use
 * @param isCautious stops at a convolution that another one follows without an activation, as at the end of a pyramid
 */
function inStep(
  { graph: { layers } }: Network,
  heads: ReadonlyMap<Layer, Layer>,
  consumers: readonly (readonly Layer[])[],
  isCautious: boolean,
): Map<Layer, Layer> {
  const partners = new Map(heads);
  // Backwards, so that all that reads a layer is decided before it.
  for (const layer of [...layers].reverse()) {
    const readers = consumers[layer.index] ?? [];
    const [reader] = readers;
    if (reader === undefined || partners.has(layer)) continue;
    const first = layers[partners.get(reader)?.inputs[reader.inputs.indexOf(layer.index)] ?? -1];
    if (first === undefined || first === layer || partners.has(first) || !areAlike(first, layer)) continue;
    if (consumers[first.index]?.length !== readers.length) continue;
    const leads = readers.every((next) => partners.get(next)?.inputs[next.inputs.indexOf(layer.index)] === first.index);
    if (!leads || (isCautious && endsModule(layer, readers))) continue;
    partners.set(layer, first);
  }
  return partners;
}

function endsModule({ conv }: Layer, readers: readonly Layer[]): boolean {
  return conv?.groups === 1 && readers.every((reader) => reader.conv !== null);
}

/** Whether nothing trained comes before the layers, so that all of a network is applied again. */
function isWhole({ graph: { layers } }: Network, partners: ReadonlyMap<Layer, Layer>): boolean {
  const firsts = new Set(partners.values());
  const isTrained = new Uint8Array(layers.length);
  for (const layer of layers) {
    const isOutside = !partners.has(layer) && !firsts.has(layer);
    const before = layer.inputs.some((input) => isTrained[input] === 1);
    if (isOutside && (before || layer.conv !== null || layer.linear !== null)) isTrained[layer.index] = 1;
    if (!isOutside && before) return false;
  }
  return true;
}

function areAlike(one: Layer, other: Layer): boolean {
  return one.node.opType === other.node.opType && factsOf(one) === factsOf(other);
}

function factsOf(layer: Layer): string {
  const { role, activation, inputs, conv, linear, constant } = layer;
  return [role, activation, inputs.length, weightFacts(layer), (conv ?? linear)?.bias?.dims, constant?.elements].join(
    '|',
  );
}
