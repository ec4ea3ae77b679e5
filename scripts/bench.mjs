/**
 * npm run bench: every benchmark in turn, with what it says and whether its bounds are met, and a table of all at the end.
 * Each prints a ratio against a peer in the same run, so that figures of different machines compare.
 *
 * Usage: npm run bench [-- NAME...] [-- --all]; by default without those that take more than ten minutes.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup/paths.mjs';

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
/** @type {{ name: string, code: number, lines: string[] }[]} */
const results = [];
for (const name of chosen) {
  console.log(`\n== ${name} ==`);
  results.push({ name, ...(await measured(name)) });
}
console.log('\n== all ==');
for (const { name, code, lines } of results) {
  console.log(`${name.padEnd(18)} ${verdict(code, lines)}`);
  for (const line of lines) console.log(`    ${line}`);
}
const figures = results.flatMap(({ lines }) => lines).filter((line) => /^(met|MISSED) /.test(line));
const beyond = figures.filter((line) => line.startsWith('MISSED'));
console.log(`\n${figures.length} figures with a bound and a peer, ${beyond.length} missed:`);
for (const line of beyond) console.log(`    ${line}`);
const missed = results.filter(({ code }) => code !== 0).map(({ name }) => name);
console.log(
  `\n${chosen.length} benchmarks; ${missed.length === 0 ? 'all within their bounds' : `beyond their bounds, or not measured: ${missed.join(', ')}`}`,
);
process.exitCode = missed.length === 0 ? 0 : 1;

/**
 * @param {number} code
 * @param {readonly string[]} lines
 */
function verdict(code, lines) {
  if (code === 0) return 'within its bounds';
  return lines.some((line) => line.startsWith('met') || line.startsWith('MISSED')) ? 'BEYOND ITS BOUNDS' : 'FAILED';
}

/**
 * @param {string} name of a script
 * @returns {Promise<{ code: number, lines: string[] }>} the lines that say a ratio or a bound
 */
function measured(name) {
  return new Promise((resolve) => {
    const shell = process.platform === 'win32';
    const child = spawn('npm', ['run', '--silent', name], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], shell });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      process.stdout.write(text);
      output += text;
    });
    child.once('error', ({ message }) => console.error(`Cannot start npm: ${message}`));
    child.once('close', (code) => {
      const all = output.split('\n').map((line) => line.trim());
      const judged = all.filter((line) => /^(met|MISSED) /.test(line));
      // The long ones print tables with their bounds.
      const lines =
        judged.length > 0 ? judged : all.filter((line) => /\b(ratio|bounds?|at most|at least)\b/.test(line));
      resolve({ code: code ?? 1, lines });
    });
  });
}
