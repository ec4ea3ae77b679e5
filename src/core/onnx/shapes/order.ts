import { t } from '../../language';
import { type Result, failure, success } from '../../result';
import { shortName } from '../../text';
import { subgraphsOf } from '../attributes';
import type { Graph, Node } from '../model';

/**
 * A graph's nodes with every producer before its consumers; file order where that already holds, as ONNX demands.
 * Fails with `cycle` when a value depends on itself and `invalid-graph` when two nodes produce one value.
 */
export function orderNodes(graph: Graph): Result<readonly Node[]> {
  if (isInOrder(graph)) return success(graph.nodes);
  const producers = new Map<string, number>();
  for (const [index, node] of graph.nodes.entries()) {
    for (const output of node.outputs) {
      if (output === '') continue;
      if (producers.has(output)) {
        return failure(
          'invalid-graph',
          t('Two nodes of the graph produce the value "{0}". Export the model again.', shortName(output)),
        );
      }
      producers.set(output, index);
    }
  }

  const ordered: Node[] = [];
  const state = new Uint8Array(graph.nodes.length);
  const open = 1;
  const done = 2;
  for (let root = 0; root < graph.nodes.length; root++) {
    if (state[root] !== 0) continue;
    // An explicit stack: a hostile file may chain more nodes than the call stack holds.
    const stack = [{ index: root, pending: dependencies(graph, root, producers) }];
    state[root] = open;
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const next = top.pending.pop();
      if (next === undefined) {
        state[top.index] = done;
        ordered.push(graph.nodes[top.index]!);
        stack.pop();
      } else if (state[next] === open) {
        const node = graph.nodes[next]!;
        return failure(
          'cycle',
          t('The graph has a cycle: node {0} depends on its own output. Export the model again.', label(node)),
        );
      } else if (state[next] === 0) {
        state[next] = open;
        stack.push({ index: next, pending: dependencies(graph, next, producers) });
      }
    }
  }
  return success(ordered);
}

/** Whether each node of a graph comes after those that give what it reads, and no two give one value. */
export function isInOrder(graph: Graph): boolean {
  const [first, second] = graph.nodes;
  // Thousands of nested branches hold a single node each.
  if (second === undefined && (first?.outputs.length ?? 0) <= fewOutputs) return first === undefined || isAlone(first);
  let answer = inOrder.get(graph);
  if (answer === undefined) inOrder.set(graph, (answer = checkOrder(graph)));
  return answer;
}

/** Every stage asks, and at every size. */
const inOrder = new WeakMap<Graph, boolean>();

/** So many are compared with each other; more are looked up. */
const fewOutputs = 8;

function isAlone(node: Node): boolean {
  const outputs = node.outputs.filter((output) => output !== '');
  const reads = readNames(node);
  return outputs.every((output, index) => !reads.includes(output) && outputs.indexOf(output) === index);
}

function checkOrder(graph: Graph): boolean {
  const given = new Set<string>();
  const readBefore = new Set<string>();
  for (const node of graph.nodes) {
    for (const name of readNames(node)) if (!given.has(name)) readBefore.add(name);
    for (const output of node.outputs) {
      if (output === '') continue;
      if (given.has(output) || readBefore.has(output)) return false;
      given.add(output);
    }
  }
  return true;
}

/** How a node is called in messages: its name, or its first output's, with the operator. */
export function label(node: Node): string {
  const name = node.name || node.outputs.find((output) => output !== '') || t('without a name');
  return `"${shortName(name)}" (${shortName(operatorName(node))})`;
}

/** `Conv`, or `com.microsoft.FusedConv` outside the default domain. */
export function operatorName(node: Pick<Node, 'domain' | 'opType'>): string {
  return node.domain === '' || node.domain === 'ai.onnx' ? node.opType : `${node.domain}.${node.opType}`;
}

/** Indices of the nodes that produce what this one reads, the one to visit first last. */
function dependencies(graph: Graph, index: number, producers: ReadonlyMap<string, number>): number[] {
  const result: number[] = [];
  for (const name of readNames(graph.nodes[index]!)) {
    const producer = producers.get(name);
    if (producer !== undefined) result.push(producer);
  }
  return result.reverse();
}

export function hasSubgraphs({ attributes }: Node): boolean {
  for (const { kind } of attributes.values()) if (kind === 'graph' || kind === 'graphs') return true;
  return false;
}

/** Names of the values that a node reads, those that its sub-graphs capture included. */
export function readNames(node: Node): readonly string[] {
  if (!hasSubgraphs(node)) return node.inputs;
  const known = readByNode.get(node);
  if (known !== undefined) return known;
  const names = new Set(node.inputs);
  for (const graph of subgraphsOf(node)) for (const name of capturedNames(graph)) names.add(name);
  const all = [...names];
  readByNode.set(node, all);
  return all;
}

/** What nodes with sub-graphs read: asked for by every stage, and costly for sub-graphs in sub-graphs. */
const readByNode = new WeakMap<Node, readonly string[]>();

function capturedNames(graph: Graph): readonly string[] {
  const own = new Set<string>(graph.initializers.keys());
  for (const input of graph.inputs) own.add(input.name);
  for (const node of graph.nodes) for (const output of node.outputs) own.add(output);
  const captured = new Set<string>();
  const note = (name: string) => {
    if (name !== '' && !own.has(name)) captured.add(name);
  };
  for (const node of graph.nodes) readNames(node).forEach(note);
  for (const output of graph.outputs) note(output.name);
  return [...captured];
}
