/**
 * Runs the mocha suite of test/vscode inside a real VS Code: the server build, its window in a headless browser.
 * Usage: node scripts/test-vscode.mjs [pattern of test names]
 * Needs a build (npm run build). FRAMECAST_SUITE_REPORT names a file for the counts.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import { ensureChromium } from './setup/chromium.mjs';
import { root } from './setup/paths.mjs';
import { ensureVscodeServer } from './setup/vscode-server.mjs';
import { launchBrowser } from './vscode-server/browser.mjs';
import { separateHome, startVscodeServer, workbenchUrl } from './vscode-server/serve.mjs';

/** @type {string[]} */
const errors = [];
const patienceMs = 10 * 60_000;

const server = await ensureVscodeServer();
const browserProgram = await ensureChromium();
if (!server || !browserProgram) process.exit(1);

const scratch = mkdtempSync(join(tmpdir(), 'framecast-suite-'));
const env = separateHome(scratch);
if (process.env.FRAMECAST_SUITE_REPORT) env['FRAMECAST_SUITE_REPORT'] = process.env.FRAMECAST_SUITE_REPORT;
if (process.argv[2]) env['FRAMECAST_SUITE_GREP'] = process.argv[2];
const workspace = join(scratch, 'workspace');
cpSync(join(root, 'samples'), workspace, { recursive: true });

const vscode = await startVscodeServer({ server, dataFolder: join(scratch, 'vscode'), env });
const browser = await launchBrowser(browserProgram);
let code = 1;
try {
  code = await runSuite();
  if (code !== 0) console.error(errors.at(-1) ?? 'VS Code gave no reason.');
} catch (error) {
  console.error(errors.join('\n'));
  console.error(error instanceof Error ? error.message : error);
} finally {
  await browser.close();
  await vscode.stop();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
}
process.exit(code);

/** @returns {Promise<number>} the exit code that VS Code gave */
async function runSuite() {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  /** @type {Promise<number>} */
  const ended = new Promise((resolve, reject) => {
    void page.exposeFunction('codeAutomationExit', (/** @type {number} */ exitCode) => resolve(exitCode));
    void page.exposeFunction('codeAutomationLog', forward);
    page.once('crash', () => reject(new Error('The browser page crashed.')));
    void vscode.exited.then(() => reject(new Error(`The VS Code server ended. Its output:\n${vscode.output()}`)));
    setTimeout(() => reject(new Error(`No result after ${patienceMs / 60_000} minutes.`)), patienceMs).unref();
  });
  await page.goto(
    workbenchUrl(vscode.address, workspace, {
      extensionDevelopmentPath: root,
      extensionTestsPath: join(root, 'dist/test/vscode/index.js'),
    }),
  );
  return await ended;
}

/**
 * Passes mocha's report on to the terminal. VS Code's own log lines stay out, but its errors are kept for when the
 * suite ends before mocha could report.
 *
 * @param {string} type
 * @param {unknown[]} args
 */
function forward(type, args) {
  const line = format(...args);
  if (line.startsWith('[suite] ')) console.log(line.slice('[suite] '.length));
  else if (type === 'error') errors.push(line);
}
