/**
 * npm run bench: every benchmark in turn, with what it says and whether its bounds are met. Each prints a ratio against a
 * peer in the same run, so that figures of different machines compare.
 *
 * Usage: npm run bench [-- NAME...] [-- --all]; by default without those that take more than ten minutes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup/paths.mjs';
import { run } from './setup/run.mjs';

/** Half an hour and more: all fixtures through onnxruntime; all boards and networks left out in turn; boards over SSH. */
const long = ['bench:rewrite', 'bench:estimators', 'bench:ladder', 'bench:upload'];

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const all = Object.keys(scripts).filter((name) => name.startsWith('bench:'));
const asked = process.argv.slice(2);
const named = asked.filter((each) => each !== '--all').map((each) => `bench:${each.replace(/^bench:/, '')}`);
const unknown = named.find((name) => !all.includes(name));
if (unknown !== undefined) {
  console.error(`There is no ${unknown}. There are: ${all.join(', ')}.`);
  process.exit(2);
}
const chosen = named.length > 0 ? named : all.filter((name) => asked.includes('--all') || !long.includes(name));
/** @type {string[]} */
const missed = [];
for (const name of chosen) {
  console.log(`\n== ${name} ==`);
  if ((await run('npm', ['run', '--silent', name])) !== 0) missed.push(name);
}
console.log(
  `\n${chosen.length} benchmarks; ${missed.length === 0 ? 'all within their bounds' : `beyond their bounds: ${missed.join(', ')}`}`,
);
process.exitCode = missed.length === 0 ? 0 : 1;
