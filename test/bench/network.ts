/**
 * How long the network view takes for a network of a thousand kernels, and for the fixtures' largest: putting the view
 * together, and laying it out with all blocks drawn and with repeated ones collapsed. CPU time; bound: one second.
 *
 * Usage: node scripts/run-typescript.mjs test/bench/network.ts
 */
import { readFileSync } from 'node:fs';
import { memorySource } from '../../src/core/onnx/byte-source';
import { readModel } from '../../src/core/onnx/read';
import { networkView, type NetworkView } from '../../src/core/present/network-view';
import { kernelsAt } from '../../src/core/profile/profile-model';
import { layOut } from '../../webview-ui/network/layout';

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

function time<T>(name: string, task: () => T): T {
  const before = process.cpuUsage();
  const result = task();
  const { user, system } = process.cpuUsage(before);
  console.log(`${name.padEnd(52)} ${((user + system) / 1000).toFixed(0).padStart(6)} ms`);
  return result;
}

layOut(residual(50), new Set()); // warm
time('residual network, 1,000 kernels', () => layOut(residual(1000), new Set()));
for (const file of ['resnet152.folded.onnx', 'densenet201.folded.onnx', 'swin_t.unfolded-scrambled.onnx']) {
  const read = await readModel(memorySource(readFileSync(`test/fixtures/exported/${file}`)));
  if (!read.ok) throw new Error(`${file}: ${read.error.message}`);
  const kernels = kernelsAt(read.value, {});
  if (!kernels.ok) throw new Error(`${file}: ${kernels.error.message}`);
  const view = time(`${file}: view of ${kernels.value.length} kernels`, () => networkView(kernels.value, null));
  time(`  laid out, ${view.blocks.length} repeated blocks collapsed`, () => layOut(view, new Set()));
  time('  laid out, all drawn', () => layOut(view, new Set(view.blocks.map(({ first }) => first))));
}
