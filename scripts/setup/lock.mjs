import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toolsFolder } from './paths.mjs';

/**
 * Runs `work` while no other process runs work under the same name, so that two commands started at once do not
 * install into one folder. A lock whose owner has died is taken over.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(name, work) {
  mkdirSync(toolsFolder, { recursive: true });
  const file = join(toolsFolder, `${name}.lock`);
  let told = false;
  while (!take(file)) {
    if (!told) console.log(`Waiting for another process that is busy with: ${name}`);
    told = true;
    await sleep(500);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  if (ownerIsAlive(file)) return false;
  rmSync(file, { force: true });
  return false; // the next round competes for it again
}

/** @param {string} file */
function ownerIsAlive(file) {
  try {
    const owner = Number(readFileSync(file, 'utf8'));
    // An empty file belongs to a process between creating and writing it.
    if (owner > 0) process.kill(owner, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
