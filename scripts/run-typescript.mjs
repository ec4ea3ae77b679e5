/**
 * Runs a TypeScript program of this repository with Node.js: bundled in memory, as Node.js 20 reads no TypeScript.
 *
 * Usage: node scripts/run-typescript.mjs FILE [ARGUMENTS...]
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleSsh2 } from './bundle-ssh2.mjs';
import { root } from './setup/paths.mjs';

const commonJsNames = `
import { createRequire as requireFor } from 'node:module';
import { dirname as folderOf } from 'node:path';
import { fileURLToPath as pathOf } from 'node:url';
const require = requireFor(import.meta.url), __filename = pathOf(import.meta.url), __dirname = folderOf(__filename);
`;

/**
 * Files of tests find those beside them by `import.meta.url`, which inside a bundle would be the bundle's.
 *
 * @type {import('esbuild').Plugin}
 */
const ownAddresses = {
  name: 'own-addresses',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]test[\\/].*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }));
  },
};

const [program, ...rest] = process.argv.slice(2);
if (program === undefined) throw new Error('Usage: node scripts/run-typescript.mjs FILE [ARGUMENTS...]');

// Inside the repository, so that packages left out of the bundle are found.
const folder = await mkdtemp(join(root, 'node_modules', '.run-typescript-'));
try {
  const outfile = join(folder, 'program.mjs');
  await build({
    entryPoints: [resolve(program)],
    outfile,
    bundle: true,
    // They find their own parts at run time.
    external: ['prettier', 'onnxruntime-node', 'piscina', 'esbuild'],
    plugins: [bundleSsh2, ownAddresses],
    // CommonJS packages inside an ES module still call require and ask where they are.
    banner: { js: commonJsNames },
    platform: 'node',
    format: 'esm',
    target: 'node20',
    loader: { '.py': 'text' },
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  process.argv = [process.argv[0] ?? 'node', resolve(program), ...rest];
  await import(pathToFileURL(outfile).href);
} finally {
  await rm(folder, { recursive: true, force: true });
}
