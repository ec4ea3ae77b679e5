import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';

/**
 * These read the C library's name from the wrong field, and so leave out every package that is built for one, such as
 * rollup's and the file watcher's, without a word. Node.js 20.0 and 20.1 come with one of them.
 */
const broken = ['9.6.3', '9.6.4'];
const instead = 'npm@9.9.4';

/** @type {string | undefined} */
let version;

/**
 * Runs npm without install scripts (nothing here needs one), and another npm through npx where this one is broken.
 *
 * @param {readonly string[]} args
 * @param {string} [cwd] default: the repository
 * @returns {Promise<number>} the exit code
 */
export function npm(args, cwd) {
  version ??= ownVersion();
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const options = cwd === undefined ? {} : { cwd };
  return broken.includes(version)
    ? run('npx', ['--yes', instead, ...args, ...quiet], options)
    : run('npm', [...args, ...quiet], options);
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

function ownVersion() {
  const { stdout } = spawnSync('npm', ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' });
  const own = (stdout ?? '').trim();
  if (broken.includes(own)) console.log(`Using ${instead}: this machine's npm ${own} would leave packages out.`);
  return own;
}
