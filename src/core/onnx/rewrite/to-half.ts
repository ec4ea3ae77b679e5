import { int, intOf, madeTensor, withAttribute } from '../attributes';
import { DataType } from '../data-types';
import type { Attribute, Graph, Model, Node, Tensor, ValueInfo } from '../model';
import { inferShapes } from '../shapes/infer';
import { orderNodes } from '../shapes/order';
import type { InferredValue } from '../shapes/value';
import { isMade } from '../write';
import { freshName, madeNode, tensorOfConstant, valueNames, withSubgraphs } from './draft';
import { elementTypeOf } from './element-types';

export interface Halved {
  readonly model: Model;
  /** FP16 tensors and the FP32 tensors that their content is converted from. */
  readonly origins: ReadonlyMap<Tensor, Tensor>;
  /** Numbers beyond the range of FP16 among constants that are no stored tensors. */
  readonly clamped: number;
}

const { FLOAT, FLOAT16 } = DataType;

/**
 * Operators that compute in FP32 whatever the network does: those that ONNX defines for FP32 alone (NonMaxSuppression,
 * Celu, Upsample and the random ones by their type attribute), Range, which counts, and MeanVarianceNormalization, whose
 * definition adds 10⁻⁹, less than FP16 has.
 */
const singleOperators = new Set([
  'NonMaxSuppression',
  'Celu',
  'Range',
  'MeanVarianceNormalization',
  'Upsample',
  'EyeLike',
  'Bernoulli',
  'Multinomial',
  'MelWeightMatrix',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'STFT',
  'DFT',
  'DynamicQuantizeLinear',
  'BlackmanWindow',
  'HammingWindow',
  'HannWindow',
  'MatMulInteger',
  'ConvInteger',
  'QLinearConv',
  'QLinearMatMul',
]);

/** The opsets since which ONNX has operators in FP16 that it had in FP32 before. */
const halfSince: ReadonlyMap<string, number> = new Map([
  ['CumSum', 14],
  ['QuantizeLinear', 19],
  ['DequantizeLinear', 19],
  ['IsInf', 20],
]);

/** Inputs that stay FP32 beside data that does not: region and scales of Resize. */
const singleInputs: ReadonlyMap<string, readonly number[]> = new Map([['Resize', [1, 2]]]);

/**
 * Converts a network to FP16: FP32 weights and constants, the type that Cast and ConstantOfShape give, stated types,
 * sub-graphs. The graph's inputs and outputs stay FP32 behind Casts, and so do operators that need FP32 and arithmetic
 * with shapes. Null for a network that is FP16 already or has nothing in FP32; a failure of `orderNodes` as null too.
 */
export function toHalf(model: Model): Halved | null {
  if (isHalf(model.graph)) return null;
  const shapes = inferShapes(model);
  const conversion = new Conversion(model, shapes.ok ? shapes.value.values : new Map());
  const graph = conversion.convert(model.graph, null);
  if (graph === null || conversion.changed === 0) return null;
  return { model: { ...model, graph }, origins: conversion.origins, clamped: conversion.clamped };
}

/** Whether a network's weights are FP16 already. */
export function isHalf(graph: Graph): boolean {
  const weights = [...graph.initializers.values()].filter(({ dims }) => dims.length >= 2);
  return weights.some(({ dataType }) => dataType === FLOAT16) && !weights.some(({ dataType }) => dataType === FLOAT);
}

/** The values of one graph: what they are now, and under which names they can be had as FP32 and as FP16. */
interface Scope {
  readonly outer: Scope | null;
  /** Types as they were. */
  readonly before: Map<string, number>;
  /** Types as they are now. */
  readonly now: Map<string, number>;
  /** Weights and constants, which are written in the types that are asked for. */
  readonly tensors: Map<string, Tensor>;
  readonly written: Map<string, Tensor>;
  readonly single: Map<string, string>;
  readonly half: Map<string, string>;
  readonly nodes: Node[];
}

class Conversion {
  readonly origins = new Map<Tensor, Tensor>();
  changed = 0;
  clamped = 0;
  readonly #names: Set<string>;
  readonly #opset: number;

  constructor(
    model: Model,
    private readonly inferred: ReadonlyMap<string, InferredValue>,
  ) {
    this.#names = valueNames(model.graph);
    this.#opset = model.opsets.get('') ?? 1;
  }

  /** Null where the graph has a cycle. */
  convert(graph: Graph, outer: Scope | null): Graph | null {
    const order = orderNodes(graph);
    if (!order.ok) return null;
    const scope: Scope = {
      outer,
      before: new Map(),
      now: new Map(),
      tensors: new Map(graph.initializers),
      written: new Map(),
      single: new Map(),
      half: new Map(),
      nodes: [],
    };
    const isRoot = outer === null;
    const outputs = new Set(graph.outputs.map(({ name }) => name));
    for (const { name, dataType } of graph.inputs)
      this.#state(scope, name, dataType, isRoot ? dataType : halved(dataType));
    for (const [name, { dataType }] of graph.initializers) this.#state(scope, name, dataType, dataType);
    for (const node of order.value) {
      const constant = tensorOfConstant(node);
      if (constant?.dataType === FLOAT) {
        scope.tensors.set(constant.name, constant);
        this.#state(scope, constant.name, FLOAT, FLOAT);
      } else this.#node(node, scope, isRoot ? outputs : new Set());
    }
    for (const { name } of graph.outputs) this.#output(name, scope, isRoot);
    return {
      ...graph,
      nodes: scope.nodes,
      initializers: this.#initializers(graph, scope),
      inputs: isRoot ? graph.inputs : graph.inputs.map(halfInfo),
      outputs: graph.outputs.map((output) => (isRoot ? output : this.#outputInfo(output, scope))),
      valueInfos: new Map(
        [...graph.valueInfos].map(([name, info]) => [name, scope.now.get(name) === FLOAT16 ? halfInfo(info) : info]),
      ),
    };
  }

  #state(scope: Scope, name: string, before: number, now: number): void {
    scope.before.set(name, before);
    scope.now.set(name, now);
  }

  #node(node: Node, scope: Scope, outputs: ReadonlySet<string>): void {
    const types = node.inputs.map((name) => find(scope, name)?.before.get(name) ?? 0);
    const isSingle = this.#staysSingle(node, scope);
    const inner = withSubgraphs(node, (graph) => this.convert(graph, scope) ?? graph);
    const keeps = singleInputs.get(node.domain === '' ? node.opType : '') ?? (isResizeOfOpset10(node) ? [1] : []);
    const inputs = node.inputs.map((name, index) => {
      if (types[index] !== FLOAT || node.opType === 'Cast') return this.#current(name, scope, types[index] ?? 0, node);
      return isSingle || keeps.includes(index) ? this.#asSingle(name, scope) : this.#asHalf(name, scope);
    });
    const type = (index: number, name: string): number =>
      (scope.outer === null ? this.inferred.get(name)?.elementType : 0) || elementTypeOf(node, index, types);
    const names = node.outputs.map((name, index) => {
      if (name === '') return '';
      const before = type(index, name);
      const becomesHalf = before === FLOAT && !isSingle && !staysSingleOutput(node, index);
      this.#state(scope, name, before, becomesHalf ? FLOAT16 : before);
      if (becomesHalf) this.changed++;
      if (!becomesHalf || !outputs.has(name)) return name;
      const half = freshName(this.#names, `${name}_fp16`);
      scope.half.set(name, half);
      return half;
    });
    // A Cast of what is FP16 by now has nothing to do.
    const isIdle = inner.opType === 'Cast' && !isSingle && types[0] === FLOAT && intOf(inner, 'to', 0) === FLOAT;
    const opType = isIdle && this.#isHalfNow(node.inputs[0] ?? '', scope) ? 'Identity' : inner.opType;
    const attributes = opType !== inner.opType ? new Map() : isSingle ? inner.attributes : this.#attributes(inner);
    scope.nodes.push({ ...inner, opType, inputs, outputs: names, attributes });
  }

  /** Operators in FP32, by what they are or since they compute with shapes. */
  #staysSingle(node: Node, scope: Scope): boolean {
    const { opType, domain } = node;
    if (domain === '' && (singleOperators.has(opType) || this.#opset < (halfSince.get(opType) ?? 0))) return true;
    if (domain.startsWith('ai.onnx.')) return true;
    const isShapeArithmetic = (name: string): boolean => this.inferred.get(name)?.origin === 'shape';
    return scope.outer === null && node.outputs.some(isShapeArithmetic);
  }

  #isHalfNow(name: string, scope: Scope): boolean {
    return find(scope, name)?.now.get(name) === FLOAT16;
  }

  /** Types that a node states of itself. */
  #attributes(node: Node): ReadonlyMap<string, Attribute> {
    if (node.domain !== '') return node.attributes;
    const change = (name: string, value: Attribute) => withAttribute(node, name, value).attributes;
    if (node.opType === 'Cast' && intOf(node, 'to', 0) === FLOAT) return change('to', int(FLOAT16));
    if (node.opType === 'DequantizeLinear' && intOf(node, 'output_dtype', 0) === FLOAT) {
      return change('output_dtype', int(FLOAT16));
    }
    if (node.opType !== 'ConstantOfShape') return node.attributes;
    const value = node.attributes.get('value');
    if (value === undefined) return change('value', { kind: 'tensor', value: madeTensor('', FLOAT16, [1], [0]) });
    if (value.kind !== 'tensor' || value.value.dataType !== FLOAT) return node.attributes;
    return change('value', { kind: 'tensor', value: this.#half(value.value, '') });
  }

  /** A value as it is now, under the name that it has now. */
  #current(name: string, scope: Scope, type: number, node: Node): string {
    if (name === '' || type !== FLOAT) return name;
    const owner = find(scope, name);
    // A Cast takes either; what is FP32 is not made FP16 for it first.
    if (node.opType === 'Cast' && owner?.now.get(name) === FLOAT16) return this.#asHalf(name, scope);
    return this.#asSingle(name, scope);
  }

  #asHalf(name: string, scope: Scope): string {
    const owner = find(scope, name);
    if (owner === null || owner.before.get(name) !== FLOAT) return name;
    const tensor = owner.tensors.get(name);
    if (tensor !== undefined) {
      const known = owner.half.get(name);
      if (known !== undefined) return known;
      // The FP32 form may be needed as well, so that this one has a name of its own.
      const half = freshName(this.#names, `${name}_fp16`);
      owner.half.set(name, half);
      owner.written.set(half, this.#half(tensor, half));
      this.changed++;
      return half;
    }
    if (owner.now.get(name) === FLOAT16) return owner.half.get(name) ?? name;
    return this.#cast(name, owner.single.get(name) ?? name, scope, 'half');
  }

  #asSingle(name: string, scope: Scope): string {
    const owner = find(scope, name);
    if (owner === null || owner.before.get(name) !== FLOAT) return name;
    const tensor = owner.tensors.get(name);
    if (tensor !== undefined) {
      owner.written.set(name, tensor);
      return name;
    }
    if (owner.now.get(name) === FLOAT) return name;
    return this.#cast(name, owner.half.get(name) ?? name, scope, 'single');
  }

  /** A Cast in the scope that asks for it; made once there. */
  #cast(name: string, current: string, scope: Scope, form: 'single' | 'half'): string {
    for (let each: Scope | null = scope; each !== null; each = each.outer) {
      const known = each[form].get(name);
      if (known !== undefined) return known;
    }
    const output = freshName(this.#names, `${name}_${form === 'half' ? 'fp16' : 'fp32'}`);
    scope.nodes.push(madeNode('Cast', [current], output, { to: int(form === 'half' ? FLOAT16 : FLOAT) }));
    scope[form].set(name, output);
    return output;
  }

  /** Brings an output of the graph into its type: FP32 in the main graph, FP16 in sub-graphs. */
  #output(name: string, scope: Scope, isRoot: boolean): void {
    const owner = find(scope, name);
    if (owner === null || owner.before.get(name) !== FLOAT) return;
    if (isRoot) {
      if (owner.tensors.has(name)) this.#asSingle(name, scope);
      else if (owner.now.get(name) === FLOAT16) {
        scope.nodes.push(madeNode('Cast', [owner.half.get(name) ?? name], name, { to: int(FLOAT) }));
      }
    } else this.#asHalf(name, scope);
  }

  /** An output of a sub-graph, whose name does not matter outside of it. */
  #outputInfo(output: ValueInfo, scope: Scope): ValueInfo {
    const owner = find(scope, output.name);
    if (owner?.before.get(output.name) !== FLOAT) return output;
    return {
      ...output,
      name: this.#asHalf(output.name, scope),
      dataType: output.dataType === FLOAT ? FLOAT16 : output.dataType,
    };
  }

  #initializers(graph: Graph, scope: Scope): ReadonlyMap<string, Tensor> {
    const others = [...graph.initializers].filter(([, { dataType }]) => dataType !== FLOAT);
    return new Map([...others, ...scope.written]);
  }

  #half(tensor: Tensor, name: string): Tensor {
    const half: Tensor = { ...tensor, name, dataType: FLOAT16 };
    this.origins.set(half, tensor);
    if (isMade(tensor))
      this.clamped += (tensor.values ?? []).filter(
        (value) => Number.isFinite(value) && Math.abs(value) >= 65_520,
      ).length;
    return half;
  }
}

function find(scope: Scope, name: string): Scope | null {
  for (let each: Scope | null = scope; each !== null; each = each.outer) if (each.before.has(name)) return each;
  return null;
}

function halved(dataType: number): number {
  return dataType === FLOAT ? FLOAT16 : dataType;
}

function halfInfo(info: ValueInfo): ValueInfo {
  return { ...info, dataType: halved(info.dataType) };
}

/** Statistics of LayerNormalization, which it computes in FP32 (its attribute stash_type). */
function staysSingleOutput(node: Node, index: number): boolean {
  return node.opType === 'LayerNormalization' && index > 0 && intOf(node, 'stash_type', 1) === FLOAT;
}

/** Resize of opset 10 has its scales where later ones have the region. */
function isResizeOfOpset10(node: Node): boolean {
  return node.opType === 'Resize' && node.inputs.length === 2;
}
