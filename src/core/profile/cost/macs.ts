import { intOf, intsOf, stringOf } from '../../onnx/attributes';
import type { Node } from '../../onnx/model';
import { productOf } from '../../onnx/numbers';
import { operatorName } from '../../onnx/shapes/order';
import { parseEinsum } from '../../onnx/shapes/rules/matrix';
import { type InferredValue, elementCount, staticShape } from '../../onnx/shapes/value';
import type { KernelKind, LayerCost } from './layer';

/** Arithmetic of one convolution or matrix product. */
export interface LinearWork {
  readonly kind: KernelKind;
  readonly macs: number;
  /** Elements of the weight; 0 for a product of two activations. */
  readonly weightElements: number;
  /** Input plus output elements as torch's module hooks see them: before padding is fused, after no other fusion. */
  readonly activationElements: number;
  readonly window: LayerCost['window'];
}

type Values = (name: string) => InferredValue | undefined;

/** Attention on queries, keys and values that were projected before it, with the position of the keys of earlier steps. */
const attentions = new Map([
  ['Attention', 4],
  ['com.microsoft.MultiHeadAttention', 6],
  ['com.microsoft.GroupQueryAttention', 3],
]);

/** Attention that projects its input itself. */
const projecting = new Set(['com.microsoft.Attention', 'com.microsoft.QAttention']);

/** Positions of data and weight of operators whose quantised forms interleave scales. */
const operandPositions = new Map<string, readonly [number, number]>(
  Object.entries({
    QLinearConv: [0, 3],
    'com.microsoft.QLinearConv': [0, 3],
    QLinearMatMul: [0, 3],
    'com.microsoft.QGemm': [0, 3],
  }),
);

/**
 * Multiply–accumulates of a linear node, or null when a shape that they depend on is not known.
 *
 * Conv: output elements × weight elements per output channel. ConvTranspose: input elements × weight elements per
 * input channel. Gemm, MatMul: output elements × inner dimension, be the second operand weight or activation.
 * Recurrent: steps × batch × weight elements. Einsum: product of all index sizes.
 */
export function linearWork(node: Node, values: Values): LinearWork | null {
  const operator = operatorName(node);
  const [first, second] = operandPositions.get(operator) ?? [0, 1];
  const value = (index: number) => values(node.inputs[index] ?? '');
  const shape = (index: number) => staticShape(value(index)?.shape ?? null);
  const output = elementCount(values(node.outputs.find((name) => name !== '') ?? '')?.shape ?? null);
  const x = shape(first);
  if (!x || output === null) return null;
  const inputs = productOf(x);
  const earlier = attentions.get(operator);
  if (earlier !== undefined) {
    // Scores of each query with each key, and their product with the values; queries may hold keys and values as well.
    const isPacked = (node.inputs[1] ?? '') === '';
    const keys = isPacked ? x : shape(1);
    const added = keys?.length === 4 ? keys[2] : keys?.[1];
    const before = (node.inputs[earlier] ?? '') === '' ? 0 : shape(earlier)?.[2];
    if (added === undefined || before === undefined) return null;
    return matrix((before + added) * ((isPacked ? output : inputs) + output), 0, inputs + output);
  }
  const w = operator === 'Einsum' && node.inputs.length === 1 ? [] : shape(second);
  if (!w) return null;
  const weights = productOf(w);

  const constant = (index: number) => value(index)?.origin !== 'data';

  if (operator === 'com.microsoft.MatMulNBits' || operator === 'com.microsoft.MatMulBnb4') {
    const packed = intOf(node, 'K', 0) * intOf(node, 'N', 0);
    return matrix(output * intOf(node, 'K', 0), packed, inputs + output);
  }
  if (operator.includes('Conv')) {
    if (x.length < 3 || w.length !== x.length) return null;
    const transposed = operator === 'ConvTranspose';
    const groups = intOf(node, 'group', 1);
    const channels = w[0]!;
    const macs = channels === 0 ? 0 : ((transposed ? inputs : output) * weights) / channels;
    const inputChannels = isChannelsLast(node) ? x[x.length - 1]! : x[1]!;
    const kernel = w.slice(2);
    return {
      kind: convolutionKind(kernel, groups, inputChannels),
      macs,
      // A weight that is computed from the input is an activation like any other.
      weightElements: constant(second) ? weights : 0,
      activationElements: inputs + output,
      window: { kernel, strides: intsOf(node, 'strides') ?? kernel.map(() => 1), groups },
    };
  }
  if (operator === 'RNN' || operator === 'GRU' || operator === 'LSTM') {
    const recurrence = shape(2);
    if (!recurrence || x.length !== 3) return null;
    const all = weights + productOf(recurrence);
    // W and R are [directions, gates · hidden, ...]: every element is used once per step and sample.
    return matrix(x[0]! * x[1]! * all, all, inputs + output);
  }
  if (projecting.has(operator)) {
    // [batch, sequence, hidden] · [hidden, 3 · hidden], then scores and their product with the values.
    const [batch, sequence] = x;
    if (x.length !== 3) return null;
    const scores = 2 * batch! * sequence! * sequence! * (productOf(w.slice(1)) / 3);
    return matrix(batch! * sequence! * weights + scores, weights, inputs + output);
  }
  const operands = operator === 'Einsum' ? node.inputs.map((_, index) => index) : [first, second];
  const activations = operands.filter((index) => !constant(index));
  const weight = operands.filter(constant).reduce((sum, index) => sum + productOf(shape(index) ?? []), 0);
  const activationElements = activations.reduce((sum, index) => sum + productOf(shape(index) ?? []), 0) + output;
  if (operator === 'Einsum') {
    const macs = einsumMacs(node, operands.map(shape));
    return macs === null ? null : matrix(macs, weight, activationElements);
  }
  const transposedA = intOf(node, 'transA', 0) !== 0;
  const inner = transposedA && x.length > 1 ? x[x.length - 2]! : x[x.length - 1]!;
  return matrix(output * (inner ?? 1), weight, activationElements);
}

function matrix(macs: number, weightElements: number, activationElements: number): LinearWork {
  return { kind: 'matrix', macs, weightElements, activationElements, window: null };
}

function convolutionKind(kernel: readonly number[], groups: number, inputChannels: number): KernelKind {
  if (groups > 1) return groups === inputChannels ? 'depthwise' : 'grouped';
  return kernel.every((size) => size === 1) ? 'pointwise' : 'dense';
}

function einsumMacs(node: Node, shapes: readonly (readonly number[] | null)[]): number | null {
  const equation = stringOf(node, 'equation');
  if (equation === null || shapes.some((shape) => shape === null)) return null;
  const terms = parseEinsum(
    equation,
    shapes.map((shape) => shape!.length),
  );
  if (!terms) return null;
  const sizes = new Map<string, number>();
  terms.inputs.forEach((indices, operand) =>
    indices.forEach((index, axis) => sizes.set(index, Math.max(sizes.get(index) ?? 1, shapes[operand]![axis]!))),
  );
  return productOf([...sizes.values()]);
}

/** The Runtime's own operators on images with channels last; their kernels are stored as ever. */
function isChannelsLast(node: Node): boolean {
  return node.opType.startsWith('Nhwc') || intOf(node, 'channels_last', 0) !== 0;
}
