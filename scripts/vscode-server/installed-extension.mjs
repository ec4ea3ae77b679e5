import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { root } from '../setup/paths.mjs';

/** What the packaged extension consists of; .vscodeignore says the same to the packager. */
const contents = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'media', 'dist'];

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
