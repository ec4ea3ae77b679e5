/**
 * Takes pictures of the real workbench: those of README.md, and in pages/ every page and view in each theme and at three
 * widths, to be looked at. They go into screenshots/, which git ignores, or the folder given. Needs a build (npm run build).
 * Usage: node scripts/screenshots.mjs [folder]
 */
import { join, resolve } from 'node:path';
import { root } from './setup/paths.mjs';
import { runNode } from './setup/run.mjs';

const folder = resolve(process.argv[2] ?? join(root, 'screenshots'));
const code = await runNode(['node_modules/vitest/vitest.mjs', 'run', '--project', 'screenshots'], {
  env: { ...process.env, FRAMECAST_SCREENSHOTS: folder },
});
if (code === 0) console.log(`Pictures are in ${folder}`);
process.exitCode = code;
