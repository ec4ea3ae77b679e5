import { execFileSync } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModelFile } from '../../../../src/files/read-model';
import { contentOf, fileContentOf, modelUploads } from '../../../../src/jetson/upload/model-content';
import { failureOf, valueOf } from '../../../jetson/harness/result';

const fixtures = path.resolve('test/fixtures/exported');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-content-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const sha256sum = (file: string): string => execFileSync('sha256sum', [file], { encoding: 'utf8' }).slice(0, 64);

async function copyOf(fixture: string, into: string): Promise<string> {
  const target = path.join(folder, into);
  await mkdir(target, { recursive: true });
  const file = path.join(target, fixture);
  await cp(path.join(fixtures, fixture), file);
  return file;
}

describe('the content of a model', () => {
  it('in one file is that file, hashed as sha256sum does', async () => {
    const file = await copyOf('convnext_tiny.folded-scrambled.onnx', 'one');
    const content = valueOf(await contentOf(file, []));
    expect(content.sha256).toBe(sha256sum(file));
    expect(content.bytes).toBe((await readFile(file)).length);
    const { modelPath, files } = modelUploads(content, '.cache/framecast/models');
    expect(modelPath).toBe(`.cache/framecast/models/${content.sha256}.onnx`);
    expect(files).toEqual([{ localPath: file, sha256: content.sha256, bytes: content.bytes, remotePath: modelPath }]);
  });

  it('with external data is all its files, under one name that depends on each', async () => {
    const file = await copyOf('mobilenet_v2.external.onnx', 'external');
    const { externalFiles } = valueOf(await readModelFile(file)).model;
    const error = failureOf(await contentOf(file, externalFiles));
    expect(error.code).toBe('missing-weights');
    const name = /"([^"]+)", which is missing/.exec(error.message)?.[1] ?? '';
    const data = path.join(path.dirname(file), name);
    await writeFile(data, 'weights');
    const first = valueOf(await contentOf(file, externalFiles));
    expect(first.model.sha256).toBe(sha256sum(file));
    expect(first.external).toMatchObject([{ name, sha256: sha256sum(data), bytes: 7 }]);
    expect(first.bytes).toBe(first.model.bytes + 7);
    expect(first.sha256).not.toBe(first.model.sha256);
    const { modelPath, files } = modelUploads(first, 'models');
    expect(modelPath).toBe(`models/${first.sha256}/model.onnx`);
    expect(files.map(({ remotePath }) => remotePath)).toEqual([modelPath, `models/${first.sha256}/${name}`]);

    await appendFile(data, ' and more');
    const second = valueOf(await contentOf(file, externalFiles));
    expect(second.sha256).not.toBe(first.sha256);
    expect(second.model.sha256).toBe(first.model.sha256);
  });

  it('is not what is no file', async () => {
    expect(failureOf(await contentOf(path.join(folder, 'missing.onnx'), [])).code).toBe('unreadable');
    expect(failureOf(await contentOf(folder, [])).code).toBe('unreadable');
  });
});

describe('the hash of a file', () => {
  it('is read once for as long as the file stays as it is', async () => {
    const file = path.join(folder, 'cached');
    await writeFile(file, 'one');
    const times = new Date(1_700_000_000_000);
    await utimes(file, times, times);
    const first = valueOf(await fileContentOf(file));
    // The same size, time and place: taken from memory, although it is another content.
    await writeFile(file, 'two');
    await utimes(file, times, times);
    expect(valueOf(await fileContentOf(file)).sha256).toBe(first.sha256);
    await utimes(file, times, new Date(1_700_000_001_000));
    expect(valueOf(await fileContentOf(file)).sha256).toBe(sha256sum(file));
  });

  it('follows a file that was replaced by another of the same size and time', async () => {
    const file = path.join(folder, 'replaced');
    const other = path.join(folder, 'other');
    const times = new Date(1_700_000_000_000);
    for (const [name, text] of [
      [file, 'one'],
      [other, 'two'],
    ] as const) {
      await writeFile(name, text);
      await utimes(name, times, times);
    }
    valueOf(await fileContentOf(file));
    await rename(other, file);
    expect(valueOf(await fileContentOf(file)).sha256).toBe(sha256sum(file));
  });

  it('can be cancelled', async () => {
    const file = path.join(folder, 'large');
    await writeFile(file, Buffer.alloc(32 * 2 ** 20));
    const stop = new AbortController();
    const hashing = fileContentOf(file, { signal: stop.signal });
    setImmediate(() => stop.abort());
    expect(failureOf(await hashing).code).toBe('cancelled');
  });
});
