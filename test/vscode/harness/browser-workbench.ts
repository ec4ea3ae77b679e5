/**
 * A VS Code whose server has no Framecast: the browser loads it from a plain web server and runs it in a web worker, as
 * vscode.dev does. What it opens lies on the server, so for a web worker it is on no disk.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { inject } from 'vitest';
import { root } from '../../../scripts/setup/paths.mjs';
import { ensureVscodeServer } from '../../../scripts/setup/vscode-server.mjs';
import { launchBrowser } from '../../../scripts/vscode-server/browser.mjs';
import { separateHome, startVscodeServer, workbenchUrl } from '../../../scripts/vscode-server/serve.mjs';

/** Path under which the browser finds the extension. */
const place = '/framecast-in-browser';

export interface BrowserWorkbench {
  readonly page: Page;
  /** What the server's extension host would have loaded; must stay empty. */
  serverOutput(): string;
  close(): Promise<void>;
}

/** Opens a copy of samples/. */
export async function openBrowserWorkbench(): Promise<BrowserWorkbench> {
  const harness = inject('harness');
  const server = await ensureVscodeServer();
  if (!server) throw new Error('VS Code is missing; the lines above say why.');
  const scratch = mkdtempSync(join(harness.scratch, 'browser-'));
  const [dataFolder, extensionsFolder, folder] = ['vscode', 'extensions', 'models'].map((name) => join(scratch, name));
  mkdirSync(dataFolder!);
  mkdirSync(extensionsFolder!);
  cpSync(join(root, 'samples'), folder!, { recursive: true });
  const vscode = await startVscodeServer({
    server,
    dataFolder: dataFolder!,
    extensionsFolder: extensionsFolder!,
    env: separateHome(scratch),
  });

  const browser = await launchBrowser(harness.browser);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  if (process.env['FRAMECAST_CONSOLE']) page.on('console', (message) => console.log(message.text()));
  const address = workbenchUrl(vscode.address, folder!);
  // From the server's own address, as the workbench loads from nowhere else.
  const { host } = new URL(address);
  await page.context().route(`http://${host}${place}/**`, async (route) => {
    const file = new URL(route.request().url()).pathname.slice(place.length + 1);
    if (
      /^(package(\.nls(\.\w+)?)?\.json|dist\/l10n\/[\w.]+|dist\/web\.js|dist\/webview\/[\w.-]+|media\/[\w./-]+)$/.test(
        file,
      )
    ) {
      if (existsSync(join(root, file))) return await route.fulfill({ path: join(root, file) });
    }
    await route.fulfill({ status: 404 });
  });
  await page.route(address, async (route) => {
    const response = await route.fetch();
    const html = await response.text();
    const extension = { scheme: 'http', authority: host, path: place };
    const addition = JSON.stringify({ additionalBuiltinExtensions: [extension] }).replaceAll('"', '&quot;');
    const body = html.replace(
      'id="vscode-workbench-web-configuration" data-settings="{',
      `$&${addition.slice(1, -1)},`,
    );
    await route.fulfill({ response, body });
  });
  await page.goto(address);
  return {
    page,
    serverOutput: vscode.output,
    close: async () => {
      await browser.close();
      await vscode.stop();
    },
  };
}
