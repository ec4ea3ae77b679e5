/**
 * npm run package: makes framecast-VERSION.vsix and checks that it holds what it should and nothing else.
 * The packager is fetched for this alone: it brings hundreds of packages that no test needs.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup/paths.mjs';
import { run, runNode } from './setup/run.mjs';

/** The newest major that still takes Node.js 20. */
const packager = '@vscode/vsce@3.9.2';

/** What the package may hold; .vscodeignore lets the same through. */
const expected = [
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
  /^media\/[\w./-]+\.(png|svg|css)$/,
  /^skills\/framecast\/SKILL\.md$/,
  /^dist\/[\w-]+\.js$/,
  /^dist\/THIRD-PARTY-NOTICES\.txt$/,
  /^dist\/webview\/[\w-]+\.(js|css)$/,
];

process.exitCode = await main();

/** @returns {Promise<number>} the exit code */
async function main() {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if ((await runNode(['esbuild.mjs', '--production'])) !== 0) return 1;

  const listing = spawnSync('npx', ['--yes', packager, 'ls', '--no-dependencies'], { cwd: root, encoding: 'utf8' });
  if (listing.status !== 0) {
    console.error(listing.error?.message ?? listing.stderr);
    return 1;
  }
  const entries = listing.stdout.split('\n').filter((line) => line !== '');
  const strangers = entries.filter((entry) => !expected.some((pattern) => pattern.test(entry)));
  if (strangers.length > 0) {
    console.error(`The package would hold what it should not:\n  ${strangers.join('\n  ')}`);
    return 1;
  }
  return await run('npx', [
    '--yes',
    packager,
    'package',
    '--no-dependencies',
    '--no-rewrite-relative-links',
    '--out',
    `${name}-${version}.vsix`,
  ]);
}
