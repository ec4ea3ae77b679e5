import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { emptyPackageFolder, npm } from './npm.mjs';
import { toolsFolder } from './paths.mjs';

/**
 * A Node.js of another release, from the npm package that carries its program.
 *
 * @param {string} release a version, or `latest`, which is looked up once
 * @returns {Promise<string | null>} its program; null if it cannot be installed
 */
export async function ensureNodeRelease(release) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const home = join(toolsFolder, `node-${release}`);
  if (!existsSync(home)) {
    const partial = emptyPackageFolder(`${home}.partial`);
    if ((await npm(['install', `${name}@${release}`], partial)) !== 0) return null;
    renameSync(partial, home);
  }
  return join(home, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}
