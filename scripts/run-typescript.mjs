/**
 * Runs a TypeScript program of this repository with Node.js: bundled in memory, as Node.js 20 reads no TypeScript.
 *
 * Usage: node scripts/run-typescript.mjs FILE [ARGUMENTS...]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './setup/paths.mjs';

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
    // Finds its own parts at run time.
    external: ['prettier'],
    // CommonJS packages inside an ES module still call require.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
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
