import { DataType } from './data-types';
import type { Attribute, Graph, Node, Tensor } from './model';
import { productOf } from './numbers';

/** The integer of an attribute, or `fallback` if it is absent or of another kind; so for the other kinds below. */
export function intOf<Fallback extends number | null = null>(node: Node, name: string, fallback = null as Fallback) {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'int' ? attribute.value : fallback;
}

export function floatOf<Fallback extends number | null = null>(node: Node, name: string, fallback = null as Fallback) {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'float' ? attribute.value : fallback;
}

export function stringOf<Fallback extends string | null = null>(node: Node, name: string, fallback = null as Fallback) {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'string' ? attribute.value : fallback;
}

/** What works on one node reads its attributes by these; one that is missing, or of another kind, has the fallback. */
export class NodeReader {
  constructor(readonly node: Node) {}

  int(name: string, fallback: number): number {
    return intOf(this.node, name, fallback);
  }

  float(name: string, fallback: number): number {
    return floatOf(this.node, name, fallback);
  }

  string(name: string, fallback: string): string {
    return stringOf(this.node, name, fallback);
  }
}

export function intsOf(node: Node, name: string): readonly number[] | null {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'ints' ? attribute.values : null;
}

export function tensorOf(node: Node, name: string): Tensor | null {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'tensor' ? attribute.value : null;
}

/** Sub-graphs that an attribute holds. */
export function graphsOf(attribute: Attribute): readonly Graph[] {
  if (attribute.kind === 'graph') return [attribute.value];
  return attribute.kind === 'graphs' ? attribute.values : none;
}

/** An attribute with its sub-graphs replaced; the same attribute if it has none. */
export function withGraphs(attribute: Attribute, replace: (graph: Graph) => Graph): Attribute {
  if (attribute.kind === 'graph') return { kind: 'graph', value: replace(attribute.value) };
  return attribute.kind === 'graphs' ? { kind: 'graphs', values: attribute.values.map(replace) } : attribute;
}

/** Sub-graphs of a node. */
export function subgraphsOf({ attributes }: Node): readonly Graph[] {
  let found: Graph[] | null = null;
  for (const attribute of attributes.values()) for (const graph of graphsOf(attribute)) (found ??= []).push(graph);
  return found ?? none;
}

const none: readonly Graph[] = [];

export function int(value: number): Attribute {
  return { kind: 'int', value };
}

export function ints(values: readonly number[]): Attribute {
  return { kind: 'ints', values };
}

export function float(value: number): Attribute {
  return { kind: 'float', value };
}

export function withAttribute(node: Node, name: string, value: Attribute): Node {
  return { ...node, attributes: new Map([...node.attributes, [name, value]]) };
}

export function withoutAttributes(node: Node, names: readonly string[]): Node {
  return { ...node, attributes: new Map([...node.attributes].filter(([name]) => !names.includes(name))) };
}

/** A tensor that no file has, of these values or, if they are null, described alone. */
export function madeTensor(
  name: string,
  dataType: number,
  dims: readonly number[],
  values: readonly number[] | null,
): Tensor {
  const elements = values?.length ?? productOf(dims);
  const payload = { kind: 'absent' } as const;
  return { name, dims, elements, dataType, payload, values, sparse: false, storedElements: elements };
}

/** The tensor that a Constant node gives, with its values where they are known; null for text. */
export function constantTensor({ attributes, outputs }: Node): Tensor | null {
  const name = outputs[0] ?? '';
  for (const attribute of attributes.values()) {
    switch (attribute.kind) {
      case 'tensor':
        return { ...attribute.value, name };
      case 'float':
        return madeTensor(name, DataType.FLOAT, [], [attribute.value]);
      case 'int':
        return madeTensor(name, DataType.INT64, [], [attribute.value]);
      case 'floats':
        return madeTensor(name, DataType.FLOAT, [attribute.values.length], attribute.values);
      case 'ints':
        return madeTensor(name, DataType.INT64, [attribute.values.length], attribute.values);
    }
  }
  return null;
}
