/**
 * Runs the mocha suite of test/vscode in desktop VS Code through @vscode/test-electron: in the oldest version that
 * package.json's `engines.vscode` promises, and in the newest. Needs a build (npm run build), a display (xvfb-run
 * gives one) and the network, which brings VS Code.
 * Usage: node scripts/test-desktop.mjs [version ...]
 */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { hasDisplay } from './setup/desktop-vscode.mjs';
import { root, toolsFolder } from './setup/paths.mjs';
import { separateHome } from './vscode-server/serve.mjs';

process.exitCode = await main();

/** @returns {Promise<number>} the exit code */
async function main() {
  if (!hasDisplay()) {
    console.error('Desktop VS Code needs a display. Without one: xvfb-run -a npm run test:desktop');
    return 1;
  }
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const oldest = engines.vscode.replace(/^\D+/, '');
  let failed = 0;
  for (const version of process.argv.length > 2 ? process.argv.slice(2) : [oldest, 'stable']) {
    console.log(`\n== VS Code ${version}`);
    if (!(await passes(version))) failed += 1;
  }
  return failed === 0 ? 0 : 1;
}

/** @param {string} version */
async function passes(version) {
  const scratch = mkdtempSync(join(tmpdir(), 'framecast-desktop-'));
  const workspace = join(scratch, 'workspace');
  cpSync(join(root, 'samples'), workspace, { recursive: true });
  try {
    const vscodeExecutablePath = await downloadAndUnzipVSCode({ version, cachePath: toolsFolder });
    const code = await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: root,
      extensionTestsPath: join(root, 'dist/test/vscode/index.js'),
      extensionTestsEnv: separateHome(scratch),
      launchArgs: [
        workspace,
        '--disable-extensions',
        '--disable-workspace-trust',
        '--skip-welcome',
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), // as root, VS Code refuses to start with its sandbox
        '--user-data-dir',
        join(scratch, 'user-data'),
        '--extensions-dir',
        join(scratch, 'extensions'),
      ],
    });
    return code === 0;
  } catch (error) {
    console.error(`VS Code ${version}: ${error instanceof Error ? error.message : error}`);
    return false;
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}
