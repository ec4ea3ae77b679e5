import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resolveDestination, type Destination } from '../../../src/jetson/connection/destination';
import { connect, type BoardSession } from '../../../src/jetson/connection/session';
import { probeBoard } from '../../../src/jetson/probe/probe';
import { uploadFiles } from '../../../src/jetson/upload/upload';
import { freePort } from '../harness/free-port';
import { noPrompts } from '../harness/prompts';
import { startRelay, type Relay } from '../harness/relay';
import { failureOf, valueOf } from '../harness/result';
import { startSshd, type TestServer } from '../harness/sshd';

let server: TestServer;
beforeAll(async () => {
  server = await startSshd({ environment: { FROM_THE_SERVER: 'a "quoted" \\ value' } });
});
afterAll(() => server.stop());

async function destinationOf(more: Partial<Destination> = {}): Promise<Destination> {
  return { ...valueOf(await resolveDestination('board', { configFile: server.configFile })), ...more };
}

/** Through a relay the server has another port, under which known_hosts does not have it. */
const through = (relay: Relay): Promise<Destination> =>
  destinationOf({ port: relay.port, hostKeyAlias: `[127.0.0.1]:${server.port}` });

describe('commands', () => {
  let session: BoardSession;
  beforeAll(async () => {
    session = valueOf(await connect(await destinationOf(), { prompts: noPrompts }));
  });
  afterAll(() => session.close());

  it('get their arguments unharmed', async () => {
    const argv = ['printf', '%s|', 'a b', "it's", '$(id)', '`id`', 'line\nbreak', 'Größe 模型', '\\', '*', ''];
    expect(valueOf(await session.run(argv))).toEqual({
      exitCode: 0,
      signal: null,
      stdout: "a b|it's|$(id)|`id`|line\nbreak|Größe 模型|\\|*||",
      stderr: '',
    });
  });

  it('arrive as one line without what C shells interpret inside of quotes', async () => {
    const seen = path.join(server.folder, 'seen');
    const forced = await startSshd({
      config: [`ForceCommand printf %s "$SSH_ORIGINAL_COMMAND" > ${seen}; eval "$SSH_ORIGINAL_COMMAND"`],
    });
    const destination = valueOf(await resolveDestination('board', { configFile: forced.configFile }));
    const there = valueOf(await connect(destination, { prompts: noPrompts }));
    const hard = ['line\nbreak\n\n', 'stop!', '=sign', '==\\\n', '\\012', "it's!\n", '%s\n%%', 'ü!模', '\t\r!'];
    const { stdout } = valueOf(await there.run(['printf', '%s|', ...hard]));
    there.close();
    await forced.stop();
    expect(stdout).toBe(`${hard.join('|')}|`);
    expect(await readFile(seen, 'utf8')).not.toMatch(/[\n!]/);
  });

  it('have both outputs, an exit code and a signal', async () => {
    expect(valueOf(await session.run(['sh', '-c', 'echo out; echo err >&2; exit 3']))).toEqual({
      exitCode: 3,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(valueOf(await session.run(['sh', '-c', 'kill -KILL $$']))).toMatchObject({
      exitCode: null,
      signal: 'SIGKILL',
    });
  });

  it('read standard input to its end, and find it empty where there is none', async () => {
    const text = 'x'.repeat(5_000_000);
    expect(valueOf(await session.run(['wc', '-c'], { stdin: text })).stdout.trim()).toBe('5000000');
    expect(
      valueOf(await session.run(['od', '-An', '-tx1'], { stdin: new Uint8Array([0, 255, 10]) })).stdout.trim(),
    ).toBe('00 ff 0a');
    expect(valueOf(await session.run(['cat'])).stdout).toBe('');
  });

  it('that do not read their input do not hang', async () => {
    expect(valueOf(await session.run(['true'], { stdin: 'x'.repeat(5_000_000) })).exitCode).toBe(0);
  });

  it('have the environment that the server sets, and run in its home', async () => {
    const outcome = valueOf(await session.run(['sh', '-c', 'printf %s "$FROM_THE_SERVER $HOME"']));
    expect(outcome.stdout).toBe(`a "quoted" \\ value ${server.home}`);
  });

  it('are stopped when they print too much', async () => {
    const error = failureOf(await session.run(['yes'], { maxOutputBytes: 100_000 }));
    expect(error.code).toBe('board-misbehaves');
    expect(error.message).toContain('yes at');
    const loud = failureOf(await session.run(['sh', '-c', 'yes >&2'], { maxOutputBytes: 100_000 }));
    expect(loud.code).toBe('board-misbehaves');
    expect(valueOf(await session.run(['echo', 'well'])).stdout).toBe('well\n');
    await gone('yes');
  });

  it('pass on each line as it comes', async () => {
    const lines: { text: string; at: number }[] = [];
    const script = 'echo one; sleep 0.4; printf "two\\r\\n\\nfour äö"';
    const outcome = valueOf(
      await session.stream(['sh', '-c', script], { onLine: (text) => lines.push({ text, at: performance.now() }) }),
    );
    expect(outcome).toMatchObject({ exitCode: 0, stdout: '' });
    expect(lines.map(({ text }) => text)).toEqual(['one', 'two', '', 'four äö']);
    expect((lines[1]?.at ?? 0) - (lines[0]?.at ?? 0)).toBeGreaterThan(300);
  });

  it('pass on many lines, whatever pieces they come in', async () => {
    let count = 0;
    let sum = 0;
    const outcome = await session.stream(['seq', '200000'], {
      onLine: (line) => {
        count++;
        sum += Number(line);
      },
    });
    expect(outcome.ok).toBe(true);
    expect([count, sum]).toEqual([200_000, 20_000_100_000]);
  });

  it('are stopped at a line without end', async () => {
    const script = 'echo fine; head -c 3000000 /dev/zero | tr "\\0" x; sleep 60';
    const lines: string[] = [];
    const error = failureOf(await session.stream(['sh', '-c', script], { onLine: (line) => lines.push(line) }));
    expect(error.code).toBe('board-misbehaves');
    expect(lines).toEqual(['fine']);
    const short = await session.stream(['echo', '12345'], { onLine: () => undefined, maxLineBytes: 4 });
    expect(failureOf(short).code).toBe('board-misbehaves');
  });

  it('can be cancelled, and end on the board', async () => {
    const stop = new AbortController();
    const running = session.run(['sleep', '4711'], { signal: stop.signal });
    await sleep(300);
    const begin = performance.now();
    stop.abort();
    expect(failureOf(await running).code).toBe('cancelled');
    expect(performance.now() - begin).toBeLessThan(2_000);
    await gone('sleep 4711');
    expect(failureOf(await session.run(['true'], { signal: stop.signal })).code).toBe('cancelled');
  });

  it('that take too long are ended', async () => {
    const error = failureOf(await session.run(['sleep', '4712'], { timeoutMs: 300 }));
    expect(error.code).toBe('timed-out');
    await gone('sleep 4712');
  });

  it('that do not exist end with 127', async () => {
    expect(valueOf(await session.run(['no-such-program'])).exitCode).toBe(127);
  });

  it('run side by side, and wait for each other where the server takes no more', async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, index) => session.run(['echo', String(index)])));
    expect(outcomes.map((outcome) => valueOf(outcome).stdout.trim())).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    const many = await Promise.all(Array.from({ length: 14 }, () => session.run(['sleep', '0.5'])));
    expect(many.filter(({ ok }) => !ok)).toEqual([]);
    const stop = new AbortController();
    const hogs = Array.from({ length: 8 }, () => session.run(['sleep', '4713'], { signal: stop.signal }));
    await sleep(300);
    stop.abort();
    await Promise.all(hogs);
    expect(valueOf(await session.run(['echo', 'well'])).stdout).toBe('well\n');
    await gone('sleep 4713');
  });

  it('share one channel for files, opened anew where it was closed', async () => {
    const first = valueOf(await session.sftp());
    expect(valueOf(await session.sftp())).toBe(first);
    const closed = new Promise((resolve) => first.once('close', resolve));
    first.end();
    await closed;
    const second = valueOf(await session.sftp());
    expect(second).not.toBe(first);
    await new Promise((resolve, reject) =>
      second.stat(server.home, (error, stats) => (error ? reject(error) : resolve(stats))),
    );
  });

  /** Waits until a command has ended on the board. */
  async function gone(command: string): Promise<void> {
    await expect
      .poll(async () => (await server.processes()).filter((process) => process.command === command))
      .toEqual([]);
  }
});

describe('a login shell that prints when it starts', () => {
  it.each(['echo Welcome', 'printf Welcome'])('%s', async (greeting) => {
    const noisy = await startSshd({ config: [`ForceCommand ${greeting}; eval "$SSH_ORIGINAL_COMMAND"`] });
    const localPath = path.join(noisy.folder, 'model');
    await writeFile(localPath, 'model');
    const destination = valueOf(await resolveDestination('board', { configFile: noisy.configFile }));
    const there = valueOf(await connect(destination, { prompts: noPrompts }));
    expect(valueOf(await probeBoard(there)).architecture).toBe(
      execFileSync('uname', ['-m'], { encoding: 'utf8' }).trim(),
    );
    // What is sent to start file transfers is all that such a shell breaks.
    const file = { localPath, bytes: 5, sha256: 'a'.repeat(64), remotePath: 'there' };
    expect(failureOf(await uploadFiles(there, [file])).message).toContain('check ~/.bashrc there');
    await writeFile(path.join(noisy.home, 'there'), 'model');
    const sha256 = createHash('sha256').update('model').digest('hex');
    expect(valueOf(await uploadFiles(there, [{ ...file, sha256 }])).skippedBytes).toBe(5);
    there.close();
    await noisy.stop();
  });
});

describe('a link', () => {
  let relay: Relay;
  beforeEach(async () => {
    relay = await startRelay({ port: server.port });
  });
  afterEach(async () => {
    await server.resume();
    await relay.stop();
  });

  async function open(keepaliveIntervalMs = 10_000): Promise<BoardSession> {
    return valueOf(await connect(await through(relay), { prompts: noPrompts, keepaliveIntervalMs }));
  }

  it('that is closed here ends everything without an error', async () => {
    const session = await open();
    const running = session.run(['sleep', '20']);
    await sleep(100);
    session.close();
    expect(await session.ended).toBeNull();
    expect(failureOf(await running).code).toBe('disconnected');
    expect(failureOf(await session.run(['true'])).code).toBe('disconnected');
    expect(failureOf(await session.sftp()).code).toBe('disconnected');
  });

  it.each([
    ['is cut', async () => relay.cut()],
    ['loses its server process', () => server.dropConnections()],
  ])('that %s ends what runs at once', async (_, cut) => {
    const session = await open();
    const running = [session.run(['sleep', '20']), session.stream(['sleep', '20'], { onLine: () => undefined })];
    await sleep(200);
    const begin = performance.now();
    await cut();
    for (const result of await Promise.all(running)) expect(failureOf(result).code).toBe('disconnected');
    expect((await session.ended)?.code).toBe('disconnected');
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  it.each([
    ['falls silent', async () => relay.freeze()],
    ['has a server that stands still', () => server.pause()],
  ])('that %s is noticed within three intervals', async (_, freeze) => {
    const session = await open(1_000);
    const running = session.run(['sleep', '20']);
    await sleep(100);
    await freeze();
    const begin = performance.now();
    const error = failureOf(await running);
    expect(error.code).toBe('disconnected');
    expect(error.message).toContain('dead');
    expect(performance.now() - begin).toBeGreaterThan(1_500);
    // 2.75 intervals, and what a busy machine adds.
    expect(performance.now() - begin).toBeLessThan(4_000);
  });

  it('that is only idle stays', async () => {
    const session = await open(100);
    await sleep(1_500);
    expect(valueOf(await session.run(['echo', 'still here'])).stdout).toBe('still here\n');
    session.close();
  });
});

describe('connecting', () => {
  it('says when nobody listens', async () => {
    const error = failureOf(await connect(await destinationOf({ port: await freePort() }), { prompts: noPrompts }));
    expect(error.code).toBe('unreachable');
    expect(error.message).toContain('refuses connections');
  });

  it('says when the name is unknown', async () => {
    const error = failureOf(
      await connect(await destinationOf({ host: 'no-such-board.invalid' }), { prompts: noPrompts }),
    );
    expect(error.code).toBe('unreachable');
    expect(error.message).toContain('No host named no-such-board.invalid');
  });

  async function withPeer(answer: (socket: net.Socket) => void, use: (port: number) => Promise<void>): Promise<void> {
    const sockets = new Set<net.Socket>();
    const peer = net.createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      answer(socket);
    });
    await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve));
    try {
      await use((peer.address() as net.AddressInfo).port);
    } finally {
      for (const socket of sockets) socket.destroy();
      peer.close();
    }
  }

  it('says when something else than SSH answers', async () => {
    await withPeer(
      (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      async (port) => {
        const error = failureOf(await connect(await destinationOf({ port }), { prompts: noPrompts }));
        expect(error.code).toBe('unreachable');
        expect(error.message).toContain('no SSH connection came of it');
      },
    );
  });

  it('is not drowned by a peer that only talks', async () => {
    await withPeer(
      (socket) => {
        const talk = (): void => {
          while (!socket.destroyed && socket.write('x'.repeat(65_536))) continue;
        };
        socket.on('drain', talk);
        talk();
      },
      async (port) => {
        const error = failureOf(
          await connect(await destinationOf({ port, connectTimeoutSeconds: 3 }), { prompts: noPrompts }),
        );
        expect(['unreachable', 'timed-out']).toContain(error.code);
      },
    );
  });

  it('survives peers that hang up at once', async () => {
    await withPeer(
      (socket) => socket.resetAndDestroy(),
      async (port) => {
        for (let round = 0; round < 20; round++) {
          const error = failureOf(await connect(await destinationOf({ port }), { prompts: noPrompts }));
          expect(error.code).toBe('unreachable');
        }
      },
    );
  });

  it('fails when a question cannot be asked, and does not hang', async () => {
    const unknown = await destinationOf({ userKnownHostsFiles: [] });
    const error = failureOf(await connect(unknown, { prompts: noPrompts }));
    expect(error.code).toBe('internal');
    expect(error.message).toContain('A host key was asked about');
  });

  it('gives up on a peer that says nothing', async () => {
    await withPeer(
      () => undefined,
      async (port) => {
        const begin = performance.now();
        const destination = await destinationOf({ port, connectTimeoutSeconds: 1 });
        expect(failureOf(await connect(destination, { prompts: noPrompts })).code).toBe('timed-out');
        expect(performance.now() - begin).toBeLessThan(5_000);
      },
    );
  });

  it('can be cancelled at any time', async () => {
    await withPeer(
      () => undefined,
      async (port) => {
        for (const delayMs of [0, 50]) {
          const stop = new AbortController();
          const connecting = connect(await destinationOf({ port }), { prompts: noPrompts, signal: stop.signal });
          setTimeout(() => stop.abort(), delayMs);
          expect(failureOf(await connecting).code).toBe('cancelled');
        }
        const stopped = AbortSignal.abort();
        const error = failureOf(await connect(await destinationOf({ port }), { prompts: noPrompts, signal: stopped }));
        expect(error.code).toBe('cancelled');
      },
    );
  });
});
