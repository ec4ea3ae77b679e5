import { productOf } from '../../onnx/numbers';
import { intOf, intsOf } from '../../onnx/attributes';
import { DataType } from '../../onnx/data-types';
import type { Node } from '../../onnx/model';
import { type ConstantValue } from './constant-value';

/** Shapes have few entries; longer tensors are weights. */
export const MAX_SHAPE_ENTRIES = 16;

/** Operators that leave the values as they are and keep the element count. */
export const RENAMING = new Set(['Identity', 'Cast', 'CastLike', 'Dropout', 'DequantizeLinear', 'QuantizeLinear']);

/** Activations between the layers of a network. */
export const HIDDEN_ACTIVATIONS = new Set([
  'Relu',
  'LeakyRelu',
  'Gelu',
  'Erf',
  'Elu',
  'Selu',
  'Sigmoid',
  'Tanh',
  'HardSwish',
]);

/** What operators that shapes are put together by make of small constants; null for other operators. */
export function shapeValues(node: Node, inputs: readonly ConstantValue[]): readonly number[] | null {
  const [first, second] = inputs;
  switch (node.opType) {
    case 'Shape':
      return first?.dims ?? null;
    case 'Squeeze':
    case 'Unsqueeze':
    case 'Reshape':
      return first?.values ?? null;
    case 'Gather': {
      if (first?.dims?.length !== 1 || first.values === null) return null;
      const picked = second?.values?.map((index) => first.values?.at(index));
      return picked?.every((value) => value !== undefined) === true ? picked : null;
    }
    case 'Concat': {
      const joined = inputs.flatMap(({ values, dims }) => (dims !== null && dims.length <= 1 ? (values ?? []) : []));
      const expected = inputs.reduce((sum, { dims }) => sum + (dims?.[0] ?? Infinity), 0);
      return joined.length === expected && expected <= MAX_SHAPE_ENTRIES ? joined : null;
    }
    // Shapes that a tensor is expanded to are compared with −1, entry by entry.
    case 'Mul':
      return entryByEntry(inputs, ([one = NaN, other = NaN]) => one * other);
    case 'Equal':
      return entryByEntry(inputs, ([one, other]) => (one === other ? 1 : 0));
    case 'Where':
      return entryByEntry(inputs, ([condition, one = NaN, other = NaN]) => (condition === 1 ? one : other));
    default:
      return null;
  }
}

/** The same of each entry of shapes, or of a shape and a single number; null for anything else. */
function entryByEntry(
  inputs: readonly ConstantValue[],
  compute: (entries: readonly number[]) => number,
): readonly number[] | null {
  const length = inputs.reduce((longest, { values }) => Math.max(longest, values?.length ?? 0), 0);
  const fits = inputs.every(({ values, roots, dims }) => {
    const isWhole = roots.every(({ dataType }) => dataType === DataType.INT64);
    return values !== null && isWhole && (dims?.length ?? 2) < 2 && (values.length === length || values.length === 1);
  });
  if (!fits || length > MAX_SHAPE_ENTRIES) return null;
  return Array.from({ length }, (_, entry) =>
    compute(inputs.map(({ values }) => values?.at(values.length > 1 ? entry : 0) ?? NaN)),
  );
}

const ARITHMETIC_OPERATORS = ['Add', 'Sub', 'Mul', 'Div', 'Sqrt', 'Neg', 'Pow', 'Exp', 'Abs', 'Clip', 'Reciprocal'];

const ELEMENTWISE = new Set(
  [...HIDDEN_ACTIVATIONS].concat(ARITHMETIC_OPERATORS, ['Softmax', 'Sin', 'Cos', 'Equal', 'Where']),
);

/** Dims of what an operator makes of constants; null for operators that are not followed. */
export function derivedDims(node: Node, inputs: readonly ConstantValue[]): readonly number[] | null {
  const first = inputs[0];
  if (first === undefined) return null;
  const dims = first.dims;
  if (RENAMING.has(node.opType)) return dims;
  if (ELEMENTWISE.has(node.opType)) return broadcast(inputs);
  if (node.opType === 'Reshape') return reshaped(dims, inputs[1]?.values ?? null);
  if (dims === null) return null;
  switch (node.opType) {
    case 'BatchNormalization':
    case 'InstanceNormalization':
    case 'LayerNormalization':
      return dims;
    case 'MatMul': {
      const other = inputs[1]?.dims ?? [];
      const [rows, columns] = [dims.length > 1 ? dims.slice(0, -1) : [], other.length > 1 ? other.slice(-1) : []];
      return other.length > 2 ? null : [...rows, ...columns];
    }
    case 'Flatten': {
      const axis = intOf(node, 'axis') ?? 1;
      return [productOf(dims.slice(0, axis)), productOf(dims.slice(axis))];
    }
    case 'Shape':
      return [dims.length];
    case 'Concat': {
      const axis = intOf(node, 'axis') ?? 0;
      const lengths = inputs.map((input) => (input.dims?.length === dims.length ? input.dims.at(axis) : undefined));
      if (!lengths.every((length) => length !== undefined)) return null;
      const sum = lengths.reduce((total, length) => total + length, 0);
      return dims.map((dim, index) => (index === (axis < 0 ? axis + dims.length : axis) ? sum : dim));
    }
    case 'Expand': {
      const target = inputs[1]?.values ?? null;
      return target === null ? null : broadcast([first, { ...first, dims: target }]);
    }
    case 'Gather':
      return dims.length === 1 ? (inputs[1]?.dims ?? null) : null;
    case 'Transpose': {
      const perm = intsOf(node, 'perm') ?? dims.map((_, axis) => dims.length - 1 - axis);
      const permuted = perm.map((axis) => dims[axis]);
      return permuted.every((dim): dim is number => dim !== undefined) ? permuted : null;
    }
    case 'Unsqueeze':
      return unsqueezed(dims, node, inputs);
    case 'Squeeze': {
      const axes = axesOf(node, inputs, dims.length);
      return dims.filter((dim, axis) => (axes === undefined ? dim !== 1 : !axes.includes(axis)));
    }
    case 'ReduceL2':
    case 'ReduceSum':
    case 'ReduceMean': {
      const axes = axesOf(node, inputs, dims.length);
      const keep = (intOf(node, 'keepdims') ?? 1) !== 0;
      const reduced = (axis: number): boolean => axes === undefined || axes.includes(axis);
      return keep ? dims.map((dim, axis) => (reduced(axis) ? 1 : dim)) : dims.filter((_, axis) => !reduced(axis));
    }
    default:
      return null;
  }
}

function broadcast(inputs: readonly ConstantValue[]): readonly number[] | null {
  let rank = 0;
  for (const { dims } of inputs) {
    if (dims === null) return null;
    rank = Math.max(rank, dims.length);
  }
  const result = new Array<number>(rank).fill(1);
  for (const { dims } of inputs) {
    dims?.forEach((dim, index) => {
      const axis = index + rank - dims.length;
      result[axis] = Math.max(result[axis] ?? 1, dim);
    });
  }
  return result;
}

function reshaped(dims: readonly number[] | null, target: readonly number[] | null): readonly number[] | null {
  if (target === null) return null;
  if (dims === null) return target.every((dim) => dim > 0) ? target : null;
  const elements = productOf(dims);
  const copied = target.map((dim, axis) => (dim === 0 ? (dims[axis] ?? 0) : dim));
  const stated = copied.reduce((product, dim) => (dim === -1 ? product : product * dim), 1);
  return copied.map((dim) => (dim === -1 && stated > 0 ? elements / stated : dim));
}

/** Axes by an attribute or an input, of so many dimensions; undefined for none. */
function axesOf(node: Node, inputs: readonly ConstantValue[], rank: number): readonly number[] | undefined {
  return (intsOf(node, 'axes') ?? inputs[1]?.values)?.map((axis) => (axis < 0 ? axis + rank : axis));
}

function unsqueezed(dims: readonly number[], node: Node, inputs: readonly ConstantValue[]): readonly number[] | null {
  const rank = dims.length + (axesOf(node, inputs, 0)?.length ?? 0);
  const added = axesOf(node, inputs, rank);
  if (added === undefined) return null;
  const rest = [...dims];
  return Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : (rest.shift() ?? 1)));
}
