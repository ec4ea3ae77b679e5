import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findSshd } from '../../../scripts/setup/sshd.mjs';
import { freePort } from './free-port';
import { descendantsOf, processesWith, type Process } from './processes';

const exec = promisify(execFile);

export type HostKeyType = 'ed25519' | 'ecdsa' | 'rsa';

export interface SshdOptions {
  /** Added to the environment of every command. FRAMECAST_SYSROOT goes here. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Which host keys the server has; ed25519 alone unless told. */
  readonly hostKeyTypes?: readonly HostKeyType[];
  /** Further lines of sshd_config, before all others, so that they win. */
  readonly config?: readonly string[];
  /** The user's key; ed25519 without passphrase unless told. */
  readonly userKey?: { readonly type?: HostKeyType; readonly passphrase?: string };
  /** Lines for authorized_keys beside the user's own key. */
  readonly authorizedKeys?: readonly string[];
  /** The remote side's home; a new folder in the server's own unless told. */
  readonly home?: string;
  readonly port?: number;
  /** What runs sshd, in front of its own command line: a namespace with accounts of its own. */
  readonly launcher?: readonly string[];
}

/** A real OpenSSH server on 127.0.0.1 with files of its own. */
export interface TestServer {
  readonly host: string;
  readonly port: number;
  /** Who runs it, and so the only user who can sign in. */
  readonly user: string;
  /** Holds everything of this server; gone after `stop()`. */
  readonly folder: string;
  /** HOME of remote commands. */
  readonly home: string;
  readonly hostKeys: readonly { readonly type: HostKeyType; readonly file: string; readonly publicKey: string }[];
  /** Has the host keys under the server's name. */
  readonly knownHostsFile: string;
  /** A private key that may sign in. */
  readonly userKeyFile: string;
  readonly authorizedKeysFile: string;
  readonly environment: Readonly<Record<string, string>>;
  /** A configuration for `ssh -F` and `resolveDestination` with the server as host `board`. */
  readonly configFile: string;
  /** What the server printed. */
  log(): Promise<string>;
  /** The server's processes for connections; none when all are closed. */
  connections(): Promise<readonly Process[]>;
  /** What commands over this server started and what still runs, detached or not. */
  processes(): Promise<readonly Process[]>;
  /** Ends the server, its connections and every process that they left, and removes its folder. */
  stop(): Promise<void>;
  /** Kills the server and its connections at once; `restart()` brings it back. Commands that can, go on. */
  kill(): Promise<void>;
  /** Kills the connections and goes on listening: the link is cut. Commands that can, go on. */
  dropConnections(): Promise<void>;
  /** Stops everything without closing anything: the link is dead, and nobody says so. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  restart(): Promise<void>;
}

/** Starts the server that `ensureSshd` found or installed; throws with its log where it does not start. */
export async function startSshd(options: SshdOptions = {}): Promise<TestServer> {
  const installed = findSshd();
  if (installed === null) throw new Error('There is no sshd. Run `npm test` once: it installs one.');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-sshd-'));
  const home = options.home ?? path.join(folder, 'home');
  await mkdir(home, { recursive: true });
  const port = options.port ?? (await freePort());
  const user = os.userInfo().username;
  const file = (name: string): string => path.join(folder, name);

  const hostKeys = await Promise.all(
    (options.hostKeyTypes ?? ['ed25519']).map(async (type) => {
      const key = file(`host_${type}`);
      return { type, file: key, publicKey: await makeKey(key, type) };
    }),
  );
  const userKeyFile = file('user_key');
  const userKey = await makeKey(userKeyFile, options.userKey?.type ?? 'ed25519', options.userKey?.passphrase);
  const authorizedKeysFile = file('authorized_keys');
  const authorized = [userKey, ...(options.authorizedKeys ?? [])];
  await writeFile(authorizedKeysFile, `${authorized.join('\n')}\n`, { mode: 0o600 });
  const knownHostsFile = file('known_hosts');
  const known = hostKeys.map(({ publicKey }) => `[127.0.0.1]:${port} ${publicKey.split(' ').slice(0, 2).join(' ')}\n`);
  await writeFile(knownHostsFile, known.join(''), { mode: 0o600 });
  const configFile = file('ssh_config');
  await writeFile(
    configFile,
    [
      'Host board',
      `HostName 127.0.0.1`,
      `Port ${port}`,
      `User ${user}`,
      `IdentityFile ${userKeyFile}`,
      'IdentitiesOnly yes',
      'IdentityAgent none',
      `UserKnownHostsFile ${knownHostsFile}`,
      'GlobalKnownHostsFile none',
      '',
    ].join('\n'),
  );

  const environment = { HOME: home, ...options.environment };
  const configText = [
    ...(options.config ?? []),
    `ListenAddress 127.0.0.1:${port}`,
    ...hostKeys.map((key) => `HostKey ${key.file}`),
    `PidFile ${file('sshd.pid')}`,
    `AuthorizedKeysFile ${authorizedKeysFile}`,
    // The checks of ownership go up to the root folder, and a scratch folder stands in one that all may write to.
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    'MaxStartups 100',
    'PrintMotd no',
    'UseDNS no',
    'LogLevel VERBOSE',
    `Subsystem sftp ${installed.sftpServer}`,
    // Only the first SetEnv counts.
    `SetEnv ${Object.entries(environment)
      .map(([name, value]) => setEnvWord(name, value))
      .join(' ')}`,
    ...installed.config,
  ];
  await writeFile(file('sshd_config'), `${configText.join('\n')}\n`);
  if (process.getuid?.() === 0) await ensurePrivilegeSeparationFolder();

  const logFile = file('sshd.log');
  let server: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const command = [installed.sshd, '-D', '-f', file('sshd_config'), '-E', logFile];
    const [program, ...args] = [...(options.launcher ?? []), ...command];
    const child = spawn(program ?? '', args, {
      stdio: 'ignore',
      env: { ...process.env, ...installed.env },
      // A group of its own, which a key press in the terminal does not reach.
      detached: true,
    });
    server = child;
    // A test run that is broken off stops nothing.
    const killWithUs = (): void => void child.kill('SIGKILL');
    process.once('exit', killWithUs);
    child.once('exit', () => process.removeListener('exit', killWithUs));
    await listening(port, child, async () => readFile(logFile, 'utf8').catch(() => ''));
  };
  await start();

  /** Of the server alone: commands go on, as they do on a board whose link is cut. */
  const signalServer = async (signal: NodeJS.Signals, which: 'all' | 'connections'): Promise<void> => {
    const pid = server?.pid;
    if (pid === undefined) return;
    // Listed first: without the server above them, they cannot be found any more.
    const connections = (await descendantsOf(pid)).filter(({ program }) => /^sshd/.test(program));
    if (which === 'all') send(pid, signal);
    for (const connection of connections) send(connection.pid, signal);
  };
  const ended = async (): Promise<void> => {
    if (server !== null && server.exitCode === null && server.signalCode === null) {
      await new Promise((resolve) => server?.once('exit', resolve));
    }
    server = null;
  };

  const testServer: TestServer = {
    host: '127.0.0.1',
    port,
    user,
    folder,
    home,
    hostKeys,
    knownHostsFile,
    userKeyFile,
    authorizedKeysFile,
    environment,
    configFile,
    log: () => readFile(logFile, 'utf8').catch(() => ''),
    connections: async () => (await descendantsOf(server?.pid ?? -1)).filter(({ program }) => /^sshd/.test(program)),
    processes: async () => (await processesWith('HOME', home)).filter(({ program }) => !/^sshd/.test(program)),
    stop: async () => {
      await testServer.kill();
      for (const { pid } of await testServer.processes()) send(pid, 'SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
    kill: async () => {
      // Stopped first, so that no connection comes in between.
      await signalServer('SIGSTOP', 'all');
      await signalServer('SIGKILL', 'all');
      await ended();
    },
    dropConnections: () => signalServer('SIGKILL', 'connections'),
    pause: () => signalServer('SIGSTOP', 'all'),
    resume: () => signalServer('SIGCONT', 'all'),
    restart: async () => {
      await testServer.kill();
      await start();
    },
  };
  return testServer;
}

/** Makes a key pair with ssh-keygen; gives the public key's line. */
export async function makeKey(file: string, type: HostKeyType, passphrase = '', comment = 'test'): Promise<string> {
  const bits = type === 'rsa' ? ['-b', '2048'] : [];
  const env = { ...process.env, ...findSshd()?.env };
  await exec('ssh-keygen', ['-q', '-t', type, ...bits, '-N', passphrase, '-C', comment, '-f', file], { env });
  return (await readFile(`${file}.pub`, 'utf8')).trim();
}

/** sshd takes a word in quotes, with a backslash before quotes and backslashes in it. */
function setEnvWord(name: string, value: string): string {
  return `"${name}=${value.replace(/["\\]/g, '\\$&')}"`;
}

/** Run by root, sshd wants this empty folder, which a running service would have made. */
async function ensurePrivilegeSeparationFolder(): Promise<void> {
  if (existsSync('/run/sshd')) return;
  await mkdir('/run/sshd', { recursive: true });
  await chmod('/run/sshd', 0o755);
}

async function listening(port: number, child: ChildProcess, log: () => Promise<string>): Promise<void> {
  for (let waitedMs = 0; waitedMs < 15_000; waitedMs += 50) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`sshd ended with ${child.exitCode ?? child.signalCode}:\n${await log()}`);
    }
    if (await answers(port)) return;
    await sleep(50);
  }
  child.kill('SIGKILL');
  throw new Error(`sshd does not listen:\n${await log()}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('data', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('data', () => socket.destroy());
  });
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
