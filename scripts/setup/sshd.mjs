import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
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
 * @property {Record<string, string>} env what its process needs besides ours
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
  return findUnpacked();
}

/** @returns {InstalledSshd | null} */
function findUnpacked() {
  const sshd = join(unpacked, 'usr/sbin/sshd');
  if (!isExecutable(sshd)) return null;
  const libraries = join(unpacked, 'usr/lib');
  const helpers = join(libraries, 'openssh');
  const architecture = readdirSync(libraries).filter((name) => name.endsWith('-linux-gnu'));
  // From 9.8 on sshd runs a program of its own for each connection, and from 10.0 on another that signs in.
  const config = [
    ['SshdSessionPath', 'sshd-session'],
    ['SshdAuthPath', 'sshd-auth'],
  ].flatMap(([option, program]) => {
    const file = join(helpers, String(program));
    return isExecutable(file) ? [`${option} ${file}`] : [];
  });
  return {
    sshd,
    sftpServer: join(helpers, 'sftp-server'),
    config,
    env: { LD_LIBRARY_PATH: architecture.map((name) => join(libraries, name)).join(delimiter) },
  };
}

/** Unpacks the server's package, and of the libraries it asks for those that this machine lacks. */
async function unpack() {
  if (!hasProgram('apt-get') || !hasProgram('dpkg')) return;
  console.log(`No sshd found: unpacking Debian's openssh-server into ${unpacked}`);
  const partial = `${unpacked}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const packages = ['openssh-server', 'openssh-sftp-server', ...libraryPackages()];
  // One by one, as a name may be missing in one release of Debian and have another in the next.
  for (const name of packages) await run('apt-get', ['download', '-q', name], { cwd: partial });
  const files = readdirSync(partial).filter((name) => name.endsWith('.deb'));
  for (const file of files) {
    if ((await run('dpkg', ['-x', file, '.'], { cwd: partial })) !== 0) return;
    rmSync(join(partial, file));
  }
  if (files.length > 0) renameSync(partial, unpacked);
}

/** @returns {string[]} what openssh-server depends on, besides what every Debian has */
function libraryPackages() {
  const { stdout } = spawnSync('apt-cache', ['depends', '--no-recommends', '--no-suggests', 'openssh-server'], {
    encoding: 'utf8',
  });
  return [...(stdout ?? '').matchAll(/Depends: (lib[\w.+-]+)/g)].map(([, name]) => String(name));
}

/**
 * @param {string} name
 * @returns {Promise<boolean>} whether it is installed now; false without a word where this is not root
 */
async function aptInstall(name) {
  if (process.getuid?.() !== 0 || !hasProgram('apt-get')) return false;
  console.log(`Installing ${name} with apt-get, once`);
  // A failing policy keeps the package's own scripts from starting a service; invoke-rc.d asks for it.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const install = () => run('apt-get', ['install', '-y', '-q', '--no-install-recommends', name], { env });
  if ((await install()) === 0) return true;
  return (await run('apt-get', ['update', '-q'], { env })) === 0 && (await install()) === 0;
}

function hasPython() {
  return spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 6))']).status === 0;
}

/** @param {string} name */
function hasProgram(name) {
  return spawnSync(name, ['--version']).status === 0;
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
