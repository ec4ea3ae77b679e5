import type { Attribute, Model, Node, Tensor } from '../../../../src/core/onnx/model';

/** A node without a name. */
export function makeNode(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
): Node {
  return { name: '', opType, domain: '', inputs, outputs, attributes: new Map(Object.entries(attributes)) };
}

/** A float tensor without payload, or with the given values. */
export function makeTensor(name: string, dims: readonly number[], values: readonly number[] | null = null): Tensor {
  const elements = dims.reduce((product, dim) => product * dim, 1);
  const payload = { kind: 'absent' } as const;
  return { name, dims, elements, dataType: 1, payload, values, sparse: false, storedElements: elements };
}

/** The same model with every node replaced by what `change` makes of it, and tensors added. */
export function rewriteNodes(
  model: Model,
  change: (node: Node, index: number) => readonly Node[],
  added: readonly Tensor[] = [],
): Model {
  const { graph } = model;
  const initializers = new Map([...graph.initializers, ...added.map((tensor) => [tensor.name, tensor] as const)]);
  return { ...model, graph: { ...graph, nodes: graph.nodes.flatMap(change), initializers } };
}

/** Another operator in the place of one kind, reading the first input alone. */
export function replaceOperator(model: Model, from: string, to: string, attributes?: Record<string, Attribute>): Model {
  return rewriteNodes(model, (node) =>
    node.opType === from ? [makeNode(to, node.inputs.slice(0, 1), node.outputs, attributes)] : [node],
  );
}

/** Another tensor in the place of the weight that a node takes at `position`. */
export function replaceWeight(model: Model, node: Node, position: number, dims: readonly number[]): Model {
  const name = node.inputs[position] ?? '';
  return rewriteNodes(model, (each) => [each], [makeTensor(name, dims)]);
}

/** Operators put after the main output, reading `x` and writing `y`. */
export function append(
  model: Model,
  make: (x: string, y: string) => readonly Node[],
  added?: readonly Tensor[],
): Model {
  const [output, ...others] = model.graph.outputs;
  if (output === undefined) return model;
  const inner = `${output.name} before`;
  const renamed = rewriteNodes(
    model,
    (node) => [{ ...node, outputs: node.outputs.map((name) => (name === output.name ? inner : name)) }],
    added,
  );
  const nodes = [...renamed.graph.nodes, ...make(inner, output.name)];
  return { ...renamed, graph: { ...renamed.graph, nodes, outputs: [output, ...others] } };
}
