import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Where a server listens, and the token that it asks for.
 *
 * @typedef {{ port: number, token: string }} Address
 */

/**
 * A running VS Code server on loopback.
 *
 * @typedef {object} VscodeServer
 * @property {Address} address
 * @property {() => string} output what the server has printed so far
 * @property {Promise<void>} exited resolves when the server has ended, for whatever reason
 * @property {() => Promise<void>} stop ends the server and the extension hosts that it started
 */

/** Settings of every window served here: no page, notice or request that a user of Framecast did not ask for. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'security.workspace.trust.enabled': false,
  'chat.commandCenter.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'npm.autoDetect': 'off',
};

/** What asks a process to end. */
const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Ends this process the orderly way, so that what it started ends with it, unless somebody else sees to the signal.
 *
 * @param {NodeJS.Signals} signal
 */
function leave(signal) {
  if (process.listenerCount(signal) === 1) process.exit(130);
}

/**
 * Starts the VS Code server on 127.0.0.1 behind a random connection token: without one, any page in a browser on this
 * machine could reach a terminal through it.
 *
 * @param {object} options
 * @param {import('../setup/vscode-server.mjs').InstalledServer} options.server
 * @param {string} options.dataFolder where user settings and state are kept
 * @param {string} [options.extensionsFolder] installed extensions; default: `extensions` in the data folder
 * @param {number} [options.port] default: one that is free
 * @param {Record<string, unknown>} [options.settings] user settings on top of the quiet ones
 * @param {boolean} [options.keepSettings] leave the settings of an earlier run as they are
 * @param {boolean} [options.asksForTrust] folders are restricted until the user trusts them
 * @param {Record<string, string>} [options.env] for the server and its extension hosts
 * @returns {Promise<VscodeServer>}
 * @throws {Error} when the port cannot be had, or the server ends or stays silent before it listens
 */
export async function startVscodeServer(options) {
  const token = randomBytes(16).toString('hex');
  if (!options.keepSettings || !existsSync(userSettingsFile(options.dataFolder))) {
    writeUserSettings(options.dataFolder, options.settings);
  }
  // The token goes by file: a command line can be read by every user of the machine.
  const tokenFile = join(options.dataFolder, 'connection-token');
  writeFileSync(tokenFile, token, { mode: 0o600 });

  const args = [
    join(options.server.folder, 'out', 'server-main.js'),
    '--accept-server-license-terms',
    '--host',
    '127.0.0.1',
    '--port',
    String(options.port ?? 0),
    '--connection-token-file',
    tokenFile,
    '--server-data-dir',
    options.dataFolder,
    '--telemetry-level',
    'off',
    ...(options.asksForTrust ? [] : ['--disable-workspace-trust']),
    ...(options.extensionsFolder ? ['--extensions-dir', options.extensionsFolder] : []),
    '--disable-getting-started-override',
  ];
  const child = spawn(options.server.node, args, {
    env: { ...withoutVscode(process.env), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that stopping it takes the extension hosts along.
    detached: process.platform !== 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  /** @type {Promise<void>} */
  const exited = new Promise((resolve) => child.once('close', () => resolve()));
  const kill = () => killGroup(child, 'SIGKILL');
  process.once('exit', kill);
  for (const signal of signals) process.on(signal, leave);

  return {
    address: { port: await listening(), token },
    output: () => output,
    exited,
    stop: async () => {
      killGroup(child, 'SIGTERM');
      const patience = setTimeout(kill, 5000);
      await exited;
      clearTimeout(patience);
      kill(); // whatever of the group outlived the server
      process.removeListener('exit', kill);
      for (const signal of signals) process.removeListener(signal, leave);
    },
  };

  /** @returns {Promise<number>} the port, once the server says it listens */
  function listening() {
    return new Promise((resolve, reject) => {
      const fail = (/** @type {string} */ why) => {
        clearTimeout(patience);
        kill();
        reject(new Error(why));
      };
      const patience = setTimeout(() => fail(`VS Code did not start within a minute. Its output:\n${output}`), 60_000);
      child.once('error', (error) => fail(`VS Code cannot be started: ${error.message}`));
      child.once('close', (code) => fail(`VS Code ended with code ${code}. Its output:\n${output}`));
      for (const stream of [child.stdout, child.stderr]) stream.on('data', read);

      function read() {
        // The server goes on without a port when it cannot have the one it was told.
        if (/listen EADDRINUSE/.test(output)) fail(`Port ${options.port} is in use. Choose another one, or none.`);
        if (/listen EACCES/.test(output)) fail(`Port ${options.port} is not for this user. Choose one from 1024 on.`);
        const match = /Extension host agent listening on (\d+)/.exec(output);
        if (!match) return;
        clearTimeout(patience);
        resolve(Number(match[1]));
      }
    });
  }
}

/**
 * The address that opens a folder.
 *
 * @param {Address} address
 * @param {string} folder absolute path
 * @param {Record<string, string>} [paths] workbench options that name a path, such as `extensionTestsPath`
 */
export function workbenchUrl(address, folder, paths = {}) {
  const query = new URLSearchParams({ tkn: address.token, folder });
  const payload = Object.entries(paths).map(([name, path]) => [
    name,
    `vscode-remote://127.0.0.1:${address.port}${path}`,
  ]);
  if (payload.length > 0) query.set('payload', JSON.stringify(payload));
  return `http://127.0.0.1:${address.port}/?${query.toString().replaceAll('%2F', '/')}`;
}

/**
 * Writes the user settings; open windows follow at once.
 *
 * @param {string} dataFolder the server's
 * @param {Record<string, unknown>} [settings] on top of the quiet ones
 */
export function writeUserSettings(dataFolder, settings = {}) {
  const file = userSettingsFile(dataFolder);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...quietSettings, ...settings }, null, 2));
}

/** @param {string} dataFolder */
function userSettingsFile(dataFolder) {
  return join(dataFolder, 'data', 'User', 'settings.json');
}

/**
 * Variables that give a server and its extensions a home folder of their own, so that a test run neither reads nor
 * changes what the user has stored.
 *
 * @param {string} folder
 * @returns {Record<string, string>}
 */
export function separateHome(folder) {
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  return {
    HOME: home,
    USERPROFILE: home,
    APPDATA: join(home, 'AppData'),
    LOCALAPPDATA: join(home, 'AppData', 'Local'),
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    FRAMECAST_LANDMARKS: join(home, 'landmarks.jsonl'),
  };
}

/**
 * The variables that a terminal inside VS Code sets would make the server believe that it is that VS Code.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function withoutVscode(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$)/.test(name)));
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function killGroup(child, signal) {
  if (!child.pid) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}
