import { DataType } from '../data-types';
import type { Attribute, Node } from '../model';
import { int, ints, NodeReader } from '../attributes';
import { madeNode, type RewriteContext } from './draft';

/**
 * Writes an operator with others and gives the value that takes the place of its first output; null where that cannot be
 * done.
 */
export type Decomposition = (body: Body, inputs: Inputs) => string | null;

export type Inputs = readonly string[];

/** Writes the nodes of one decomposition; what its last one gives has the name of the original's output. */
export class Body extends NodeReader {
  readonly nodes: Node[] = [];
  readonly #base: string;

  constructor(
    node: Node,
    readonly context: RewriteContext,
  ) {
    super(node);
    this.#base = node.outputs[0] ?? '';
  }

  add(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const output = this.context.fresh(`${this.#base}_${opType}`);
    this.nodes.push(madeNode(opType, inputs, output, attributes));
    return output;
  }

  /** A number of the type of the original's first input. */
  scalar(value: number): string {
    return this.constant([], [value]);
  }

  /** Numbers of the type of the original's first input. */
  constant(dims: readonly number[], values: readonly number[]): string {
    return this.context.addConstant(`${this.#base}_constant`, this.type(), dims, values);
  }

  integer(value: number): string {
    return this.context.addConstant(`${this.#base}_constant`, DataType.INT64, [], [value]);
  }

  list(values: readonly number[]): string {
    return this.context.addConstant(`${this.#base}_constant`, DataType.INT64, [values.length], values);
  }

  type(): number {
    return this.context.elementType(this.node.inputs[0] ?? '') || DataType.FLOAT;
  }

  mean(input: string, axes: readonly number[]): string {
    return this.reduce('ReduceMean', input, axes, 18);
  }

  sum(input: string, axes: readonly number[]): string {
    return this.reduce('ReduceSum', input, axes, 13, 0);
  }

  /** Reduces axes, which are an input from opset `since` on. */
  reduce(opType: string, input: string, axes: readonly number[], since: number, keepdims = 1): string {
    const kept = { keepdims: int(keepdims) };
    if (this.context.opset < since) return this.add(opType, [input], { axes: ints(axes), ...kept });
    return this.add(opType, [input, this.list(axes)], kept);
  }

  unsqueeze(input: string, axes: readonly number[]): string {
    if (axes.length === 0) return input;
    if (this.context.opset < 13) return this.add('Unsqueeze', [input], { axes: ints(axes) });
    return this.add('Unsqueeze', [input, this.list(axes)]);
  }

  /** Axes in another order; the same value where they are in order. */
  transpose(input: string, order: readonly number[]): string {
    return order.every((axis, index) => axis === index) ? input : this.add('Transpose', [input], { perm: ints(order) });
  }

  reshape(input: string, shape: string): string {
    return this.add('Reshape', [input, shape], this.context.opset < 14 ? {} : { allowzero: int(0) });
  }

  /** Gives a value under the name of a further output of the original, where that has it. */
  alias(value: string, output: string | undefined): void {
    if (output !== undefined && output !== '') this.nodes.push(madeNode('Identity', [value], output));
  }

  /** All nodes, with `value` as the original's output. */
  end(value: string): readonly Node[] {
    const last = this.nodes.findIndex(({ outputs }) => outputs[0] === value);
    const { outputs } = this.node;
    return this.nodes.map((node, index) =>
      index === last ? { ...node, name: outputs[0]!, outputs: [outputs[0]!] } : node,
    );
  }
}
