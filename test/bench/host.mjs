/**
 * npm run bench:host: what Framecast takes in a real VS Code (the server that the tests use, its window in a headless
 * browser), each against something empty of the same kind in the same window: activation, hovers, and a page from the
 * double click to its headline. Fails beyond the bounds below. Needs a build without source maps, which it makes.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ensureChromium } from '../../scripts/setup/chromium.mjs';
import { root } from '../../scripts/setup/paths.mjs';
import { ensureVscodeServer } from '../../scripts/setup/vscode-server.mjs';
import { launchBrowser } from '../../scripts/vscode-server/browser.mjs';
import { installBuiltExtension } from '../../scripts/vscode-server/installed-extension.mjs';
import { separateHome, startVscodeServer, workbenchUrl } from '../../scripts/vscode-server/serve.mjs';
import { figure } from './figure.mjs';

/** Milliseconds beyond the peer's. */
const bounds = { activation: 50, firstHover: 120, coldHover: 30, cachedHover: 5, page: 300 };
const windows = 5;
const pages = 5;
const patienceMs = 120_000;

const server = await ensureVscodeServer();
const chromium = await ensureChromium();
if (!server || !chromium) process.exit(1);

const scratch = mkdtempSync(join(tmpdir(), 'framecast-bench-host-'));
/** @param {string} name */
const inScratch = (name) => join(scratch, name);
for (const name of ['vscode', 'empty', 'models', 'named']) mkdirSync(inScratch(name));
installBuiltExtension(inScratch('extensions'));
installPeer(inScratch('extensions'));
await build({
  entryPoints: [join(root, 'test/vscode/host-figures.ts')],
  outfile: inScratch('in-host.cjs'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode'],
  logLevel: 'warning',
});
const env = {
  ...separateHome(scratch),
  FRAMECAST_BENCH_REPORT: inScratch('figures.json'),
  FRAMECAST_BENCH_FOLDER: inScratch('named'),
};
const vscode = await startVscodeServer({
  server,
  dataFolder: inScratch('vscode'),
  extensionsFolder: inScratch('extensions'),
  settings: { 'workbench.colorTheme': 'Default Dark Modern' },
  env,
});
try {
  await measure();
} finally {
  await vscode.stop();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
}

async function measure() {
  /** @type {import('../vscode/host-figures').HostFigures[]} */
  const runs = [];
  for (let count = 0; count < windows; count++) runs.push(await inOneHost());
  const opened = await openPages();
  /** @param {keyof import('../vscode/host-figures').HostFigures} key */
  const of = (key) => median(runs.map((run) => run[key]));
  const rows = /** @type {const} */ ([
    ['activation', of('activation'), of('emptyActivation'), bounds.activation, 'an extension that does nothing'],
    [
      'hover on a cold 100 MB model, the very first',
      of('firstHover'),
      of('emptyHover'),
      bounds.firstHover,
      'a hover that says a word',
    ],
    ['the same, after the first', of('coldHover'), of('emptyHover'), bounds.coldHover, 'a hover that says a word'],
    ['the same, read before', of('cachedHover'), of('emptyHover'), bounds.cachedHover, 'a hover that says a word'],
    [
      'a model’s page, double click to headline',
      opened.page,
      opened.peer,
      bounds.page,
      'an editor with a headline alone',
    ],
  ]);
  console.log(`In VS Code, ms by the clock; medians of ${windows} windows, and of ${pages} pages`);
  for (const [what, value, peer, bound, of] of rows) {
    figure({ what, value, unit: 'ms', peer: [of, peer], bound, bounded: 'beyond', reason: 'see BENCHMARKS.md' });
  }
  console.log(`first page of a window: ${opened.first.toFixed(0)} ms, peer ${opened.firstPeer.toFixed(0)} ms`);
}

/** Opens a window whose extension host measures itself. */
async function inOneHost() {
  const browser = await launchBrowser(chromium ?? missing());
  try {
    const page = await browser.newPage();
    /** @type {string[]} */
    const errors = [];
    /** @type {Promise<number>} */
    const ended = new Promise((resolve, reject) => {
      void page.exposeFunction('codeAutomationExit', resolve);
      void page.exposeFunction('codeAutomationLog', (/** @type {string} */ type, /** @type {unknown[]} */ args) => {
        if (type === 'error') errors.push(args.join(' '));
      });
      setTimeout(() => reject(new Error(`No figures.\n${errors.join('\n')}`)), patienceMs).unref();
    });
    const extension = {
      extensionDevelopmentPath: inScratch('extensions/framecast-bench.empty-1.0.0'),
      extensionTestsPath: inScratch('in-host.cjs'),
    };
    await page.goto(workbenchUrl(vscode.address, inScratch('empty'), extension));
    if ((await ended) !== 0) throw new Error(errors.at(-1) ?? 'VS Code gave no reason.');
    return JSON.parse(readFileSync(env.FRAMECAST_BENCH_REPORT, 'utf8'));
  } finally {
    await browser.close();
  }
}

/** Opens models and files of an empty editor in turn, in one window. */
async function openPages() {
  for (let count = 0; count <= pages; count++) {
    copyFileSync(join(root, 'samples/resnet18.onnx'), join(inScratch('models'), `model-${count}.onnx`));
    writeFileSync(join(inScratch('models'), `file-${count}.peer`), '');
  }
  const browser = await launchBrowser(chromium ?? missing());
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(patienceMs);
    await page.goto(workbenchUrl(vscode.address, inScratch('models')));
    // The theme comes from an extension, so editors of extensions are known by then.
    await page.locator('.monaco-workbench[class*="dark_modern"]').waitFor();
    /**
     * @param {string} name
     * @param {string} shown a selector in the page
     */
    const open = async (name, shown) => {
      const row = page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: name });
      await row.waitFor();
      const start = performance.now();
      await row.dblclick();
      await page.locator('.tab.active').filter({ hasText: name }).waitFor();
      await page
        .locator('iframe.webview.ready')
        .filter({ visible: true })
        .last()
        .contentFrame()
        .frameLocator('#active-frame')
        .locator(shown)
        .filter({ hasText: name })
        .waitFor();
      return performance.now() - start;
    };
    /** @type {number[]} */
    const own = [];
    /** @type {number[]} */
    const peer = [];
    for (let count = 0; count <= pages; count++) {
      peer.push(await open(`file-${count}.peer`, 'h1'));
      own.push(await open(`model-${count}.onnx`, 'h1'));
    }
    const [first = 0, ...others] = own;
    const [firstPeer = 0, ...otherPeers] = peer;
    return { first, firstPeer, page: median(others), peer: median(otherPeers) };
  } finally {
    await browser.close();
  }
}

/**
 * Installs an extension that does nothing, and one whose custom editor has a headline alone.
 *
 * @param {string} extensionsFolder
 */
function installPeer(extensionsFolder) {
  const common = { publisher: 'framecast-bench', version: '1.0.0', engines: { vscode: '^1.100.0' }, main: './main.js' };
  const selector = [{ filenamePattern: '*.peer' }];
  const customEditors = [{ viewType: 'bench.page', displayName: 'Empty', selector, priority: 'default' }];
  const editor = `const vscode = require('vscode');
exports.activate = () => vscode.window.registerCustomEditorProvider('bench.page', {
  openCustomDocument: (uri) => ({ uri, dispose() {} }),
  resolveCustomEditor({ uri }, panel) {
    panel.webview.options = { enableScripts: true };
    const name = JSON.stringify(uri.path.split('/').at(-1));
    panel.webview.html = '<!doctype html><h1></h1><script>document.querySelector("h1").textContent = ' + name + ';</script>';
  },
});`;
  for (const [name, contributes, main] of /** @type {const} */ ([
    ['empty', {}, 'exports.activate = () => {};'],
    ['page', { customEditors }, editor],
  ])) {
    const folder = join(extensionsFolder, `framecast-bench.${name}-1.0.0`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...common, name, contributes }));
    writeFileSync(join(folder, 'main.js'), main);
  }
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

/** @returns {never} */
function missing() {
  throw new Error('VS Code or a browser is missing.');
}
