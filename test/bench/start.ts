/**
 * npm run bench:start: how long the command line takes for one model, against a Node.js that does nothing, and what a
 * thousand models take, against one. Fails beyond the bounds below.
 */
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { median } from '../../src/core/statistics';
import { figure } from './figure.mjs';
import { nodeUsage, type NodeUsage } from './node-usage';

const most = { timesNode: 3, manyMiB: 200 };
const rounds = 11;
const many = 1000;

const cli = path.resolve('dist/cli.js');
const idle: NodeUsage[] = [];
const one: NodeUsage[] = [];
for (let round = 0; round < rounds; round++) {
  idle.push(await nodeUsage(['-e', '0']));
  one.push(await nodeUsage([cli, 'predict', 'samples/resnet18.onnx']));
}
const medianOf = (runs: readonly NodeUsage[], of: 'ms' | 'cpuMs' | 'peakMiB') => median(runs.map((run) => run[of]));
console.log(
  `medians of ${rounds}; processor time: ${medianOf(one, 'cpuMs').toFixed(0)} ms, node -e 0 ${medianOf(idle, 'cpuMs').toFixed(0)} ms`,
);
figure({
  what: 'framecast predict of one model',
  value: medianOf(one, 'ms'),
  unit: 'ms',
  peer: ['node -e 0', medianOf(idle, 'ms')],
  bound: most.timesNode,
  bounded: 'ratio',
  reason: 'loading its code, and compiling what runs for the first time (BENCHMARKS.md)',
});

const folder = await mkdtemp(path.join(tmpdir(), 'framecast-bench-'));
try {
  const fixtures = (await readdir('test/fixtures/exported')).filter((name) => name.endsWith('.onnx'));
  for (let index = 0; index < many; index++) {
    const name = fixtures[index % fixtures.length]!;
    await copyFile(path.join('test/fixtures/exported', name), path.join(folder, `${index}-${name}`));
  }
  const all = await nodeUsage([cli, 'predict', '--json', '.'], folder);
  const predicted = (JSON.parse(all.output) as readonly unknown[]).length;
  const alone = (medianOf(one, 'ms') * many) / all.ms;
  console.log(
    `${predicted} models: ${(all.ms / 1000).toFixed(1)} s, first output after ${all.firstOutputMs.toFixed(0)} ms; ${alone.toFixed(0)} times as fast as one process for each`,
  );
  if (predicted !== many) throw new Error(`${many} models were there.`);
  figure({
    what: 'memory of framecast predict of 1,000 models',
    value: all.peakMiB,
    unit: 'MiB',
    peer: ['of one model', medianOf(one, 'peakMiB')],
    bound: most.manyMiB,
    reason: 'the threads hold what they read',
  });
  console.log(`ratio of the same to node -e 0: ${(all.peakMiB / medianOf(idle, 'peakMiB')).toFixed(1)}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
