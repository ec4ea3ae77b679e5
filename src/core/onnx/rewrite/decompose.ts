import { int, ints } from '../attributes';
import { DataType } from '../data-types';
import type { Dimension, Node } from '../model';
import { Body, type Decomposition, type Inputs } from './body';
import type { RewriteContext } from './draft';
import type { DecomposableOperator } from './rewritable';
import { einsum } from './einsum';
import { cumSum, gatherElements, gatherNd, oneHot, scatterElements, scatterNd, trilu } from './indexing';
import { celu, isNaN, lpNormalization, meanVariance, orEqual, round, shrink, sign, xor } from './pointwise';

/** How operators are written with others, each as the ONNX specification defines it. */
const decompositions = new Map<string, Decomposition>(
  Object.entries({
    HardSwish: hardSwish,
    Mish: mish,
    Swish: swish,
    Gelu: gelu,
    LayerNormalization: layerNormalization,
    RMSNormalization: rmsNormalization,
    GroupNormalization: groupNormalization,
    Attention: attention,
    Mod: mod,
    CastLike: castLike,
    Einsum: einsum,
    ScatterND: scatterNd,
    ScatterElements: scatterElements,
    Scatter: scatterElements,
    GatherND: gatherNd,
    GatherElements: gatherElements,
    OneHot: oneHot,
    Trilu: trilu,
    CumSum: cumSum,
    Celu: celu,
    Sign: sign,
    Round: round,
    Shrink: shrink,
    Xor: xor,
    IsNaN: isNaN,
    GreaterOrEqual: orEqual('Greater'),
    LessOrEqual: orEqual('Less'),
    LpNormalization: lpNormalization,
    MeanVarianceNormalization: meanVariance,
  } satisfies Record<DecomposableOperator, Decomposition>),
);

/** A node written with others; null if its operator cannot be, or not with these inputs. */
export function decomposed(node: Node, context: RewriteContext): readonly Node[] | null {
  const body = new Body(node, context);
  const value = decompositions.get(node.opType)?.(body, node.inputs) ?? null;
  return value === null ? null : body.end(value);
}

function hardSwish(body: Body, [x = '']: Inputs): string {
  const attributes = { alpha: { kind: 'float', value: 1 / 6 }, beta: { kind: 'float', value: 0.5 } } as const;
  return body.add('Mul', [x, body.add('HardSigmoid', [x], attributes)]);
}

function mish(body: Body, [x = '']: Inputs): string {
  return body.add('Mul', [x, body.add('Tanh', [body.add('Softplus', [x])])]);
}

function swish(body: Body, [x = '']: Inputs): string {
  const alpha = body.float('alpha', 1);
  const scaled = alpha === 1 ? x : body.add('Mul', [x, body.scalar(alpha)]);
  return body.add('Mul', [x, body.add('Sigmoid', [scaled])]);
}

function gelu(body: Body, [x = '']: Inputs): string {
  let curve: string;
  if (body.string('approximate', 'none') === 'tanh') {
    const cube = body.add('Mul', [body.add('Mul', [x, x]), x]);
    const sum = body.add('Add', [x, body.add('Mul', [cube, body.scalar(0.044715)])]);
    curve = body.add('Tanh', [body.add('Mul', [sum, body.scalar(Math.sqrt(2 / Math.PI))])]);
  } else {
    curve = body.add('Erf', [body.add('Div', [x, body.scalar(Math.SQRT2)])]);
  }
  const half = body.add('Mul', [x, body.scalar(0.5)]);
  return body.add('Mul', [half, body.add('Add', [curve, body.scalar(1)])]);
}

const integers: ReadonlySet<number> = new Set([DataType.INT8, DataType.INT16, DataType.INT32, DataType.INT64]);

/** Of integers: `Div` of them drops what is left over, towards 0; Mod has the sign of the divisor, with fmod of the dividend. */
function mod(body: Body, [dividend = '', divisor = '']: Inputs): string | null {
  if (!integers.has(body.context.elementType(dividend))) return null;
  const remainder = (of: string): string =>
    body.add('Sub', [of, body.add('Mul', [body.add('Div', [of, divisor]), divisor])]);
  const left = remainder(dividend);
  return body.int('fmod', 0) === 0 ? remainder(body.add('Add', [left, divisor])) : left;
}

function castLike(body: Body, [value = '', like = '']: Inputs): string | null {
  const to = body.context.elementType(like);
  if (to === 0) return null;
  return body.add('Cast', [value], { to: int(to) });
}

/** The axes from `axis` to the last, counted from the end; null where the rank is needed and unknown. */
function trailingAxes(body: Body): readonly number[] | null {
  const axis = body.int('axis', -1);
  const rank = axis < 0 ? 0 : (body.context.shape(body.node.inputs[0] ?? '')?.length ?? null);
  const first = rank === null ? 0 : axis - rank;
  if (first >= 0 || first < -64) return null;
  return Array.from({ length: -first }, (_, index) => first + index);
}

function layerNormalization(body: Body, [x = '', scale = '', bias = '']: Inputs): string | null {
  const axes = trailingAxes(body);
  if (axes === null || body.node.outputs.slice(1).some((name) => name !== '')) return null;
  const centred = body.add('Sub', [x, body.mean(x, axes)]);
  const variance = body.mean(body.add('Mul', [centred, centred]), axes);
  const deviation = body.add('Sqrt', [body.add('Add', [variance, body.scalar(body.float('epsilon', 1e-5))])]);
  const scaled = body.add('Mul', [body.add('Div', [centred, deviation]), scale]);
  return bias === '' ? scaled : body.add('Add', [scaled, bias]);
}

function rmsNormalization(body: Body, [x = '', scale = '']: Inputs): string | null {
  const axes = trailingAxes(body);
  if (axes === null) return null;
  const square = body.mean(body.add('Mul', [x, x]), axes);
  const root = body.add('Sqrt', [body.add('Add', [square, body.scalar(body.float('epsilon', 1e-5))])]);
  return body.add('Mul', [body.add('Div', [x, root]), scale]);
}

/** By InstanceNormalization of the groups; scale and shift are per group in opset 18 and per channel from 21 on. */
function groupNormalization(body: Body, [x = '', scale = '', bias = '']: Inputs): string | null {
  const shape = body.context.shape(x);
  const groups = body.int('num_groups', 0);
  if (shape === null || shape.length < 3 || groups < 1 || groups > 1e6) return null;
  const perChannel = body.context.opset >= 21;
  const vector = (value: number): string =>
    body.context.addConstant(
      `${body.node.outputs[0]}_constant`,
      body.type(),
      [groups],
      new Array<number>(groups).fill(value),
    );
  const grouped = body.reshape(x, body.list([0, groups, -1]));
  const epsilon = { epsilon: { kind: 'float', value: body.float('epsilon', 1e-5) } } as const;
  const factors = perChannel ? [vector(1), vector(0)] : [scale, bias];
  const normal = body.add('InstanceNormalization', [grouped, ...factors], epsilon);
  const sizes = shape.slice(1).map((size) => (typeof size === 'number' && size > 0 ? size : -1));
  const isKnown = sizes.filter((size) => size === -1).length <= 1;
  const back = body.reshape(normal, isKnown ? body.list([0, ...sizes]) : body.add('Shape', [x]));
  if (!perChannel) return back;
  const column = body.list([-1, ...shape.slice(2).map(() => 1)]);
  const scaled = body.add('Mul', [back, body.reshape(scale, column)]);
  return body.add('Add', [scaled, body.reshape(bias, column)]);
}

/** As low as masked scores get: `exp` of it is 0, and FP16 holds it. */
const masked = -30_000;

/** Sizes of an Attention node; null where one that a rewrite needs is unknown. */
interface AttentionSizes {
  /** Whether heads lie side by side in the last of three axes. */
  readonly isFlat: boolean;
  readonly heads: number;
  readonly keyHeads: number;
  /** Numbers of one head's query and key, and of its value. */
  readonly width: number;
  readonly valueWidth: number;
  readonly rows: Dimension | undefined;
  /** Keys, those of `past` included. */
  readonly columns: Dimension | undefined;
  /** Keys that come before the first query. */
  readonly past: Dimension | undefined;
}

function attentionSizes(body: Body): AttentionSizes | null {
  const [query = '', key = '', value = '', , pastKey = ''] = body.node.inputs;
  const [shape, keyShape, valueShape] = [body.context.shape(query), body.context.shape(key), body.context.shape(value)];
  if (shape === null || keyShape === null || valueShape === null) return null;
  const isFlat = shape.length === 3;
  const heads = isFlat ? body.int('q_num_heads', 0) : shape[1];
  const keyHeads = isFlat ? body.int('kv_num_heads', 0) : keyShape[1];
  const [widths, valueWidths] = [shape.at(-1), valueShape.at(-1)];
  if (!isCount(heads) || !isCount(keyHeads) || !isCount(widths) || !isCount(valueWidths)) return null;
  const [width, valueWidth] = isFlat ? [widths / heads, valueWidths / keyHeads] : [widths, valueWidths];
  if (![heads / keyHeads, width, valueWidth].every(Number.isInteger) || heads / keyHeads > 256) return null;
  const past = pastKey === '' ? 0 : body.context.shape(pastKey)?.at(-2);
  const own = keyShape.at(-2);
  const columns = typeof own === 'number' && typeof past === 'number' ? own + past : undefined;
  return { isFlat, heads, keyHeads, width, valueWidth, rows: shape.at(-2), columns, past };
}

function isCount(size: Dimension | undefined): size is number {
  return typeof size === 'number' && size >= 1;
}

/**
 * Scaled dot-product attention as the ONNX specification writes it with primitives: heads side by side or apart, groups
 * of queries that share a key, masks, causal order, a cap on the scores, and keys from before.
 */
function attention(
  body: Body,
  [query = '', key = '', value = '', mask = '', pastKey = '', pastValue = '', keyCount = '']: Inputs,
): string | null {
  const sizes = attentionSizes(body);
  if (sizes === null || (pastKey === '') !== (pastValue === '')) return null;
  const { isFlat, heads, keyHeads, width, valueWidth, rows, columns, past } = sizes;
  const isCausal = body.int('is_causal', 0) !== 0;
  const maskWidth = mask === '' ? columns : body.context.shape(mask)?.at(-1);
  // A mask may end before the keys do, and then hides the rest.
  if (typeof columns === 'number' && typeof maskWidth === 'number' && maskWidth !== 1 && maskWidth < columns)
    return null;

  const split = (name: string, count: number): string =>
    isFlat
      ? body.add('Transpose', [body.reshape(name, body.list([0, 0, count, -1]))], { perm: ints([0, 2, 1, 3]) })
      : name;
  const joined = (before: string, name: string): string =>
    before === '' ? name : body.add('Concat', [before, name], { axis: int(2) });
  const keys = joined(pastKey, split(key, keyHeads));
  const values = joined(pastValue, split(value, keyHeads));
  body.alias(keys, body.node.outputs[1]);
  body.alias(values, body.node.outputs[2]);
  const repeated = (name: string, each: number): string => {
    if (heads === keyHeads) return name;
    const apart = body.reshape(name, body.list([0, keyHeads, 1, -1, each]));
    const copies = body.add('Concat', new Array<string>(heads / keyHeads).fill(apart), { axis: int(2) });
    return body.reshape(copies, body.list([0, heads, -1, each]));
  };
  const scaled = body.add('Mul', [split(query, heads), body.scalar(body.float('scale', 1 / Math.sqrt(width)))]);
  const transposed = body.add('Transpose', [repeated(keys, width)], { perm: ints([0, 1, 3, 2]) });
  const scores = body.add('MatMul', [scaled, transposed]);
  const hide = (shown: string): string => {
    let hidden = shown;
    if (isCausal) {
      const isKnown = isCount(rows) && isCount(columns) && typeof past === 'number' && rows * columns <= 2 ** 22;
      const mask = isKnown ? causalMask(body, rows, columns, past) : openCausalMask(body, scores, pastKey);
      hidden = body.add('Add', [hidden, mask]);
    }
    if (mask !== '') {
      const isBool = body.context.elementType(mask) === DataType.BOOL;
      hidden = body.add('Add', [
        hidden,
        isBool ? body.add('Where', [mask, body.scalar(0), body.scalar(masked)]) : mask,
      ]);
    }
    if (keyCount === '') return hidden;
    const places = counted(body, body.add('Shape', [scores]), 3);
    const isThere = body.add('Less', [places, body.reshape(keyCount, body.list([-1, 1, 1, 1]))]);
    return body.add('Add', [hidden, body.add('Where', [isThere, body.scalar(0), body.scalar(masked)])]);
  };
  const cap = body.float('softcap', 0);
  const capped = (whole: string): string => {
    if (cap === 0) return whole;
    const share = body.add('Tanh', [body.add('Div', [whole, body.scalar(cap)])]);
    return body.add('Mul', [share, body.scalar(cap)]);
  };
  const cappedScores = capped(scores);
  const hiddenScores = hide(cappedScores);
  const weights = body.add('Softmax', [hiddenScores], { axis: int(-1) });
  // In the order in which `qk_matmul_output_mode` counts them.
  const steps = [scores, cappedScores, hiddenScores, weights];
  body.alias(steps[body.int('qk_matmul_output_mode', 0)] ?? scores, body.node.outputs[3]);
  const weighted = body.add('MatMul', [weights, repeated(values, valueWidth)]);
  if (!isFlat) return weighted;
  const rowsFirst = body.add('Transpose', [weighted], { perm: ints([0, 2, 1, 3]) });
  return body.reshape(rowsFirst, body.list([0, 0, -1]));
}

/** What keeps a query from keys that come after it. */
function causalMask(body: Body, rows: number, columns: number, past: number): string {
  const future = Array.from({ length: rows * columns }, (_, at) =>
    at % columns > Math.floor(at / columns) + past ? masked : 0,
  );
  return body.constant([rows, columns], future);
}

/** The same mask where sizes are open: from the shape of the scores, and of the keys from before. */
function openCausalMask(body: Body, scores: string, pastKey: string): string {
  const shape = body.add('Shape', [scores]);
  const first = body.unsqueeze(counted(body, shape, 2), [1]);
  const last = pastKey === '' ? first : body.add('Add', [first, sizeOf(body, body.add('Shape', [pastKey]), 2)]);
  const isFuture = body.add('Greater', [counted(body, shape, 3), last]);
  return body.add('Where', [isFuture, body.scalar(masked), body.scalar(0)]);
}

/** An axis of a shape. */
function sizeOf(body: Body, shape: string, axis: number): string {
  return body.add('Gather', [shape, body.integer(axis)], { axis: int(0) });
}

/** 0, 1, … for each place of an axis. */
function counted(body: Body, shape: string, axis: number): string {
  return body.add('Range', [body.integer(0), sizeOf(body, shape, axis), body.integer(1)]);
}
