import { spawnSync } from 'node:child_process';
import { chmodSync, createReadStream, createWriteStream, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { withLock } from './lock.mjs';
import { emptyPackageFolder, npm } from './npm.mjs';
import { toolsFolder } from './paths.mjs';
import { run } from './run.mjs';

/**
 * A browser of the Chromium kind for tests and screenshots.
 *
 * @typedef {{ executable: string, env: Record<string, string> }} Browser `env` is what its process needs besides ours
 */

/**
 * The npm package carries a headless Chromium with the libraries that a bare Linux lacks (MIT; Chromium: BSD-3-Clause).
 * The newest major that still takes Node.js 20.
 */
const packaged = { name: '@sparticuz/chromium', version: '143.0.4' };
const home = join(toolsFolder, `chromium-${packaged.version}`);

/**
 * Finds a Chrome, Chromium or Edge, and where there is none installs a headless Chromium under .vscode-test/.
 * FRAMECAST_CHROMIUM names one to use instead.
 *
 * @returns {Promise<Browser | null>} null when none can be had; a sentence has said what to do
 */
export async function ensureChromium() {
  const named = process.env.FRAMECAST_CHROMIUM;
  if (named) {
    if (answers(named)) return { executable: named, env: {} };
    console.error(`FRAMECAST_CHROMIUM is ${named}, which does not start.`);
    return null;
  }
  const installed = candidates().find((candidate) => answers(candidate));
  if (installed) return { executable: installed, env: {} };
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    console.error('No Chrome, Chromium or Edge was found. Install one, or name it in FRAMECAST_CHROMIUM.');
    return null;
  }
  return withLock('Chromium', async () => {
    if (!existsSync(home) && !(await installPackaged())) return null;
    const browser = packagedBrowser(home);
    if (answers(browser.executable, browser.env)) return browser;
    console.error(
      'The Chromium from npm does not start here, and no Chrome, Chromium or Edge was found. ' +
        'Install one (Debian: apt-get install chromium), or name it in FRAMECAST_CHROMIUM.',
    );
    return null;
  });
}

/** @returns {string[]} where a browser may be, in order of preference */
function candidates() {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (process.platform === 'win32') {
    const folders = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA];
    const programs = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'];
    return folders.flatMap((folder) => (folder ? programs.map((program) => join(folder, program)) : []));
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
  const path = (process.env.PATH ?? '').split(delimiter).concat('/usr/bin', '/usr/local/bin');
  return names.flatMap((name) => path.map((folder) => join(folder, name)));
}

/**
 * Ubuntu's chromium-browser is a script that only advises to install a snap, so a browser counts when it says its
 * version. A snap cannot read profiles in /tmp, so it does not count.
 *
 * @param {string} executable
 * @param {Record<string, string>} [env]
 */
function answers(executable, env = {}) {
  if (!existsSync(executable) || executable.startsWith('/snap/')) return false;
  if (process.platform === 'win32') return true; // chrome.exe --version opens a window there
  const result = spawnSync(executable, ['--version'], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 20_000,
  });
  return result.status === 0 && /\d+\.\d+\.\d+/.test(result.stdout) && !/snap/i.test(result.stdout);
}

/** @returns {Promise<boolean>} */
async function installPackaged() {
  console.log(
    `No Chrome, Chromium or Edge found: installing a headless Chromium from npm (about 200 MB, once) into ${home}`,
  );
  const partial = emptyPackageFolder(`${home}.partial`);
  if ((await npm(['install', `${packaged.name}@${packaged.version}`], partial)) !== 0) {
    console.error('Chromium could not be installed: the lines above say why. Is the npm registry reachable?');
    return false;
  }
  const packed = join(partial, 'node_modules', packaged.name, 'bin');
  await decompress(join(packed, 'chromium.br'), join(partial, 'chromium'));
  chmodSync(join(partial, 'chromium'), 0o755);
  for (const archive of ['al2023', 'swiftshader', 'fonts']) {
    const tar = join(partial, `${archive}.tar`);
    await decompress(join(packed, `${archive}.tar.br`), tar);
    if ((await run('tar', ['-xf', tar], { cwd: partial })) !== 0) return false;
    rmSync(tar);
  }
  rmSync(join(partial, 'node_modules'), { recursive: true });
  writeFileSync(
    join(partial, 'own-fonts.conf'),
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">` +
      `<fontconfig><dir>${home}/fonts</dir><cachedir>${home}/font-cache</cachedir></fontconfig>\n`,
  );
  renameSync(partial, home);
  return true;
}

/**
 * @param {string} from
 * @param {string} to
 */
async function decompress(from, to) {
  await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));
}

/**
 * @param {string} folder
 * @returns {Browser}
 */
function packagedBrowser(folder) {
  /** @type {Record<string, string>} */
  const env = { LD_LIBRARY_PATH: join(folder, 'lib') };
  // A bare machine has no fonts and would show empty boxes.
  if (!existsSync('/etc/fonts/fonts.conf')) env['FONTCONFIG_FILE'] = join(folder, 'own-fonts.conf');
  return { executable: join(folder, 'chromium'), env };
}
