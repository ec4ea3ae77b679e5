import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rungsOf } from '../../../../src/core/ladder/rung';
import { writeRungs } from '../../../../src/jetson/ladder/ladder-files';
import { valueOf } from '../../../jetson/harness/result';

const rungs = rungsOf(['mobilenetv1-width-0.25-112', 'squeezenet-1.1-112']);
let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'framecast-rungs-'));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

const write = (folder: string, controller = new AbortController(), onWritten: () => void = () => undefined) =>
  writeRungs(rungs, folder, { signal: controller.signal, onWritten });

describe('the models of a ladder', () => {
  it('are the same bytes each time, and those that are whole are not written again', async () => {
    const [one, other] = [path.join(root, 'one'), path.join(root, 'other')];
    const files = valueOf(await write(one));
    const others = valueOf(await write(other));
    for (const [index, file] of files.entries()) {
      expect((await readFile(file)).equals(await readFile(others[index]!))).toBe(true);
    }
    const [whole, torn] = [files[0]!, files[1]!];
    const bytes = await readFile(torn);
    await utimes(whole, 1000, 1000);
    await writeFile(torn, bytes.subarray(0, 1000));
    await write(one);
    expect((await stat(whole)).mtimeMs).toBe(1_000_000);
    expect((await readFile(torn)).equals(bytes)).toBe(true);
  });

  it('stay where writing is cancelled, so that it goes on there', async () => {
    const folder = path.join(root, 'cancelled');
    const controller = new AbortController();
    const outcome = await write(folder, controller, () => controller.abort());
    expect(outcome).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(await readdir(folder)).toEqual([`${rungs[0]!.id}.onnx`]);
  });

  it('are removed where they cannot all be written, with what they need', async () => {
    const folder = path.join(root, 'blocked');
    valueOf(await write(folder));
    // A folder in the place of the second file fails as a full disk does.
    await rm(path.join(folder, `${rungs[1]!.id}.onnx`));
    await rm(path.join(folder, `${rungs[0]!.id}.onnx`));
    const blocked = path.join(folder, `${rungs[1]!.id}.onnx`, 'inside');
    await mkdir(blocked, { recursive: true });
    const outcome = await write(folder);
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'unwritable', message: expect.stringMatching(/The reference models need \d+ MB there/) },
    });
    await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' });
    await writeFile(path.join(root, 'file'), '');
    expect(await write(path.join(root, 'file'))).toMatchObject({ error: { code: 'unwritable' } });
  });
});
