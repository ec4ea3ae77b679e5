/**
 * Takes the pictures that README.md shows, into media/ or the folder given, and into pages/ there one of every page and view in
 * each theme and width. Needs a build (npm run build).
 * Usage: node scripts/screenshots.mjs [folder]
 */
import { join, resolve } from 'node:path';
import { root } from './setup/paths.mjs';
import { runNode } from './setup/run.mjs';

const folder = resolve(process.argv[2] ?? join(root, 'media'));
const code = await runNode(['node_modules/vitest/vitest.mjs', 'run', '--project', 'screenshots'], {
  env: { ...process.env, FRAMECAST_SCREENSHOTS: folder },
});
if (code === 0) console.log(`Pictures are in ${folder}`);
process.exitCode = code;
