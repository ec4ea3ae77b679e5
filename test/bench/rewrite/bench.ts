import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RewriteBoard } from '../../../src/core/estimate/rewrites-for';
import { largestDifference, rewritten, run } from '../../unit/core/onnx/rewrite/outputs';
import { filledFixture } from '../ladder/filled-fixture';

/**
 * Rewrites every network that torch's exporters wrote (or the files that are named) for one release of each kind, and
 * says how far what onnxruntime computes is from before, relative to each output's largest magnitude.
 *
 * Usage: npm run bench:rewrite [-- FILE...]
 */
const boards: readonly RewriteBoard[] = [
  { tensorrt: '7.1', runtime: 'tensorrt-fp32' },
  { tensorrt: '8.2', runtime: 'tensorrt-fp32' },
  { tensorrt: '8.6', runtime: 'tensorrt-fp32' },
  { tensorrt: '11.4', runtime: 'tensorrt-fp16' },
];

/** Random weights of deep networks without normalisation may give numbers that FP16 does not hold. */
const largestHalf = 65_504;

async function allFiles(): Promise<string[]> {
  const folders = ['test/fixtures/exported', 'test/fixtures/torch-2.11'];
  const files = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).map((file) => path.join(folder, file))),
  );
  // One way of exporting each network.
  return files.flat().filter((file) => /(\.folded|torch-2\.11.[^.]+)\.onnx$/.test(file));
}

const named = process.argv.slice(2);
let missed = 0;
for (const file of named.length > 0 ? named : await allFiles()) {
  const bytes = await filledFixture(pathToFileURL(file));
  const before = await run(bytes).catch((error: unknown) => {
    console.log(`${file}: onnxruntime does not run it: ${String(error).slice(0, 160)}`);
    return null;
  });
  if (before === null) continue;
  for (const board of boards) {
    const result = await rewritten(bytes, board);
    const texts = result.rewritten.rewrites.map(({ text }) => text);
    if (texts.length === 0) continue;
    const difference = await run(result.bytes, before.feeds)
      .then(({ outputs }) => largestDifference(before.outputs, outputs))
      .catch((error: unknown) => String(error).slice(0, 160));
    const isFine = typeof difference === 'number' && difference <= (board.runtime === 'tensorrt-fp16' ? 0.01 : 1e-5);
    const largest = Math.max(...Object.values(before.outputs).map(({ data }) => largestOf(data as Float32Array)));
    const reason = isFine
      ? ''
      : largest > largestHalf / 10
        ? ` (its outputs reach ${largest.toPrecision(2)})`
        : ' MISSED';
    if (reason === ' MISSED') missed++;
    const shown = typeof difference === 'number' ? difference.toExponential(1) : difference;
    console.log(`${file} TensorRT ${board.tensorrt}: ${shown}${reason}; ${texts.join('; ')}`);
  }
}
console.log(`${missed} missed`);
process.exitCode = missed > 0 ? 1 : 0;

function largestOf(values: Float32Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(Number(value)));
  return largest;
}
