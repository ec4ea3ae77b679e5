import type { Node } from '../model';
import type { WorkBudget } from '../../work-budget';
import type { Scope } from './scope';

/** A node of the resolved graph: branches and loops that could be decided are replaced by their bodies. */
export interface ResolvedNode {
  readonly node: Node;
  /** How often it runs in one inference; more than once inside a loop. */
  readonly repeats: number;
}

/**
 * A body's nodes under names that the enclosing graph does not use, framed by Identity nodes that tie its inputs and
 * outputs to the node it replaces. Operands of If have no inputs; a loop's are (iteration, condition, carried...).
 */
export function inline(
  node: Node,
  inner: Scope,
  outer: Scope,
  body: readonly ResolvedNode[],
  repeats: number,
  budget: WorkBudget,
): ResolvedNode[] {
  const renamed = new Map<string, string>();
  const root = outer.root();
  const prefix = node.outputs.find((name) => name !== '') ?? node.name;
  for (const [name, value] of inner.own) {
    const unique = root.unusedName(`${prefix}/${name}`);
    budget.text(unique.length);
    root.own.set(unique, value);
    renamed.set(name, unique);
  }
  const rename = (name: string) => renamed.get(name) ?? name;
  const identity = (from: string, to: string): ResolvedNode => ({
    node: { name: '', opType: 'Identity', domain: '', inputs: [from], outputs: [to], attributes: new Map() },
    repeats,
  });
  const frame: ResolvedNode[] = [];
  for (const [index, input] of inner.graph.inputs.entries()) {
    const from = node.inputs[index];
    if (from) frame.push(identity(from, rename(input.name)));
  }
  for (const { node: member, repeats: times } of body) {
    frame.push({
      node: { ...member, inputs: member.inputs.map(rename), outputs: member.outputs.map(rename) },
      repeats: times,
    });
  }
  // A loop body's first output is its condition, which the loop does not return.
  const skip = inner.graph.outputs.length - node.outputs.length;
  for (const [index, output] of node.outputs.entries()) {
    const from = inner.graph.outputs[index + Math.max(0, skip)];
    if (output !== '' && from) frame.push(identity(rename(from.name), output));
  }
  return frame;
}
