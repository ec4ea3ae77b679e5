import { cpSync, existsSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { emptyPackageFolder, npm } from './npm.mjs';
import { toolsFolder } from './paths.mjs';

/**
 * The npm package `code-server` carries a complete VS Code server: workbench, extension host and built-in extensions.
 * This release is VS Code 1.100.3, the oldest minor that package.json's `engines.vscode` promises. Its dependencies
 * are pinned by the shrinkwrap files inside the package.
 */
const release = '4.100.3';
const vscodeVersion = '1.100.3';
const home = join(toolsFolder, `vscode-server-${vscodeVersion}`);

/** The server wants Node.js 20.6; an older one gets this beside it, the newest of the line that VS Code 1.100 ships. */
const nodeRelease = '20.20.2';
const nodeHome = join(toolsFolder, `node-${nodeRelease}`);

/** @typedef {{ folder: string, node: string }} InstalledServer the server's folder, and the Node.js to run it on */

/**
 * Installs the VS Code server under .vscode-test/ unless it is there.
 *
 * @returns {Promise<InstalledServer | null>} null when npm failed; it has said why
 */
export async function ensureVscodeServer() {
  return await withLock('VS Code server', async () => {
    const folder = await ensureServer();
    if (folder) await ensureSearch(folder);
    const node = folder && (await ensureNode());
    return folder && node ? { folder, node } : null;
  });
}

/** @returns {Promise<string | null>} the server's folder */
async function ensureServer() {
  if (existsSync(home)) return serverFolder(home);
  console.log(`Installing the VS Code ${vscodeVersion} server from npm (about 300 MB, once) into ${home}`);
  // Built beside its place and renamed when whole: an interrupted install is never taken for a finished one.
  const partial = emptyPackageFolder(`${home}.partial`);
  console.log('  1 of 2: code-server');
  if ((await npm(['install', `code-server@${release}`], partial)) !== 0) return failed();
  const server = serverFolder(partial);
  console.log('  2 of 2: the packages of its VS Code');
  if ((await npm(['install', '--omit=dev'], server)) !== 0) return failed();
  // The server looks for its packages under the name they have in a desktop build.
  symlinkSync('node_modules', join(server, 'node_modules.asar'), 'junction');
  renameSync(partial, home);
  return serverFolder(home);
}

/** The first release whose program comes with the npm package rather than by an install script. */
const searchRelease = '1.18.0';

/**
 * The server searches files with a program that its package downloads in an install script. Without it there is no
 * search, and no extension starts because of what is in a folder.
 *
 * @param {string} server its folder
 */
async function ensureSearch(server) {
  const target = join(server, 'node_modules', '@vscode', 'ripgrep', 'bin');
  if (existsSync(target)) return;
  const name = `@vscode/ripgrep-${process.platform}-${process.arch}`;
  const partial = emptyPackageFolder(join(toolsFolder, 'ripgrep.partial'));
  const code = await npm(['install', `${name}@${searchRelease}`], partial);
  if (code === 0) cpSync(join(partial, 'node_modules', name, 'bin'), target, { recursive: true });
  else
    console.error(
      'There will be no search in the window, and Framecast starts there once a model or a view is opened.',
    );
  rmSync(partial, { recursive: true, force: true });
}

/** @returns {Promise<string | null>} a Node.js that runs the server: this one, unless it is too old */
async function ensureNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (Number(major) > 20 || Number(minor) >= 6) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const executable = join('node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(nodeHome)) {
    console.log(`VS Code does not run on Node.js ${process.versions.node}: installing ${nodeRelease} from npm for it`);
    const partial = emptyPackageFolder(`${nodeHome}.partial`);
    if ((await npm(['install', `${name}@${nodeRelease}`], partial)) !== 0) return failed();
    renameSync(partial, nodeHome);
  }
  return join(nodeHome, executable);
}

/** @param {string} folder */
function serverFolder(folder) {
  return join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
}

function failed() {
  console.error('The VS Code server could not be installed: the lines above say why. Is the npm registry reachable?');
  return null;
}
