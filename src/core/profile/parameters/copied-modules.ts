import type { Node } from '../../onnx/model';
import type { Layer } from '../structure/layers';
import type { Network } from '../structure/network';
import { weightFacts } from './repeated-modules';

/** Layers without weights that are looked through before an application: between two parts of a module are a few. */
const maxBetween = 1000;

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
  const consumers = layers.map((): Layer[] => []);
  for (const layer of layers) for (const input of layer.inputs) consumers[input]?.push(layer);
  const copies = new Set<Layer>();
  const isFixed = withoutTraining(layers);
  for (const heads of headsOf(shared)) {
    const whole = inStep(network, heads, consumers, false);
    // Modules of their own may be alike, too, such as those that bring the levels of a pyramid to one width.
    const partners = isWhole(layers, whole, isFixed) ? whole : inStep(network, heads, consumers, true);
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

/** The uses of shared weights in each application but the first, each with that in the first. */
function headsOf(shared: readonly (readonly Layer[])[]): readonly ReadonlyMap<Layer, Layer>[] {
  const heads: Map<Layer, Layer>[] = [];
  for (const [first, ...others] of shared) {
    for (const [application, other] of others.entries()) (heads[application] ??= new Map()).set(other, first!);
  }
  return heads;
}

/**
 * The layers before the uses of shared weights, each with that of the first application. All that reads a layer is among
 * them, too, so that the layers of all applications are looked at once.
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
  const partnerOf = (layer: Layer, readers: readonly Layer[]): Layer | null => {
    const [reader] = readers;
    const first = layers[(reader && partners.get(reader)?.inputs[reader.inputs.indexOf(layer.index)]) ?? -1];
    if (first === undefined || first === layer || partners.has(first) || !areAlike(first, layer)) return null;
    if (consumers[first.index]?.length !== readers.length) return null;
    const leads = readers.every((next) => partners.get(next)?.inputs[next.inputs.indexOf(layer.index)] === first.index);
    return leads && !(isCautious && endsModule(layer, readers)) ? first : null;
  };
  /** How often a layer is read by those that have a partner. */
  const reads = new Map<Layer, number>();
  const waiting = [...heads.keys()];
  for (let reader = waiting.pop(); reader !== undefined; reader = waiting.pop()) {
    for (const input of reader.inputs) {
      const layer = layers[input];
      if (layer === undefined || partners.has(layer)) continue;
      const readers = consumers[input] ?? [];
      const count = (reads.get(layer) ?? 0) + 1;
      reads.set(layer, count);
      const first = count < readers.length ? null : partnerOf(layer, readers);
      if (first === null) continue;
      partners.set(layer, first);
      waiting.push(layer);
    }
  }
  return partners;
}

function endsModule({ conv }: Layer, readers: readonly Layer[]): boolean {
  return conv?.groups === 1 && readers.every((reader) => reader.conv !== null);
}

/** Of each layer whether neither it nor any layer before it is trained. */
function withoutTraining(layers: readonly Layer[]): readonly boolean[] {
  const isFixed: boolean[] = [];
  for (const layer of layers) {
    isFixed.push(!isTrained(layer) && layer.inputs.every((input) => isFixed[input] !== false));
  }
  return isFixed;
}

/** Whether nothing trained comes before the layers, so that all of a network is applied again. */
function isWhole(layers: readonly Layer[], partners: ReadonlyMap<Layer, Layer>, isFixed: readonly boolean[]): boolean {
  const inside = new Set([...partners.keys(), ...partners.values()]);
  const seen = new Set<Layer>();
  const waiting = [...inside];
  for (let layer = waiting.pop(); layer !== undefined; layer = waiting.pop()) {
    for (const input of layer.inputs) {
      const before = layers[input];
      if (before === undefined || isFixed[input] || inside.has(before) || seen.has(before)) continue;
      if (isTrained(before) || seen.size >= maxBetween) return false;
      seen.add(before);
      waiting.push(before);
    }
  }
  return true;
}

function isTrained({ conv, linear }: Layer): boolean {
  return conv !== null || linear !== null;
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
