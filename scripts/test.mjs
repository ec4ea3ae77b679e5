/**
 * npm test: everything that shows whether Framecast works, from a fresh clone on. Installs what is missing, then checks
 * types, lint and format, and runs the unit tests, those against real SSH servers and those inside a real VS Code. All
 * steps run even when an earlier one fails; the last line sums them up. A failed step without a count of its own counts
 * as one failure. What fails and passes when it is tried again is flaky: it is counted, and more than a few files of it
 * are a failure.
 *
 * With files (npm test -- FILE…), those alone, after the same installation.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureChromium } from './setup/chromium.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { requireSupportedNode } from './setup/node-version.mjs';
import { runNode, runNodeQuietly } from './setup/run.mjs';
import { ensureSshd } from './setup/sshd.mjs';
import { ensureVscodeServer } from './setup/vscode-server.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number, flaky?: number }} Counts */
/** @typedef {{ name: string, seconds: number, ok: boolean, counts: Counts | null }} Step */

/** As many files may pass at the second attempt only; with more, the tests are not to be trusted. */
const maxFlakyFiles = 2;

/**
 * Steps of vitest with their projects of vitest.config.mjs, which do not run together, and where their files are.
 *
 * @type {readonly (readonly [name: string, projects: string, folder: string])[]}
 */
const folders = [
  ['unit', 'unit', 'test/unit/'],
  ['jetson', 'jetson*', 'test/jetson/'],
  ['workbench', 'workbench', 'test/vscode/workbench/'],
];

process.exitCode = await main();

/** @returns {Promise<number>} the exit code */
async function main() {
  requireSupportedNode();
  if (!(await ensureDependencies())) return 1;
  if (!(await ensureVscodeServer()) || !(await ensureChromium())) return 1;
  // Without a server or Python, the tests of boards fail and say what is missing; all others still say something.
  await ensureSshd();

  const reports = mkdtempSync(join(tmpdir(), 'framecast-test-'));
  const tsc = ['node_modules/typescript/bin/tsc', '--noEmit', '-p'];
  const files = process.argv.slice(2);
  if (files.length > 0) {
    const few = [await step('build', ['esbuild.mjs'])];
    for (const [name, projects, folder] of folders) {
      const own = files.filter((file) => file.startsWith(folder));
      if (own.length > 0) few.push(await vitest(name, projects, own));
    }
    rmSync(reports, { recursive: true, force: true });
    return summarise(few);
  }
  // Two at a time, as many as small machines have cores; each prints in one piece when it is done.
  const checks = await Promise.all([
    inTurn([
      ['type check: node', [...tsc, 'tsconfig.json']],
      ['type check: core', [...tsc, 'src/core/tsconfig.json']],
      ['type check: webview', [...tsc, 'webview-ui/tsconfig.json']],
      ['type check: tests of the webview', [...tsc, 'test/unit/webview-ui/tsconfig.json']],
      ['format', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']],
    ]),
    inTurn([['lint', ['node_modules/eslint/bin/eslint.js', '.', '--max-warnings', '0']]]),
  ]);
  const steps = [
    ...checks.flat(),
    await step('build', ['esbuild.mjs']),
    await vitest('unit'),
    await vitest('jetson', 'jetson*'),
    await mochaInVscode(),
    await workbench(),
  ];
  rmSync(reports, { recursive: true, force: true });
  return summarise(steps);

  /**
   * @param {string} name for the summary
   * @param {string} [projects] a project of vitest.config.mjs, or a pattern for several; the name where left out
   * @param {readonly string[]} [files] only these; all where left out
   */
  function vitest(name, projects = name, files = []) {
    const report = reportOf(name);
    return step(
      `tests: ${name}`,
      [
        'node_modules/vitest/vitest.mjs',
        'run',
        '--project',
        projects,
        ...files,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ],
      () => {
        const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
          readFileSync(report, 'utf8'),
        );
        return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
      },
    );
  }

  /** @param {string} name */
  function reportOf(name) {
    return join(reports, `${name}.json`);
  }

  /**
   * A browser window on a busy machine may lose its server, and then fails every test of its file. So files that fail
   * are run once more, each in a new window; what fails again has failed, and what passes then is flaky.
   */
  async function workbench() {
    const first = await vitest('workbench');
    if (first.ok || first.counts === null) return first;
    const testResults = resultsOf('workbench');
    const whole = testResults.filter(({ status }) => status === 'passed');
    const failed = failedFiles('workbench');
    if (failed.length === 0) return first;
    console.log(`\nTrying again, in new windows: ${failed.join(', ')}`);
    const second = await vitest('workbench', 'workbench', failed);
    if (second.counts === null) return second;
    const passedBefore = whole.flatMap(({ assertionResults }) => assertionResults);
    const passed = second.counts.passed + passedBefore.filter(({ status }) => status === 'passed').length;
    const seconds = first.seconds + second.seconds;
    const failedAgain = failedFiles('workbench');
    const flakyFiles = failed.filter((name) => !failedAgain.includes(name));
    const flaky = Math.max(flakyFiles.length, first.counts.failed - second.counts.failed);
    if (flaky > 0) console.log(`\nFlaky: ${flakyFiles.join(', ') || 'single tests of files that fail'}`);
    if (flakyFiles.length <= maxFlakyFiles) return { ...second, counts: { ...second.counts, passed, flaky }, seconds };
    console.error(`${flakyFiles.length} files passed at the second attempt only; at most ${maxFlakyFiles} may.`);
    const tooMany = { ...second.counts, passed, flaky, failed: second.counts.failed + flakyFiles.length };
    return { ...second, ok: false, counts: tooMany, seconds };
  }

  /**
   * @param {string} name of a step
   * @returns {{ name: string, status: string, assertionResults: { status: string }[] }[]} a file each
   */
  function resultsOf(name) {
    return JSON.parse(readFileSync(reportOf(name), 'utf8')).testResults;
  }

  /** @param {string} name of a step */
  function failedFiles(name) {
    return resultsOf(name).flatMap((file) => (file.status === 'passed' ? [] : [file.name]));
  }

  function mochaInVscode() {
    const report = join(reports, 'vscode.json');
    const env = { ...process.env, FRAMECAST_SUITE_REPORT: report };
    return step(
      'tests: extension host',
      ['scripts/test-vscode.mjs'],
      () => JSON.parse(readFileSync(report, 'utf8')),
      env,
    );
  }
}

/**
 * Steps without counts of their own, one after another, while others run.
 *
 * @param {readonly (readonly [name: string, args: readonly string[]])[]} commands
 * @returns {Promise<Step[]>}
 */
async function inTurn(commands) {
  const steps = [];
  for (const [name, args] of commands) {
    const begin = performance.now();
    const { code, output } = await runNodeQuietly(args);
    console.log(`\n== ${name}${output === '' ? '' : `\n${output}`}`);
    steps.push({ name, seconds: (performance.now() - begin) / 1000, ok: code === 0, counts: null });
  }
  return steps;
}

/**
 * A step that prints as it goes.
 *
 * @param {string} name
 * @param {readonly string[]} args for Node.js
 * @param {() => Counts} [readCounts] reads what the step reported
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Step>}
 */
async function step(name, args, readCounts, env) {
  console.log(`\n== ${name}`);
  const begin = performance.now();
  const code = await runNode(args, env ? { env } : {});
  const seconds = (performance.now() - begin) / 1000;
  /** @type {Counts | null} */
  let counts = null;
  if (readCounts) {
    try {
      counts = readCounts();
    } catch {
      console.error(`${name} left no report.`);
    }
  }
  return { name, seconds, ok: code === 0 && (!readCounts || counts !== null), counts };
}

/**
 * @param {readonly Step[]} steps
 * @returns {number} the exit code
 */
function summarise(steps) {
  console.log();
  const total = { passed: 0, failed: 0, skipped: 0, flaky: 0 };
  for (const { name, seconds, ok, counts } of steps) {
    total.passed += counts?.passed ?? 0;
    total.skipped += counts?.skipped ?? 0;
    total.flaky += counts?.flaky ?? 0;
    total.failed += ok ? 0 : Math.max(1, counts?.failed ?? 0);
    const detail = counts ? ` (${counts.passed} passed, ${counts.failed} failed)` : '';
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}${detail}, ${seconds.toFixed(0)} s`);
  }
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  console.log(`\n${total.flaky} flaky`);
  // Alone on the last line, in the form that CI services read.
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
  return total.failed === 0 ? 0 : 1;
}
