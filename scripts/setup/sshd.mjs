import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { withLock } from './lock.mjs';
import { toolsFolder } from './paths.mjs';
import { run } from './run.mjs';

/**
 * An OpenSSH server for tests.
 *
 * @typedef {object} InstalledSshd
 * @property {string} sshd absolute path, as sshd asks for
 * @property {string} sftpServer for `Subsystem sftp`
 * @property {readonly string[]} config lines that its configuration needs
 * @property {Record<string, string>} env what it, ssh, ssh-keygen and the like need besides our environment
 */

const unpacked = join(toolsFolder, 'openssh-server');
const usualFolders = ['/usr/sbin', '/usr/local/sbin', '/sbin', '/opt/homebrew/sbin'];
const sftpServers = ['/usr/lib/openssh', '/usr/libexec/openssh', '/usr/libexec', '/usr/lib/ssh', '/usr/lib/misc'];

/**
 * Finds an sshd, and where there is none installs Debian's: by apt-get where this is root, otherwise unpacked into
 * .vscode-test/. No service is started. FRAMECAST_SSHD names one to use instead. Also sees that python3 is there, which
 * runs what is sent to a board.
 *
 * @returns {Promise<InstalledSshd | null>} null when none can be had; a sentence has said what to do
 */
export async function ensureSshd() {
  const named = process.env['FRAMECAST_SSHD'];
  if (named && !isExecutable(named)) {
    console.error(`FRAMECAST_SSHD is ${named}, which is no program.`);
    return null;
  }
  if (!hasPython() && !(await withLock('python3', () => aptInstall('python3')))) {
    console.error('The tests of what runs on a board need python3. Install it (Debian: apt-get install python3).');
    return null;
  }
  const found = findSshd();
  if (found) return found;
  return withLock('sshd', async () => {
    if (findSshd() === null && !(await aptInstall('openssh-server'))) await unpack();
    const installed = findSshd();
    if (installed === null) {
      console.error(
        'The tests of SSH need an OpenSSH server, and none could be installed. Install one (Debian: apt-get install ' +
          'openssh-server; it need not run), or name it in FRAMECAST_SSHD.',
      );
    }
    return installed;
  });
}

/**
 * The sshd that tests use, without installing anything.
 *
 * @returns {InstalledSshd | null}
 */
export function findSshd() {
  const named = process.env['FRAMECAST_SSHD'];
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...usualFolders].filter((folder) => folder !== '');
  const candidates = named ? [named] : folders.map((folder) => join(folder, 'sshd'));
  const sshd = candidates.find((candidate) => candidate.startsWith('/') && isExecutable(candidate));
  if (sshd) {
    const sftpServer = sftpServers.map((folder) => join(folder, 'sftp-server')).find(isExecutable);
    return { sshd, sftpServer: sftpServer ?? 'internal-sftp', config: [], env: {} };
  }
  return findUnpacked(unpacked);
}

/**
 * @param {string} folder
 * @returns {InstalledSshd | null}
 */
function findUnpacked(folder) {
  const sshd = join(folder, 'usr/sbin/sshd');
  if (!isExecutable(sshd)) return null;
  const libraries = join(folder, 'usr/lib');
  const helpers = join(libraries, 'openssh');
  const architectures = readdirSync(libraries).filter((name) => name.endsWith('-linux-gnu'));
  // From 9.8 on sshd runs a program of its own for each connection, and from 10.0 on another that signs in.
  const config = [
    ['SshdSessionPath', 'sshd-session'],
    ['SshdAuthPath', 'sshd-auth'],
  ].flatMap(([option, program]) => {
    const file = join(helpers, String(program));
    return isExecutable(file) ? [`${option} ${file}`] : [];
  });
  /** @type {Record<string, string>} */
  const env = { PATH: [process.env['PATH'] ?? '', join(folder, 'usr/bin')].join(delimiter) };
  if (architectures.length > 0) {
    env['LD_LIBRARY_PATH'] = architectures.map((name) => join(libraries, name)).join(delimiter);
  }
  return { sshd, sftpServer: join(helpers, 'sftp-server'), config, env };
}

/** Unpacks the server, the client's programs, and of the libraries they ask for those that this machine lacks. */
async function unpack() {
  if (!hasProgram('apt-get') || !hasProgram('dpkg')) return;
  console.log(`No sshd found: unpacking Debian's openssh-server into ${unpacked}`);
  const partial = `${unpacked}.partial`;
  rmSync(partial, { recursive: true, force: true });
  const lists = join(partial, 'apt');
  mkdirSync(join(lists, 'lists/partial'), { recursive: true });
  mkdirSync(join(lists, 'cache/archives/partial'), { recursive: true });
  // Lists of our own: those of the system may be missing, and only root may fetch them.
  const apt = ['-q', '-o', `Dir::State::lists=${lists}/lists`, '-o', `Dir::Cache=${lists}/cache`];
  if ((await run('apt-get', [...apt, 'update'], { cwd: partial })) !== 0) return;
  /** @param {string[]} names one by one, as a name of one release of Debian may be missing in the next */
  const fetch = async (names) => {
    for (const name of names) await run('apt-get', [...apt, 'download', name], { cwd: partial });
    for (const file of readdirSync(partial).filter((name) => name.endsWith('.deb'))) {
      await run('dpkg', ['-x', file, '.'], { cwd: partial });
      rmSync(join(partial, file));
    }
  };
  await fetch(['openssh-server', 'openssh-sftp-server', 'openssh-client']);
  if (lacksLibraries(join(partial, 'usr/sbin/sshd'))) await fetch(libraryPackages(apt));
  rmSync(lists, { recursive: true });
  if (findUnpacked(partial) === null) return;
  rmSync(unpacked, { recursive: true, force: true });
  renameSync(partial, unpacked);
}

/**
 * The loader ends a program with 127 where a library is missing; sshd itself never does.
 *
 * @param {string} program
 */
function lacksLibraries(program) {
  return spawnSync(program, ['-?']).status === 127;
}

/**
 * The libraries that openssh-server depends on, and those that they do; not the C library, which must be the one of the machine's loader.
 *
 * @param {readonly string[]} apt
 * @returns {string[]}
 */
function libraryPackages(apt) {
  const args = [...apt.slice(1), 'depends', '--recurse', '--important', 'openssh-server'];
  const { stdout } = spawnSync('apt-cache', args, { encoding: 'utf8' });
  const names = [...(stdout ?? '').matchAll(/Depends: (lib[\w.+-]+)/g)].map(([, name]) => String(name));
  return [...new Set(names)].filter((name) => !name.startsWith('libc6'));
}

/**
 * @param {string} name
 * @returns {Promise<boolean>} whether it is installed now; false without a word where this is not root
 */
async function aptInstall(name) {
  if (process.getuid?.() !== 0 || !hasProgram('apt-get')) return false;
  console.log(`Installing ${name} with apt-get, once`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => run('apt-get', ['install', '-y', '-q', '--no-install-recommends', name], { env });
  const allowServices = forbidServices();
  try {
    if ((await install()) === 0) return true;
    return (await run('apt-get', ['update', '-q'], { env })) === 0 && (await install()) === 0;
  } finally {
    allowServices();
  }
}

/**
 * Debian's packages ask this file whether they may start their services (invoke-rc.d(8)); 101 says no.
 *
 * @returns {() => void} takes it back
 */
function forbidServices() {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return () => undefined;
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return () => rmSync(policy, { force: true });
}

/** What goes to a board runs on Python 3.6 and later. */
function hasPython() {
  return spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 6))']).status === 0;
}

/** @param {string} name */
function hasProgram(name) {
  return spawnSync(name, ['--version']).error === undefined;
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return existsSync(file);
  } catch {
    return false;
  }
}
