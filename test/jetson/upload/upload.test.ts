import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resolveDestination, type Destination } from '../../../src/jetson/connection/destination';
import { connect, type BoardSession } from '../../../src/jetson/connection/session';
import { uploadFiles, type UploadProgress } from '../../../src/jetson/upload/upload';
import type { UploadFile } from '../../../src/jetson/upload/upload-file';
import { noPrompts } from '../harness/prompts';
import { startRelay, type Relay } from '../harness/relay';
import { failureOf, valueOf } from '../harness/result';
import { startSshd, type TestServer } from '../harness/sshd';

const exec = promisify(execFile);
const mebibyte = 2 ** 20;

let server: TestServer;
let folder: string;
let relay: Relay;
let session: BoardSession;
let round = 0;
beforeAll(async () => {
  server = await startSshd();
  folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-upload-'));
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  round++;
  relay = await startRelay({ port: server.port });
  session = await reconnect();
});
afterEach(async () => {
  session.close();
  await session.ended;
  await relay.stop();
});

async function reconnect(): Promise<BoardSession> {
  const destination: Destination = {
    ...valueOf(await resolveDestination('board', { configFile: server.configFile })),
    port: relay.port,
    hostKeyAlias: `[127.0.0.1]:${server.port}`,
  };
  return valueOf(await connect(destination, { prompts: noPrompts }));
}

/** A local file with content of its own, and where it shall go. */
async function fileOf(content: Uint8Array, name = `file-${round}`): Promise<UploadFile> {
  const localPath = path.join(folder, name);
  await writeFile(localPath, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { localPath, sha256, bytes: content.length, remotePath: `.cache/framecast/models/${sha256}.onnx` };
}

const remote = ({ remotePath }: UploadFile): string => path.resolve(server.home, remotePath);
const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

describe('an upload', () => {
  it('brings files whole under their names, for their owner alone', async () => {
    const contents = [randomBytes(3 * mebibyte + 17), Buffer.alloc(0), Buffer.from('x')];
    const files = await Promise.all(contents.map((content, index) => fileOf(content, `three-${index}`)));
    const outcome = valueOf(await uploadFiles(session, files));
    expect(outcome).toMatchObject({ sentBytes: 3 * mebibyte + 18, skippedBytes: 0, paths: files.map(remote) });
    for (const [index, file] of files.entries()) {
      expect((await readFile(remote(file))).equals(contents[index] ?? Buffer.alloc(1))).toBe(true);
      expect((await stat(remote(file))).mode & 0o777).toBe(0o600);
      expect(await exists(`${remote(file)}.part`)).toBe(false);
    }
    expect((await stat(path.join(server.home, '.cache/framecast'))).mode & 0o777).toBe(0o700);
  });

  it('sends nothing twice', async () => {
    const file = await fileOf(randomBytes(mebibyte));
    valueOf(await uploadFiles(session, [file]));
    const before = relay.bytesUp;
    const shown: UploadProgress[] = [];
    const outcome = valueOf(await uploadFiles(session, [file], { onProgress: (progress) => shown.push(progress) }));
    expect(outcome).toMatchObject({ sentBytes: 0, skippedBytes: mebibyte });
    expect(relay.bytesUp - before).toBeLessThan(20_000);
    expect(shown.at(-1)).toMatchObject({ doneBytes: mebibyte, totalBytes: mebibyte, skippedBytes: mebibyte });
    const twice = await fileOf(randomBytes(mebibyte), 'twice');
    expect(valueOf(await uploadFiles(session, [twice, twice]))).toMatchObject({ sentBytes: mebibyte });
  });

  it('replaces a file that has its name but not its content', async () => {
    const content = randomBytes(100_000);
    const file = await fileOf(content);
    await mkdir(path.dirname(remote(file)), { recursive: true });
    await writeFile(remote(file), Buffer.alloc(100_000));
    expect(valueOf(await uploadFiles(session, [file])).sentBytes).toBe(100_000);
    expect((await readFile(remote(file))).equals(content)).toBe(true);
  });

  it('takes names with all that a name can hold', async () => {
    const content = randomBytes(10_000);
    const hard = `it's "hard" $(id) \`id\` \\ line\nbreak ü模 *?[a] ~ -n`;
    const file = await fileOf(content, hard);
    const target = { ...file, remotePath: `${server.home}/folder ${hard}/${hard}` };
    valueOf(await uploadFiles(session, [target]));
    expect((await readFile(target.remotePath)).equals(content)).toBe(true);
    expect(valueOf(await uploadFiles(session, [target])).sentBytes).toBe(0);
  });

  it('tells its progress in bytes, forwards only, with a rate', async () => {
    const file = await fileOf(randomBytes(24 * mebibyte));
    const shown: UploadProgress[] = [];
    valueOf(await uploadFiles(session, [file], { onProgress: (progress) => shown.push(progress) }));
    expect(shown[0]).toMatchObject({ doneBytes: 0, totalBytes: file.bytes, fileName: path.basename(file.localPath) });
    expect(shown.at(-1)?.doneBytes).toBe(file.bytes);
    expect(shown.at(-1)?.bytesPerSecond).toBeGreaterThan(mebibyte);
    const done = shown.map(({ doneBytes }) => doneBytes);
    expect(done).toEqual([...done].sort((one, other) => one - other));
  });
});

describe('an upload that is cut', () => {
  const size = 40 * mebibyte;

  it('goes on where it stopped, cut after cut, and arrives whole', async () => {
    const content = randomBytes(size);
    const file = await fileOf(content);
    const sent: number[] = [];
    for (const cutAfter of [10 * mebibyte, 12 * mebibyte]) {
      relay.cutAfter(cutAfter);
      const error = failureOf(await uploadFiles(session, [file]));
      expect(error.code).toBe('disconnected');
      expect(await exists(remote(file))).toBe(false);
      expect(await exists(`${remote(file)}.part`)).toBe(true);
      session = await reconnect();
    }
    const before = relay.bytesUp;
    const outcome = valueOf(await uploadFiles(session, [file]));
    sent.push(outcome.sentBytes);
    expect(outcome.skippedBytes).toBeGreaterThan(12 * mebibyte);
    expect(outcome.skippedBytes + outcome.sentBytes).toBe(size);
    expect(relay.bytesUp - before).toBeLessThan(outcome.sentBytes * 1.05 + 50_000);
    expect((await readFile(remote(file))).equals(content)).toBe(true);
  });

  it('starts anew where what is there is no beginning of the file', async () => {
    const content = randomBytes(size);
    const file = await fileOf(content);
    await mkdir(path.dirname(remote(file)), { recursive: true });
    for (const wrong of [randomBytes(mebibyte), Buffer.concat([content, Buffer.from('more')]), Buffer.alloc(0)]) {
      await rm(remote(file), { force: true });
      await writeFile(`${remote(file)}.part`, wrong);
      const outcome = valueOf(await uploadFiles(session, [file]));
      expect(outcome).toMatchObject({ sentBytes: size, skippedBytes: 0 });
      expect((await readFile(remote(file))).equals(content)).toBe(true);
    }
  });

  it('sends nothing where all had arrived and only the name was missing', async () => {
    const content = randomBytes(mebibyte);
    const file = await fileOf(content);
    await mkdir(path.dirname(remote(file)), { recursive: true });
    await writeFile(`${remote(file)}.part`, content);
    expect(valueOf(await uploadFiles(session, [file]))).toMatchObject({ sentBytes: 0, skippedBytes: mebibyte });
    expect(await exists(remote(file))).toBe(true);
  });

  it('can be cancelled, answers at once, and goes on later', async () => {
    const file = await fileOf(randomBytes(size));
    const stop = new AbortController();
    let stoppedAt = 0;
    const error = failureOf(
      await uploadFiles(session, [file], {
        signal: stop.signal,
        onProgress: ({ doneBytes }) => {
          if (doneBytes < 8 * mebibyte || stop.signal.aborted) return;
          stoppedAt = performance.now();
          stop.abort();
        },
      }),
    );
    expect(error.code).toBe('cancelled');
    expect(performance.now() - stoppedAt).toBeLessThan(2_000);
    expect(await exists(remote(file))).toBe(false);
    const outcome = valueOf(await uploadFiles(session, [file]));
    expect(outcome.skippedBytes).toBeGreaterThanOrEqual(8 * mebibyte);
    expect(failureOf(await uploadFiles(session, [file], { signal: AbortSignal.abort() })).code).toBe('cancelled');
  });

  it('is noticed where the link falls silent', async () => {
    session.close();
    const destination = {
      ...valueOf(await resolveDestination('board', { configFile: server.configFile })),
      port: relay.port,
      hostKeyAlias: `[127.0.0.1]:${server.port}`,
    };
    session = valueOf(await connect(destination, { prompts: noPrompts, keepaliveIntervalMs: 500 }));
    const file = await fileOf(randomBytes(size));
    let frozenAt = 0;
    const error = failureOf(
      await uploadFiles(session, [file], {
        onProgress: ({ doneBytes }) => {
          if (doneBytes < 4 * mebibyte || frozenAt > 0) return;
          frozenAt = performance.now();
          relay.freeze();
        },
      }),
    );
    expect(error.code).toBe('disconnected');
    expect(performance.now() - frozenAt).toBeLessThan(5_000);
    relay.thaw();
  });

  it('goes well where two send the same at once', async () => {
    const second = await reconnect();
    for (const lateByMs of [0, 0, 50, 150, 300]) {
      const content = randomBytes(size);
      const file = await fileOf(content);
      const late = new Promise((resolve) => setTimeout(resolve, lateByMs)).then(() => uploadFiles(second, [file]));
      for (const outcome of await Promise.all([uploadFiles(session, [file]), late])) valueOf(outcome);
      expect((await readFile(remote(file))).equals(content)).toBe(true);
      expect(await exists(`${remote(file)}.part`)).toBe(false);
    }
    second.close();
  });
});

describe('an upload that cannot succeed', () => {
  it('removes what arrived with other bytes, and says so', async () => {
    const file = await fileOf(randomBytes(200_000));
    const lie = { ...file, sha256: 'a'.repeat(64), remotePath: '.cache/framecast/models/lie.onnx' };
    const error = failureOf(await uploadFiles(session, [lie]));
    expect(error.code).toBe('checksum');
    expect(error.message).toContain(file.localPath);
    expect(await exists(remote(lie))).toBe(false);
    expect(await exists(`${remote(lie)}.part`)).toBe(false);
  });

  it('says when the local file has changed, shrunk or gone', async () => {
    const gone = await fileOf(randomBytes(1000), 'gone');
    await rm(gone.localPath);
    expect(failureOf(await uploadFiles(session, [gone])).code).toBe('unreadable');
    const shrunk = await fileOf(randomBytes(500_000), 'shrunk');
    await truncate(shrunk.localPath, 1000);
    expect(failureOf(await uploadFiles(session, [shrunk])).code).toBe('unreadable');
    const grown = await fileOf(randomBytes(1000), 'changed');
    await writeFile(grown.localPath, randomBytes(1000));
    await appendFile(grown.localPath, 'more');
    expect(failureOf(await uploadFiles(session, [grown])).code).toBe('checksum');
  });

  it('names a folder that stands in the way', async () => {
    const file = await fileOf(randomBytes(1000));
    await mkdir(remote(file), { recursive: true });
    const error = failureOf(await uploadFiles(session, [file]));
    expect(error.code).toBe('unwritable');
    expect(error.message).toContain('is a folder');
    await writeFile(path.join(server.home, 'in-the-way'), '');
    const below = failureOf(await uploadFiles(session, [{ ...file, remotePath: 'in-the-way/deeper/file' }]));
    expect(below.code).toBe('unwritable');
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(!isRoot)('stops before a disk is full, with the free space, and leaves no half of it', async () => {
    await withDisk('24m', async (disk) => {
      const file = { ...(await fileOf(randomBytes(32 * mebibyte))), remotePath: `${disk}/model.onnx` };
      const before = relay.bytesUp;
      const error = failureOf(await uploadFiles(session, [file]));
      expect(error.code).toBe('disk-full');
      expect(error.message).toMatch(/24 MiB are free, and 32 MiB are still to be sent/);
      expect(relay.bytesUp - before).toBeLessThan(50_000);
      expect(await readdir(disk)).toEqual([]);
    });
  });

  it.skipIf(!isRoot)('says that a disk has become full on the way, and goes on when there is room', async () => {
    await withDisk('40m', async (disk) => {
      const content = randomBytes(30 * mebibyte);
      const file = { ...(await fileOf(content)), remotePath: `${disk}/model.onnx` };
      const hog: { written?: Promise<void> } = {};
      const error = failureOf(
        await uploadFiles(session, [file], {
          onProgress: () => {
            hog.written ??= writeFile(`${disk}/hog`, Buffer.alloc(25 * mebibyte)).catch(() => undefined);
          },
        }),
      );
      await hog.written;
      expect(error.code).toBe('disk-full');
      await rm(`${disk}/hog`);
      const outcome = valueOf(await uploadFiles(session, [file]));
      expect(outcome.skippedBytes + outcome.sentBytes).toBe(file.bytes);
      expect((await readFile(`${disk}/model.onnx`)).equals(content)).toBe(true);
    });
  });

  async function withDisk(size: string, use: (disk: string) => Promise<void>): Promise<void> {
    const disk = path.join(folder, `disk-${round}`);
    await mkdir(disk);
    try {
      await exec('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]);
    } catch {
      console.log('A full disk is not tested: this machine allows no mounts.');
      return;
    }
    try {
      await use(disk);
    } finally {
      await exec('umount', [disk]);
    }
  }
});

describe('a board without the usual tools', () => {
  it.each([
    ['python3', 'sha256sum'],
    ['sha256sum', 'python3'],
  ])('checks hashes with %s where %s is missing', async (kept, missing) => {
    const tools = path.join(folder, `tools-${kept}`);
    await mkdir(tools);
    for (const tool of ['sh', 'mkdir', 'od', 'tr', 'wc', 'df', 'head', 'tail', 'mv', 'rm', 'printf', kept]) {
      const { stdout } = await exec('sh', ['-c', `PATH=/usr/bin:/bin command -v ${tool}`]);
      const target = stdout.trim().startsWith('/') ? stdout.trim() : `/usr/bin/${tool}`;
      await writeFile(path.join(tools, tool), `#!/bin/sh\nexec ${target} "$@"\n`);
      await chmod(path.join(tools, tool), 0o755);
    }
    const bare = await startSshd({ environment: { PATH: tools } });
    try {
      const destination = valueOf(await resolveDestination('board', { configFile: bare.configFile }));
      const there = valueOf(await connect(destination, { prompts: noPrompts }));
      expect(valueOf(await there.run(['sh', '-c', `command -v ${missing}`])).exitCode).not.toBe(0);
      const content = randomBytes(300_000);
      const file = await fileOf(content, `for-${kept}`);
      expect(valueOf(await uploadFiles(there, [file])).sentBytes).toBe(300_000);
      expect(valueOf(await uploadFiles(there, [file])).sentBytes).toBe(0);
      there.close();
    } finally {
      await bare.stop();
    }
  });
});
