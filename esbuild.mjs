/**
 * Builds everything that runs from `dist/`:
 *
 *   dist/extension.js        the extension (CommonJS for the extension host)
 *   dist/web.js              the extension in a browser, in one file
 *   dist/cli.js              the command line tool
 *   dist/model-worker.js     the threads that read models; dist/worker.js is Piscina's part in them
 *   dist/ladder-worker.js    the thread of the extension that chooses the models of a ladder
 *   dist/chunk-HASH.js       what these share, and what they load when it is first used; dist/NAME-HASH.js likewise
 *   dist/webview/NAME.js     one browser bundle per webview-ui/NAME/main.ts, with NAME.css beside it
 *   dist/webview/shared.js   what the pages share
 *   dist/webview/base.css    the styles that all pages share
 *   dist/l10n/*.json         the catalogues of l10n/, one a language, with short keys
 *   dist/test/vscode/*.js    the mocha suite that runs inside VS Code, one bundle per test/vscode/*.test.ts
 *
 * Options: --production (minified, no tests, no source maps, with the notices of third parties), --package (the same, made
 *          as short as it gets, which takes a minute), --watch (rebuild on change).
 */
import { chmod, readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { Piscina } from 'piscina';
import { bundleMcp } from './scripts/bundle-mcp.mjs';
import { bundleSsh2 } from './scripts/bundle-ssh2.mjs';
import { checkRunner } from './scripts/check-runner.mjs';
import { compactKernels } from './scripts/compact-kernels.mjs';
import { leanPackages } from './scripts/lean-packages.mjs';
import { leanPython } from './scripts/lean-python.mjs';
import { oneSharedChunk } from './scripts/one-shared-chunk.mjs';
import { parsedJson } from './scripts/parsed-json.mjs';
import { sharedChunks } from './scripts/shared-chunks.mjs';
import { shortKeys } from './scripts/short-keys.mjs';
import { thirdPartyNotices } from './scripts/third-party-notices.mjs';
import { webBuiltins } from './scripts/web-builtins.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
const forPackage = process.argv.includes('--package');
const production = forPackage || process.argv.includes('--production');
const watch = process.argv.includes('--watch');

/** @type {esbuild.BuildOptions} */
const shared = {
  absWorkingDir: root,
  bundle: true,
  minify: production,
  charset: 'utf8',
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  logLevel: watch ? 'info' : 'warning',
  logOverride: { 'empty-import-meta': 'silent' },
  // The runner for the board is Python, sent as text.
  loader: { '.py': 'text' },
};

/**
 * Bundled ES modules may ask for `import.meta.url` (fdir does, to call createRequire), which CommonJS lacks.
 * @type {esbuild.BuildOptions}
 */
const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  define: { 'import.meta.url': 'importMetaUrl' },
  plugins: [bundleSsh2, checkRunner],
  banner: { js: "'use strict'; const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
};

/**
 * Sets the executable bit, so that `dist/cli.js` runs as npm's `bin` would run it, and fails where `vscode` has leaked
 * into what the command line loads.
 * @type {esbuild.Plugin}
 */
const commandLine = {
  name: 'command-line',
  setup(build) {
    build.onEnd(async ({ errors, metafile }) => {
      if (errors.length > 0) return;
      await chmod(join(root, 'dist/cli.js'), 0o755);
      const outputs = new Map(Object.entries(metafile?.outputs ?? {}));
      const reached = new Set(['dist/cli.js']);
      for (const path of reached) {
        for (const { path: imported } of outputs.get(path)?.imports ?? []) {
          if (imported === 'vscode') return { errors: [{ text: `The command line would load vscode, by ${path}.` }] };
          reached.add(imported);
        }
      }
      return {};
    });
  },
};

/** @returns {Promise<Record<string, string>>} bundle name -> entry point, one per folder of webview-ui with a main.ts */
async function webviewEntries() {
  const folders = await readdir(join(root, 'webview-ui'), { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Object.fromEntries(
    names
      .map((name) => [name, `webview-ui/${name}/main.ts`])
      .filter(([, entry]) => existsSync(join(root, String(entry)))),
  );
}

/** @returns {Promise<string[]>} the suite's runner and every *.test.ts beside it */
async function suiteEntries() {
  const files = await readdir(join(root, 'test/vscode'));
  const suites = files.filter((file) => file.endsWith('.test.ts')).map((file) => `test/vscode/${file}`);
  return ['test/vscode/index.ts', ...suites];
}

/** @returns {Promise<esbuild.BuildOptions[]>} */
async function bundles() {
  /** @type {esbuild.BuildOptions[]} */
  const all = [
    {
      ...node,
      entryPoints: {
        extension: 'src/extension.ts',
        cli: 'src/cli.ts',
        'model-worker': 'src/files/reading/model-worker.ts',
        // Piscina looks for it under this name.
        worker: 'node_modules/piscina/dist/worker.js',
        'ladder-worker': 'src/vscode/benchmarks/ladder/ladder-worker.ts',
      },
      outdir: 'dist',
      external: ['vscode', '@napi-rs/nice'],
      plugins: [
        bundleMcp,
        bundleSsh2,
        leanPackages,
        compactKernels,
        parsedJson,
        checkRunner,
        leanPython,
        sharedChunks,
        commandLine,
      ],
    },
    {
      ...shared,
      platform: 'browser',
      format: 'cjs',
      target: 'chrome128',
      entryPoints: { web: 'src/web.ts' },
      outdir: 'dist',
      external: ['vscode'],
      plugins: [leanPackages, compactKernels, parsedJson, webBuiltins],
    },
    {
      ...shared,
      platform: 'browser',
      format: 'esm',
      splitting: true,
      target: 'chrome128',
      entryPoints: { ...(await webviewEntries()), base: 'webview-ui/chart/base.css' },
      outdir: 'dist/webview',
      plugins: [oneSharedChunk],
    },
    {
      ...shared,
      entryPoints: ['l10n/bundle.l10n.*.json'],
      outdir: 'dist/l10n',
      plugins: [shortKeys],
    },
  ];
  if (!production) {
    all.push({
      ...node,
      entryPoints: await suiteEntries(),
      outdir: 'dist/test/vscode',
      external: ['vscode', 'mocha'],
    });
  }
  return all;
}

/**
 * Removes what an earlier build left and this one did not write: the bundle of a source that is gone must not stay
 * behind, least of all a test.
 *
 * @param {string} folder relative to the root, like the outputs
 * @param {ReadonlySet<string>} outputs
 */
async function removeStale(folder, outputs) {
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) await removeStale(path, outputs);
    else if (!outputs.has(path)) await rm(join(root, path));
  }
}

/** @param {readonly string[]} outputs relative to the root */
async function shortenAll(outputs) {
  const threads = new Piscina({ filename: join(root, 'scripts/shorten.mjs'), maxThreads: availableParallelism() });
  // Small chunks are in a file together.
  const scripts = outputs.filter((path) => path.endsWith('.js') && existsSync(join(root, path)));
  await Promise.all(
    scripts.map((path) => threads.run({ path: join(root, path), module: path.startsWith('dist/webview/') })),
  );
  await threads.destroy();
}

const options = await bundles();
try {
  if (watch) {
    const contexts = await Promise.all(options.map((option) => esbuild.context({ ...option, metafile: true })));
    await Promise.all(contexts.map((context) => context.watch()));
  } else {
    const results = await Promise.all(options.map((option) => esbuild.build({ ...option, metafile: true })));
    const outputs = results.flatMap((result) => Object.keys(result.metafile.outputs));
    const notices = 'dist/THIRD-PARTY-NOTICES.txt';
    if (production) {
      const inputs = results.flatMap((result) => Object.keys(result.metafile.inputs));
      await writeFile(join(root, notices), await thirdPartyNotices(inputs));
      if (forPackage) await shortenAll(outputs);
    }
    await removeStale('dist', new Set(production ? [...outputs, notices] : outputs));
  }
} catch (error) {
  // esbuild has printed its own errors.
  if (!(error instanceof Error && 'errors' in error)) console.error(error);
  process.exitCode = 1;
}
