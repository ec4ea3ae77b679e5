import { spawnSync } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeModelFile } from '../../../src/files/write-file';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-write-'));
});

afterEach(() => rm(folder, { recursive: true }));

const pieces = () => [Buffer.from('one '), Buffer.from('two')];

describe('writeModelFile', () => {
  it('writes all pieces and leaves nothing else behind', async () => {
    const file = path.join(folder, 'a.onnx');
    expect(await writeModelFile(file, pieces(), { overwrite: false })).toEqual({ ok: true, value: 7 });
    expect(await readFile(file, 'utf8')).toBe('one two');
    expect(await readdir(folder)).toEqual(['a.onnx']);
  });

  it('takes a piece before it asks for the next, so pieces may share a buffer', async () => {
    const file = path.join(folder, 'a.onnx');
    function* shared() {
      const buffer = Buffer.alloc(1);
      for (const letter of 'framecast') {
        buffer.write(letter);
        yield buffer;
      }
    }
    await writeModelFile(file, shared(), { overwrite: false });
    expect(await readFile(file, 'utf8')).toBe('framecast');
  });

  it('replaces a file only where it may', async () => {
    const file = path.join(folder, 'a.onnx');
    await writeFile(file, 'old');
    const refused = await writeModelFile(file, pieces(), { overwrite: false });
    expect(refused).toMatchObject({ ok: false, error: { code: 'exists' } });
    expect(await readFile(file, 'utf8')).toBe('old');
    expect(await writeModelFile(file, pieces(), { overwrite: true })).toMatchObject({ ok: true });
    expect(await readFile(file, 'utf8')).toBe('one two');
    expect(await readdir(folder)).toEqual(['a.onnx']);
  });

  it.skipIf(process.platform === 'win32')('replaces what a link leads to, and neither links nor devices', async () => {
    const file = path.join(folder, 'a.onnx');
    const link = path.join(folder, 'link.onnx');
    const circle = path.join(folder, 'circle');
    await writeFile(file, 'old');
    await symlink('a.onnx', link);
    await symlink('circle', circle);
    expect(await writeModelFile(link, pieces(), { overwrite: true })).toMatchObject({ ok: true });
    expect(await readFile(file, 'utf8')).toBe('one two');
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    const pipe = path.join(folder, 'pipe');
    spawnSync('mkfifo', [pipe]);
    for (const [to, reason] of [
      [pipe, 'is not a regular file'],
      [circle, 'leads back to itself'],
    ] as const) {
      expect(await writeModelFile(to, pieces(), { overwrite: true })).toMatchObject({
        error: { code: 'unwritable', message: expect.stringContaining(reason) as string },
      });
    }
    expect((await readdir(folder)).sort()).toEqual(['a.onnx', 'circle', 'link.onnx', 'pipe']);
  });

  it('does not replace a file that appears while it writes', async () => {
    const file = path.join(folder, 'a.onnx');
    const { writeFileSync } = await import('node:fs');
    function* slow() {
      yield Buffer.from('mine');
      writeFileSync(file, 'theirs');
      yield Buffer.from('mine');
    }
    const refused = await writeModelFile(file, slow(), { overwrite: false });
    expect(refused).toMatchObject({ ok: false, error: { code: 'exists' } });
    expect(await readFile(file, 'utf8')).toBe('theirs');
    expect(await readdir(folder)).toEqual(['a.onnx']);
  });

  it('keeps the old file and no part of the new one when it is cancelled or a piece fails', async () => {
    const file = path.join(folder, 'a.onnx');
    await writeFile(file, 'old');
    const controller = new AbortController();
    function* cancelling() {
      yield Buffer.from('new');
      controller.abort();
      yield Buffer.from('er');
    }
    const options = { overwrite: true, signal: controller.signal };
    expect(await writeModelFile(file, cancelling(), options)).toMatchObject({ error: { code: 'cancelled' } });
    function* failing() {
      yield Buffer.from('new');
      throw new Error('no more');
    }
    expect(await writeModelFile(file, failing(), { overwrite: true })).toMatchObject({ error: { code: 'unwritable' } });
    expect(await readFile(file, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a.onnx']);
  });

  it('says why it cannot write', async () => {
    await mkdir(path.join(folder, 'sub'));
    const to = (name: string) => writeModelFile(path.join(folder, name), pieces(), { overwrite: true });
    expect(await to('sub')).toMatchObject({
      error: { code: 'unwritable', message: expect.stringMatching(/is a folder/) as string },
    });
    expect(await to('missing/a.onnx')).toMatchObject({
      error: { message: expect.stringMatching(/its folder does not exist/) as string },
    });
  });
});
