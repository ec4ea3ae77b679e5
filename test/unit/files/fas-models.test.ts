import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FasModel } from '../../../src/core/fas/model';
import { defaultFasModelsFile, openFasModels, type FasModelsContent } from '../../../src/files/fas-models';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-fas-'));
  file = path.join(folder, 'deeper', 'fas-models.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

const model = (name: string): FasModel => ({
  name,
  parameters: 1000,
  throughputFps: 10,
  basis: 'measured',
  device: 'jetson-nano',
  runtime: 'tensorrt-fp16',
  hter: { percent: 3, dataset: 'D', protocol: 'P' },
  acer: null,
  family: null,
  centralDifferences: 2,
  file: null,
  comment: '',
});

async function content(): Promise<FasModelsContent> {
  const read = await openFasModels(file).read();
  if (!read.ok) throw new Error(read.error.message);
  return read.value;
}

describe('own FAS models', () => {
  it('are kept, each once, and can be deleted', async () => {
    const store = openFasModels(file);
    expect(await content()).toEqual({ models: [], problems: [] });
    const [first, second] = [
      await store.add([model('one'), model('two'), model('one')]),
      await store.add([model('two'), model('three')]),
    ];
    const { models, problems } = await content();
    expect(problems).toEqual([]);
    expect(models.map((stored) => stored.model)).toEqual(['one', 'two', 'three'].map(model));
    expect([first, second]).toEqual([
      { ok: true, value: models.slice(0, 2).map(({ id }) => id) },
      { ok: true, value: [models[2]!.id] },
    ]);
    expect(await store.remove([models[1]!.id])).toMatchObject({ ok: true, value: [{ after: null }] });
    expect((await content()).models.map((stored) => stored.model.name)).toEqual(['one', 'three']);
  });

  it('keep broken lines and unknown fields in the file, and report the lines', async () => {
    const store = openFasModels(file);
    await store.add([model('one')]);
    const odd = JSON.stringify({ ...model('odd'), schema: 1, id: 'odd', later: { kept: true } });
    const broken = [
      '{ "schema": 1, "name": ',
      '[]',
      '{"schema":2}',
      JSON.stringify({ ...model('x'), schema: 1, hter: 5 }),
    ];
    await writeFile(file, `${await readFile(file, 'utf8')}${odd}\n${broken.join('\n')}\n`);
    await store.add([model('two')]);
    const before = await content();
    expect(before.models.map(({ model: { name } }) => name)).toEqual(['one', 'odd', 'two']);
    expect(before.problems).toEqual([
      expect.stringMatching(/line 3 is skipped: It is not JSON/),
      expect.stringMatching(/line 4 is skipped: It must be a JSON object/),
      expect.stringMatching(/line 5 is skipped: .*newer than this Framecast/),
      expect.stringMatching(/line 6 is skipped: "hter" must be null or an object/),
    ]);
    await store.remove([before.models[0]!.id]);
    const text = await readFile(file, 'utf8');
    for (const line of [odd, ...broken]) expect(text.split('\n')).toContain(line);
    expect((await content()).models).toHaveLength(2);
  });

  it('are changed in their place, keeping their ids and unknown fields, and changes are taken back', async () => {
    const store = openFasModels(file);
    await store.add([model('one'), model('two')]);
    const odd = JSON.stringify({ later: { kept: true }, ...model('odd'), schema: 1, id: 'odd' });
    await writeFile(file, `${odd}\nno JSON\n${await readFile(file, 'utf8')}`);
    const before = await readFile(file, 'utf8');
    const changed = await store.replace('odd', { ...model('renamed'), throughputFps: 77 });
    if (!changed.ok) throw new Error(changed.error.message);
    expect((await content()).models[0]).toEqual({ id: 'odd', model: { ...model('renamed'), throughputFps: 77 } });
    expect(JSON.parse((await readFile(file, 'utf8')).split('\n')[0]!)).toMatchObject({
      later: { kept: true },
      schema: 1,
    });
    expect(await store.restore([changed.value])).toEqual({ ok: true, value: undefined });
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(await store.restore([changed.value])).toMatchObject({ ok: false, error: { code: 'no-match' } });
    expect(await store.replace('gone', model('x'))).toMatchObject({ ok: false, error: { code: 'no-match' } });
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it('come back whole after they were deleted', async () => {
    const store = openFasModels(file);
    await store.add(['one', 'two', 'three'].map(model));
    const { models } = await content();
    const removed = await store.remove([models[0]!.id, models[2]!.id]);
    if (!removed.ok) throw new Error(removed.error.message);
    expect(await store.restore(removed.value)).toEqual({ ok: true, value: undefined });
    // A second click on Undo finds them there already.
    expect(await store.restore(removed.value)).toEqual({ ok: true, value: undefined });
    const back = (await content()).models;
    expect(back.map(({ id }) => id).sort()).toEqual(models.map(({ id }) => id).sort());
    expect(back.map((stored) => stored.model.name)).toEqual(['two', 'one', 'three']);
  });

  it('that were copied by hand are deleted and changed one by one', async () => {
    const lines = ['one', 'two', 'three'].map((name) => JSON.stringify({ ...model(name), schema: 1, id: 'same' }));
    const store = openFasModels(file);
    await store.add([model('zero')]);
    await writeFile(file, `${lines.join('\n')}\n`);
    const { models } = await content();
    expect(new Set(models.map(({ id }) => id)).size).toBe(3);
    await store.replace(models[2]!.id, model('changed'));
    const removed = await store.remove([models[1]!.id]);
    expect((await content()).models.map((stored) => stored.model.name)).toEqual(['one', 'changed']);
    await store.remove([models[0]!.id]);
    if (removed.ok) await store.restore(removed.value);
    expect((await content()).models.map((stored) => stored.model.name)).toEqual(['changed', 'two']);
  });

  it('never grow beyond what is read, 10,000 of them being well within', async () => {
    const store = openFasModels(file);
    const long = 'x'.repeat(300);
    const many = (count: number, name: string) =>
      Array.from({ length: count }, (_, index) => ({ ...model(`${name} ${index}`), comment: long }));
    expect(await store.add(many(10_000, 'a'))).toMatchObject({ ok: true });
    expect((await content()).models).toHaveLength(10_000);
    const refused = await store.add(many(60_000, 'b'));
    expect(refused).toMatchObject({ ok: false, error: { code: 'too-large' } });
    expect((await content()).models).toHaveLength(10_000);
  });

  it('lose none when several write at once', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `model ${index}`);
    const added = await Promise.all(names.map((name) => openFasModels(file).add([model(name)])));
    expect(added.every(({ ok }) => ok)).toBe(true);
    expect((await content()).models.map(({ model: { name } }) => name).sort()).toEqual([...names].sort());
  });

  it('are reported unreadable where the file is none', async () => {
    const read = await openFasModels(folder).read();
    expect(read).toMatchObject({ ok: false, error: { code: 'unreadable' } });
  });

  it('lie beside the landmarks', () => {
    expect(path.basename(defaultFasModelsFile())).toBe('fas-models.jsonl');
  });
});
