import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { pythons } from './pythons';
import { progressOf, specRun, type SpecRun } from './runner-bench';
import { hasCompiler, makeTensorRtBoard, tinyModel, type TensorRtBoard } from './tensorrt-board';

const versions = [
  '7.1.3.0',
  '8.0.1.6',
  '8.2.1.8',
  '8.4.1.5',
  '8.5.2.2',
  '8.6.2.3',
  '10.3.0',
  '10.9.0',
  '10.16.2',
  '11.4.1',
];

/** A run of a model whose types are those that the version wants for FP16. */
const ownRun = (version: string, changes: Partial<SpecRun> = {}) =>
  specRun({ ...(version.startsWith('11.') ? { precision: 'fp16' } : {}), ...changes });

/** How each version of the API table does it. */
const habits = (version: string) => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const number = 100 * major + minor;
  return {
    parse: number < 800 ? 'parse' : 'parse_from_file',
    build: number < 800 ? 'build_engine' : 'build_serialized_network',
    execute: number < 805 ? 'v2' : 'v3',
  };
};

let board: TensorRtBoard;
const boards: TensorRtBoard[] = [];

async function newBoard(version: string, environment: Record<string, string> = {}, python = pythons[0]!.command) {
  board = await makeTensorRtBoard(python, version, environment);
  boards.push(board);
  return board;
}

async function buildAndTime(run = specRun()) {
  const built = await board.build(run);
  expect(built.outcome, built.output).toMatchObject({ ok: true });
  const timed = await board.time(run);
  expect(timed.outcome, timed.output).toMatchObject({ ok: true });
  return { built, timed, times: timed.outcome!.trialTimesMs! };
}

/** Nothing leaked, nothing written beside its memory, every stream waited for. */
async function expectCleanDevice() {
  const { cuda, tensorrt } = await board.reports();
  expect(cuda.length).toBeGreaterThan(0);
  for (const report of cuda) {
    expect(report).toMatchObject({ leaked: 0, streamsLeft: 0, outside: 0, overrun: 0, misused: 0, unfinished: 0 });
    expect(report.frees).toBe(report.mallocs);
  }
  return { cuda, tensorrt };
}

afterEach(async () => {
  for (const one of boards.splice(0)) await one.remove();
});

describe.skipIf(!hasCompiler)('TensorRT by its Python module (skipped without gcc)', () => {
  describe.each(pythons)('$name', ({ command }) => {
    it.each(versions)('%s: every trial is timed from start to after synchronisation', async (version) => {
      await newBoard(version, {}, command);
      const { built, timed, times } = await buildAndTime(ownRun(version));
      expect(times).toHaveLength(7);
      // The double's work ends on its stream after 5 ms: without waiting, a trial would take microseconds.
      for (const time of times) expect(time).toBeGreaterThanOrEqual(4.99);
      expect(built.outcome).toMatchObject({
        way: 'tensorrt-python',
        engine: { cached: false },
        software: { tensorrt: version, cuda: '10.2', torch: null },
      });
      expect(timed.outcome).toMatchObject({
        software: { tensorrt: version },
        protocol: {
          device: 'cuda',
          spin: true,
          warmupRuns: 3,
          trials: 7,
          batch: 1,
          workspaceMiB: 256,
          inputs: [{ name: 'input', shape: [1, 3, 8, 8], dataType: 'float32' }],
        },
      });
      expect(progressOf(timed).at(-1)).toEqual({ trialsDone: 7, trials: 7 });
      const { cuda, tensorrt } = await expectCleanDevice();
      const calls = tensorrt.flatMap((report) => report.calls.map(([name]) => name));
      const { parse, build, execute } = habits(version);
      expect(calls.filter((name) => /^(parse|build_)/.test(String(name)))).toEqual([parse, build]);
      const timing = tensorrt.find(({ runs }) => runs !== undefined)!;
      expect(timing.calls).toContainEqual(['execute', execute]);
      expect(timing.runs).toBe(3 + 7);
      expect(cuda.find(({ mallocs }) => mallocs > 0)).toMatchObject({ mallocs: 2, flags: 1, synchronisations: 10 });
    });
  });

  it.each(versions)('%s: precision and workspace are set by what the version has', async (version) => {
    await newBoard(version);
    await board.build(ownRun(version, { runtime: 'tensorrt-fp16', workspaceMiB: 300 }));
    await board.build(specRun({ runtime: 'tensorrt-fp32', workspaceMiB: 64 }));
    const built = (await board.reports()).tensorrt.flatMap(({ calls }) => calls.filter(([name]) => name === 'build'));
    expect(built.map(([, workspace, flags]) => [workspace, flags])).toEqual([
      [300 << 20, version.startsWith('11.') ? ['TF32'] : ['FP16', 'TF32']],
      [64 << 20, []],
    ]);
  });

  it.each(['7.1.3.0', '8.4.1.5', '8.6.2.3', '10.3.0'])('%s: free sizes get those asked for', async (version) => {
    await newBoard(version);
    await board.setModel({
      ...tinyModel,
      inputs: [{ name: 'images:0', shape: [-1, 3, -1, -1], type: 'FLOAT' }],
      outputs: [{ name: 'output', shape: [-1, 10], type: 'FLOAT' }],
    });
    const run = specRun({
      inputs: [{ name: 'images:0', shape: [4, 3, 16, 16], dataType: 'float32', dynamic: true }],
      batch: 4,
    });
    const { timed } = await buildAndTime(run);
    expect(timed.outcome!.protocol).toMatchObject({ inputs: [{ shape: [4, 3, 16, 16] }], batch: 4 });
    const { tensorrt } = await expectCleanDevice();
    const calls = tensorrt.flatMap((report) => report.calls);
    const same = [4, 3, 16, 16];
    expect(calls.find(([name]) => name === 'build')![3]).toEqual([{ 'images:0': [same, same, same] }]);
    expect(calls).toContainEqual(['set_shape', 'images:0', same]);
    expect(tensorrt.find(({ runs }) => runs)!.inputs['images:0']!.bytes).toBe(4 * 3 * 16 * 16 * 4);
  });

  it.each(['7.1.3.0', '8.2.1.8', '10.16.2'])(
    '%s: INT8 gets a range for every tensor, unless the model quantises',
    async (version) => {
      await newBoard(version);
      const run = specRun({ runtime: 'tensorrt-int8' });
      const { built } = await buildAndTime(run);
      expect(built.outcome!.notes).toEqual([expect.stringMatching(/placeholder ranges/)]);
      const calls = (await board.reports()).tensorrt.flatMap((report) => report.calls);
      expect(calls.filter(([name]) => name === 'set_dynamic_range').map(([, tensor]) => tensor)).toEqual([
        'input',
        'output',
      ]);
      expect(calls.find(([name]) => name === 'build')![2]).toEqual(['FP16', 'INT8', 'TF32']);
      await board.setModel({ ...tinyModel, quantised: true });
      const own = await board.build({ ...run, workspaceMiB: 100 });
      expect(own.outcome).toMatchObject({ ok: true, notes: [] });
      const later = (await board.reports()).tensorrt.flatMap((report) => report.calls.map(([name]) => name));
      expect(later).not.toContain('set_dynamic_range');
    },
  );

  it('refuses INT8 on a GPU without it', async () => {
    await newBoard('8.2.1.8', { FRAMECAST_TENSORRT_INT8: 'no' });
    const { outcome } = await board.build(specRun({ runtime: 'tensorrt-int8' }));
    expect(outcome!.error).toMatchObject({ code: 'unsupported', message: expect.stringMatching(/no INT8/) });
  });

  it('refuses with 11 a model of other types than those asked for', async () => {
    await newBoard('11.4.1');
    for (const run of [specRun(), specRun({ runtime: 'tensorrt-fp32', precision: 'fp16' })]) {
      expect((await board.build(run)).outcome!.error).toMatchObject({
        code: 'unsupported',
        message: expect.stringMatching(/TensorRT 11\.4\.1 computes in the types of the model/),
      });
    }
  });

  it.each(['8.2.1.8', '10.3.0', '11.4.1'])('%s: profiles the layers apart from the trials', async (version) => {
    await newBoard(version);
    await board.setModel({ ...tinyModel, milliseconds: 1, layers: [0.25, 0.5] });
    await buildAndTime(ownRun(version));
    await board.reports();
    const { outcome, output } = await board.layers(ownRun(version));
    expect(outcome, output).toMatchObject({
      ok: true,
      layers: [
        { name: 'layer 0', meanMs: 0.25 },
        { name: 'layer 1', meanMs: 0.5 },
      ],
    });
    await expectCleanDevice();
  });

  it('fills inputs: floats uniform in [-1, 1], the rest zeros, whatever their types and sizes', async () => {
    await newBoard('10.3.0');
    const inputs = [
      { name: 'image', shape: [1, 3, 320, 320], type: 'FLOAT' },
      { name: 'half', shape: [5, 7], type: 'HALF' },
      { name: 'brain', shape: [5, 7], type: 'BF16' },
      { name: 'index', shape: [3], type: 'INT64' },
      { name: 'index32', shape: [70000], type: 'INT32' },
      { name: 'mask', shape: [2, 2], type: 'BOOL' },
      { name: 'pixels', shape: [1, 9], type: 'UINT8' },
      { name: 'scalar', shape: [], type: 'FLOAT' },
      { name: 'nothing', shape: [0, 4], type: 'INT8' },
    ];
    await board.setModel({ ...tinyModel, inputs });
    const types: Record<string, string> = { FLOAT: 'float32', HALF: 'float16', BF16: 'bfloat16', BOOL: 'bool' };
    const wanted = inputs.map(({ name, shape, type }) => ({
      name,
      shape,
      dynamic: false,
      dataType: types[type] ?? type.toLowerCase(),
    }));
    const { timed } = await buildAndTime(specRun({ inputs: wanted }));
    expect((timed.outcome!.protocol!['inputs'] as { dataType: string }[]).map(({ dataType }) => dataType)).toEqual(
      wanted.map(({ dataType }) => dataType),
    );
    const { tensorrt } = await expectCleanDevice();
    const content = tensorrt.find(({ runs }) => runs)!.inputs;
    const { image, scalar } = content;
    expect(image).toMatchObject({ bytes: 3 * 320 * 320 * 4, distinct: expect.any(Number) });
    expect(image!.least).toBeGreaterThanOrEqual(-1);
    expect(image!.least).toBeLessThan(-0.999);
    expect(image!.most).toBeLessThanOrEqual(1);
    expect(image!.most).toBeGreaterThan(0.999);
    expect(Math.abs(image!.mean!)).toBeLessThan(0.01);
    expect(scalar!.bytes).toBe(4);
    expect(content['half']).toEqual({ bytes: 70, zero: false });
    expect(content['brain']).toEqual({ bytes: 70, zero: false });
    expect(content['index']).toEqual({ bytes: 24, zero: true });
    expect(content['index32']).toEqual({ bytes: 280000, zero: true });
    expect(content['mask']).toEqual({ bytes: 4, zero: true });
  });

  it('shows a single slow trial, and only that one', async () => {
    await newBoard('8.2.1.8');
    await board.setModel({ ...tinyModel, milliseconds: 2, slowRun: { run: 3 + 5, milliseconds: 1000 } });
    const { times } = await buildAndTime();
    expect(times.indexOf(Math.max(...times))).toBe(4);
    expect(times[4]).toBeGreaterThanOrEqual(1000);
    expect(times.filter((time) => time < 1000)).toHaveLength(6);
  });

  it('takes the engine of an earlier job, and makes another for another shape, precision, version or GPU', async () => {
    await newBoard('8.2.1.8');
    const first = await buildAndTime();
    await board.reports();
    const second = await buildAndTime();
    expect(second.built.outcome!.engine).toEqual({ ...first.built.outcome!.engine!, cached: true });
    expect((await board.reports()).tensorrt.flatMap(({ calls }) => calls.map(([name]) => name))).not.toContain('build');
    const cached = async (run: ReturnType<typeof specRun>) => (await board.build(run)).outcome!.engine!.cached;
    expect(await cached(specRun({ runtime: 'tensorrt-fp32' }))).toBe(false);
    expect(await cached(specRun({ workspaceMiB: 512 }))).toBe(false);
    expect(await cached(specRun())).toBe(true);
    expect((await readdir(path.join(board.root, 'engines'))).filter((name) => /part|tmp/.test(name))).toEqual([]);
  });

  it.each(['its bytes', 'its end', 'its description', 'its content, but not its sum'])(
    'builds an engine anew that lost %s',
    async (what) => {
      await newBoard('8.5.2.2');
      const { built } = await buildAndTime();
      const engine = path.join(board.root, built.outcome!.engine!.path);
      const description = engine.replace(/engine$/, 'json');
      const good = await readFile(engine);
      if (what === 'its bytes') await writeFile(engine, Buffer.alloc(good.length, 7));
      if (what === 'its end') await writeFile(engine, good.subarray(0, good.length / 2));
      if (what === 'its description') await writeFile(description, '{"bytes": 12');
      if (what.startsWith('its content')) {
        // As an engine of a library that was replaced under the same version: stored whole, refused when loaded.
        const stale = Buffer.alloc(good.length, 9);
        await writeFile(engine, stale);
        const known = JSON.parse(await readFile(description, 'utf8')) as Record<string, unknown>;
        known['sha256'] = createHash('sha256').update(stale).digest('hex');
        await writeFile(description, JSON.stringify(known));
      }
      const again = await buildAndTime();
      expect(again.built.outcome!.engine!.cached).toBe(false);
      expect(await readFile(engine)).toEqual(good);
    },
  );

  it('says that an engine does not load when it breaks between building and timing, and removes it', async () => {
    await newBoard('8.2.1.8');
    const built = await board.build(specRun());
    const engine = path.join(board.root, built.outcome!.engine!.path);
    await writeFile(engine, 'rubbish');
    const { outcome } = await board.time(specRun());
    expect(outcome!.error).toMatchObject({
      code: 'run-failed',
      message: expect.stringMatching(/magic tag.*run again/s),
    });
    expect(existsSync(engine)).toBe(false);
  });

  it('finds data beside the model with every parser', async () => {
    for (const version of ['7.1.3.0', '8.2.1.8']) {
      await newBoard(version);
      await board.setModel({ ...tinyModel, external: 'weights.bin' });
      expect((await board.build(specRun())).outcome!.error).toMatchObject({
        code: 'build-failed',
        message: expect.stringContaining('weights.bin'),
      });
      await writeFile(path.join(board.root, 'models', 'weights.bin'), 'weights');
      expect((await board.build(specRun())).outcome).toMatchObject({ ok: true });
    }
  });

  it('takes outputs that the host writes, and a network whose inputs the job does not name', async () => {
    for (const version of ['8.2.1.8', '8.6.2.3']) {
      await newBoard(version);
      await board.setModel({
        ...tinyModel,
        outputs: [...tinyModel.outputs, { name: 'sizes', shape: [4], type: 'INT32', onHost: true }],
      });
      const { timed } = await buildAndTime(specRun({ inputs: [] }));
      expect(timed.outcome!.protocol).toMatchObject({ inputs: [{ name: 'input', shape: [1, 3, 8, 8] }] });
      await expectCleanDevice();
    }
  });
});
