import type { Graph, Node } from '../../onnx/model';
import { isInOrder, readNames } from '../../onnx/shapes/order';

/**
 * Nodes of a graph in an order in which every node comes after those that feed it. ONNX demands that of the
 * file, but a hostile or careless one may break it; nodes on a cycle are left out.
 */
export function topologicalOrder(graph: Graph): readonly Node[] {
  if (isInOrder(graph)) return graph.nodes;
  const producer = new Map<string, number>();
  graph.nodes.forEach((node, index) => {
    for (const output of node.outputs) if (output !== '') producer.set(output, index);
  });
  const waiting = new Array<number>(graph.nodes.length).fill(0);
  const followers: number[][] = graph.nodes.map(() => []);
  graph.nodes.forEach((node, index) => {
    for (const name of readNames(node)) {
      const from = producer.get(name);
      if (from === undefined) continue;
      followers[from]?.push(index);
      waiting[index] = (waiting[index] ?? 0) + 1;
    }
  });
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
