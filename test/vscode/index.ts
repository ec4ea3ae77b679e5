/**
 * Entry point of the mocha suite inside VS Code's extension host, the same for `npm run test:vscode` (VS Code server in
 * a headless browser) and `npm run test:desktop` (@vscode/test-electron). Runs every *.test.js that esbuild.mjs put
 * beside this bundle. The tests use the bdd interface (`describe`, `it`) with globals.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';

/**
 * Called by VS Code. FRAMECAST_SUITE_REPORT names a file for the counts, FRAMECAST_SUITE_GREP narrows the tests down.
 *
 * @throws when a test fails, or when no test ran: VS Code then ends with exit code 1
 */
export async function run(): Promise<void> {
  // Whole, marked lines: the runners tell mocha's report from VS Code's own log lines by the mark.
  Mocha.reporters.Base.consoleLog = (...values: unknown[]) => {
    for (const line of format(...values).split('\n')) console.log(`[suite] ${line}`);
  };
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, color: false });
  const pattern = process.env['FRAMECAST_SUITE_GREP'];
  if (pattern) mocha.grep(new RegExp(pattern));
  for (const file of readdirSync(__dirname)) if (file.endsWith('.test.js')) mocha.addFile(join(__dirname, file));

  const counts = await new Promise<{ passed: number; failed: number; skipped: number }>((resolve) => {
    const runner = mocha.run(() =>
      resolve({
        passed: runner.stats?.passes ?? 0,
        failed: runner.stats?.failures ?? 0,
        skipped: runner.stats?.pending ?? 0,
      }),
    );
  });
  const report = process.env['FRAMECAST_SUITE_REPORT'];
  if (report) writeFileSync(report, JSON.stringify(counts));
  if (counts.passed + counts.failed === 0) throw new Error('No test ran.');
  if (counts.failed > 0) throw new Error(`${counts.failed} of ${counts.passed + counts.failed} tests failed.`);
}
