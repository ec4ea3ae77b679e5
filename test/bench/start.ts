/**
 * npm run bench:start: how long the command line takes for one model, against a Node.js that does nothing, and what a
 * thousand models take. Fails beyond the bounds below.
 */
import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { median } from '../../src/core/statistics';

const most = { timesNode: 3, manyMiB: 200 };
const rounds = 11;
const many = 1000;

interface Run {
  readonly ms: number;
  readonly firstRowMs: number;
  readonly peakMiB: number;
}

/** Runs Node.js to its end; the peak is what Linux says of the process while it lives, 0 elsewhere. */
async function run(args: readonly string[], cwd = process.cwd()): Promise<Run> {
  const start = performance.now();
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  let firstRowMs = 0;
  child.stdout.on('data', () => (firstRowMs ||= performance.now() - start));
  let peakMiB = 0;
  const look = setInterval(() => {
    readFile(`/proc/${child.pid}/status`, 'utf8').then(
      (status) => (peakMiB = Math.max(peakMiB, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)),
      () => undefined,
    );
  }, 50);
  await new Promise((resolve) => void child.once('close', resolve));
  clearInterval(look);
  return { ms: performance.now() - start, firstRowMs, peakMiB };
}

const cli = path.resolve('dist/cli.js');
const node: number[] = [];
const one: number[] = [];
for (let round = 0; round < rounds; round++) {
  node.push((await run(['-e', '0'])).ms);
  one.push((await run([cli, 'predict', 'samples/resnet18.onnx'])).ms);
}
const ratio = median(one) / median(node);
console.log(
  `framecast predict of one model: ${median(one).toFixed(0)} ms; node -e 0: ${median(node).toFixed(0)} ms; median of ${rounds}`,
);
console.log(`ratio ${ratio.toFixed(1)} (at most ${most.timesNode})`);

const folder = await mkdtemp(path.join(tmpdir(), 'framecast-bench-'));
try {
  const fixtures = (await readdir('test/fixtures/exported')).filter((name) => name.endsWith('.onnx'));
  for (let index = 0; index < many; index++) {
    const name = fixtures[index % fixtures.length]!;
    await copyFile(path.join('test/fixtures/exported', name), path.join(folder, `${index}-${name}`));
  }
  const all = await run([cli, 'predict', '--json', '.'], folder);
  const alone = (median(one) * many) / all.ms;
  console.log(
    `${many} models: ${(all.ms / 1000).toFixed(1)} s, first output after ${all.firstRowMs.toFixed(0)} ms, peak ${all.peakMiB.toFixed(0)} MiB (at most ${most.manyMiB}); ${alone.toFixed(0)} times as fast as one process for each`,
  );
  if (ratio > most.timesNode || all.peakMiB > most.manyMiB) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
