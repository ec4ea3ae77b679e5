import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { Browser } from '../../../scripts/setup/chromium.mjs';
import { ensureChromium } from '../../../scripts/setup/chromium.mjs';
import { root } from '../../../scripts/setup/paths.mjs';
import { ensureVscodeServer } from '../../../scripts/setup/vscode-server.mjs';
import { installExtension } from '../../../scripts/vscode-server/installed-extension.mjs';
import type { Address } from '../../../scripts/vscode-server/serve.mjs';
import { separateHome, startVscodeServer } from '../../../scripts/vscode-server/serve.mjs';

/** What the tests need to know about the one VS Code server that all of them share. */
export interface HarnessContext {
  readonly address: Address;
  readonly browser: Browser;
  /** The server's data folder, which holds the user settings. */
  readonly dataFolder: string;
  /** Where the extension under test is installed. */
  readonly extensionFolder: string;
  /** Where workspaces are copied to; removed at the end. */
  readonly scratch: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    harness: HarnessContext;
  }
}

/** Starts a VS Code server with the extension under test installed, before the first workbench test; vitest's hook. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!process.env['FRAMECAST_VSIX'] && !existsSync(join(root, 'dist', 'extension.js')))
    throw new Error('There is no build. Run: npm run build');
  const server = await ensureVscodeServer();
  const browser = await ensureChromium();
  if (!server || !browser) throw new Error('VS Code or a browser is missing; the lines above say why.');

  const scratch = mkdtempSync(join(tmpdir(), 'framecast-workbench-'));
  const dataFolder = join(scratch, 'vscode');
  const extensionsFolder = join(scratch, 'extensions');
  mkdirSync(dataFolder, { recursive: true });
  const extensionFolder = installExtension(server, extensionsFolder, dataFolder);
  const vscode = await startVscodeServer({ server, dataFolder, extensionsFolder, env: separateHome(scratch) });
  project.provide('harness', { address: vscode.address, browser, dataFolder, extensionFolder, scratch });

  return async () => {
    await vscode.stop();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  };
}
