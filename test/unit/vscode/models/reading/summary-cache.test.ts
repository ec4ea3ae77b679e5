import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failure, type Result } from '../../../../../src/core/result';
import type { ModelSummary } from '../../../../../src/files/reading/model-summary';
import { createModelSummaries } from '../../../../../src/vscode/models/reading/model-summaries';
import { summariseFile } from '../../../../../src/files/reading/read-summary';
import { createSummaryCache, type SummaryCache } from '../../../../../src/vscode/models/reading/summary-cache';

const resnet18 = await summariseFile('samples/resnet18.onnx', {});
const broken: Result<ModelSummary> = failure('malformed', 'This file is broken.');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'framecast cache '));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (version = '1', where: string | null = folder): SummaryCache =>
  createSummaryCache(where, version, () => Promise.resolve());
const file = (version = '1'): string => path.join(folder, `model-summaries-${version}.jsonl`);

describe('the cache of summaries', () => {
  it('remembers models and failures for the next window, as long as the files stay', async () => {
    const cache = open();
    cache.set({ path: 'a.onnx', identity: '1', result: resnet18 });
    cache.set({ path: 'b.onnx', identity: '1', result: broken });
    await cache.flush();
    const next = open();
    expect(await next.get('a.onnx', '1')).toEqual(resnet18);
    expect(await next.get('b.onnx', '1')).toEqual(broken);
    expect(await next.get('a.onnx', '2')).toBeUndefined();
    expect(await next.get('c.onnx', '1')).toBeUndefined();
  });

  it('shares one summary among copies of a file', async () => {
    const cache = open();
    cache.set({ path: 'a.onnx', identity: '1', result: resnet18 });
    cache.set({ path: 'b.onnx', identity: '2', result: JSON.parse(JSON.stringify(resnet18)) as typeof resnet18 });
    expect(await cache.get('b.onnx', '2')).toBe(await cache.get('a.onnx', '1'));
  });

  it('believes the later of two lines, and leaves out what is torn or foreign', async () => {
    const line = (result: Result<ModelSummary>): string => JSON.stringify({ path: 'a.onnx', identity: '1', result });
    const foreign = ['{"path":"b.onnx","identity":"1","result":{"ok":true}}', 'null', '[]', '{"path":1}', ''];
    writeFileSync(file(), [line(broken), line(resnet18), ...foreign, line(broken).slice(0, 40)].join('\n'));
    const cache = open();
    expect(await cache.get('a.onnx', '1')).toEqual(resnet18);
    expect(await cache.get('b.onnx', '1')).toBeUndefined();
  });

  it('deletes what another build of the extension found, and nothing else', async () => {
    writeFileSync(file('0'), '');
    writeFileSync(path.join(folder, 'other.jsonl'), '');
    const cache = open();
    await cache.get('a.onnx', '1');
    expect(readdirSync(folder)).toEqual(['other.jsonl']);
  });

  it('does not grow without bound', async () => {
    const line = (index: number): string => JSON.stringify({ path: 'a.onnx', identity: `${index}`, result: broken });
    writeFileSync(file(), Array.from({ length: 13_000 }, (_, index) => `${line(index)}\n`).join(''));
    const cache = open();
    expect(await cache.get('a.onnx', '12999')).toEqual(broken);
    expect(readFileSync(file(), 'utf8').trim().split('\n')).toHaveLength(1);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('is one of memory without a folder, and where the folder cannot be written', async () => {
    appendFileSync(path.join(folder, 'taken'), '');
    for (const where of [null, path.join(folder, 'taken')]) {
      const cache = open('1', where);
      cache.set({ path: 'a.onnx', identity: '1', result: broken });
      await cache.flush();
      expect(await cache.get('a.onnx', '1')).toEqual(broken);
    }
  });
});

describe('summaries', () => {
  function summaries(
    result: Result<ModelSummary>,
    identity: () => string | null = () => '1',
    beside: () => string = () => '',
  ) {
    let read = 0;
    const of = createModelSummaries<string>({
      cache: open('1', null),
      identity: () => Promise.resolve(identity()),
      externalIdentity: () => Promise.resolve(beside()),
      read: () => (read++, Promise.resolve(result)),
    }).of;
    return { of, read: () => read };
  }

  it('are made once for a file as long as it stays the same', async () => {
    let identity = '1';
    const asked = summaries(resnet18, () => identity);
    await Promise.all([asked.of('a.onnx'), asked.of('a.onnx')]);
    await asked.of('a.onnx');
    expect(asked.read()).toBe(1);
    identity = '2';
    expect(await asked.of('a.onnx')).toEqual(resnet18);
    expect(asked.read()).toBe(2);
  });

  it('are asked for again after a failure of the moment, and not after one of the file', async () => {
    const locked = summaries(failure('unreadable', 'No permission.'));
    await locked.of('a.onnx');
    await locked.of('a.onnx');
    expect(locked.read()).toBe(2);
    const torn = summaries(broken);
    await torn.of('a.onnx');
    await torn.of('a.onnx');
    expect(torn.read()).toBe(1);
  });

  it('are made anew when a file beside the model that counts has come', async () => {
    if (!resnet18.ok) throw new Error(resnet18.error.message);
    let beside = 'missing';
    const named: Result<ModelSummary> = {
      ok: true,
      value: { ...resnet18.value, digest: 'x', externalFiles: ['w.data'] },
    };
    const asked = summaries(
      named,
      () => '1',
      () => beside,
    );
    await asked.of('a.onnx');
    await asked.of('a.onnx');
    expect(asked.read()).toBe(1);
    beside = 'present';
    await asked.of('a.onnx');
    await asked.of('a.onnx');
    expect(asked.read()).toBe(2);
  });

  it('of a file that is gone are null', async () => {
    expect(await summaries(resnet18, () => null).of('a.onnx')).toBeNull();
  });
});
