import { spawnSync } from 'node:child_process';
import {
  appendFile,
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Landmark } from '../../../src/core/landmarks/landmark';
import { collectLandmarks } from '../../../src/core/landmarks/landmark-collection';
import type { Result } from '../../../src/core/result';
import { openLandmarkStore, teamLandmarksKind, type LandmarkStore } from '../../../src/files/landmarks';
import { defaultLandmarksFile } from '../../../src/files/landmarks';

const root = await mkdtemp(path.join(tmpdir(), 'framecast-store-'));
let folder: string;
let file: string;
let store: LandmarkStore;

beforeEach(async () => {
  folder = await mkdtemp(path.join(root, 'case-'));
  file = path.join(folder, 'landmarks.jsonl');
  store = openLandmarkStore(file);
});

afterAll(() => rm(root, { recursive: true }));

const landmark = (model: string): Landmark => ({
  model,
  family: 'ResNet',
  parameters: 11_689_512,
  device: 'jetson-nano',
  runtime: 'tensorrt-fp16',
  resolution: 224,
  batch: 1,
  throughputFps: 80,
  campaign: 'desk',
  source: 'job 1',
});

const incoming = (...landmarks: readonly Landmark[]) => landmarks.map((each) => ({ landmark: each }));

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const models = async () => valueOf(await store.read()).lines.map((line) => line.landmark.model);

describe('a landmark store', () => {
  it('is empty where there is no file, and makes it with its folders', async () => {
    const deep = openLandmarkStore(path.join(folder, 'a', 'b', 'landmarks.jsonl'));
    expect(await deep.read()).toEqual({ ok: true, value: { lines: [], broken: [] } });
    const [id] = valueOf(await deep.appendNew(incoming(landmark('one'))));
    expect(valueOf(await deep.read()).lines).toMatchObject([{ line: 1, id, landmark: landmark('one') }]);
    expect(await readdir(path.join(folder, 'a', 'b'))).toEqual(['landmarks.jsonl']);
  });

  it('starts a line of its own after one that a crash has cut short, and keeps that one', async () => {
    valueOf(await store.appendNew(incoming(landmark('one'))));
    const torn = '{"schema":1,"id":"x","mod';
    await writeFile(file, (await readFile(file, 'utf8')) + torn);
    valueOf(await store.appendNew(incoming(landmark('two'))));
    const { lines, broken } = valueOf(await store.read());
    expect(lines.map(({ line }) => line)).toEqual([1, 3]);
    expect(broken).toMatchObject([{ line: 2 }]);
    expect((await readFile(file, 'utf8')).split('\n')[1]).toBe(torn);
  });

  it('changes and deletes in place, and leaves what it does not understand byte for byte', async () => {
    const newer = '{"schema": 9,  "model": "later"}';
    const own = JSON.stringify({ schema: 1, ...landmark('one'), 'ambient °C': 25 });
    const latin = Buffer.from([0x7b, 0xe9, 0x0d, 0x0a]);
    await writeFile(
      file,
      Buffer.concat([
        Buffer.from(`\uFEFF${newer}\r\n${own}\n`),
        latin,
        Buffer.from(`${own.replace('one', 'two')}\n\n`),
      ]),
    );
    const [one, two] = valueOf(await store.read()).lines;
    valueOf(await store.update(one!.id, { verdict: 'outlier', comment: 'hot' }));
    valueOf(await store.remove(two!.id));
    const { lines, broken } = valueOf(await store.read());
    expect(lines).toMatchObject([
      { id: one!.id, landmark: { verdict: 'outlier', comment: 'hot' }, record: { 'ambient °C': 25 } },
    ]);
    expect(broken.map(({ line }) => line)).toEqual([1, 3]);
    const bytes = await readFile(file);
    expect(bytes.subarray(0, 3 + newer.length + 2).toString()).toBe(`\uFEFF${newer}\r\n`);
    expect(bytes.includes(latin)).toBe(true);
    valueOf(await store.update(one!.id, { verdict: null, comment: null }));
    expect(valueOf(await store.read()).lines[0]!.landmark).toEqual(landmark('one'));
  });

  it('names lines that have no id by their content, equal ones apart', async () => {
    const row = JSON.stringify({ schema: 1, ...landmark('one') });
    await writeFile(file, `${row}\n${row}\n`);
    const ids = valueOf(await store.read()).lines.map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    expect(valueOf(await openLandmarkStore(file).read()).lines.map(({ id }) => id)).toEqual(ids);
    expect(valueOf(await store.remove(ids[1]!))).toHaveLength(1);
    expect(await models()).toEqual(['one']);
  });

  it('adds what it does not hold yet, by content', async () => {
    const incoming = ['one', 'two', 'one'].map((model) => ({ landmark: landmark(model), record: { extra: model } }));
    expect(valueOf(await store.appendNew(incoming))).toHaveLength(2);
    expect(valueOf(await store.appendNew(incoming))).toEqual([]);
    expect(await models()).toEqual(['one', 'two']);
    expect(valueOf(await store.read()).lines[1]!.record['extra']).toBe('two');
  });

  it('holds a measurement once, however many clients save it at the same time', async () => {
    const measured = { ...landmark('one'), source: 'job 7#1' };
    // A board that was read twice may give the same run with other digits.
    const clients = [store, openLandmarkStore(file), openLandmarkStore(file)];
    await Promise.all(
      clients.map((client, index) => client.saveMeasured({ ...measured, throughputFps: 80 + index / 1000 })),
    );
    valueOf(await store.saveMeasured({ ...landmark('two'), source: 'job 7#2' }));
    expect(await models()).toEqual(['one', 'two']);
  });

  it('writes verdicts on own and published landmarks all or none', async () => {
    valueOf(await store.appendNew(incoming(landmark('one'))));
    const content = valueOf(await store.read());
    const [own, published] = [
      collectLandmarks([{ origin: 'own', file, ...content }]).entries.find(({ origin }) => origin === 'own')!,
      collectLandmarks([]).entries[0]!,
    ];
    const before = await readFile(file, 'utf8');
    const unwritable = { ...published, landmark: { ...published.landmark, throughputFps: -1 } };
    expect(await store.review([own, unwritable], () => ({ verdict: 'off' }))).toMatchObject({ ok: false });
    expect(await readFile(file, 'utf8')).toBe(before);
    valueOf(await store.review([own, published], (entry) => ({ verdict: entry === own ? 'off' : 'outlier' })));
    valueOf(await store.review([published], () => ({ comment: 'hot' })));
    expect(valueOf(await store.read()).lines.map((line) => [line.landmark.model, line.landmark.verdict])).toEqual([
      ['one', 'off'],
      [published.landmark.model, 'outlier'],
    ]);
    expect(valueOf(await store.read()).lines[1]!.landmark.comment).toBe('hot');
  });

  it('removes the temporary files of processes that were killed while they rewrote it', async () => {
    const ids = valueOf(await store.appendNew(incoming(landmark('one'), landmark('two'))));
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    for (const owner of [pid, process.pid]) await writeFile(`${file}.${owner}-0a1b2c3d.tmp`, 'a whole copy');
    valueOf(await store.remove(ids[0]!));
    expect((await readdir(folder)).sort()).toEqual(['landmarks.jsonl', `landmarks.jsonl.${process.pid}-0a1b2c3d.tmp`]);
  });

  it('refuses what cannot be read back, an id that is gone, and changes nothing then', async () => {
    const [id] = valueOf(await store.appendNew(incoming(landmark('one'))));
    const before = await readFile(file, 'utf8');
    expect(await store.appendNew(incoming({ ...landmark('two'), throughputFps: -1 }))).toMatchObject({ ok: false });
    expect(await store.update(id!, { throughputFps: 0 })).toMatchObject({ error: { code: 'invalid-request' } });
    expect(await store.update([id!, 'gone'], { comment: 'x' })).toMatchObject({ error: { code: 'invalid-request' } });
    expect(valueOf(await store.remove('gone'))).toEqual([]);
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it('reads what was appended alone when it is read again, and everything when it was edited', async () => {
    valueOf(await store.appendNew(incoming(landmark('one'), landmark('two'))));
    const [first] = valueOf(await store.read()).lines;
    valueOf(await store.appendNew(incoming(landmark('three'))));
    const grown = valueOf(await store.read()).lines;
    expect(grown.map(({ line, landmark: { model } }) => [line, model])).toEqual([
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ]);
    expect(grown[0]!.landmark).toBe(first!.landmark);
    // By somebody else, and read twice at the same time.
    valueOf(await openLandmarkStore(file).appendNew(incoming(landmark('four'), landmark('five'))));
    expect(await Promise.all([models(), models()])).toEqual(Array(2).fill(['one', 'two', 'three', 'four', 'five']));
    await writeFile(file, (await readFile(file, 'utf8')).replace('"five"', '"FIVE"'));
    expect(await models()).toEqual(['one', 'two', 'three', 'four', 'FIVE']);
    valueOf(
      await store.remove([
        ...valueOf(await store.read())
          .lines.slice(3)
          .map(({ id }) => id),
      ]),
    );
    await writeFile(file, (await readFile(file, 'utf8')).replace('"one"', '"ONE"'));
    expect(await models()).toEqual(['ONE', 'two', 'three']);
    await writeFile(file, '');
    expect(await models()).toEqual([]);
  });
});

describe('the file of a store', () => {
  it('may be a link, which stays one, and shares its lock with the file', async () => {
    const link = path.join(folder, 'link.jsonl');
    await symlink(file, link);
    const linked = openLandmarkStore(link);
    const ids = valueOf(await linked.appendNew(incoming(landmark('one'))));
    await Promise.all([store.appendNew(incoming(landmark('two'))), linked.appendNew(incoming(landmark('three')))]);
    valueOf(await linked.remove(ids));
    expect((await models()).sort()).toEqual(['three', 'two']);
    expect((await readdir(folder)).sort()).toEqual(['landmarks.jsonl', 'link.jsonl']);
  });

  it('is an error with a sentence where it cannot be written or read', async () => {
    const circle = path.join(folder, 'circle');
    await symlink(circle, circle);
    for (const [where, reason] of [
      [folder, 'it is a folder'],
      [path.join(file, 'below.jsonl'), 'folder'],
      [circle, 'leads back to itself'],
    ] as const) {
      if (where.endsWith('below.jsonl')) await writeFile(file, '');
      const appended = await openLandmarkStore(where).appendNew(incoming(landmark('one')));
      expect(appended).toMatchObject({ ok: false, error: { code: expect.stringMatching(/unwritable|unreadable/) } });
      expect(!appended.ok && appended.error.message).toContain(reason);
    }
    expect(await openLandmarkStore(folder).read()).toMatchObject({ error: { code: 'unreadable' } });
  });

  it.skipIf(process.platform === 'win32')('is not waited for where it is a pipe', async () => {
    spawnSync('mkfifo', [file]);
    expect(await store.read()).toMatchObject({ error: { code: 'unreadable' } });
  });

  it.skipIf(process.platform === 'win32')(
    'keeps its permissions when it is rewritten, whatever the umask',
    async () => {
      const ids = valueOf(await store.appendNew(incoming(landmark('one'), landmark('two'))));
      const umask = process.umask(0o077);
      try {
        for (const mode of [0o666, 0o640, 0o600]) {
          await chmod(file, mode);
          valueOf(await store.update(ids[0]!, { comment: `mode ${mode}` }));
          expect((await stat(file)).mode & 0o777).toBe(mode);
        }
      } finally {
        process.umask(umask);
      }
    },
  );

  it.skipIf(process.getuid?.() !== 0)('keeps its owner when root rewrites it', async () => {
    const ids = valueOf(await store.appendNew(incoming(landmark('one'))));
    await chown(file, 65_534, 65_533);
    valueOf(await store.update(ids, { comment: 'by root' }));
    expect(await stat(file)).toMatchObject({ uid: 65_534, gid: 65_533 });
  });

  it('keeps rows that are not UTF-8 byte for byte, and names them', async () => {
    const ids = valueOf(await store.appendNew(incoming(landmark('one'), landmark('two'))));
    const latin = Buffer.from(`${JSON.stringify({ schema: 1, ...landmark('drei'), comment: 'für' })}\n`, 'latin1');
    await appendFile(file, latin);
    // The character that stands for lost letters is a letter like any other where somebody wrote it.
    valueOf(await store.appendNew(incoming({ ...landmark('four'), comment: '\uFFFD' })));
    valueOf(await store.update(ids[0]!, { comment: 'changed' }));
    valueOf(await store.remove(ids[1]!));
    expect(await models()).toEqual(['one', 'four']);
    expect(valueOf(await store.read()).broken).toEqual([{ line: 2, reason: expect.stringContaining('UTF-8') }]);
    expect((await readFile(file)).includes(latin)).toBe(true);
  });

  it.each([
    ['with a mark', '\uFEFF{}\n'],
    ['without one', '{"schema":1}\n'],
  ])('is refused in UTF-16 %s, in which no line could be told', async (_, text) => {
    await writeFile(file, Buffer.from(text, 'utf16le'));
    const read = await store.read();
    expect(!read.ok && read.error.message).toContain('Save it as UTF-8');
    expect(await store.appendNew(incoming(landmark('one')))).toMatchObject({ ok: false });
  });

  it('is read up to 16 MiB where a repository names it, and up to 256 MiB as the own one', async () => {
    const line = `${JSON.stringify({ ...landmark('one'), comment: 'x'.repeat(1000) })}\n`;
    await writeFile(file, line.repeat(Math.ceil((17 * 2 ** 20) / line.length)));
    expect(await openLandmarkStore(file, teamLandmarksKind).read()).toMatchObject({
      ok: false,
      error: { code: 'too-large', message: expect.stringContaining('16 MiB') },
    });
    expect((await store.read()).ok).toBe(true);
  });

  it('is not taken for one where no line can be a record', async () => {
    await writeFile(file, 'model,throughput\nresnet18,86\n');
    expect(await store.appendNew(incoming(landmark('one')))).toMatchObject({
      ok: false,
      error: { code: 'unwritable', message: expect.stringContaining('none of its lines is a record') },
    });
    expect(await readFile(file, 'utf8')).toBe('model,throughput\nresnet18,86\n');
  });

  it('is watched, whoever changes it', async () => {
    let changes = 0;
    const end = store.watch(() => (changes += 1));
    valueOf(await openLandmarkStore(file).appendNew(incoming(landmark('one'))));
    await expect.poll(() => changes, { timeout: 5000 }).toBeGreaterThan(0);
    end();
    const seen = changes;
    await rm(file);
    await new Promise((resolve) => setTimeout(resolve, 1300));
    expect(changes).toBe(seen);
  });
});

describe('a lock that was left behind', () => {
  const lock = () => `${file}.lock`;

  it.each([
    ['just now', 0],
    ['by a clock that was an hour ahead', 3600],
    ['by a clock that was an hour behind', -3600],
  ])('%s is taken over', { timeout: 60_000 }, async (_, seconds) => {
    await mkdir(lock());
    const time = Date.now() / 1000 + seconds;
    await utimes(lock(), time, time);
    // A lock that is not taken over fails the append.
    valueOf(await store.appendNew(incoming(landmark('one'))));
    expect(await models()).toEqual(['one']);
    await expect(stat(lock())).rejects.toThrow();
  });

  it('is waited for while somebody keeps it', { timeout: 20_000 }, async () => {
    await mkdir(lock());
    const touch = setInterval(() => void utimes(lock(), new Date(), new Date()), 500);
    let done = false;
    const appended = store.appendNew(incoming(landmark('one'))).then(() => (done = true));
    await new Promise((resolve) => setTimeout(resolve, 4500));
    expect(done).toBe(false);
    clearInterval(touch);
    await rm(lock(), { recursive: true });
    await appended;
    expect(await models()).toEqual(['one']);
  });
});

describe('the default file', () => {
  const at = (platform: NodeJS.Platform, env: Record<string, string> = {}) =>
    defaultLandmarksFile({ platform, env, home: '/home/me' });

  it("lies in the user's data folder, where extension and command line both look", () => {
    expect(at('linux')).toBe('/home/me/.local/share/framecast/landmarks.jsonl');
    expect(at('linux', { XDG_DATA_HOME: '/data' })).toBe('/data/framecast/landmarks.jsonl');
    expect(at('linux', { XDG_DATA_HOME: 'relative' })).toBe('/home/me/.local/share/framecast/landmarks.jsonl');
    expect(at('darwin')).toBe('/home/me/Library/Application Support/framecast/landmarks.jsonl');
    expect(at('win32', { APPDATA: '/roaming' })).toBe('/roaming/framecast/landmarks.jsonl');
    expect(at('linux', { FRAMECAST_LANDMARKS: '/elsewhere/mine.jsonl' })).toBe('/elsewhere/mine.jsonl');
  });
});
