import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RewriteBoard } from '../../../src/core/estimate/rewrites-for';
import { largestDifference, rewritten, run } from '../../unit/core/onnx/rewrite/outputs';
import { filledFixture } from '../ladder/filled-fixture';
import { calibrated } from './calibrated';
import { rounded } from './rounded';

/**
 * Rewrites every network that exporters wrote (or the files that are named) for one release of each kind, and says how
 * far what onnxruntime computes is from before, relative to each output's largest magnitude. FP16 with several fillings:
 * its rounding errors depend on the weights. Where these are beyond a hundredth, the same network in FP32 whose values are
 * rounded to FP16 says whether rounding is the reason. A table in Markdown; exit code 1 where something is beyond its
 * bound for another reason.
 *
 * Usage: npm run bench:rewrite [-- FILE...]
 */
const older: readonly RewriteBoard[] = ['7.1', '8.2', '8.6'].map((tensorrt) => ({
  tensorrt,
  runtime: 'tensorrt-fp32',
}));
const half: RewriteBoard = { tensorrt: '11.4', runtime: 'tensorrt-fp16' };
const timed: RewriteBoard = { tensorrt: '11.4', runtime: 'tensorrt-int8' };

const seeds = [1, 1001, 2001];
/** Differences that are allowed: of what is to be the same, and of FP16. */
const bounds = { same: 1e-5, half: 0.01 };

async function allFiles(): Promise<string[]> {
  const folders = ['test/fixtures/exported', 'test/fixtures/torch-2.11'];
  const files = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).map((file) => path.join(folder, file))),
  );
  // One way of exporting each network.
  return files.flat().filter((file) => /(\.folded|torch-2\.11.[^.]+)\.onnx$/.test(file));
}

/** The largest difference that a rewrite makes; what went wrong as text, null where there is nothing to rewrite. */
async function differenceOf(bytes: Uint8Array, board: RewriteBoard): Promise<number | string | null> {
  try {
    const result = await rewritten(bytes, board);
    if (result.rewritten.rewrites.length === 0) return null;
    const before = await run(bytes);
    const after = await run(result.bytes, before.feeds);
    if (board !== timed) return largestDifference(before.outputs, after.outputs);
    const shapes = ({ outputs }: typeof after): string =>
      Object.entries(outputs)
        .map(([name, { type, dims }]) => `${name} ${type} ${dims.join('×')}`)
        .join();
    return shapes(before) === shapes(after) ? 0 : 'other shapes';
  } catch (error) {
    return String(error).replace(/\s+/g, ' ').slice(0, 160);
  }
}

/** The largest number of FP16; a tenth of it in the outputs means more inside. */
const largestHalf = 65_504;

/**
 * Why FP16 is beyond a hundredth, as the difference that is allowed for that reason: what rounding every value to FP16
 * changes in the FP32 network, or any at all where its values go beyond the range. 0 where neither can be shown.
 */
async function reasonOf(bytes: Uint8Array): Promise<{ readonly allowed: number; readonly text: string }> {
  try {
    const before = await run(bytes);
    const largest = Math.max(
      ...Object.values(before.outputs).map(({ data }) =>
        (data as Float32Array).reduce((most, value) => Math.max(most, Math.abs(Number(value))), 0),
      ),
    );
    if (largest > largestHalf / 10) return { allowed: Infinity, text: `reaches ${largest.toExponential(1)}` };
    const control = await rounded(bytes);
    if (control === null) return { allowed: 0, text: '' };
    const found = largestDifference(before.outputs, (await run(control, before.feeds)).outputs);
    // Twice as many roundings, in another order, are no error of the conversion.
    return { allowed: Number.isFinite(found) ? 2 * found : 0, text: `rounding alone ${found.toExponential(1)}` };
  } catch {
    return { allowed: 0, text: '' };
  }
}

const named = process.argv.slice(2);
const files = named.length > 0 ? named : await allFiles();
let missed = 0;
let [rewrittenPairs, halves, halvesWithin] = [0, 0, 0];
console.log(
  `| network | ${older.map(({ tensorrt }) => tensorrt).join(' | ')} | INT8 shapes | FP16, worst of ${seeds.length} | reason |`,
);
console.log(`|---|${older.map(() => '--:|').join('')}--:|--:|---|`);
for (const file of files) {
  const fillings = await Promise.all(seeds.map((seed) => filledFixture(pathToFileURL(file), seed)));
  const cells: string[] = [];
  const cell = (found: number | string | null, bound: number): void => {
    const isFine = found === null || (typeof found === 'number' && found <= bound);
    if (!isFine) missed++;
    const shown = found === null ? '' : typeof found === 'number' ? found.toExponential(1) : found;
    cells.push(isFine ? shown : `**${shown}**`);
  };
  for (const board of older) {
    const found = await differenceOf(fillings[0]!, board);
    if (found !== null) rewrittenPairs++;
    cell(found, bounds.same);
  }
  const quantised = await differenceOf(fillings[0]!, timed);
  cell(typeof quantised === 'number' ? 0 : quantised, 0);
  let worst: number | string | null = null;
  let reason: Awaited<ReturnType<typeof reasonOf>> = { allowed: 0, text: '' };
  for (const filling of fillings) {
    const bytes = await calibrated(filling).catch(() => filling);
    const found = await differenceOf(bytes, half);
    if (typeof found === 'string') worst = found;
    else if (found !== null && typeof worst !== 'string' && found > (worst ?? 0)) {
      worst = found;
      if (found > bounds.half) reason = await reasonOf(bytes);
    } else worst ??= found;
  }
  if (worst !== null) halves++;
  if (typeof worst === 'number' && worst <= bounds.half) halvesWithin++;
  cell(worst, Math.max(bounds.half, reason.allowed));
  cells.push(reason.text);
  console.log(`| ${path.basename(file, '.onnx')} | ${cells.join(' | ')} |`);
}
console.log(
  `\n${files.length} networks: ${rewrittenPairs} rewritten for older releases, ${halvesWithin} of ${halves} within ` +
    `${100 * bounds.half}% in FP16; ${missed} figures beyond their bound.`,
);
process.exitCode = missed > 0 ? 1 : 0;
