import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { npm } from './npm.mjs';
import { toolsFolder } from './paths.mjs';

/**
 * The npm package `code-server` carries a complete VS Code server: workbench, extension host and built-in extensions.
 * This release is VS Code 1.100.3, the oldest minor that package.json's `engines.vscode` promises. Its dependencies
 * are pinned by the shrinkwrap files inside the package.
 */
const release = '4.100.3';
const vscodeVersion = '1.100.3';
const home = join(toolsFolder, `vscode-server-${vscodeVersion}`);

/**
 * Installs the VS Code server under .vscode-test/ unless it is there.
 *
 * @returns {Promise<string | null>} its folder, or null when npm failed; it has said why
 */
export async function ensureVscodeServer() {
  if (existsSync(home)) return serverFolder(home);
  return withLock('VS Code server', async () => {
    if (existsSync(home)) return serverFolder(home);
    console.log(`Installing the VS Code ${vscodeVersion} server from npm (about 300 MB, once) into ${home}`);
    // Built beside its place and renamed when whole: an interrupted install is never taken for a finished one.
    const partial = `${home}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    writeFileSync(join(partial, 'package.json'), '{ "private": true }\n');
    console.log('  1 of 2: code-server');
    if ((await npm(['install', `code-server@${release}`], partial)) !== 0) return failed();
    const server = serverFolder(partial);
    console.log('  2 of 2: the packages of its VS Code');
    if ((await npm(['install', '--omit=dev'], server)) !== 0) return failed();
    // The server looks for its packages under the name they have in a desktop build.
    symlinkSync('node_modules', join(server, 'node_modules.asar'), 'junction');
    renameSync(partial, home);
    return serverFolder(home);
  });
}

/** @param {string} folder */
function serverFolder(folder) {
  return join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
}

function failed() {
  console.error('The VS Code server could not be installed: the lines above say why. Is the npm registry reachable?');
  return null;
}
