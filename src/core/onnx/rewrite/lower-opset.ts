import { subgraphsOf } from '../attributes';
import { DataType } from '../data-types';
import type { Graph, Model, Node } from '../model';
import { rewriteNodes, type RewriteContext } from './draft';
import { introducedIn, newestKnownOpset, opsetChanges } from './opset-changes';

/** A model at a lower opset. */
export interface Lowered {
  readonly model: Model;
  /** The opset that it has now, and whether any operator had to be written otherwise for that. */
  readonly opset: number;
  readonly isRewritten: boolean;
}

/**
 * The model at the lowest opset, not below `target`, that all its operators allow; the model itself where it is not
 * above `target` or cannot be lowered.
 */
export function lowerOpset(model: Model, target: number): Lowered {
  const own = model.opsets.get('') ?? 1;
  const same: Lowered = { model, opset: own, isRewritten: false };
  if (own > newestKnownOpset) return same;
  for (let opset = Math.max(1, target); opset < own; opset++) {
    const lowered = lowerTo(model, opset);
    if (lowered !== null) return lowered;
  }
  return same;
}

function lowerTo(model: Model, opset: number): Lowered | null {
  if (!allExist(model.graph, opset)) return null;
  let isRewritten = false;
  let isPossible = true;
  const changed = rewriteNodes(model, (node, context) => {
    const lowered = isPossible ? lowerNode(node, context, opset) : null;
    if (lowered === null) isPossible = false;
    else isRewritten ||= lowered.isRewritten;
    return lowered?.nodes ?? null;
  });
  if (!isPossible) return null;
  const irVersion = hasNewTypes(model.graph) ? model.irVersion : Math.min(model.irVersion, irOf(opset));
  return { model: { ...changed, irVersion, opsets: new Map([...model.opsets, ['', opset]]) }, opset, isRewritten };
}

/** A node at a lower opset; null where it has no such form. */
function lowerNode(
  node: Node,
  context: RewriteContext,
  opset: number,
): { nodes: readonly Node[]; isRewritten: boolean } | null {
  if (node.domain !== '') return { nodes: [node], isRewritten: false };
  const nodes: Node[] = [];
  let last = withoutOpset(node);
  let isRewritten = false;
  for (const change of opsetChanges.get(node.opType) ?? []) {
    // The body of a model-local function may be of an older opset than the model: nothing is made newer here.
    if (change.version > opset && change.version > context.opset) continue;
    if (change.version <= opset && change.version <= context.opset) continue;
    if (change.version <= opset) return null;
    const undone = change.undo(last, context);
    if (undone === null) return null;
    if (undone === 'same') continue;
    isRewritten ||= undone.isRewritten;
    // What comes before the last node is of a form that every opset has.
    for (const node of undone.nodes.slice(0, -1)) nodes.push(node);
    last = undone.nodes.at(-1)!;
  }
  return { nodes: [...nodes, last], isRewritten };
}

function withoutOpset(node: Node): Node {
  if (node.opset === undefined) return node;
  const copy: { -readonly [key in keyof Node]: Node[key] } = { ...node };
  delete copy.opset;
  return copy;
}

function allExist(graph: Graph, opset: number): boolean {
  return graph.nodes.every(
    (node) =>
      (node.domain !== '' || (introducedIn.get(node.opType) ?? 0) <= opset) &&
      subgraphsOf(node).every((inner) => allExist(inner, opset)),
  );
}

/** The version of the file format that came with an opset: docs/Versioning.md of ONNX. */
export function irOf(opset: number): number {
  // Versions 6, 7, … came with these.
  const came = [11, 12, 15, 19, 21, 23, 24, 25].filter((from) => from <= opset).length;
  return came === 0 ? 4 : 5 + came;
}

/** Types of fewer than eight bits or of eight-bit floating point came with the file format's versions 9 and later. */
function hasNewTypes(graph: Graph): boolean {
  for (const { dataType } of graph.initializers.values()) if (dataType > DataType.BFLOAT16) return true;
  return graph.nodes.some((node) => subgraphsOf(node).some(hasNewTypes));
}
