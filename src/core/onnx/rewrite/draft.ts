import { constantTensor, graphsOf, madeTensor, subgraphsOf, withGraphs } from '../attributes';
import type { Attribute, Dimension, Graph, Model, Node, Tensor } from '../model';
import { inferShapes } from '../shapes/infer';
import { knownElements, staticShape, type InferredValue } from '../shapes/value';

/** Nodes in place of one; null leaves it as it is. */
export type NodeRewrite = (node: Node, context: RewriteContext) => readonly Node[] | null;

/** What a rewrite knows of the graph around a node, and what it may add to it. */
export interface RewriteContext {
  /** Version of the node's opset. */
  readonly opset: number;
  /** A tensor whose values are known: of an initializer, a Constant, or arithmetic with these and with shapes. */
  constant(name: string): Tensor | null;
  /** TensorProto.DataType number of a value; 0 when unknown. */
  elementType(name: string): number;
  shape(name: string): readonly Dimension[] | null;
  /** A name that no value of the model has. */
  fresh(hint: string): string;
  /** Adds an initializer with these values and returns its name. */
  addConstant(hint: string, dataType: number, dims: readonly number[], values: readonly number[]): string;
}

/** Applies a rewrite to every node of a model, sub-graphs included. The same model where nothing is to be done. */
export function rewriteNodes(model: Model, rewrite: NodeRewrite): Model {
  const names = valueNames(model.graph);
  let inferred: ReadonlyMap<string, InferredValue> | null = null;
  const values = (): ReadonlyMap<string, InferredValue> => {
    if (inferred === null) {
      const shapes = inferShapes(model);
      inferred = shapes.ok ? shapes.value.values : new Map();
    }
    return inferred;
  };
  const graph = rewriteGraph(model.graph, [], { opset: model.opsets.get('') ?? 1, names, values, rewrite });
  return graph === model.graph ? model : { ...model, graph: withoutUnused(graph) };
}

interface Work {
  readonly opset: number;
  readonly names: Set<string>;
  readonly values: () => ReadonlyMap<string, InferredValue>;
  readonly rewrite: NodeRewrite;
}

function rewriteGraph(graph: Graph, outer: readonly Graph[], work: Work): Graph {
  const scopes = [graph, ...outer];
  const added = new Map<string, Tensor>();
  const constants = scopes.map(constantsOf);
  const context = (node: Node): RewriteContext => ({
    opset: node.opset ?? work.opset,
    constant: (name) =>
      added.get(name) ?? constants.find((known) => known.has(name))?.get(name) ?? computed(work.values().get(name)),
    elementType: (name) => work.values().get(name)?.elementType || stated(scopes, name)?.dataType || 0,
    shape: (name) => work.values().get(name)?.shape ?? stated(scopes, name)?.shape ?? null,
    fresh: (hint) => freshName(work.names, hint),
    addConstant: (hint, dataType, dims, values) => {
      const name = freshName(work.names, hint);
      added.set(name, madeTensor(name, dataType, dims, values));
      return name;
    },
  });
  let changed = false;
  const nodes = graph.nodes.flatMap((node) => {
    const inner = withSubgraphs(node, (body) => rewriteGraph(body, scopes, work));
    const replaced = work.rewrite(inner, context(inner));
    changed ||= inner !== node || replaced !== null;
    return replaced ?? [inner];
  });
  if (!changed) return graph;
  return { ...graph, nodes, initializers: new Map([...graph.initializers, ...added]) };
}

/** What arithmetic with constants and known shapes gives, as a tensor; null where any of it is open. */
function computed(value: InferredValue | undefined): Tensor | null {
  const [values, dims] = [knownElements(value), staticShape(value?.shape ?? null)];
  return values === null || dims === null || !value ? null : madeTensor('', value.elementType, dims, values);
}

/** A node with its sub-graphs replaced; the same node where they stay the same. */
export function withSubgraphs(node: Node, replace: (graph: Graph) => Graph): Node {
  let attributes: Map<string, Attribute> | null = null;
  for (const [name, attribute] of node.attributes) {
    const graphs = graphsOf(attribute);
    const replaced = graphs.map(replace);
    if (replaced.every((graph, index) => graph === graphs[index])) continue;
    attributes ??= new Map(node.attributes);
    let next = 0;
    attributes.set(
      name,
      withGraphs(attribute, () => replaced[next++]!),
    );
  }
  return attributes === null ? node : { ...node, attributes };
}

/** A node that a rewrite makes; it is named after what it gives. */
export function madeNode(
  opType: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, Attribute>> = {},
): Node {
  return {
    name: output,
    opType,
    domain: '',
    inputs,
    outputs: [output],
    attributes: new Map(Object.entries(attributes)),
  };
}

/** Names of all values, in sub-graphs too. */
export function valueNames(graph: Graph, names = new Set<string>()): Set<string> {
  for (const name of graph.initializers.keys()) names.add(name);
  for (const { name } of [...graph.inputs, ...graph.outputs]) names.add(name);
  for (const node of graph.nodes) {
    for (const name of node.outputs) names.add(name);
    for (const name of node.inputs) names.add(name);
    for (const inner of subgraphsOf(node)) valueNames(inner, names);
  }
  return names;
}

export function freshName(names: Set<string>, hint: string): string {
  let name = hint;
  for (let number = 1; names.has(name); number++) name = `${hint}_${number}`;
  names.add(name);
  return name;
}

/** The tensor that a Constant node of ONNX gives; null for text, sparse tensors and other nodes. */
export function tensorOfConstant(node: Node): Tensor | null {
  const tensor = node.opType === 'Constant' && node.domain === '' ? constantTensor(node) : null;
  return tensor?.sparse === false ? tensor : null;
}

function constantsOf(graph: Graph): ReadonlyMap<string, Tensor> {
  const constants = new Map<string, Tensor>();
  for (const [name, tensor] of graph.initializers) if (tensor.values !== null) constants.set(name, tensor);
  for (const node of graph.nodes) {
    const tensor = tensorOfConstant(node);
    if (tensor?.values) constants.set(tensor.name, tensor);
  }
  return constants;
}

function stated(scopes: readonly Graph[], name: string) {
  for (const graph of scopes) {
    const info = graph.valueInfos.get(name) ?? [...graph.inputs, ...graph.outputs].find((value) => value.name === name);
    if (info !== undefined) return info;
  }
  return undefined;
}

/** Without initializers and Constant nodes that nothing reads any more. */
export function withoutUnused(graph: Graph): Graph {
  const read = new Set<string>();
  const note = (inner: Graph): void => {
    for (const { name } of inner.outputs) read.add(name);
    for (const node of inner.nodes) {
      for (const name of node.inputs) read.add(name);
      subgraphsOf(node).forEach(note);
    }
  };
  note(graph);
  const prune = (inner: Graph): Graph => ({
    ...inner,
    initializers: new Map([...inner.initializers].filter(([name]) => read.has(name))),
    nodes: inner.nodes
      .filter((node) => node.opType !== 'Constant' || node.outputs.some((name) => read.has(name)))
      .map((node) => withSubgraphs(node, prune)),
  });
  return prune(graph);
}
