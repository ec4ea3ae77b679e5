import type { Attribute, Graph, Node } from '../../onnx/model';

/**
 * Nodes of a graph in an order in which every node comes after those that feed it. ONNX demands that of the
 * file, but a hostile or careless one may break it; nodes on a cycle are left out.
 */
export function topologicalOrder(graph: Graph): Node[] {
  const producer = new Map<string, number>();
  graph.nodes.forEach((node, index) => {
    for (const output of node.outputs) if (output !== '') producer.set(output, index);
  });
  const waiting = new Array<number>(graph.nodes.length).fill(0);
  const followers: number[][] = graph.nodes.map(() => []);
  graph.nodes.forEach((node, index) => {
    for (const name of new Set([...node.inputs, ...capturedValues(node)])) {
      const from = producer.get(name);
      if (from === undefined) continue;
      followers[from]?.push(index);
      waiting[index] = (waiting[index] ?? 0) + 1;
    }
  });
  if (isSorted(followers)) return [...graph.nodes];
  const ready = waiting.flatMap((count, index) => (count === 0 ? [index] : []));
  const sorted: Node[] = [];
  for (let next = 0; next < ready.length; next++) {
    const index = ready[next] as number;
    sorted.push(graph.nodes[index] as Node);
    for (const follower of followers[index] as number[]) {
      const left = (waiting[follower] as number) - 1;
      waiting[follower] = left;
      if (left === 0) ready.push(follower);
    }
  }
  return sorted;
}

function isSorted(followers: readonly (readonly number[])[]): boolean {
  return followers.every((list, index) => list.every((follower) => follower > index));
}

const capturedBefore = new WeakMap<Node, ReadonlySet<string>>();

/** Names of outer values that the sub-graphs of a node use: its hidden inputs. Remembered, as graphs nest. */
function capturedValues(node: Node): ReadonlySet<string> {
  const known = capturedBefore.get(node);
  if (known !== undefined) return known;
  const names = new Set<string>();
  const visit = (attribute: Attribute): void => {
    const graphs = attribute.kind === 'graph' ? [attribute.value] : attribute.kind === 'graphs' ? attribute.values : [];
    for (const graph of graphs) {
      const inner = new Set([...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()]);
      for (const { outputs } of graph.nodes) for (const output of outputs) inner.add(output);
      const add = (name: string): void => {
        if (!inner.has(name)) names.add(name);
      };
      for (const each of graph.nodes) {
        each.inputs.forEach(add);
        capturedValues(each).forEach(add);
      }
      for (const output of graph.outputs) add(output.name);
    }
  };
  node.attributes.forEach(visit);
  capturedBefore.set(node, names);
  return names;
}
