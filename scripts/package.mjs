/**
 * npm run package: makes two packages of one version, and checks that each holds what it should and nothing else. The same
 * commit gives the same bytes.
 *
 *   framecast-VERSION.vsix      for VS Code on a computer
 *   framecast-web-VERSION.vsix  for VS Code in a browser (target `web`), which loads one file and none of the others
 *   framecast-VERSION.cdx.json  the packages whose code they hold (CycloneDX)
 *
 * The packager is fetched for this alone: it brings hundreds of packages that no test needs.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { billOfMaterials } from './bill-of-materials.mjs';
import { recompress } from './recompress.mjs';
import { root } from './setup/paths.mjs';
import { run, runNode } from './setup/run.mjs';

/** The newest major that still takes Node.js 20. */
const packager = '@vscode/vsce@3.9.2';

/** What the packages may hold; .vscodeignore lets the same through. */
const expected = [
  /^(package(\.nls(\.\w+)?)?\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
  /^dist\/l10n\/[\w.-]+\.json$/,
  /^media\/([\w./-]+\.svg|icon\.png|pipeline\.schema\.json)$/,
  /^skills\/framecast\/SKILL\.md$/,
  /^dist\/[\w-]+\.js$/,
  /^dist\/THIRD-PARTY-NOTICES\.txt$/,
  /^dist\/webview\/[\w-]+\.(js|css)$/,
];

/** What only one of the packages holds. */
const inBrowser = /^dist\/web\.js$/;
const onComputer = /^(dist\/(?!web\.js)[\w-]+\.js|skills\/.*)$/;

/** Contributions that only Node.js can answer. */
const needingNode = ['languageModelTools', 'mcpServerDefinitionProviders', 'chatSkills'];

process.exitCode = await main();

/** @returns {Promise<number>} the exit code */
async function main() {
  if ((await runNode(['esbuild.mjs', '--package'])) !== 0) return 1;

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
  // The packager leaves out without a word what .vscodeignore does not let through.
  const named = JSON.stringify(manifest()).match(/media\/[\w./-]+/g) ?? [];
  const missing = named.filter((file) => !entries.includes(file));
  if (missing.length > 0) {
    console.error(`The package would lack what its manifest names:\n  ${missing.join('\n  ')}`);
    return 1;
  }
  const { version } = manifest();
  writeFileSync(join(root, `framecast-${version}.cdx.json`), billOfMaterials(commitSeconds()));
  const computer = entries.filter((entry) => !inBrowser.test(entry));
  const browser = entries.filter((entry) => !onComputer.test(entry));
  return (
    (await pack(`framecast-${version}.vsix`, computer, ['browser'], [])) ||
    (await pack(`framecast-web-${version}.vsix`, browser, [...needingNode, 'main', 'bin'], ['--target', 'web']))
  );
}

/** @returns {Record<string, unknown>} */
function manifest() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

/**
 * Packs some files from a folder of their own, as the packager takes all of a folder.
 *
 * @param {string} file name of the package, in the repository's root
 * @param {readonly string[]} entries
 * @param {readonly string[]} without keys of the manifest, and of its contributions, for what is not in the package
 * @param {readonly string[]} options of the packager
 * @returns {Promise<number>} the exit code
 */
async function pack(file, entries, without, options) {
  const folder = mkdtempSync(join(tmpdir(), 'framecast-package-'));
  try {
    for (const entry of entries) cpSync(join(root, entry), join(folder, entry));
    const packed = omit(manifest(), ['scripts', 'dependencies', 'devDependencies', ...without]);
    packed['contributes'] = omit(Object(packed['contributes']), without);
    writeFileSync(join(folder, 'package.json'), JSON.stringify(packed));
    const args = ['package', '--no-dependencies', '--no-rewrite-relative-links', ...options, '--out', join(root, file)];
    // Archives have the local time, and files in the order that the packager sorts with a date alone.
    const env = { ...process.env, SOURCE_DATE_EPOCH: commitSeconds(), TZ: 'UTC' };
    const exitCode = await run('npx', ['--yes', packager, ...args], { cwd: folder, env });
    if (exitCode === 0) await recompress(join(root, file));
    return exitCode;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {Record<string, unknown>} from
 * @param {readonly string[]} without
 * @returns {Record<string, unknown>}
 */
function omit(from, without) {
  return Object.fromEntries(Object.entries(from).filter(([key]) => !without.includes(key)));
}

/** @returns {string} when the commit was made, in seconds since 1970; the first day that archives know without git */
function commitSeconds() {
  const set = process.env['SOURCE_DATE_EPOCH'];
  if (set !== undefined) return set;
  const { status, stdout } = spawnSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '315532800';
}
