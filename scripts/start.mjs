/**
 * npm start: opens VS Code with Framecast on a folder of sample models. Installs what is missing, builds, then uses the
 * desktop VS Code of this machine, or serves a real VS Code to the browser where there is none.
 *
 * Options (after `npm start --`): --port N   serve on this port rather than on a free one
 *                                 --serve    serve to the browser even where there is a desktop VS Code
 *                                 --no-open  do not open the browser
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './setup/dependencies.mjs';
import { findDesktopVscode, hasDisplay } from './setup/desktop-vscode.mjs';
import { requireSupportedNode } from './setup/node-version.mjs';
import { root, toolsFolder } from './setup/paths.mjs';
import { run, runNode } from './setup/run.mjs';
import { ensureVscodeServer } from './setup/vscode-server.mjs';
import { installBuiltExtension } from './vscode-server/installed-extension.mjs';
import { startVscodeServer, workbenchUrl } from './vscode-server/serve.mjs';

const samples = join(root, 'samples');

const tryThese = `
In the window that opens:
  - double-click resnet18.onnx in the Explorer: its page shows the predicted frames per second;
  - rest the mouse on an .onnx file in the Explorer: the tooltip shows the same in one line;
  - open deploy.py and rest the mouse on a path to a model.
`;

process.exitCode = await main();

/** @returns {Promise<number>} the exit code */
async function main() {
  requireSupportedNode();
  const options = readOptions();
  if (!options) return 2;
  if (!(await ensureDependencies())) return 1;
  console.log('Building the extension.');
  if ((await runNode(['esbuild.mjs'])) !== 0) return 1;

  const code = options.serve || options.port !== undefined ? null : findDesktopVscode();
  if (code === null) return await serve(options);
  console.log(`Opening ${code} on ${samples}`);
  console.log(tryThese);
  return await run(code, [`--extensionDevelopmentPath=${root}`, '--new-window', '--disable-workspace-trust', samples]);
}

/** @returns {{ port: number | undefined, serve: boolean, open: boolean } | null} null after a complaint */
function readOptions() {
  try {
    const { values } = parseArgs({
      options: { port: { type: 'string' }, serve: { type: 'boolean' }, 'no-open': { type: 'boolean' } },
    });
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) {
      throw new Error(`--port wants a number from 1 to 65535, not "${values.port}".`);
    }
    return { port, serve: values.serve === true, open: values['no-open'] !== true };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error('Usage: npm start [-- [--port N] [--serve] [--no-open]]');
    return null;
  }
}

/**
 * Serves VS Code until Ctrl-C.
 *
 * @param {{ port: number | undefined, open: boolean }} options
 * @returns {Promise<number>} the exit code
 */
async function serve(options) {
  const server = await ensureVscodeServer();
  if (!server) return 1;
  const dataFolder = join(toolsFolder, 'start');
  const extensionsFolder = join(dataFolder, 'extensions');
  installBuiltExtension(extensionsFolder);
  /** @type {import('./vscode-server/serve.mjs').VscodeServer} */
  let vscode;
  try {
    vscode = await startVscodeServer({ server, dataFolder, extensionsFolder, port: options.port, keepSettings: true });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }

  const url = workbenchUrl(vscode.address, samples);
  console.log(`\nVS Code with Framecast is ready. Open this address in a browser on this machine:\n\n  ${url}\n`);
  if (process.env.SSH_CONNECTION) {
    console.log(
      `From another machine, forward the port first: ssh -L ${vscode.address.port}:127.0.0.1:${vscode.address.port} ...\n`,
    );
  }
  console.log(`${tryThese}\nCtrl-C stops it.`);
  if (options.open && hasDisplay()) openInBrowser(url);

  /** @type {Promise<'asked'>} */
  const asked = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve('asked'));
  });
  const end = await Promise.race([asked, vscode.exited]);
  if (end === 'asked') {
    console.log('\nStopping.');
    await vscode.stop();
    return 0;
  }
  console.error(`The VS Code server ended by itself. Its output:\n${vscode.output()}`);
  return 1;
}

/** @param {string} url */
function openInBrowser(url) {
  const [command, args] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['cmd', ['/c', 'start', '', url.replaceAll('&', '^&')]]
        : ['xdg-open', [url]];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => {}); // the address stands above, which is enough
  child.unref();
}
