import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { root } from '../setup/paths.mjs';

/** What the packaged extension consists of; .vscodeignore says the same to the packager. */
const contents = [
  'package.json',
  'package.nls.json',
  'package.nls.de.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'media',
  'dist',
];

/**
 * Lays the built extension into a folder of installed extensions as VS Code would unpack it. A copy rather than a
 * link, because VS Code writes into what it has installed, and because only a copy shows that nothing is missing.
 *
 * @param {string} extensionsFolder
 */
export function installBuiltExtension(extensionsFolder) {
  const { publisher, name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  rmSync(extensionsFolder, { recursive: true, force: true });
  const target = join(extensionsFolder, `${publisher}.${name}-${version}`);
  mkdirSync(target, { recursive: true });
  const testBundles = join(root, 'dist', 'test') + sep;
  for (const entry of contents.filter((e) => existsSync(join(root, e)))) {
    cpSync(join(root, entry), join(target, entry), {
      recursive: true,
      filter: (source) => !`${source}${sep}`.startsWith(testBundles),
    });
  }
}

/**
 * Installs the extension under test: the package that FRAMECAST_VSIX names, as a user does who has nothing else, and
 * without it the build.
 *
 * @param {import('../setup/vscode-server.mjs').InstalledServer} server
 * @param {string} extensionsFolder
 * @param {string} dataFolder the server's
 * @returns {string} the folder that the extension is in
 * @throws {Error} with what VS Code said, if it did not install the package
 */
export function installExtension(server, extensionsFolder, dataFolder) {
  const vsix = process.env.FRAMECAST_VSIX;
  if (vsix) {
    const folders = ['--extensions-dir', extensionsFolder, '--server-data-dir', dataFolder];
    const args = ['--accept-server-license-terms', ...folders, '--install-extension', resolve(root, vsix)];
    const main = join(server.folder, 'out', 'server-main.js');
    const { stdout, stderr } = spawnSync(server.node, [main, ...args], { encoding: 'utf8' });
    if (!stdout.includes('successfully installed'))
      throw new Error(`VS Code did not install ${vsix}:\n${stdout}${stderr}`);
  } else {
    installBuiltExtension(extensionsFolder);
  }
  const name = readdirSync(extensionsFolder).find((entry) => entry.startsWith('framecast.framecast-'));
  if (name === undefined) throw new Error(`${extensionsFolder} holds no Framecast.`);
  return join(extensionsFolder, name);
}
