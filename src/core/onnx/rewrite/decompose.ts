import { DataType } from '../data-types';
import type { Attribute, Node } from '../model';
import { floatOf, int, intOf, ints, madeNode, stringOf, type NodeRewrite, type Place } from './draft';

/** Operators that can be written with others, each as the ONNX specification defines it. */
export const decompositions: ReadonlyMap<string, NodeRewrite> = new Map<string, NodeRewrite>([
  ['HardSwish', hardSwish],
  ['Mish', mish],
  ['Swish', swish],
  ['Gelu', gelu],
  ['LayerNormalization', layerNormalization],
  ['RMSNormalization', rmsNormalization],
  ['GroupNormalization', groupNormalization],
  ['Attention', attention],
]);

/** Writes the nodes of one decomposition; what its last one gives has the name of the original's output. */
class Body {
  readonly nodes: Node[] = [];
  readonly #base: string;

  constructor(
    readonly node: Node,
    readonly place: Place,
  ) {
    this.#base = node.outputs[0] ?? '';
  }

  add(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const output = this.place.fresh(`${this.#base}_${opType}`);
    this.nodes.push(madeNode(opType, inputs, output, attributes));
    return output;
  }

  /** A number of the type of the original's first input. */
  scalar(value: number): string {
    return this.place.addConstant(`${this.#base}_constant`, this.type(), [], [value]);
  }

  list(values: readonly number[]): string {
    return this.place.addConstant(`${this.#base}_constant`, DataType.INT64, [values.length], values);
  }

  type(): number {
    return this.place.elementType(this.node.inputs[0] ?? '') || DataType.FLOAT;
  }

  mean(input: string, axes: readonly number[]): string {
    if (this.place.opset < 18) return this.add('ReduceMean', [input], { axes: ints(axes), keepdims: int(1) });
    return this.add('ReduceMean', [input, this.list(axes)], { keepdims: int(1) });
  }

  reshape(input: string, shape: string): string {
    return this.add('Reshape', [input, shape], this.place.opset < 14 ? {} : { allowzero: int(0) });
  }

  /** Ends with `value` as the original's output. */
  end(value: string): readonly Node[] {
    const last = this.nodes.findIndex(({ outputs }) => outputs[0] === value);
    const { outputs } = this.node;
    return this.nodes.map((node, index) => (index === last ? { ...node, name: outputs[0]!, outputs } : node));
  }
}

function hardSwish(node: Node, place: Place): readonly Node[] {
  const [x = ''] = node.inputs;
  const body = new Body(node, place);
  const attributes = { alpha: { kind: 'float', value: 1 / 6 }, beta: { kind: 'float', value: 0.5 } } as const;
  return body.end(body.add('Mul', [x, body.add('HardSigmoid', [x], attributes)]));
}

function mish(node: Node, place: Place): readonly Node[] {
  const [x = ''] = node.inputs;
  const body = new Body(node, place);
  return body.end(body.add('Mul', [x, body.add('Tanh', [body.add('Softplus', [x])])]));
}

function swish(node: Node, place: Place): readonly Node[] {
  const [x = ''] = node.inputs;
  const body = new Body(node, place);
  const alpha = floatOf(node, 'alpha', 1);
  const scaled = alpha === 1 ? x : body.add('Mul', [x, body.scalar(alpha)]);
  return body.end(body.add('Mul', [x, body.add('Sigmoid', [scaled])]));
}

function gelu(node: Node, place: Place): readonly Node[] {
  const [x = ''] = node.inputs;
  const body = new Body(node, place);
  let curve: string;
  if (stringOf(node, 'approximate', 'none') === 'tanh') {
    const cube = body.add('Mul', [body.add('Mul', [x, x]), x]);
    const sum = body.add('Add', [x, body.add('Mul', [cube, body.scalar(0.044715)])]);
    curve = body.add('Tanh', [body.add('Mul', [sum, body.scalar(Math.sqrt(2 / Math.PI))])]);
  } else {
    curve = body.add('Erf', [body.add('Div', [x, body.scalar(Math.SQRT2)])]);
  }
  const half = body.add('Mul', [x, body.scalar(0.5)]);
  return body.end(body.add('Mul', [half, body.add('Add', [curve, body.scalar(1)])]));
}

/** The axes from `axis` to the last, counted from the end; null where the rank is needed and unknown. */
function trailingAxes(node: Node, place: Place): readonly number[] | null {
  const axis = intOf(node, 'axis', -1);
  const rank = axis < 0 ? 0 : (place.shape(node.inputs[0] ?? '')?.length ?? null);
  const first = rank === null ? 0 : axis - rank;
  if (first >= 0 || first < -64) return null;
  return Array.from({ length: -first }, (_, index) => first + index);
}

function layerNormalization(node: Node, place: Place): readonly Node[] | null {
  const [x = '', scale = '', bias = ''] = node.inputs;
  const axes = trailingAxes(node, place);
  if (axes === null || hasMoreOutputs(node)) return null;
  const body = new Body(node, place);
  const centred = body.add('Sub', [x, body.mean(x, axes)]);
  const variance = body.mean(body.add('Mul', [centred, centred]), axes);
  const deviation = body.add('Sqrt', [body.add('Add', [variance, body.scalar(floatOf(node, 'epsilon', 1e-5))])]);
  const scaled = body.add('Mul', [body.add('Div', [centred, deviation]), scale]);
  return body.end(bias === '' ? scaled : body.add('Add', [scaled, bias]));
}

function rmsNormalization(node: Node, place: Place): readonly Node[] | null {
  const [x = '', scale = ''] = node.inputs;
  const axes = trailingAxes(node, place);
  if (axes === null) return null;
  const body = new Body(node, place);
  const square = body.mean(body.add('Mul', [x, x]), axes);
  const root = body.add('Sqrt', [body.add('Add', [square, body.scalar(floatOf(node, 'epsilon', 1e-5))])]);
  return body.end(body.add('Mul', [body.add('Div', [x, root]), scale]));
}

/** By InstanceNormalization of the groups; scale and shift are per group in opset 18 and per channel from 21 on. */
function groupNormalization(node: Node, place: Place): readonly Node[] | null {
  const [x = '', scale = '', bias = ''] = node.inputs;
  const shape = place.shape(x);
  const groups = intOf(node, 'num_groups', 0);
  if (shape === null || shape.length < 3 || groups < 1 || groups > 1e6) return null;
  const body = new Body(node, place);
  const perChannel = place.opset >= 21;
  const vector = (value: number): string =>
    place.addConstant(`${node.outputs[0]}_constant`, body.type(), [groups], new Array<number>(groups).fill(value));
  const grouped = body.reshape(x, body.list([0, groups, -1]));
  const epsilon = { epsilon: { kind: 'float', value: floatOf(node, 'epsilon', 1e-5) } } as const;
  const factors = perChannel ? [vector(1), vector(0)] : [scale, bias];
  const normal = body.add('InstanceNormalization', [grouped, ...factors], epsilon);
  const sizes = shape.slice(1).map((size) => (typeof size === 'number' && size > 0 ? size : -1));
  const isKnown = sizes.filter((size) => size === -1).length <= 1;
  const back = body.reshape(normal, isKnown ? body.list([0, ...sizes]) : body.add('Shape', [x]));
  if (!perChannel) return body.end(back);
  const column = body.list([-1, ...shape.slice(2).map(() => 1)]);
  const scaled = body.add('Mul', [back, body.reshape(scale, column)]);
  return body.end(body.add('Add', [scaled, body.reshape(bias, column)]));
}

/** As low as masked scores get: `exp` of it is 0, and FP16 holds it. */
const masked = -30_000;

/** Scaled dot-product attention without a cache of earlier keys, with as many heads for queries as for keys. */
function attention(node: Node, place: Place): readonly Node[] | null {
  const [query = '', key = '', value = '', mask = '', ...others] = node.inputs;
  const shape = place.shape(query);
  const keyShape = place.shape(key);
  const isFlat = shape?.length === 3;
  const heads = isFlat ? intOf(node, 'q_num_heads', 0) : shape?.[1];
  const keyHeads = isFlat ? intOf(node, 'kv_num_heads', 0) : keyShape?.[1];
  const width = shape?.at(-1);
  if (others.some((name) => name !== '') || hasMoreOutputs(node) || floatOf(node, 'softcap', 0) !== 0) return null;
  if (shape === null || typeof heads !== 'number' || heads < 1 || heads !== keyHeads) return null;
  if (typeof width !== 'number' || width < 1) return null;
  const isCausal = intOf(node, 'is_causal', 0) !== 0;
  const [rows, columns] = [shape.at(-2), keyShape?.at(-2)];
  if (isCausal && !(typeof rows === 'number' && typeof columns === 'number' && rows * columns <= 2 ** 22)) return null;

  const body = new Body(node, place);
  const split = (name: string): string =>
    isFlat
      ? body.add('Transpose', [body.reshape(name, body.list([0, 0, heads, -1]))], { perm: ints([0, 2, 1, 3]) })
      : name;
  const scale = floatOf(node, 'scale', 1 / Math.sqrt(isFlat ? width / heads : width));
  const scaled = body.add('Mul', [split(query), body.scalar(scale)]);
  let scores = body.add('MatMul', [scaled, body.add('Transpose', [split(key)], { perm: ints([0, 1, 3, 2]) })]);
  if (isCausal) {
    const [height, length] = [rows as number, columns as number];
    const future = Array.from({ length: height * length }, (_, at) =>
      at % length > Math.floor(at / length) ? masked : 0,
    );
    const triangle = place.addConstant(`${node.outputs[0]}_causal`, body.type(), [height, length], future);
    scores = body.add('Add', [scores, triangle]);
  }
  if (mask !== '') {
    const isBool = place.elementType(mask) === DataType.BOOL;
    const addend = isBool ? body.add('Where', [mask, body.scalar(0), body.scalar(masked)]) : mask;
    scores = body.add('Add', [scores, addend]);
  }
  const weighted = body.add('MatMul', [body.add('Softmax', [scores], { axis: int(-1) }), split(value)]);
  if (!isFlat) return body.end(weighted);
  const rowsFirst = body.add('Transpose', [weighted], { perm: ints([0, 2, 1, 3]) });
  return body.end(body.reshape(rowsFirst, body.list([0, 0, -1])));
}

function hasMoreOutputs(node: Node): boolean {
  return node.outputs.slice(1).some((name) => name !== '');
}
