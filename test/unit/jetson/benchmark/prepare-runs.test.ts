import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelChunks } from '../../../../src/core/zoo/model-bytes';
import { success } from '../../../../src/core/result';
import { referenceModel } from '../../../../src/core/zoo/reference-model';
import { modelNames, prepareRuns } from '../../../../src/jetson/benchmark/prepare-runs';
import type { RequestedRun } from '../../../../src/jetson/benchmark/benchmark-request';
import { failureOf, valueOf } from '../../../jetson/harness/result';

let folder: string;
let model: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-prepare-'));
  model = path.join(folder, 'net.onnx');
  const built = valueOf(referenceModel({ family: 'squeezenet', resolution: 64 }));
  await writeFile(model, Buffer.concat([...modelChunks(built, 1)].map((piece) => Buffer.from(piece))));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const prepare = async (changes: Partial<RequestedRun> = {}) => {
  const { ready, refused } = await prepareRuns(
    [{ modelPath: model, runtime: 'tensorrt-fp16', ...changes }],
    new AbortController().signal,
  );
  return ready.length > 0 ? success(ready[0]!) : { ok: false as const, error: refused[0]!.error };
};

describe('preparing a run', () => {
  it('fills in the protocol, the inputs and the work', async () => {
    const run = valueOf(await prepare());
    expect(run).toMatchObject({
      modelName: 'net',
      resolution: 64,
      batch: 1,
      trials: 50,
      warmupRuns: 10,
      workspaceMiB: 256,
    });
    expect(run.inputs).toEqual([{ name: 'input', shape: [1, 3, 64, 64], dataType: 'float32', dynamic: false }]);
    expect(run.content.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(run.kernels!.length).toBeGreaterThan(5);
    expect(run.torchscript).toBeNull();
  });

  it('finds the TorchScript file beside the model', async () => {
    const script = path.join(folder, 'net.pt');
    await writeFile(script, 'a TorchScript file');
    const run = valueOf(await prepare({ runtime: 'pytorch-fp16' }));
    expect(run.torchscript).toMatchObject({ localPath: script, bytes: 18 });
    await rm(script);
  });

  it.each<[string, Partial<RequestedRun>, RegExp]>([
    ['another resolution of a fixed model', { resolution: 96 }, /fixed input input of 1×3×64×64/],
    ['another batch of a fixed model', { batch: 4 }, /cannot run at 4×3×64×64/],
    ['no trials', { trials: 0 }, /1 to 100000 trials/],
    ['half a warm-up', { warmupRuns: 0.5 }, /warm-up/],
    ['no workspace', { workspaceMiB: 0 }, /1 MiB or more/],
  ])('refuses %s', async (_, changes, sentence) => {
    const refused = failureOf(await prepare(changes));
    expect(refused.code).toBe('invalid-request');
    expect(refused.message).toMatch(sentence);
  });
});

describe('names of models', () => {
  it('are their files’, with the folder where two are alike', () => {
    const names = modelNames(['/a/one.onnx', '/a/two.ONNX', '/b/one.onnx', '/a/one.onnx', '/c/line\nbreak.onnx']);
    expect([...names]).toEqual([
      ['/a/one.onnx', 'a/one'],
      ['/a/two.ONNX', 'two'],
      ['/b/one.onnx', 'b/one'],
      ['/c/line\nbreak.onnx', 'line break'],
    ]);
  });
});
