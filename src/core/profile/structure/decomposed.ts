import { intsOf } from '../../onnx/attributes';
import type { ConstantLookup, ConstantValue } from './constant-value';
import { type Layer, SOURCE, type WrittenOutNorm } from './layers';

/** Layers with what was written out put together again. */
export interface Composed {
  readonly layers: readonly Layer[];
  /** For each layer that was given, the index of the one that it became or became a part of. */
  readonly became: Int32Array;
  readonly norms: readonly WrittenOutNorm[];
}

/**
 * Puts together what exporters and converters write as several operators: a bias that is added after its convolution
 * or matrix product, a BatchNormalization as multiplications and additions of vectors, and a global average as means
 * over one axis after the other.
 */
export function compose(layers: readonly Layer[], outputs: readonly number[], constants: ConstantLookup): Composed {
  const consumers = new Int32Array(layers.length);
  for (const layer of layers) {
    for (const input of layer.inputs) if (input !== SOURCE) consumers[input] = (consumers[input] as number) + 1;
  }
  // An output is read from outside as well.
  for (const output of outputs) if (output !== SOURCE) consumers[output] = (consumers[output] as number) + 2;
  const follower = followersOf(layers, consumers);
  const isNormalisable = normalisable(layers);
  const composed: Layer[] = [];
  const became = new Int32Array(layers.length).fill(SOURCE);
  const norms: WrittenOutNorm[] = [];
  const push = (layer: Layer, given: readonly Layer[]): Layer => {
    const placed = movedTo(composed.length, layer, became);
    composed.push(placed);
    for (const part of given) became[part.index] = placed.index;
    return placed;
  };
  for (const layer of layers) {
    if (became[layer.index] !== SOURCE) continue;
    const mean = follower(layer);
    if (mean !== null && isMeanInTwoSteps(layer, mean, constants)) {
      push({ ...layer, role: 'global-pool' }, [layer, mean]);
      continue;
    }
    const bias = biasAfter(layer, follower(layer), constants);
    if (bias !== null) {
      push(bias.whole, [layer, bias.added]);
      continue;
    }
    const chain = isNormalisable[layer.index] === 1 ? readNorm(layer, follower, constants) : null;
    if (chain === null) {
      push(layer, [layer]);
      continue;
    }
    const norm = push({ ...layer, role: 'batch-norm', constant: null }, chain.arithmetic);
    norms.push({ layer: norm, ...chain });
  }
  return { layers: composed, became, norms };
}

/** The layer itself where its place and its inputs stay what they were, as in a large graph nearly all do. */
function movedTo(index: number, layer: Layer, became: Int32Array): Layer {
  const place = (input: number): number => (input === SOURCE ? SOURCE : (became[input] as number));
  const stays = index === layer.index && layer.inputs.every((input) => place(input) === input);
  return stays ? layer : { ...layer, index, inputs: layer.inputs.map(place) };
}

/** The only layer that reads a layer; null where there are several, or an output of the network is one. */
function followersOf(layers: readonly Layer[], consumers: Int32Array): (layer: Layer) => Layer | null {
  const last = new Int32Array(layers.length);
  for (const layer of layers) for (const input of layer.inputs) if (input !== SOURCE) last[input] = layer.index;
  return ({ index }) => (consumers[index] === 1 ? (layers[last[index] as number] ?? null) : null);
}

/** Height and width averaged one after the other, or flattened into one axis and averaged then. */
function isMeanInTwoSteps(first: Layer, second: Layer, constants: ConstantLookup): boolean {
  const axis = meanAxis(second, constants);
  if (axis === null || second.inputs.length !== 1) return false;
  if (first.node.opType === 'Reshape') {
    const target = constants(first.node.inputs[1] ?? '')?.values ?? [];
    return target.length === 3 && target[0] !== -1 && target[1] !== -1 && (axis === 2 || axis === -1);
  }
  const before = meanAxis(first, constants);
  if (before === null || first.inputs.length !== 1) return false;
  const pair = [Math.min(before, axis), Math.max(before, axis)].join();
  return pair === '2,3' || pair === '-2,-1' || pair === '2,2' || pair === '1,2' || pair === '1,1';
}

/** The axis of a mean over one axis; null for other layers. */
function meanAxis({ node }: Layer, constants: ConstantLookup): number | null {
  if (node.opType !== 'ReduceMean') return null;
  const axes = intsOf(node, 'axes') ?? constants(node.inputs[1] ?? '')?.values ?? [];
  return axes.length === 1 ? (axes[0] ?? null) : null;
}

interface Biased {
  readonly whole: Layer;
  readonly added: Layer;
}

/** A convolution or matrix product without a bias, whose result a vector with one number a channel is added to. */
function biasAfter(layer: Layer, next: Layer | null, constants: ConstantLookup): Biased | null {
  if (next === null || next.role !== 'shift' || next.node.opType === 'Sub' || layer.activation !== null) return null;
  const weighted = layer.conv ?? layer.linear;
  const bias = operandOf(next, constants);
  if (weighted === null || weighted.bias !== null || bias === null || !isPerChannel(bias)) return null;
  const channels = layer.conv?.outputChannels ?? layer.linear?.outputFeatures;
  if (next.constant?.elements !== channels) return null;
  const whole: Layer =
    layer.conv !== null
      ? { ...layer, conv: { ...layer.conv, bias } }
      : { ...layer, linear: layer.linear === null ? null : { ...layer.linear, bias } };
  return { whole, added: next };
}

/** The constant that element-wise arithmetic takes. */
function operandOf(layer: Layer, constants: ConstantLookup): ConstantValue | null {
  for (const name of layer.node.inputs) {
    const value = name === '' ? null : constants(name);
    if (value !== null) return value;
  }
  return null;
}

function isPerChannel(value: ConstantValue): boolean {
  return (value.dims ?? []).length > 0 && (value.dims ?? []).filter((dim) => dim > 1).length <= 1;
}

const DATA_ROLES: ReadonlySet<Layer['role']> = new Set([
  'conv',
  'linear',
  'batch-norm',
  'activation',
  'max-pool',
  'average-pool',
  'global-pool',
  'add',
  'concat',
]);

/**
 * Marks what a BatchNormalization may normalise; the scale and shift after another normalisation belong to that. In one
 * pass, as ways back over what only moves data would be walked again by each layer behind it.
 */
function normalisable(layers: readonly Layer[]): Uint8Array {
  const marks = new Uint8Array(layers.length);
  for (const { index, inputs } of layers) {
    const before = layers[inputs[0] ?? SOURCE];
    if (before === undefined) continue;
    const passes = before.role === 'move' || before.role === 'transpose';
    // The bias of a convolution or product may lie between.
    const isData =
      DATA_ROLES.has(before.role) || (before.role === 'shift' && DATA_ROLES.has(roleBefore(before, layers)));
    if (passes ? marks[before.index] === 1 : isData) marks[index] = 1;
  }
  return marks;
}

function roleBefore(layer: Layer, layers: readonly Layer[]): Layer['role'] {
  return layers[layer.inputs[0] ?? SOURCE]?.role ?? 'other';
}

/** γ·(x − μ)/σ + β, as it stands or with some of its vectors computed into one. */
const NORMS: ReadonlySet<string> = new Set(['*+', '-*+', '-/+', '-**+', '-/*+']);

const LONGEST_NORM = 4;

function readNorm(
  first: Layer,
  follower: (layer: Layer) => Layer | null,
  constants: ConstantLookup,
): Omit<WrittenOutNorm, 'layer'> | null {
  const arithmetic: Layer[] = [];
  const values: ConstantValue[] = [];
  let signs = '';
  for (let layer: Layer | null = first; layer !== null && signs.length < LONGEST_NORM; layer = follower(layer)) {
    const value = operandOf(layer, constants);
    const sign = signOf(layer);
    const channels = first.constant?.elements ?? 1;
    if (sign === null || value === null || !isPerChannel(value) || layer.constant?.elements !== channels) break;
    arithmetic.push(layer);
    values.push(value);
    signs += sign;
    if (sign === '+') break;
  }
  const channels = first.constant?.elements ?? 1;
  return NORMS.has(signs) && channels > 1 ? { arithmetic, constants: values, channels } : null;
}

function signOf({ role, node }: Layer): string | null {
  // A constant from which the value is taken away is no mean.
  if (role === 'shift') return node.opType === 'Sub' ? '-' : '+';
  if (role === 'scale') return node.opType === 'Div' ? '/' : '*';
  return null;
}
