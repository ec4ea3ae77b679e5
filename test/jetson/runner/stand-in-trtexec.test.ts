import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { onnx } from 'onnx-proto';
import { afterEach, describe, expect, it } from 'vitest';
import { modelChunks } from '../../../src/core/zoo/model-bytes';
import { referenceModel } from '../../../src/core/zoo/reference-model';
import { valueOf } from '../harness/result';
import { writeSysroot, type TensorrtRelease } from '../stand-in/sysroot';
import { pythons } from './pythons';
import { makeBench, specRun } from './runner-bench';

const cleanUps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

const built = valueOf(referenceModel({ family: 'squeezenet', resolution: 64 }));
const bytes = Buffer.concat([...modelChunks(built, 7)].map((piece) => Buffer.from(piece)));
const decoded = onnx.ModelProto.decode(bytes);
const inputName = decoded.graph!.input![0]!.name!;

/** The network after a change of its own. */
function changed(change: (model: onnx.ModelProto) => void): Uint8Array {
  const model = onnx.ModelProto.decode(bytes);
  change(model);
  return onnx.ModelProto.encode(model).finish();
}

/** The runner on the stand-in device, without a connection between. */
async function boardWith(tensorrt: TensorrtRelease, model: Uint8Array) {
  const sysroot = await mkdtemp(path.join(os.tmpdir(), 'framecast-sysroot-'));
  await writeSysroot(sysroot, { tensorrt });
  const bench = await makeBench(pythons[0]!.command, { FRAMECAST_SYSROOT: sysroot });
  cleanUps.push(bench.remove, () => rm(sysroot, { recursive: true, force: true }));
  await writeFile(path.join(bench.root, specRun().model.path), model);
  return bench;
}

const runAt = (shape: readonly number[], dynamic: boolean) =>
  specRun({ inputs: [{ name: inputName, shape, dataType: 'float32', dynamic }], batch: shape[0]!, trials: 5 });

describe('the runner and the trtexec of the stand-in device', () => {
  it.each(['7.1', '8.2', '8.5', '10.3', '10.16', '11.4'] as const)(
    '%s: every option is taken, and every trial comes back; free sizes too',
    async (tensorrt) => {
      const free = changed((model) => {
        const [dimensions] = model.graph!.input!.map(({ type }) => type!.tensorType!.shape!.dim!);
        dimensions![0] = onnx.TensorShapeProto.Dimension.create({ dimParam: 'batch' });
      });
      for (const [model, run] of [
        [bytes, runAt([1, 3, 64, 64], false)],
        [free, runAt([2, 3, 64, 64], true)],
      ] as const) {
        const bench = await boardWith(tensorrt, model);
        // The model's own types, which 11 takes: FP32.
        const typed = { ...run, ...(tensorrt === '11.4' ? { runtime: 'tensorrt-fp32' } : {}) };
        const { outcome, output } = await bench.build(typed);
        expect(outcome, output).toMatchObject({ ok: true, way: 'trtexec', engine: { cached: false } });
        const timed = await bench.time(typed);
        expect(timed.outcome, timed.output).toMatchObject({ ok: true, protocol: { trials: 5, batch: run.batch } });
        expect(timed.outcome!.trialTimesMs).toHaveLength(5);
        for (const time of timed.outcome!.trialTimesMs!) expect(time).toBeGreaterThan(0);
        if (model !== bytes) continue;
        const profiled = await bench.layers(typed);
        expect(profiled.outcome, profiled.output).toMatchObject({ ok: true });
        expect(profiled.outcome!.layers!.length).toBeGreaterThan(1);
      }
    },
  );

  it('names an operator that it has no importer for', async () => {
    const model = changed(({ graph }) => {
      const node = graph!.node!.find(({ opType }) => opType === 'Relu')!;
      node.opType = 'Frobnicate';
    });
    for (const tensorrt of ['7.1', '8.5'] as const) {
      const { outcome } = await (await boardWith(tensorrt, model)).build(runAt([1, 3, 64, 64], false));
      expect(outcome!.error).toMatchObject({
        code: 'unsupported',
        message: expect.stringContaining('the operator Frobnicate of this model'),
      });
    }
  });

  it('says that a size is fixed, and that a file is no model', async () => {
    const bench = await boardWith('8.2', bytes);
    await bench.build(runAt([1, 3, 32, 32], false));
    expect((await bench.time(runAt([1, 3, 32, 32], false))).outcome!.error).toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/ran at 1x3x64x64 .* 1x3x32x32 was asked for/),
    });
    const { outcome } = await bench.build(runAt([1, 3, 32, 32], true));
    expect(outcome!.error).toMatchObject({ message: expect.stringMatching(/fixed size/) });
    const rubbish = await boardWith('8.2', Buffer.from('rubbish'));
    expect((await rubbish.build(runAt([1, 3, 64, 64], false))).outcome!.error).toMatchObject({
      code: 'build-failed',
      message: expect.stringMatching(/Failed to parse ONNX model/),
    });
  });
});
