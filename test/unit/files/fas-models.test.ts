import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FasModel } from '../../../src/core/present/fas-model';
import { defaultFasModelsFile, openFasModels, type FasModelsContent } from '../../../src/files/fas-models';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-fas-'));
  file = path.join(folder, 'deeper', 'fas-models.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

const model = (name: string): FasModel => ({
  ...{ name, parameters: 1000, throughputFps: 10, basis: 'measured', device: 'jetson-nano', runtime: 'tensorrt-fp16' },
  ...{ hter: { percent: 3, dataset: 'D', protocol: 'P' }, acer: null, family: null, centralDifferences: 2, file: null },
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
    expect(await store.add([model('one'), model('two'), model('one')])).toEqual({ ok: true, value: 2 });
    expect(await store.add([model('two'), model('three')])).toEqual({ ok: true, value: 1 });
    const { models, problems } = await content();
    expect(problems).toEqual([]);
    expect(models.map((stored) => stored.model)).toEqual(['one', 'two', 'three'].map(model));
    expect(await store.remove([models[1]!.id])).toEqual({ ok: true, value: undefined });
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
      expect.stringMatching(/line 3 is left out: It is not JSON/),
      expect.stringMatching(/line 4 is left out: It must be a JSON object/),
      expect.stringMatching(/line 5 is left out: .*newer than this Framecast/),
      expect.stringMatching(/line 6 is left out: "hter" must be null or an object/),
    ]);
    await store.remove([before.models[0]!.id]);
    const text = await readFile(file, 'utf8');
    for (const line of [odd, ...broken]) expect(text.split('\n')).toContain(line);
    expect((await content()).models).toHaveLength(2);
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
