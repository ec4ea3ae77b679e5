import { execFile } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveDestination, type Destination } from '../../../src/jetson/connection/destination';
import { connect } from '../../../src/jetson/connection/session';
import { noPrompts, scriptedPrompts } from '../harness/prompts';
import { failureOf, valueOf } from '../harness/result';
import { makeKey, startSshd, type TestServer } from '../harness/sshd';

const exec = promisify(execFile);

let server: TestServer;
beforeAll(async () => {
  server = await startSshd({ hostKeyTypes: ['ed25519', 'rsa', 'ecdsa'] });
});
afterAll(() => server.stop());

async function destinationWith(knownHosts: string | null, more: Partial<Destination> = {}): Promise<Destination> {
  const destination = valueOf(await resolveDestination('board', { configFile: server.configFile }));
  const file = path.join(server.folder, 'known_hosts_of_the_test');
  await writeFile(file, knownHosts ?? '');
  return { ...destination, userKnownHostsFiles: [file], ...more };
}

const publicKey = (type: string): string =>
  server.hostKeys
    .find((key) => key.type === type)
    ?.publicKey.split(' ')
    .slice(0, 2)
    .join(' ') ?? '';
const name = (): string => `[127.0.0.1]:${server.port}`;
const saved = (destination: Destination): Promise<string> => readFile(destination.userKnownHostsFiles[0] ?? '', 'utf8');

async function signsIn(destination: Destination): Promise<void> {
  const session = valueOf(await connect(destination, { prompts: noPrompts }));
  expect(valueOf(await session.run(['echo', 'in'])).stdout).toBe('in\n');
  session.close();
}

describe('a host key', () => {
  it.each(['ed25519', 'rsa', 'ecdsa'])('that is known in plain, %s alone, is not asked about', async (type) => {
    await signsIn(await destinationWith(`${name()} ${publicKey(type)}\n`));
  });

  it('that is known hashed is not asked about', async () => {
    const destination = await destinationWith(`${name()} ${publicKey('ed25519')}\n`);
    await exec('ssh-keygen', ['-H', '-f', destination.userKnownHostsFiles[0] ?? '']);
    expect(await saved(destination)).toMatch(/^\|1\|/);
    await signsIn(destination);
  });

  it('that OpenSSH itself has written down is not asked about', async () => {
    const destination = await destinationWith('');
    const file = destination.userKnownHostsFiles[0] ?? '';
    const options = [
      '-o',
      `UserKnownHostsFile=${file}`,
      '-o',
      'StrictHostKeyChecking=accept-new',
      '-o',
      'HashKnownHosts=yes',
    ];
    await exec('ssh', ['-F', server.configFile, ...options, 'board', 'true']);
    await signsIn(destination);
  });

  it('that is unknown is asked about with its fingerprint, saved, and then known to us and to OpenSSH', async () => {
    const destination = await destinationWith(null);
    const prompts = scriptedPrompts({ hostKeys: ['save'] });
    const session = valueOf(await connect(destination, { prompts }));
    session.close();
    const { stdout } = await exec('ssh-keygen', ['-l', '-f', `${server.folder}/host_ed25519.pub`]);
    expect(prompts.asked).toEqual([`ED25519 ${stdout.split(' ')[1]} of 127.0.0.1:${server.port}`]);
    expect(await saved(destination)).toBe(`${name()} ${publicKey('ed25519')}\n`);
    await signsIn(destination);
    const file = destination.userKnownHostsFiles[0] ?? '';
    await exec('ssh', [
      '-F',
      server.configFile,
      '-o',
      `UserKnownHostsFile=${file}`,
      '-o',
      'StrictHostKeyChecking=yes',
      '-o',
      'BatchMode=yes',
      'board',
      'true',
    ]);
  });

  it('that is trusted once is asked about again', async () => {
    const destination = await destinationWith(null);
    const prompts = scriptedPrompts({ hostKeys: ['once', 'once'] });
    for (let round = 0; round < 2; round++) valueOf(await connect(destination, { prompts })).close();
    expect(prompts.asked).toHaveLength(2);
    expect(await saved(destination)).toBe('');
  });

  it('that the user refuses ends the connection before anything secret is sent', async () => {
    const destination = await destinationWith(null);
    const before = await server.log();
    const error = failureOf(await connect(destination, { prompts: scriptedPrompts({ hostKeys: ['refuse'] }) }));
    expect(error.code).toBe('host-key-unknown');
    expect(error.message).toContain('SHA256:');
    expect((await server.log()).slice(before.length)).not.toMatch(/userauth|Accepted|publickey/i);
  });

  it('that is unknown is refused without a question where the configuration says so', async () => {
    const destination = await destinationWith(null, { strictHostKeyChecking: 'yes' });
    const error = failureOf(await connect(destination, { prompts: noPrompts }));
    expect(error.code).toBe('host-key-unknown');
    expect(error.message).toContain('StrictHostKeyChecking');
  });

  it('that changed is refused, with the line and the command that helps, and works after it', async () => {
    const other = (await makeKey(path.join(server.folder, 'other_host'), 'ed25519')).split(' ').slice(0, 2).join(' ');
    const destination = await destinationWith(`# first\n${name()} ${other}\n`);
    const error = failureOf(await connect(destination, { prompts: noPrompts }));
    expect(error.code).toBe('host-key-changed');
    expect(error.message).toContain(`line 2 of ${destination.userKnownHostsFiles[0]}`);
    const command = /`(ssh-keygen [^`]+)`/.exec(error.message)?.[1] ?? '';
    await exec('sh', ['-c', command]);
    expect(await saved(destination)).not.toContain(name());
    valueOf(await connect(destination, { prompts: scriptedPrompts({ hostKeys: ['save'] }) })).close();
  });

  it('that is revoked is refused, also where it is known', async () => {
    const key = publicKey('ed25519');
    const destination = await destinationWith(`${name()} ${key}\n@revoked * ${key}\n`);
    const error = failureOf(await connect(destination, { prompts: noPrompts }));
    expect(error.code).toBe('host-key-revoked');
    expect(error.message).toContain('line 2 of');
  });

  it('with a SHA-1 signature is taken only where the configuration asks for it, and the remedy names that', async () => {
    const old = await startSshd({
      hostKeyTypes: ['rsa'],
      config: ['HostKeyAlgorithms ssh-rsa', 'MACs hmac-sha1', 'Ciphers aes128-ctr'],
    });
    try {
      const own = valueOf(await resolveDestination('board', { configFile: old.configFile }));
      const error = failureOf(await connect(own, { prompts: noPrompts }));
      expect(error.code).toBe('unreachable');
      expect(error.message).toContain('HostKeyAlgorithms +ssh-rsa');
      const file = path.join(old.folder, 'allowing_config');
      await writeFile(
        file,
        `${await readFile(old.configFile, 'utf8')}\nHost *\n  HostKeyAlgorithms +ssh-rsa\n  MACs +hmac-sha1\n`,
      );
      await signsIn(valueOf(await resolveDestination('board', { configFile: file })));
    } finally {
      await old.stop();
    }
  });

  it('of a known_hosts that cannot be read is not asked about', async () => {
    const destination = await destinationWith(null, { globalKnownHostsFiles: [server.folder] });
    expect(failureOf(await connect(destination, { prompts: noPrompts })).code).toBe('unreadable');
  });

  it('is looked up under its alias', async () => {
    await signsIn(await destinationWith(`the-board ${publicKey('rsa')}\n`, { hostKeyAlias: 'the-board' }));
  });

  it('is looked up in the global file too, and saved nowhere where there is no file', async () => {
    const global = path.join(server.folder, 'global_known_hosts');
    await appendFile(global, `${name()} ${publicKey('ed25519')}\n`);
    await signsIn(await destinationWith(null, { globalKnownHostsFiles: [global] }));
    const prompts = scriptedPrompts({ hostKeys: ['save'] });
    valueOf(await connect(await destinationWith(null, { userKnownHostsFiles: [] }), { prompts })).close();
    expect(prompts.asked).toHaveLength(1);
  });
});
