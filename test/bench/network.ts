/**
 * npm run bench:network: how long the network view takes for a network of a thousand kernels, and for the fixtures'
 * largest: putting the view together, and laying it out with all blocks drawn and with repeated ones collapsed, in
 * processor time. Its peer in the same run lays out the same kernels by dagre alone. Fails where what opens first, with
 * repeated blocks collapsed, takes more than a second.
 */
import { Graph, layout } from '@dagrejs/dagre';
import { readFileSync } from 'node:fs';
import { memorySource } from '../../src/core/onnx/byte-source';
import { readModel } from '../../src/core/onnx/read';
import { networkView, type NetworkView } from '../../src/core/present/network-view';
import { kernelsAt } from '../../src/core/profile/profile-model';
import { layOut } from '../../webview-ui/network/layout';
import { figure } from './figure.mjs';

/** A residual network of `count` kernels, each block of which has widths of its own, so that none is collapsed. */
function residual(count: number): NetworkView {
  const nodes = Array.from({ length: count }, (_, index) => ({
    name: `layer${index}`,
    output: `value${index}`,
    operators: 'Conv + Relu',
    shape: `1 × ${index} × 14 × 14`,
    latencyMs: 0.1,
    share: 1 / count,
    bound: 'memory' as const,
    sources: index === 0 ? [] : index % 3 === 0 && index >= 3 ? [index - 1, index - 3] : [index - 1],
    facts: [],
  }));
  return { nodes, blocks: [], kernels: count };
}

const mostMs = 1000;

function time<T>(name: string, task: () => T): { readonly result: T; readonly ms: number } {
  const before = process.cpuUsage();
  const result = task();
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1000;
  console.log(`${name.padEnd(52)} ${ms.toFixed(0).padStart(6)} ms`);
  return { result, ms };
}

/** Every kernel of the size of its box on average, and every value. */
function layOutByDagre({ nodes }: NetworkView): void {
  const graph = new Graph().setGraph({}).setDefaultEdgeLabel(() => ({}));
  for (const [index, { sources }] of nodes.entries()) {
    graph.setNode(String(index), { width: 180, height: 40 });
    for (const source of sources) graph.setEdge(String(source), String(index));
  }
  layout(graph);
}

layOut(residual(50), new Set()); // warm
layOutByDagre(residual(50));
const large = residual(1000);
const peer = time('residual network, 1,000 kernels, by dagre alone', () => layOutByDagre(large));
const own = time('residual network, 1,000 kernels', () => layOut(large, new Set()));
let longestMs = 0;
for (const file of ['resnet152.folded.onnx', 'densenet201.folded.onnx', 'swin_t.unfolded-scrambled.onnx']) {
  const read = await readModel(memorySource(readFileSync(`test/fixtures/exported/${file}`)));
  if (!read.ok) throw new Error(`${file}: ${read.error.message}`);
  const kernels = kernelsAt(read.value, {});
  if (!kernels.ok) throw new Error(`${file}: ${kernels.error.message}`);
  const { result: view, ms } = time(`${file}: view of ${kernels.value.length} kernels`, () =>
    networkView(kernels.value, null),
  );
  const collapsed = time(`  laid out, ${view.blocks.length} repeated blocks collapsed`, () => layOut(view, new Set()));
  longestMs = Math.max(longestMs, ms + collapsed.ms);
  time('  laid out, all drawn', () => layOut(view, new Set(view.blocks.map(({ first }) => first))));
}
figure({
  what: 'network view of 1,000 kernels',
  value: own.ms,
  unit: 'ms',
  peer: ['dagre alone', peer.ms],
  bound: mostMs,
});
figure({
  what: 'network view of the slowest fixture, blocks collapsed',
  value: longestMs,
  unit: 'ms',
  peer: ['dagre alone, 1,000 kernels', peer.ms],
  bound: mostMs,
});
