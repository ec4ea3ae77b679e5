import { appendFile, chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  describeExternalFiles,
  emptyLinkIdentity,
  externalFileOpener,
  openModelFile,
} from '../../../src/files/model-file';
import type { OpenFile } from '../../../src/files/model-file';
import { openModelOnDisk, readOpenedModel } from '../../../src/files/read-model';

let folder: string;
let model: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'model-file-'));
  await mkdir(path.join(folder, 'inside', 'deeper'), { recursive: true });
  model = path.join(folder, 'inside', 'model.onnx');
  await writeFile(model, 'ten bytes.');
  await writeFile(path.join(folder, 'inside', 'deeper', 'weights.bin'), Uint8Array.of(1, 2, 3));
  await writeFile(path.join(folder, 'secret.bin'), 'secret');
  await symlink(path.join(folder, 'secret.bin'), path.join(folder, 'inside', 'leak.bin'));
  await symlink(path.join(folder, 'inside', 'deeper', 'weights.bin'), path.join(folder, 'inside', 'link.bin'));
  await symlink(folder, path.join(folder, 'inside', 'away'));
  await symlink('round', path.join(folder, 'round'));
  await symlink('.git/annex/objects/aa', path.join(folder, 'annexed.onnx'));
});

afterAll(() => rm(folder, { recursive: true }));

async function opened(filePath: string): Promise<OpenFile> {
  const result = await openModelFile(filePath);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

async function sentence(filePath: string): Promise<string> {
  const result = await openModelFile(filePath);
  if (result.ok) throw new Error('the file was opened');
  expect(result.error.code).toBe('unreadable');
  return result.error.message;
}

describe('openModelFile', () => {
  it('reads at any place, and less at the end', async () => {
    const file = await opened(model);
    expect(file.size).toBe(10);
    expect(new TextDecoder().decode(await file.read(4, 5))).toBe('bytes');
    expect(new TextDecoder().decode(await file.read(8, 100))).toBe('s.');
    expect(await file.read(50, 4)).toHaveLength(0);
    await file.close();
    await expect(file.read(0, 1)).rejects.toThrow();
  });

  it('gives what is left of a file that was cut after opening', async () => {
    const shrinking = path.join(folder, 'shrinking');
    await writeFile(shrinking, new Uint8Array(100));
    const file = await opened(shrinking);
    await writeFile(shrinking, new Uint8Array(30));
    expect(await file.read(20, 50)).toHaveLength(10);
    await file.close();
  });

  it('says what is wrong with a path', async () => {
    expect(await sentence(path.join(folder, 'nothing.onnx'))).toMatch(/There is no file at .*nothing\.onnx/);
    expect(await sentence(path.join(model, 'below'))).toMatch(/There is no file/);
    expect(await sentence(folder)).toMatch(/is a folder/);
    expect(await sentence(path.join(folder, 'annexed.onnx'))).toMatch(
      /annexed\.onnx is a symbolic link to \.git\/annex\/objects\/aa, which is not there\. Fetch that file .*git annex get/,
    );
    expect(await sentence(path.join(folder, 'round'))).toMatch(/symbolic link/);
    if (process.platform !== 'win32') expect(await sentence('/dev/null')).toMatch(/not a regular file/);
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('says that permission is missing', async () => {
    const closed = path.join(folder, 'closed.onnx');
    await writeFile(closed, 'x');
    await chmod(closed, 0);
    expect(await sentence(closed)).toMatch(/no permission/);
  });
});

describe('a link that leads to nothing', () => {
  it('is told from files, folders, links to them and what is not there', async () => {
    const annexed = path.join(folder, 'annexed.onnx');
    expect(await emptyLinkIdentity(annexed)).toMatch(/^link /);
    expect(await emptyLinkIdentity(annexed)).toBe(await emptyLinkIdentity(annexed));
    expect(await emptyLinkIdentity(path.join(folder, 'round'))).toMatch(/^link /);
    for (const other of [model, folder, path.join(folder, 'inside', 'link.bin'), path.join(folder, 'nothing')]) {
      expect(await emptyLinkIdentity(other)).toBeNull();
    }
  });
});

describe('external files', () => {
  it('are found beside the model and below', async () => {
    expect(await describeExternalFiles(model, ['deeper/weights.bin', 'link.bin', 'gone.bin', 'deeper'])).toEqual([
      {
        location: 'deeper/weights.bin',
        state: 'present',
        path: expect.stringMatching(/deeper.weights\.bin$/),
        bytes: 3,
      },
      { location: 'link.bin', state: 'present', path: expect.stringMatching(/deeper.weights\.bin$/), bytes: 3 },
      { location: 'gone.bin', state: 'missing', path: null, bytes: null },
      { location: 'deeper', state: 'missing', path: null, bytes: null },
    ]);
  });

  it('are never looked for outside of its folder', async () => {
    const outside = [
      '../secret.bin',
      'deeper/../../secret.bin',
      path.join(folder, 'secret.bin'),
      'leak.bin',
      'away/not-there.bin',
      'away/neither/not-there.bin',
      'C:\\secret.bin',
      'C:secret.bin',
      '..\\secret.bin',
      '\\\\server\\share\\secret.bin',
      '.',
      'a\0b',
    ];
    const found = await describeExternalFiles(model, outside);
    expect(found).toEqual(outside.map((location) => ({ location, state: 'outside', path: null, bytes: null })));
    const opener = externalFileOpener(model);
    expect(await Promise.all(outside.map((location) => opener.open(location)))).toEqual(outside.map(() => null));
    await opener.close();
  });

  it('can be opened for the reader', async () => {
    const opener = externalFileOpener(model);
    const source = await opener.open('deeper/weights.bin');
    expect(await source?.read(1, 2)).toEqual(Uint8Array.of(2, 3));
    expect(await opener.open('gone.bin')).toBeNull();
    await opener.close();
    await expect(source?.read(1, 2)).rejects.toThrow();
  });
});

describe('a model that is written while it is read', () => {
  it('is not answered as a mixture', async () => {
    const file = path.join(folder, 'growing.onnx');
    await copyFile('samples/resnet18.onnx', file);
    const before = await openModelOnDisk(file);
    await appendFile(file, 'more');
    expect(await readOpenedModel(before)).toMatchObject({
      error: { code: 'unreadable', message: expect.stringContaining('changed while it was read') },
    });
  });
});
