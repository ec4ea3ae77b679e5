import { t } from '../../../language';
import { DataType, isFloat } from '../../data-types';
import type { Dimension } from '../../model';
import { add, multiply } from '../dimensions';
import { type Rule, type RuleContext, sameShape } from '../rule';
import { broadcastStrides, view } from '../strides';
import { type InferredValue, maxTrackedElements, staticShape } from '../value';

type Unary = (x: number) => number;
type Binary = (a: Dimension, b: Dimension, integer: boolean) => Dimension;

/** Same shape, values folded. */
function unary(f: Unary): Rule {
  return (context) => {
    const elements = context.input(0)?.elements?.map((e) => (typeof e === 'number' ? f(e) : null)) ?? null;
    return [context.output(context.type(0), context.shape(0), elements)];
  };
}

/** Same shape, one byte of truth each. */
const test: Rule = (context) => [context.output(DataType.BOOL, context.shape(0))];

function binary(f: Binary, outputType?: number): Rule {
  return (context) => {
    const shape = broadcastOperands(context);
    const type = context.type(0) || context.type(1);
    const integer = type !== DataType.UNDEFINED && !isFloat(type);
    const elements = fold(context, shape, [0, 1], ([a, b]) => f(a ?? null, b ?? null, integer));
    return [context.output(outputType ?? (context.type(0) || context.type(1)), shape, elements)];
  };
}

/** Any number of operands, reduced from the left. */
function variadic(f: (a: number, b: number) => number): Rule {
  return (context) => {
    if (context.inputs.length === 0) return context.refuse(t('it has no inputs'));
    const shape = context.broadcast(context.inputs.map((input) => input?.shape ?? null));
    const indices = context.inputs.map((_, index) => index);
    const elements = fold(context, shape, indices, (operands) =>
      operands.every((operand) => typeof operand === 'number') ? operands.reduce(f) : null,
    );
    return [context.output(context.type(0), shape, elements)];
  };
}

/** A mean is its sum over the number of operands. */
const mean: Rule = (context) => {
  const [sum] = variadic((a, b) => a + b)(context);
  const count = context.inputs.length;
  const elements = sum?.elements?.map((e) => (typeof e === 'number' ? e / count : null)) ?? null;
  return sum === undefined ? [] : [{ ...sum, elements }];
};

/**
 * Shape of a binary operator. Before opset 7 the second operand was aligned at `axis` and only when `broadcast` was
 * set; the output then has the first operand's shape.
 */
function broadcastOperands(context: RuleContext): readonly Dimension[] | null {
  if (context.opset < 7 && context.int('broadcast', 0) !== 0) return context.shape(0);
  return context.broadcast([context.shape(0), context.shape(1)]);
}

/** Evaluates an element-wise operator on tracked elements, with broadcasting; null when an operand is not tracked. */
function fold(
  context: RuleContext,
  shape: readonly Dimension[] | null,
  operands: readonly number[],
  f: (elements: readonly Dimension[]) => Dimension,
): readonly Dimension[] | null {
  const dims = staticShape(shape);
  if (!dims) return null;
  const count = dims.reduce((a, b) => a * b, 1);
  if (count > maxTrackedElements) return null;
  const sources: (readonly Dimension[])[] = [];
  for (const index of operands) {
    const input = context.input(index);
    const own = staticShape(input?.shape ?? null);
    if (!own || own.length > dims.length) return null;
    const source = view(input?.elements, dims, broadcastStrides(own, dims.length));
    if (!source) return null;
    sources.push(source);
  }
  return Array.from({ length: count }, (_, i) => f(sources.map((source) => source[i] ?? null)));
}

function numbers(f: (a: number, b: number, integer: boolean) => number): Binary {
  return (a, b, integer) => (typeof a === 'number' && typeof b === 'number' ? f(a, b, integer) : null);
}

function logical(f: (a: number, b: number) => boolean): Rule {
  return binary(
    numbers((a, b) => Number(f(a, b))),
    DataType.BOOL,
  );
}

/** Comparisons know that a symbolic dimension equals itself and is never negative. */
function comparison(f: (a: number, b: number) => boolean): Rule {
  const compare: Binary = (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return Number(f(a, b));
    if (typeof a === 'string' && a === b) return Number(f(0, 0));
    if (typeof a === 'string' && typeof b === 'number' && b < 0) return Number(f(0, b));
    if (typeof a === 'number' && typeof b === 'string' && a < 0) return Number(f(a, 0));
    return null;
  };
  return binary(compare, DataType.BOOL);
}

const divide: Binary = (a, b, integer) => {
  if (b === 1) return a;
  if (typeof a !== 'number' || typeof b !== 'number' || b === 0) return null;
  return integer ? Math.trunc(a / b) : a / b;
};

const subtract: Binary = (a, b) => {
  if (b === 0) return a;
  return typeof a === 'number' && typeof b === 'number' ? a - b : null;
};

/** Python's modulo; C's with fmod. */
const modulo: Rule = (context) => {
  const f = (a: number, b: number) => (context.int('fmod', 0) !== 0 ? a % b : ((a % b) + b) % b);
  return binary(numbers(f))(context);
};

const cast: Rule = (context) => [castTo(context, context.int('to', 0))];

function castTo(context: RuleContext, to: number): InferredValue {
  const integer = !isFloat(to) && to !== DataType.UNDEFINED;
  const elements = context.input(0)?.elements?.map((e) => {
    if (typeof e !== 'number') return e;
    return to === DataType.BOOL ? Number(e !== 0) : integer ? Math.trunc(e) : e;
  });
  return context.output(to, context.shape(0), elements ?? null);
}

const bitCast: Rule = (context) => [context.output(context.int('to', 0), context.shape(0))];

const castLike: Rule = (context) => [castTo(context, context.type(1))];

const identity: Rule = (context) => [
  context.output(context.type(0), context.shape(0), context.input(0)?.elements ?? null),
];

const where: Rule = (context) => {
  const shape = context.broadcast([context.shape(0), context.shape(1), context.shape(2)]);
  const elements = fold(context, shape, [0, 1, 2], ([condition, x, y]) => {
    if (typeof condition !== 'number') return x === y ? (x ?? null) : null;
    return (condition !== 0 ? x : y) ?? null;
  });
  return [context.output(context.type(1) || context.type(2), shape, elements)];
};

const dropout: Rule = (context) => [
  context.output(context.type(0), context.shape(0)),
  context.output(context.opset >= 10 ? DataType.BOOL : context.type(0), context.shape(0)),
];

/** Rounds halves to even, as ONNX does. */
function roundEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Bounds as attributes before opset 11, then as inputs; left out they bound nothing. */
const clip: Rule = (context) => {
  const bound = (name: string, index: number, open: number): number | null => {
    if (context.node.attributes.has(name)) return context.float(name, open);
    if (!context.has(index)) return open;
    const known = context.input(index)?.elements?.[0];
    return typeof known === 'number' ? known : null;
  };
  const [low, high] = [bound('min', 1, -Infinity), bound('max', 2, Infinity)];
  if (low === null || high === null) return context.like(context.shape(0));
  return unary((x) => Math.min(Math.max(x, low), high))(context);
};

const shapeKeeping = [
  'LeakyRelu',
  'Sigmoid',
  'HardSigmoid',
  'HardSwish',
  'Tanh',
  'Elu',
  'Selu',
  'Celu',
  'Softplus',
  'Softsign',
  'ThresholdedRelu',
  'Mish',
  'Gelu',
  'Swish',
  'PRelu',
  'Erf',
  'Shrink',
  'Affine',
  'ImageScaler',
  'ScaledTanh',
  'RotaryEmbedding',
  'CumProd',
  'TensorScatter',
  'ParametricSoftplus',
  'CumSum',
  'Hardmax',
  'Softmax',
  'LogSoftmax',
  'BitwiseNot',
  'Trilu',
];

const contribKeeping = ['RotaryEmbedding', 'BiasSoftmax', 'Gelu', 'FastGelu', 'BiasGelu', 'QuickGelu', 'Trilu'].map(
  (name) => `com.microsoft.${name}`,
);

export const elementwiseRules: readonly (readonly [string, Rule])[] = [
  ...[...shapeKeeping, ...contribKeeping].map((name) => [name, sameShape] as const),
  ['Clip', clip],
  ['Relu', unary((x) => Math.max(0, x))],
  ['Exp', unary(Math.exp)],
  ['Log', unary(Math.log)],
  ['Reciprocal', unary((x) => 1 / x)],
  ['Sin', unary(Math.sin)],
  ['Cos', unary(Math.cos)],
  ['Tan', unary(Math.tan)],
  ['Asin', unary(Math.asin)],
  ['Acos', unary(Math.acos)],
  ['Atan', unary(Math.atan)],
  ['Sinh', unary(Math.sinh)],
  ['Cosh', unary(Math.cosh)],
  ['Asinh', unary(Math.asinh)],
  ['Acosh', unary(Math.acosh)],
  ['Atanh', unary(Math.atanh)],
  ['Floor', unary(Math.floor)],
  ['Ceil', unary(Math.ceil)],
  ['Round', unary(roundEven)],
  ['Neg', unary((x) => -x)],
  ['Abs', unary(Math.abs)],
  ['Sqrt', unary(Math.sqrt)],
  ['Sign', unary(Math.sign)],
  ['Not', unary((x) => Number(x === 0))],
  ['IsNaN', test],
  ['IsInf', test],
  ['Add', binary(add)],
  ['Sub', binary(subtract)],
  ['Mul', binary(multiply)],
  ['Div', binary(divide)],
  ['Pow', binary(numbers((a, b) => a ** b))],
  ['Mod', modulo],
  ['And', logical((a, b) => a !== 0 && b !== 0)],
  ['Or', logical((a, b) => a !== 0 || b !== 0)],
  ['Xor', logical((a, b) => (a !== 0) !== (b !== 0))],
  ['Equal', comparison((a, b) => a === b)],
  ['Less', comparison((a, b) => a < b)],
  ['LessOrEqual', comparison((a, b) => a <= b)],
  ['Greater', comparison((a, b) => a > b)],
  ['GreaterOrEqual', comparison((a, b) => a >= b)],
  ['BitShift', binary(() => null)],
  ['BitwiseAnd', binary(() => null)],
  ['BitwiseOr', binary(() => null)],
  ['BitwiseXor', binary(() => null)],
  ['Max', variadic(Math.max)],
  ['Min', variadic(Math.min)],
  ['Sum', variadic((a, b) => a + b)],
  ['Mean', mean],
  ['Cast', cast],
  ['CastLike', castLike],
  ['BitCast', bitCast],
  ['Identity', identity],
  ['Where', where],
  ['Dropout', dropout],
];
