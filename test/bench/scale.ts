/**
 * npm run bench:scale: processor time and memory from a file's bytes to its estimate, by the size of the graph. Its peer
 * in the same run decodes the same bytes with onnx-proto, and does nothing else. Fails beyond the bounds below.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
import { convolutions } from './convolutions';
import { figure } from './figure.mjs';
import { nodeUsage, type NodeUsage } from './node-usage';

const kinds = ['chain', 'residual', 'dense', 'wide', 'branches'] as const satisfies readonly GeneratedShape[];
const sizes = [100, 300, 1_000, 3_000, 10_000, 30_000, 100_000];
/** Small graphs are run this often, large ones three times: so much of a second, and compiled code for all. */
const runsOf = (size: number): number => Math.max(3, Math.ceil(10_000 / size));
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

/** What a graph's nodes read in all, sub-graphs included: what its size is, as generators round the number of nodes. */
function countReads(graph: onnx.IGraphProto | null | undefined): number {
  return (graph?.node ?? []).reduce(
    (sum, { input, attribute }) =>
      sum + (input ?? []).length + (attribute ?? []).reduce((inner, { g }) => inner + countReads(g), 0),
    0,
  );
}

/** Slope of a straight line through the logarithms. */
function exponentOf(points: readonly (readonly [size: number, ms: number])[]): number {
  const [x, y] = [points.map(([size]) => Math.log(size)), points.map(([, ms]) => Math.log(ms))];
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [atX, atY] = [mean(x), mean(y)];
  const covariance = x.reduce((sum, value, index) => sum + (value - atX) * (y[index]! - atY), 0);
  return covariance / x.reduce((sum, value) => sum + (value - atX) ** 2, 0);
}

/** A graph as users predict it, by the command line, and a peer that only decodes it: processes of their own. */
async function runLargest(model: Uint8Array): Promise<{ readonly own: NodeUsage; readonly peer: NodeUsage }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'framecast-bench-'));
  try {
    const file = path.join(folder, 'largest.onnx');
    writeFileSync(file, model);
    const own = await nodeUsage(['dist/cli.js', 'predict', '--json', file]);
    const [answer] = JSON.parse(own.output) as [{ readonly estimate: object | null }];
    if (answer.estimate === null) throw new Error('There is no estimate of the largest graph.');
    const decode = `require('onnx-proto').onnx.ModelProto.decode(require('node:fs').readFileSync(${JSON.stringify(file)}))`;
    return { own, peer: await nodeUsage(['-e', decode]) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  // Before, as compiling would be taken for a cost of the first size.
  for (const kind of kinds) {
    const bytes = modelOfShape(kind, 1000, randomOf(1));
    for (let round = 0; round < runsOf(1000); round++) {
      await run(bytes);
      onnx.ModelProto.decode(bytes);
    }
  }
  console.log(
    'Processor time from bytes to estimate, median of several runs, in ms; peer: onnx-proto decodes the same bytes',
  );
  console.log(['kind'.padEnd(10), ...sizes.map((size) => `${size} nodes`.padStart(14)), 'time ratio'].join('  '));
  const figures: Parameters<typeof figure>[0][] = [];
  for (const kind of kinds) {
    const points: [number, number][] = [];
    const peers: [number, number][] = [];
    const cells: string[] = [];
    const ends: number[] = [];
    for (const size of sizes) {
      const bytes = modelOfShape(kind, size, randomOf(1));
      const runs: Run[] = [];
      const decodings: number[] = [];
      for (let round = 0; round < runsOf(size); round++) {
        runs.push(await run(bytes));
        const start = process.cpuUsage();
        onnx.ModelProto.decode(bytes);
        decodings.push(millisecondsSince(start));
      }
      // What is refused takes less, and would make the exponent look smaller than it is.
      const end = runs[0]!.end;
      if (end !== 'answered') {
        cells.push(end);
        continue;
      }
      const reads = countReads(onnx.ModelProto.decode(bytes).graph);
      points.push([reads, median(runs.map((each) => each.ms))]);
      cells.push(points.at(-1)![1].toPrecision(3));
      peers.push([reads, median(decodings)]);
      ends.push(size);
    }
    const ratio = points.at(-1)![1] / peers.at(-1)![1];
    console.log([kind.padEnd(10), ...cells.map((cell) => cell.padStart(14)), ratio.toFixed(1).padStart(10)].join('  '));
    figures.push({
      what: `exponent from bytes to estimate, ${kind}, ${ends[0]} to ${ends.at(-1)} nodes`,
      value: exponentOf(points),
      peer: ['onnx-proto decodes the bytes; ratio of the times', exponentOf(peers)],
      bound: most.exponent,
      ratio,
      reason: 'what else the machine does counts too: run it again with nothing beside it',
    });
  }
  for (const each of figures) figure(each);
  const count = largest.toLocaleString('en-US');
  await figuresOfLargest(`${count} nodes with residual sums`, modelOfShape('residual', largest, randomOf(1)));
  await figuresOfLargest(`${count} nodes, convolutions with weights among them`, convolutions(largest));
}

async function figuresOfLargest(graph: string, model: Uint8Array): Promise<void> {
  const { own, peer } = await runLargest(model);
  const what = `framecast predict of ${graph}, the whole process`;
  const decoding = 'onnx-proto decodes the file in a process';
  figure({
    what: `${what}, processor time`,
    value: own.cpuMs,
    unit: 'ms',
    peer: [decoding, peer.cpuMs],
    bound: most.largestMs,
    reason: 'what is known of each node and weight is collected as garbage several times while it grows',
  });
  figure({
    what: `${what}, memory`,
    value: own.peakMiB,
    unit: 'MiB',
    peer: [decoding, peer.peakMiB],
    bound: most.largestMiB,
    reason: 'the graph, what is known of its nodes and weights, and what waits to be collected',
  });
}

await main();
