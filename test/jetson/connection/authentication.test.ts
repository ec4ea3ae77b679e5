import { execFile, spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../../../src/core/result';
import { resolveDestination, type Destination } from '../../../src/jetson/connection/destination';
import { connect, type BoardSession, type ConnectionPrompts } from '../../../src/jetson/connection/session';
import { makeAccount, whyNoAccounts, type Account } from '../harness/accounts';
import { noPrompts, scriptedPrompts } from '../harness/prompts';
import { failureOf, valueOf } from '../harness/result';
import { makeKey, startSshd, type HostKeyType, type TestServer } from '../harness/sshd';

const exec = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-authentication-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function destinationOf(server: TestServer, more: Partial<Destination> = {}): Promise<Destination> {
  return { ...valueOf(await resolveDestination('board', { configFile: server.configFile })), ...more };
}

async function signsIn(destination: Destination, prompts: ConnectionPrompts = noPrompts): Promise<void> {
  const session = valueOf(await connect(destination, { prompts }));
  expect(valueOf(await session.run(['echo', 'in'])).stdout).toBe('in\n');
  session.close();
}

describe('a key file', () => {
  let server: TestServer;
  const keys: { type: HostKeyType; passphrase: string; file: string }[] = [];
  beforeAll(async () => {
    const lines: string[] = [];
    for (const type of ['ed25519', 'ecdsa', 'rsa'] as const) {
      for (const passphrase of ['', 'open "sesame" ü']) {
        const file = path.join(folder, `${type}-${passphrase === '' ? 'plain' : 'locked'}`);
        lines.push(await makeKey(file, type, passphrase));
        keys.push({ type, passphrase, file });
      }
    }
    const pem = path.join(folder, 'pem-locked');
    lines.push(await makeKey(pem, 'rsa'));
    await exec('ssh-keygen', ['-p', '-q', '-m', 'PEM', '-P', '', '-N', 'open up', '-f', pem]);
    keys.push({ type: 'rsa', passphrase: 'open up', file: pem });
    server = await startSshd({ authorizedKeys: lines, config: ['MaxAuthTries 20'] });
  });
  afterAll(() => server.stop());

  it('of each kind lets in, with its passphrase where it has one', async () => {
    for (const { passphrase, file } of keys) {
      const prompts = scriptedPrompts({ passphrases: passphrase === '' ? [] : [passphrase] });
      await signsIn(await destinationOf(server, { identityFiles: [file] }), prompts);
      expect(prompts.asked).toEqual(passphrase === '' ? [] : [`passphrase of ${file}, 1`]);
    }
  });

  it('in PEM without its public half lets in', async () => {
    const file = path.join(folder, 'pem-alone');
    await copyFile(path.join(folder, 'pem-locked'), file);
    const prompts = scriptedPrompts({ passphrases: ['wrong', 'open up'] });
    await signsIn(await destinationOf(server, { identityFiles: [file] }), prompts);
    expect(prompts.asked).toHaveLength(2);
  });

  it('is asked for its passphrase three times at most', async () => {
    const file = path.join(folder, 'ed25519-locked');
    const destination = await destinationOf(server, { identityFiles: [file] });
    const prompts = scriptedPrompts({ passphrases: ['a', '', 'c'] });
    const error = failureOf(await connect(destination, { prompts }));
    expect(error.code).toBe('authentication');
    expect(error.message).toContain(`${file}, whose passphrase was not given`);
    expect(prompts.asked).toEqual([1, 2, 3].map((attempt) => `passphrase of ${file}, ${attempt}`));
    const second = scriptedPrompts({ passphrases: ['a', 'open "sesame" ü'] });
    await signsIn(destination, second);
  });

  it('is not asked for its passphrase where the host would not take it', async () => {
    const stranger = path.join(folder, 'stranger');
    await makeKey(stranger, 'ed25519', 'locked');
    await signsIn(await destinationOf(server, { identityFiles: [stranger, path.join(folder, 'rsa-plain')] }));
  });

  it('that the user skips leaves the others', async () => {
    const destination = await destinationOf(server, {
      identityFiles: [path.join(folder, 'ed25519-locked'), path.join(folder, 'ecdsa-plain')],
    });
    await signsIn(destination, scriptedPrompts({ passphrases: [null] }));
  });

  it('that is missing, broken, public or on a security key is named when nothing lets in', async () => {
    const broken = path.join(folder, 'broken');
    await writeFile(broken, '-----BEGIN OPENSSH PRIVATE KEY-----\nnonsense\n-----END OPENSSH PRIVATE KEY-----\n');
    const security = path.join(folder, 'security');
    await writeFile(security, 'not to be read');
    await writeFile(
      `${security}.pub`,
      `sk-ssh-ed25519@openssh.com ${Buffer.concat([Buffer.from([0, 0, 0, 26]), Buffer.from('sk-ssh-ed25519@openssh.com'), Buffer.alloc(40)]).toString('base64')} me\n`,
    );
    const stranger = path.join(folder, 'unlocked-stranger');
    await makeKey(stranger, 'ed25519');
    const files = [path.join(folder, 'gone'), broken, folder, security, `${stranger}.pub`, stranger];
    const error = failureOf(
      await connect(await destinationOf(server, { identityFiles: files }), { prompts: noPrompts }),
    );
    expect(error.code).toBe('authentication');
    expect(error.message).toContain(`It refused ${stranger}.`);
    expect(error.message).toContain('gone, which is not there');
    expect(error.message).toContain(`${broken}, which holds no key`);
    expect(error.message).toContain(`${folder}, which is not a file`);
    expect(error.message).toContain(`${security}, which is on a security key, which is not supported`);
    expect(error.message).toContain('holds a public key');
    expect(error.message).toContain(`ssh-copy-id -p ${server.port} ${server.user}@127.0.0.1`);
  });

  it('is not tried for another user', async () => {
    const destination = await destinationOf(server, { user: 'nobody-here', identityFiles: [keys[0]?.file ?? ''] });
    expect(failureOf(await connect(destination, { prompts: noPrompts })).code).toBe('authentication');
  });

  it('is explained where the host hangs up after too many', async () => {
    const strict = await startSshd({ config: ['MaxAuthTries 2'] });
    try {
      const strangers: string[] = [];
      for (const name of ['s1', 's2', 's3', 's4']) {
        strangers.push(path.join(folder, name));
        await makeKey(path.join(folder, name), 'ed25519');
      }
      const destination = await destinationOf(strict, { identityFiles: strangers });
      const error = failureOf(await connect(destination, { prompts: noPrompts }));
      expect(error.code).toBe('authentication');
      expect(error.message).toContain(strangers[0]);
    } finally {
      await strict.stop();
    }
  });
});

describe('an agent', () => {
  let server: TestServer;
  let agent: { socket: string; pid: number };
  const file = (name: string): string => path.join(folder, `agent-${name}`);
  beforeAll(async () => {
    const lines: string[] = [];
    for (const [name, type] of [
      ['one', 'ed25519'],
      ['two', 'rsa'],
      ['three', 'ecdsa'],
      ['stranger', 'ed25519'],
    ] as const) {
      const line = await makeKey(file(name), type, '', `key ${name}`);
      if (name !== 'stranger') lines.push(line);
    }
    server = await startSshd({ authorizedKeys: lines, config: ['MaxAuthTries 3'] });
    agent = await startAgent(path.join(folder, 'agent.sock'));
  });
  afterAll(async () => {
    process.kill(agent.pid);
    await server.stop();
  });

  async function load(...names: string[]): Promise<void> {
    const env = { ...process.env, SSH_AUTH_SOCK: agent.socket };
    await exec('ssh-add', ['-q', '-D'], { env });
    for (const name of names) await exec('ssh-add', ['-q', file(name)], { env });
  }
  const withAgent = (more: Partial<Destination> = {}): Promise<Destination> =>
    destinationOf(server, { identityAgent: agent.socket, identityFiles: [], identitiesOnly: false, ...more });

  it('lets in with each kind of key that it holds', async () => {
    for (const name of ['one', 'two', 'three']) {
      await load(name);
      await signsIn(await withAgent());
    }
  });

  it('goes on to the next key', async () => {
    await load('stranger', 'two');
    await signsIn(await withAgent());
  });

  it('offers the keys first that the configuration names, so that a strict host does not hang up', async () => {
    const many = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (name) => {
        await makeKey(file(name), 'ed25519');
        return name;
      }),
    );
    await load(...many, 'one');
    await signsIn(await withAgent({ identityFiles: [file('one')] }));
  });

  it('offers no other keys where the configuration says so', async () => {
    await load('one', 'stranger');
    const destination = await withAgent({ identitiesOnly: true, identityFiles: [file('stranger')] });
    const error = failureOf(await connect(destination, { prompts: noPrompts }));
    expect(error.code).toBe('authentication');
    expect(error.message).toContain('the agent’s key key stranger');
    expect(error.message).not.toContain('key one');
  });

  it('knows a named key by its public half alone', async () => {
    await load('one');
    const alone = path.join(folder, 'only-public');
    await copyFile(`${file('one')}.pub`, `${alone}.pub`);
    await signsIn(await withAgent({ identitiesOnly: true, identityFiles: [alone] }));
  });

  it('that does not answer is named, and the files are tried', async () => {
    const gone = path.join(folder, 'no-agent.sock');
    await signsIn(await withAgent({ identityAgent: gone, identityFiles: [file('one')] }));
    const error = failureOf(await connect(await withAgent({ identityAgent: gone }), { prompts: noPrompts }));
    expect(error.message).toContain(`the agent at ${gone} cannot be asked`);
  });

  it('that refuses to sign is no end', async () => {
    await load('three');
    const env = { ...process.env, SSH_AUTH_SOCK: agent.socket };
    await exec('ssh-add', ['-q', '-D'], { env });
    // Asks a program whether the key may be used, and there is none.
    await exec('ssh-add', ['-q', '-c', file('one')], { env });
    await signsIn(await withAgent({ identityFiles: [file('three')] }));
  });
});

const noAccounts = await whyNoAccounts();
if (noAccounts !== null) console.log(`Passwords are not tested: ${noAccounts}.`);

describe.skipIf(noAccounts !== null)('a host that wants passwords', () => {
  let account: Account;
  const servers: TestServer[] = [];
  beforeAll(async () => {
    account = await makeAccount(await mkdtemp(path.join(folder, 'accounts-')));
    await chmod(folder, 0o755);
  });
  afterAll(() => Promise.all(servers.map((server) => server.stop())));

  async function start(...config: string[]): Promise<TestServer> {
    const server = await startSshd({
      config: [...config, ...account.config],
      launcher: account.launcher,
      environment: { HOME: account.home },
    });
    servers.push(server);
    await chmod(server.folder, 0o755);
    return server;
  }
  const as = async (server: TestServer, more: Partial<Destination> = {}): Promise<Destination> =>
    destinationOf(server, { user: account.user, identityFiles: [], ...more });

  it('lets in with the right one, asked again after wrong ones', async () => {
    const server = await start('PasswordAuthentication yes');
    const prompts = scriptedPrompts({ passwords: ['wrong', account.password] });
    const session = valueOf(await connect(await as(server), { prompts }));
    expect(valueOf(await session.run(['id', '-un'])).stdout).toBe(`${account.user}\n`);
    session.close();
    expect(prompts.asked).toEqual([1, 2].map((attempt) => `password of ${account.user}, ${attempt}`));
  });

  it('asks three times and says what was tried', async () => {
    const server = await start('PasswordAuthentication yes');
    const prompts = scriptedPrompts({ passwords: ['1', '2', '3'] });
    const error = failureOf(await connect(await as(server), { prompts }));
    expect(error.code).toBe('authentication');
    expect(error.message).toContain('It refused a password.');
    expect(error.message).toMatch(/It takes .*password/);
    expect(error.message).not.toContain('wrong');
  });

  it('takes no for cancelled', async () => {
    const server = await start('PasswordAuthentication yes', 'KbdInteractiveAuthentication yes');
    const prompts = scriptedPrompts({ passwords: [null] });
    expect(failureOf(await connect(await as(server), { prompts })).code).toBe('cancelled');
    expect(prompts.asked).toHaveLength(1);
  });

  it('lets in after questions of its own (keyboard-interactive)', async () => {
    const server = await start('KbdInteractiveAuthentication yes');
    const prompts = scriptedPrompts({ interactive: [['wrong'], [account.password]] });
    await signsIn(await as(server), prompts);
    expect(prompts.asked).toEqual(
      ['Password: (hidden)', 'Password: (hidden)'].map((text) => expect.stringContaining(text.slice(0, 8))),
    );
    const given = scriptedPrompts({ interactive: [null] });
    expect(failureOf(await connect(await as(server), { prompts: given })).code).toBe('cancelled');
  });

  it.each(['publickey,password', 'publickey,keyboard-interactive', 'password,publickey'])(
    'takes one step after another: %s',
    async (methods) => {
      const server = await start(
        'PasswordAuthentication yes',
        'KbdInteractiveAuthentication yes',
        `AuthenticationMethods ${methods}`,
      );
      const answers = { passwords: [account.password], interactive: [[account.password]] };
      await authorize(server);
      await signsIn(await as(server, { identityFiles: [server.userKeyFile] }), scriptedPrompts(answers));

      // The agent's keys take another way through ssh2.
      const agent = await startAgent(path.join(folder, `agent-${methods.length}.sock`));
      try {
        const env = { ...process.env, SSH_AUTH_SOCK: agent.socket };
        await exec('ssh-add', ['-q', server.userKeyFile], { env });
        const destination = await as(server, { identityAgent: agent.socket, identitiesOnly: false });
        await signsIn(destination, scriptedPrompts(answers));
      } finally {
        process.kill(agent.pid);
      }
    },
  );

  it('tries a key before it asks', async () => {
    const server = await start('PasswordAuthentication yes');
    await authorize(server);
    await signsIn(await as(server, { identityFiles: [server.userKeyFile] }));
  });

  it('is asked nothing that the configuration rules out', async () => {
    const server = await start('PasswordAuthentication yes');
    const destination = await as(server, { refusedMethods: ['password', 'keyboard-interactive'] });
    expect(failureOf(await connect(destination, { prompts: noPrompts })).code).toBe('authentication');
  });

  it('waits for the user without running out of time', async () => {
    const server = await start('PasswordAuthentication yes');
    const waiting: ConnectionPrompts = {
      ...noPrompts,
      password: () => new Promise((resolve) => setTimeout(() => resolve(account.password), 3_000)),
    };
    await signsIn(await as(server, { connectTimeoutSeconds: 2 }), waiting);
  });

  it('can be left while it waits for the user', async () => {
    const server = await start('PasswordAuthentication yes');
    const stop = new AbortController();
    let dismissed = false;
    const result: Promise<Result<BoardSession>> = connect(await as(server), {
      signal: stop.signal,
      prompts: {
        ...noPrompts,
        password: ({ signal }) =>
          new Promise(() => {
            signal?.addEventListener('abort', () => (dismissed = true));
            stop.abort();
          }),
      },
    });
    expect(failureOf(await result).code).toBe('cancelled');
    expect(dismissed).toBe(true);
  });

  /** sshd reads the file as the user who signs in. */
  async function authorize(server: TestServer): Promise<void> {
    await chmod(server.authorizedKeysFile, 0o644);
    expect(await readFile(server.authorizedKeysFile, 'utf8')).not.toBe('');
  }
});

async function startAgent(socket: string): Promise<{ socket: string; pid: number }> {
  await mkdir(path.dirname(socket), { recursive: true });
  const env = { ...process.env, SSH_ASKPASS: '/bin/false', SSH_ASKPASS_REQUIRE: 'force' };
  const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore', env });
  for (let tries = 0; tries < 100; tries++) {
    const listing = await exec('ssh-add', ['-l'], { env: { ...process.env, SSH_AUTH_SOCK: socket } }).catch(
      (error: { code: number }) => error,
    );
    // 1: it has no keys; 2: it does not answer.
    if (!('code' in listing) || listing.code === 1) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { socket, pid: child.pid ?? 0 };
}
