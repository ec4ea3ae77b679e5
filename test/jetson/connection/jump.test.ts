import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveDestination, type Destination } from '../../../src/jetson/connection/destination';
import { connect } from '../../../src/jetson/connection/session';
import { freePort } from '../harness/free-port';
import { noPrompts, scriptedPrompts } from '../harness/prompts';
import { failureOf, valueOf } from '../harness/result';
import { startSshd, type TestServer } from '../harness/sshd';

const exec = promisify(execFile);

describe('a board behind jump hosts', () => {
  let outer: TestServer;
  let inner: TestServer;
  let board: TestServer;
  let configFile: string;
  beforeAll(async () => {
    outer = await startSshd();
    inner = await startSshd({ userKey: { passphrase: 'inner secret' } });
    board = await startSshd({ environment: { WHERE: 'on the board' } });
    configFile = path.join(board.folder, 'config');
    const section = (name: string, server: TestServer, ...more: string[]): string =>
      [
        `Host ${name}`,
        'HostName 127.0.0.1',
        `Port ${server.port}`,
        `IdentityFile ${server.userKeyFile}`,
        'IdentitiesOnly yes',
        'IdentityAgent none',
        'GlobalKnownHostsFile none',
        `UserKnownHostsFile ${server.knownHostsFile}`,
        ...more,
        '',
      ].join('\n');
    await writeFile(
      configFile,
      [
        section('board', board, 'ProxyJump inner'),
        section('near', board, 'ProxyJump outer'),
        section('inner', inner, 'ProxyJump outer'),
        section('outer', outer),
      ].join('\n'),
    );
  });
  afterAll(() => Promise.all([outer, inner, board].map((server) => server.stop())));

  const destinationOf = async (text: string): Promise<Destination> =>
    valueOf(await resolveDestination(text, { configFile }));

  it('is reached through one, as by OpenSSH', async () => {
    const { stdout } = await exec('ssh', ['-F', configFile, 'near', 'echo $WHERE']);
    const session = valueOf(await connect(await destinationOf('near'), { prompts: noPrompts }));
    expect(valueOf(await session.run(['sh', '-c', 'echo $WHERE'])).stdout).toBe(stdout);
    session.close();
    expect(await session.ended).toBeNull();
  });

  it('is reached through two, each signed in to with what it wants', async () => {
    const prompts = scriptedPrompts({ passphrases: ['inner secret'] });
    const session = valueOf(await connect(await destinationOf('board'), { prompts }));
    expect(valueOf(await session.run(['sh', '-c', 'echo $WHERE'])).stdout).toBe('on the board\n');
    const data = 'x'.repeat(3_000_000);
    expect(valueOf(await session.run(['wc', '-c'], { stdin: data })).stdout.trim()).toBe('3000000');
    expect(prompts.asked).toEqual([`passphrase of ${inner.userKeyFile}, 1`]);
    session.close();
    await expect.poll(async () => connectionsOf(outer)).toBe(0);
  });

  it('is not reached through one whose key changed', async () => {
    const destination = await destinationOf('near');
    const hop = destination.proxyJump[0];
    if (!hop) throw new Error('There is a jump host.');
    const wrong = path.join(board.folder, 'wrong_known_hosts');
    await writeFile(wrong, `[127.0.0.1]:${outer.port} ${inner.hostKeys[0]?.publicKey}\n`);
    const changed = { ...destination, proxyJump: [{ ...hop, userKnownHostsFiles: [wrong] }] };
    const error = failureOf(await connect(changed, { prompts: noPrompts }));
    expect(error.code).toBe('host-key-changed');
    expect(error.message).toMatch(/^While connecting to near: /);
  });

  it('is itself verified, not only the way to it', async () => {
    const destination = await destinationOf('near');
    const error = failureOf(
      await connect({ ...destination, userKnownHostsFiles: [], strictHostKeyChecking: 'yes' }, { prompts: noPrompts }),
    );
    expect(error.code).toBe('host-key-unknown');
    expect(error.message).toContain(`[127.0.0.1]:${board.port}`);
  });

  it('that is off is said to be', async () => {
    const destination = { ...(await destinationOf('near')), port: await freePort() };
    const error = failureOf(await connect(destination, { prompts: noPrompts }));
    expect(error.code).toBe('unreachable');
    expect(error.message).toContain('The jump host');
    await expect.poll(async () => connectionsOf(outer)).toBe(0);
  });

  it('is lost with the host before it', async () => {
    const session = valueOf(await connect(await destinationOf('near'), { prompts: noPrompts }));
    const running = session.run(['sleep', '30']);
    await outer.dropConnections();
    expect(failureOf(await running).code).toBe('disconnected');
    expect((await session.ended)?.code).toBe('disconnected');
  });

  it('can be left while connecting', async () => {
    const stop = new AbortController();
    await inner.pause();
    try {
      const connecting = connect(await destinationOf('board'), { prompts: noPrompts, signal: stop.signal });
      setTimeout(() => stop.abort(), 500);
      expect(failureOf(await connecting).code).toBe('cancelled');
    } finally {
      await inner.resume();
    }
    await expect.poll(async () => connectionsOf(outer), { timeout: 60_000 }).toBe(0);
  });

  /** A signed-in connection has a process of its own. */
  async function connectionsOf(server: TestServer): Promise<number> {
    return (await server.connections()).length;
  }
});
