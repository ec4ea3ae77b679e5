/**
 * npm run pack: makes framecast-VERSION.tgz, the command line as a package for npm. Everything that it runs is bundled, so
 * it has no dependencies and installs without a network.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './setup/npm.mjs';
import { root } from './setup/paths.mjs';
import { runNode } from './setup/run.mjs';

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode =
    (await runNode(['esbuild.mjs', '--production'])) || (await packCommandLine(join(root, 'dist'), root));
}

/**
 * @param {string} built where `cli.js` and its threads are
 * @param {string} out folder for the package
 * @returns {Promise<number>} npm's exit code
 */
export async function packCommandLine(built, out) {
  const { name, version, license, keywords, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { description } = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'framecast-pack-'));
  try {
    const bin = { framecast: 'dist/cli.js' };
    const manifest = { name, version, description, license, keywords, bin, engines: { node: engines.node } };
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE', 'skills']) {
      cpSync(join(root, file), join(folder, file), { recursive: true });
    }
    for (const file of filesOf(built)) cpSync(join(built, file), join(folder, 'dist', file));
    return await npm(['pack', '--pack-destination', out], folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {string} built
 * @returns {ReadonlySet<string>} names of what the command line loads
 */
function filesOf(built) {
  const files = new Set(['cli.js', 'model-worker.js', 'worker.js']);
  for (const file of files) {
    for (const [, loaded] of readFileSync(join(built, file), 'utf8').matchAll(
      /(?:require|import)\(["'`]\.\/([\w.-]+\.js)["'`]\)/g,
    )) {
      files.add(String(loaded));
    }
  }
  const notices = 'THIRD-PARTY-NOTICES.txt';
  return existsSync(join(built, notices)) ? files.add(notices) : files;
}
