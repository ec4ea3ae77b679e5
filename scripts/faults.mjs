/**
 * npm run faults: what goes wrong between a client and a board, every fault of the link at every stage of a benchmark,
 * and faults of the board, of two clients and of a board that lies. Runs the tests of test/jetson/faults and prints their
 * results as tables in Markdown; exit code 1 where one failed.
 *
 * Usage: npm run faults [-- FILE...]
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { runNode } from './setup/run.mjs';

const folder = await mkdtemp(join(tmpdir(), 'framecast-faults-'));
try {
  const report = join(folder, 'report.json');
  const named = process.argv.slice(2);
  const files = named.length > 0 ? named : ['test/jetson/faults'];
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'jetson*', ...files];
  const code = await runNode([...vitest, '--reporter=json', `--outputFile=${report}`]);
  /** @type {{ testResults: { name: string, assertionResults: Assertion[] }[] }} */
  const { testResults } = JSON.parse(await readFile(report, 'utf8'));
  const tests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((test) => ({ ...test, file: basename(name, '.test.ts') })),
  );
  printMatrix(tests.filter((test) => momentOf(test) !== null));
  printOthers(tests.filter((test) => momentOf(test) === null));
  const failed = tests.filter(({ status }) => status === 'failed').length;
  console.log(`\n${tests.length} faults, ${failed} not survived.`);
  process.exitCode = failed > 0 || code !== 0 ? 1 : 0;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/**
 * @typedef {{ ancestorTitles: string[], title: string, status: string, duration?: number }} Assertion of Vitest's report
 * @typedef {Assertion & { file: string }} Test
 */

/**
 * The moment of a benchmark at which the link fails; null for other tests.
 *
 * @param {Assertion} test
 */
function momentOf({ ancestorTitles, title }) {
  return /^where /.test(ancestorTitles[0] ?? '') ? (/^at ([^,]+),/.exec(title)?.[1] ?? null) : null;
}

/**
 * Faults of the link as columns, the moments in which they happen as rows.
 *
 * @param {readonly Test[]} tests
 */
function printMatrix(tests) {
  const faults = [...new Set(tests.map(({ ancestorTitles }) => (ancestorTitles[0] ?? '').replace(/^where /, '')))];
  const moments = [...new Set(tests.map(momentOf))];
  if (faults.length === 0) return;
  console.log(`| at | ${faults.join(' | ')} |\n|---|${faults.map(() => '---|').join('')}`);
  for (const moment of moments) {
    const cells = faults.map((fault) =>
      cellOf(tests.find((test) => momentOf(test) === moment && test.ancestorTitles[0] === `where ${fault}`)),
    );
    console.log(`| ${moment} | ${cells.join(' | ')} |`);
  }
}

/** @param {readonly Test[]} tests */
function printOthers(tests) {
  if (tests.length === 0) return;
  console.log('\n| | what is held | result |\n|---|---|---|');
  for (const test of tests) {
    const what = [...test.ancestorTitles, test.title].join(' ').replaceAll('|', '\\|');
    console.log(`| ${test.file} | ${what} | ${cellOf(test)} |`);
  }
}

/** @param {Test | undefined} test */
function cellOf(test) {
  if (test === undefined) return '';
  const seconds = ((test.duration ?? 0) / 1000).toFixed(1);
  if (test.status !== 'passed') return `**${test.status}**`;
  return momentOf(test) === null ? `held, ${seconds} s` : `one result, ${seconds} s`;
}
