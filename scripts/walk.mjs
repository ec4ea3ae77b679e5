/**
 * Walks a newcomer's path in a real VS Code, from the packaged extension on: nothing, the board, a sample and its
 * prediction, a pipeline's budget, a comparison, a benchmark on the stand-in device. Takes pictures on the way in three
 * themes, and then runs the smoke tests against what is installed.
 *
 * Usage: npm run walk [-- FOLDER --docs --no-smoke]
 *   FOLDER      where the pictures go; default: .vscode-test/walk
 *   --docs      copy those that docs/ shows to docs/pictures
 *   --no-smoke  the path alone
 * FRAMECAST_VSIX names a package to use; without it, one is made (npm run package).
 */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root, toolsFolder } from './setup/paths.mjs';
import { ensureSshd } from './setup/sshd.mjs';
import { runNode } from './setup/run.mjs';

/** What shows in a minute whether an installation works. */
const smokeTests = ['first-use', 'hover', 'models-view', 'pipeline-page', 'trust'];

process.exitCode = await main();

/** @returns {Promise<number>} the exit code */
async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { docs: { type: 'boolean' }, 'no-smoke': { type: 'boolean' } },
  });
  const folder = resolve(positionals[0] ?? join(toolsFolder, 'walk'));
  await ensureSshd();
  let vsix = process.env.FRAMECAST_VSIX;
  if (!vsix) {
    const code = await runNode(['scripts/package.mjs']);
    if (code !== 0) return code;
    vsix = `framecast-${JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version}.vsix`;
  }
  const env = { ...process.env, FRAMECAST_VSIX: resolve(root, vsix), FRAMECAST_SCREENSHOTS: folder };
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project'];
  const walked = await runNode([...vitest, 'walk'], { env });
  if (walked !== 0) return walked;
  console.log(`Pictures are in ${folder}`);
  const shown = join(root, 'docs', 'pictures');
  if (values.docs) for (const name of readdirSync(shown)) cpSync(join(folder, name), join(shown, name));
  if (values['no-smoke']) return 0;
  const files = smokeTests.map((name) => `test/vscode/workbench/${name}.test.ts`);
  return await runNode([...vitest, 'workbench', ...files], { env });
}
