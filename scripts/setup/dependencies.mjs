import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { npm } from './npm.mjs';
import { root } from './paths.mjs';

/**
 * Installs what package-lock.json asks for when node_modules does not hold it.
 *
 * @returns {Promise<boolean>} false when npm failed; it has said why
 */
export async function ensureDependencies() {
  if (dependenciesReason() === null) return true;
  return withLock('npm ci', async () => {
    const reason = dependenciesReason();
    if (reason === null) return true;
    console.log(`Installing the project's npm packages (npm ci): ${reason}.`);
    const code = await npm(['ci']);
    if (code !== 0) console.error('npm ci failed: the lines above say why. Is the npm registry reachable?');
    return code === 0;
  });
}

/**
 * Compares versions rather than file times: a checkout gives every file a new time.
 *
 * @returns {string | null} why node_modules does not do, or null when it does
 */
function dependenciesReason() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return 'node_modules is missing';
  const wanted = packages(join(root, 'package-lock.json'));
  const installed = packages(installedFile);
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    if (path === '' || optional) continue;
    if (installed[path]?.version !== version) return `node_modules is older than package-lock.json (${path})`;
  }
  return null;
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
