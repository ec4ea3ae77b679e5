/**
 * npm run bench:scale: processor time and memory from a file's bytes to its estimate, by the size of the graph. Its peer
 * in the same run decodes the same bytes with onnx-proto, and does nothing else. Fails beyond the bounds below.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onnx } from 'onnx-proto';
import { memorySource } from '../../src/core/onnx/byte-source';
import { readModel } from '../../src/core/onnx/read';
import { profileModel } from '../../src/core/profile/profile-model';
import { createEstimators } from '../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../src/core/landmarks/campaigns';
import { modelOfShape, type GeneratedShape } from '../fuzz/generate';
import { randomOf } from '../fuzz/random';
import { median } from '../../src/core/statistics';

const kinds = ['chain', 'residual', 'dense', 'wide', 'branches'] as const satisfies readonly GeneratedShape[];
const sizes = [3_000, 10_000, 30_000, 50_000];
const most = { exponent: 1.1, largestMs: 3000, largestMiB: 256 };
const largest = 100_000;
const query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;
const estimators = createEstimators(bundledLandmarks);

interface Run {
  readonly ms: number;
  readonly end: string;
}

async function run(bytes: Uint8Array): Promise<Run> {
  const start = process.cpuUsage();
  const model = await readModel(memorySource(bytes));
  const profile = model.ok ? profileModel(model.value) : model;
  if (profile.ok) estimators.predict(profile.value, query);
  return { ms: millisecondsSince(start), end: profile.ok ? 'answered' : profile.error.code };
}

function millisecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Slope of a straight line through the logarithms. */
function exponentOf(points: readonly (readonly [size: number, ms: number])[]): number {
  const [x, y] = [points.map(([size]) => Math.log(size)), points.map(([, ms]) => Math.log(ms))];
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [atX, atY] = [mean(x), mean(y)];
  const covariance = x.reduce((sum, value, index) => sum + (value - atX) * (y[index]! - atY), 0);
  return covariance / x.reduce((sum, value) => sum + (value - atX) ** 2, 0);
}

/** What is loaded before the command line to write down, in the end, what its process has taken. */
const usageHook = `process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const usage = { ms: (user + system) / 1000, MiB: process.resourceUsage().maxRSS / 1024 };
  require('node:fs').writeFileSync(process.env.USAGE, JSON.stringify(usage));
});`;

/** The largest graph as users predict it: by the command line, in a process of its own with its threads. */
function runLargest(): Run & { readonly MiB: number } {
  const folder = mkdtempSync(path.join(tmpdir(), 'framecast-bench-'));
  try {
    const inFolder = (name: string): string => path.join(folder, name);
    writeFileSync(inFolder('largest.onnx'), modelOfShape('residual', largest, randomOf(1)));
    writeFileSync(inFolder('hook.cjs'), usageHook);
    const args = ['--require', inFolder('hook.cjs'), 'dist/cli.js', 'predict', '--json', inFolder('largest.onnx')];
    const env = { ...process.env, USAGE: inFolder('usage.json') };
    const [answer] = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env })) as [
      { readonly estimate: object | null },
    ];
    const usage = JSON.parse(readFileSync(env.USAGE, 'utf8')) as { readonly ms: number; readonly MiB: number };
    return { ...usage, end: answer.estimate === null ? 'no estimate' : 'answered' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  // Once, as compiling would be taken for a cost of the first size.
  for (const kind of kinds) await run(modelOfShape(kind, 1000, randomOf(1)));
  console.log(
    'Processor time from bytes to estimate, median of 3 runs, in ms; peer: onnx-proto decodes the same bytes',
  );
  console.log(
    ['kind'.padEnd(10), ...sizes.map((size) => `${size} nodes`.padStart(14)), 'exponent', 'ratio to peer'].join('  '),
  );
  let worst = 0;
  for (const kind of kinds) {
    const points: [number, number][] = [];
    let ratio = 0;
    for (const size of sizes) {
      const bytes = modelOfShape(kind, size, randomOf(1));
      const runs: Run[] = [];
      for (let round = 0; round < 3; round++) runs.push(await run(bytes));
      const start = process.cpuUsage();
      onnx.ModelProto.decode(bytes);
      const ms = median(runs.map((each) => each.ms));
      ratio = ms / millisecondsSince(start);
      points.push([size, ms]);
    }
    const exponent = exponentOf(points);
    worst = Math.max(worst, exponent);
    const cells = points.map(([, ms]) => ms.toFixed(0).padStart(14));
    console.log([kind.padEnd(10), ...cells, exponent.toFixed(2).padStart(8), ratio.toFixed(1).padStart(13)].join('  '));
  }
  const alone = runLargest();
  console.log(
    `\n${largest} nodes with residual sums, framecast predict: ${alone.end}, ${alone.ms.toFixed(0)} ms, ${alone.MiB.toFixed(0)} MiB`,
  );
  console.log(`bounds: exponent ${most.exponent}, ${most.largestMs} ms, ${most.largestMiB} MiB`);
  if (worst > most.exponent || alone.ms > most.largestMs || alone.MiB > most.largestMiB) process.exitCode = 1;
}

await main();
