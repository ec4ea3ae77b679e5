import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { pythons } from './pythons';
import { specRun, type Outcome } from './runner-bench';
import { hasCompiler, makeTensorRtBoard, tinyModel, type DoubleModel, type TensorRtBoard } from './tensorrt-board';

let board: TensorRtBoard;
const boards: TensorRtBoard[] = [];

async function newBoard(version: string, environment: Record<string, string> = {}) {
  board = await makeTensorRtBoard(pythons[0]!.command, version, environment);
  boards.push(board);
  return board;
}

async function buildError(model: Partial<DoubleModel>, run = specRun()): Promise<NonNullable<Outcome['error']>> {
  await board.setModel({ ...tinyModel, ...model });
  const { outcome, exitCode, output } = await board.build(run);
  expect(exitCode, output).toBe(1);
  expect(outcome).toMatchObject({ ok: false, run: 0 });
  const { error } = outcome!;
  expect(output).toContain(error!.message);
  return error!;
}

afterEach(async () => {
  for (const one of boards.splice(0)) await one.remove();
});

describe.skipIf(!hasCompiler)('failures of TensorRT, each a sentence (skipped without gcc)', () => {
  it.each(['7.1.3.0', '8.2.1.8', '8.6.2.3', '10.3.0', '10.13.0'])(
    '%s: names the operator that it lacks',
    async (version) => {
      await newBoard(version);
      const { code, message, logTail } = await buildError({ unsupported: 'HardSwish' });
      expect(code).toBe('unsupported');
      expect(message).toMatch(
        new RegExp(`^TensorRT ${version} does not support the operator HardSwish of this model\\. `),
      );
      expect(logTail).toContain('UNSUPPORTED_NODE');
    },
  );

  it('gives the reason of the parser and of the builder', async () => {
    await newBoard('8.2.1.8');
    expect(await buildError({ parse: 'Assertion failed: scales.is_weights()' })).toMatchObject({
      code: 'build-failed',
      message: 'TensorRT 8.2.1.8 could not build an engine of this model: Assertion failed: scales.is_weights().',
    });
    expect(await buildError({ build: '10: Could not find any implementation for node Conv_0.' })).toMatchObject({
      code: 'build-failed',
      message: expect.stringContaining('Could not find any implementation for node Conv_0.'),
    });
    expect(await buildError({ build: 'Some tactics have insufficient workspace memory' })).toMatchObject({
      message: expect.stringContaining('Raise the workspace'),
    });
    // What was found as a plugin is not what it lacks.
    expect(await buildError({ plugin: 'EfficientNMS_TRT', parse: 'Assertion failed: false' })).toMatchObject({
      message: expect.stringContaining('model: Assertion failed: false.'),
    });
    expect(await buildError({ plugin: 'EfficientNMS_TRT', unsupported: 'Mish' })).toMatchObject({
      message: expect.stringContaining('the operator Mish of'),
    });
    expect(await readdir(path.join(board.root, 'engines'))).toEqual([]);
  });

  it.each([
    '1: [defaultAllocator.cpp::allocate::20] Error Code 1: Cuda Runtime (out of memory)',
    '2: [virtualMemoryBuffer.cpp::resizePhysical::145] Error Code 2: OutOfMemory (no further information)',
  ])('knows want of memory: %s', async (build) => {
    await newBoard('8.2.1.8');
    expect(await buildError({ build })).toMatchObject({
      code: 'out-of-memory',
      message: expect.stringMatching(/swap/),
    });
  });

  it('says where the model fixes another size, leaves one open, or computes sizes from values', async () => {
    await newBoard('8.2.1.8');
    const input = specRun().inputs[0]!;
    expect(await buildError({}, specRun({ inputs: [{ ...input, shape: [1, 3, 16, 16] }] }))).toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/takes only 1x3x8x8 for its input input, but 1x3x16x16 was asked for/),
    });
    const free = [{ name: 'input', shape: [-1, 3, 8, 8], type: 'FLOAT' }];
    expect(await buildError({ inputs: free }, specRun({ inputs: [{ ...input, shape: [2, 3, 9, 8] }] }))).toMatchObject({
      message: expect.stringMatching(/nothing but \?x3x8x8 .* but 2x3x9x8/),
    });
    expect(await buildError({ inputs: free }, specRun({ inputs: [] }))).toMatchObject({
      message: expect.stringMatching(/does not say which/),
    });
    const values = [{ name: 'sizes', shape: [4], type: 'INT32', shapeTensor: true }];
    expect(await buildError({ inputs: values }, specRun({ inputs: [] }))).toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/values of the input sizes/),
    });
  });

  it('says that a model which is not there, and one that is no model, cannot be built', async () => {
    await newBoard('8.2.1.8');
    const gone = { ...specRun().model, path: 'models/gone.onnx' };
    expect(await buildError({}, specRun({ model: gone }))).toMatchObject({
      message: expect.stringMatching(/no longer on the board/),
    });
    await writeFile(path.join(board.root, specRun().model.path), Buffer.from([8, 255, 255, 1]));
    const { outcome } = await board.build(specRun());
    expect(outcome!.error).toMatchObject({ message: expect.stringMatching(/Failed to parse the ONNX model/) });
  });

  it('says what is missing where neither the module nor trtexec can be had', async () => {
    for (const [how, reason] of [
      ['fail', /libnvinfer\.so\.8: cannot open.*there is no trtexec/],
      ['crash', /ends with signal 6.*there is no trtexec/],
    ] as const) {
      await newBoard('8.2.1.8', { FRAMECAST_TENSORRT_IMPORT: how });
      expect(await buildError({})).toMatchObject({ code: 'not-available', message: expect.stringMatching(reason) });
      expect(await buildError({}, specRun({ way: 'tensorrt-python' }))).toMatchObject({ code: 'not-available' });
    }
  });

  it('says what CUDA says: no library, no device, a builder that does not start', async () => {
    await newBoard('8.2.1.8', { FRAMECAST_TENSORRT_BUILDER: 'refuse' });
    expect(await buildError({})).toMatchObject({
      code: 'not-available',
      message: expect.stringMatching(/CUDA initialization failure with error: 100/),
    });
    await newBoard('8.2.1.8', { FRAMECAST_CUDA_FAIL: 'cudaGetDeviceProperties:1:100' });
    expect(await buildError({})).toMatchObject({
      code: 'not-available',
      message: expect.stringMatching(/no CUDA-capable device is detected.*group video/),
    });
  });

  it.each([
    ['cudaMalloc:2:2', 'out-of-memory', /allocating 40 bytes/],
    ['cudaMemcpy:1:1', 'run-failed', /copying to the GPU/],
    ['cudaStreamCreate:1:2', 'out-of-memory', /creating a stream/],
    ['cudaStreamSynchronize:6:700', 'run-failed', /illegal memory access was encountered/],
    ['cudaStreamSynchronize:2:719', 'run-failed', /unspecified launch failure \(error 719\)/],
    ['cudaMemGetInfo:1:999', 'run-failed', /error 999/],
  ])('%s fails the run, and all memory is given back', async (fail, code, message) => {
    await newBoard('8.5.2.2', { FRAMECAST_CUDA_FAIL: fail });
    await board.build(specRun());
    await board.reports();
    const { outcome, exitCode } = await board.time(specRun());
    expect(exitCode).toBe(1);
    expect(outcome!.trialTimesMs).toBeUndefined();
    expect(outcome!.error).toMatchObject({ code, message: expect.stringMatching(message) });
    const { cuda } = await board.reports();
    for (const report of cuda) expect(report).toMatchObject({ leaked: 0, streamsLeft: 0, misused: 0 });
  });

  it('says that a network does not fit into memory', async () => {
    await newBoard('10.3.0', { FRAMECAST_CUDA_BYTES: '500' });
    await board.build(specRun());
    const { outcome } = await board.time(specRun());
    expect(outcome!.error).toMatchObject({ code: 'out-of-memory', message: expect.stringMatching(/smaller batch/) });
    for (const report of (await board.reports()).cuda) expect(report.leaked).toBe(0);
  });

  it.each(['8.2.1.8', '10.3.0'])('%s: a trial that TensorRT refuses leaves no times', async (version) => {
    await newBoard(version);
    await board.setModel({ ...tinyModel, execute: 'Error Code 1: Cuda Runtime (invalid argument)', executeRun: 6 });
    await board.build(specRun());
    const { outcome } = await board.time(specRun());
    expect(outcome).not.toHaveProperty('trialTimesMs');
    expect(outcome!.error).toMatchObject({
      code: 'run-failed',
      message: `TensorRT ${version} could not run the network: Error Code 1: Cuda Runtime (invalid argument).`,
    });
  });

  it('refuses outputs whose size only running would tell', async () => {
    await newBoard('8.6.2.3');
    await board.setModel({ ...tinyModel, outputs: [{ name: 'boxes', shape: ['data', 4], type: 'FLOAT' }] });
    await board.build(specRun());
    const { outcome } = await board.time(specRun());
    expect(outcome!.error).toMatchObject({ code: 'unsupported', message: expect.stringContaining('output boxes') });
  });

  it('times nothing without a build, and not what a failed build left', async () => {
    await newBoard('8.2.1.8');
    expect((await board.time(specRun())).outcome!.error).toMatchObject({
      message: expect.stringMatching(/nothing to time/),
    });
    await buildError({ build: 'no' });
    expect((await board.time(specRun())).outcome!.error).toMatchObject({
      message: expect.stringMatching(/nothing to time/),
    });
    expect(existsSync(path.join(board.job, 'time-0.json'))).toBe(true);
  });
});
