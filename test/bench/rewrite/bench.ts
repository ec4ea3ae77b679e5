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

/** What rounding every value to FP16 changes in the outputs of the FP32 network; 0 where that cannot be known. */
async function roundingOf(bytes: Uint8Array): Promise<number> {
  try {
    const control = await rounded(bytes);
    if (control === null) return 0;
    const before = await run(bytes);
    const found = largestDifference(before.outputs, (await run(control, before.feeds)).outputs);
    return Number.isFinite(found) ? found : 0;
  } catch {
    return 0;
  }
}

const named = process.argv.slice(2);
const files = named.length > 0 ? named : await allFiles();
let missed = 0;
let [rewrittenPairs, halves, halvesWithin] = [0, 0, 0];
console.log(
  `| network | ${older.map(({ tensorrt }) => tensorrt).join(' | ')} | INT8 shapes | FP16, worst of ${seeds.length} | rounding alone |`,
);
console.log(`|---|${older.map(() => '--:|').join('')}--:|--:|--:|`);
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
  let byRounding = 0;
  for (const filling of fillings) {
    const bytes = await calibrated(filling).catch(() => filling);
    const found = await differenceOf(bytes, half);
    if (typeof found === 'string') worst = found;
    else if (found !== null && typeof worst !== 'string' && found > (worst ?? 0)) {
      worst = found;
      byRounding = found > bounds.half ? await roundingOf(bytes) : 0;
    } else worst ??= found;
  }
  if (worst !== null) halves++;
  if (typeof worst === 'number' && worst <= bounds.half) halvesWithin++;
  // Half of it and more by rounding alone: twice as many roundings, in another order, are no error of the conversion.
  cell(worst, Math.max(bounds.half, 2 * byRounding));
  cells.push(byRounding === 0 ? '' : byRounding.toExponential(1));
  console.log(`| ${path.basename(file, '.onnx')} | ${cells.join(' | ')} |`);
}
console.log(
  `\n${files.length} networks: ${rewrittenPairs} rewritten for older releases, ${halvesWithin} of ${halves} within ` +
    `${100 * bounds.half}% in FP16; ${missed} figures beyond their bound.`,
);
process.exitCode = missed > 0 ? 1 : 0;
