import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';

/**
 * The first npm that tells which C library it runs on. Those before it leave out packages that are built for one, such
 * as rollup's and the file watcher's; Node.js 20.0 and 20.1 and Debian come with such an npm.
 */
const oldestGood = [9, 6, 6];
const instead = 'npm@9.9.4';

/** @type {boolean | undefined} */
let isGood;

/**
 * Runs npm without install scripts (nothing here needs one), and a newer npm through npx where this one is too old.
 *
 * @param {readonly string[]} args
 * @param {string} [cwd] default: the repository
 * @returns {Promise<number>} the exit code
 */
export function npm(args, cwd) {
  isGood ??= ownNpmIsGood();
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const options = cwd === undefined ? {} : { cwd };
  return isGood ? run('npm', [...args, ...quiet], options) : run('npx', ['--yes', instead, ...args, ...quiet], options);
}

/**
 * A folder of its own for npm, inside the repository and yet no part of it.
 *
 * @param {string} folder
 * @returns {string} the same
 */
export function emptyPackageFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  return folder;
}

function ownNpmIsGood() {
  const { stdout } = spawnSync('npm', ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' });
  const version = (stdout ?? '').trim().split('.').map(Number);
  const difference = oldestGood.map((part, index) => (version[index] ?? 0) - part).find((part) => part !== 0) ?? 0;
  if (difference < 0) console.log(`Using ${instead}: this machine's npm ${stdout.trim()} would leave packages out.`);
  return difference >= 0;
}
