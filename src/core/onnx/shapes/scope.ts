import type { Graph, Tensor, ValueInfo } from '../model';
import { type InferredValue, trackable } from './value';

/** The values that one graph's nodes can read: its own, then those of the graphs around it. */
export class Scope {
  private readonly outputs: ReadonlyMap<string, ValueInfo>;
  private readonly suffixes = new Map<string, number>();

  constructor(
    readonly graph: Graph,
    private readonly outer: Scope | null,
    readonly own: Map<string, InferredValue>,
  ) {
    this.outputs = new Map(graph.outputs.map((output) => [output.name, output]));
  }

  find(name: string): InferredValue | undefined {
    return this.own.get(name) ?? this.outer?.find(name);
  }

  stated(name: string): ValueInfo | undefined {
    return this.outputs.get(name) ?? this.graph.valueInfos.get(name);
  }

  root(): Scope {
    return this.outer?.root() ?? this;
  }

  /** The name itself, or with a number behind it where it is taken. */
  unusedName(name: string): string {
    let unused = name;
    let suffix = this.suffixes.get(name) ?? 0;
    while (this.own.has(unused)) unused = `${name}#${++suffix}`;
    this.suffixes.set(name, suffix);
    return unused;
  }
}

/** What is known of an initializer. */
export function ofTensor(tensor: Tensor): InferredValue {
  const elements = tensor.values?.length === tensor.elements ? trackable(tensor.values) : null;
  return { elementType: tensor.dataType, shape: tensor.dims, elements, origin: 'constant' };
}
