import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleForNode } from '../../../bundle-for-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelReader } from '../../../../src/files/reading/model-reader';
import { readModelFile } from '../../../../src/files/read-model';
import * as wire from '../../core/onnx/wire';

let folder: string;
let bundle: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-reader-'));
  bundle = path.join(folder, 'model-worker.js');
  await bundleForNode('src/files/reading/model-worker.ts', bundle);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** A network whose structure is told at once, while its shapes take constants of so many times 1,024 elements. */
async function foldingConstants(additions: number): Promise<string> {
  const constants = Array.from({ length: additions }, (_, i) => wire.node('Add', [`c${i}`, 'c0'], [`c${i + 1}`]));
  const graph = wire.concat(
    ...constants,
    wire.node('Relu', ['x'], ['y']),
    wire.initializer(wire.tensor('c0', [1024], 1, wire.rawData(new Float32Array(1024)))),
    wire.value(11, 'x', [1, 3, 64, 64]),
    wire.value(12, 'y', [1, 3, 64, 64]),
  );
  const file = path.join(folder, `${additions}.onnx`);
  await writeFile(file, wire.concat(wire.number(1, 8), wire.message(7, graph), wire.opset(13)));
  return file;
}

describe('a reader for one command', () => {
  it.each([false, true])('knows the cost that takes longer than a moment, with many files: %s', async (isMany) => {
    const file = await foldingConstants(300);
    const reader = await createModelReader(bundle, isMany, false);
    try {
      const read = await reader.read(file, {}, new AbortController().signal);
      if (!read.ok) throw new Error(read.error.message);
      expect(read.value.profile.costAt({})).toMatchObject({ ok: true });
      expect(read.value.profile.evidence.join('\n')).not.toContain('not known');
    } finally {
      reader.dispose();
    }
  });
});

describe('reading within moments', () => {
  it('ends where the cost takes longer, as where the structure does', async () => {
    const long = await readModelFile(await foldingConstants(300), { isQuick: true });
    expect(long.ok ? null : long.error.code).toBe('too-large');
    const short = await readModelFile(await foldingConstants(3), { isQuick: true });
    expect(short.ok && short.value.profile.costAt({}).ok).toBe(true);
  });
});
