import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { pythons } from './pythons';
import { progressOf, specRun, type SpecRun } from './runner-bench';
import { goldens, goldenTiming } from './trtexec-golden';
import { makeTrtexecBoard, type TrtexecBoard } from './trtexec-board';

const versions = Object.keys(goldens);
const input = { name: 'input', shape: '1x3x8x8' };
const boards: TrtexecBoard[] = [];

async function newBoard(version: string, python = pythons[0]!.command) {
  const board = await makeTrtexecBoard(python, version);
  boards.push(board);
  return board;
}

/** A run of a model whose types are those that the version wants for FP16. */
const ownRun = (version: string, changes: Partial<SpecRun> = {}) =>
  specRun({ ...(version.startsWith('11.') ? { precision: 'fp16' } : {}), ...changes });

/** So many different times. */
const times = (count: number, from = 11) => Array.from({ length: count }, (_, index) => from + index / 1000);

afterEach(async () => {
  for (const board of boards.splice(0)) await board.remove();
});

describe.each(pythons)('trtexec under $name', ({ command }) => {
  it.each(versions)('%s: every trial is read from its report', async (version) => {
    const board = await newBoard(version, command);
    // More queries than asked for, as the number of iterations is the least; and a warm-up that is no trial.
    const timesMs = times(53);
    await board.replay('time', { ...outputOf(version, { warmupMs: [99, 98, 97], timesMs, input }) });
    const run = ownRun(version, { trials: 50 });
    const built = await board.build(run);
    expect(built.outcome, built.output).toMatchObject({
      ok: true,
      way: 'trtexec',
      engine: { cached: false, bytes: 7 },
      software: { tensorrt: version },
    });
    const timed = await board.time(run);
    expect(timed.outcome, timed.output).toMatchObject({
      ok: true,
      way: 'trtexec',
      software: { tensorrt: version },
      protocol: { trials: 50, warmupMs: 2000, warmupRuns: null, batch: 1, timed: expect.stringMatching(/GPU compute/) },
    });
    expect(timed.outcome!.trialTimesMs).toEqual(timesMs.slice(3));
    expect(progressOf(timed)).toEqual([
      { trialsDone: 0, trials: 50 },
      { trialsDone: 50, trials: 50 },
    ]);
    expect((await readdir(board.job)).sort()).toEqual(['build-0.json', 'spec.json', 'time-0.json']);
  });
});

function outputOf(version: string, run: Parameters<typeof goldenTiming>[1]) {
  const { log, times: exported } = goldenTiming(goldens[version]!, run);
  return { output: log, times: exported };
}

describe('trtexec: what it is asked', () => {
  const dynamic = specRun({
    inputs: [
      { name: 'image', shape: [2, 3, 8, 8], dataType: 'float32', dynamic: true },
      { name: 'ids:0', shape: [2, 5], dataType: 'int64', dynamic: true },
      { name: 'fixed', shape: [4], dataType: 'float32', dynamic: false },
    ],
    batch: 2,
  });

  /** Options by version, from the table of the facts about trtexec. */
  const expected: Record<string, { build: string[]; time: string[] }> = {
    '7.1.3': { build: ['--buildOnly', '--workspace=256', '--explicitBatch'], time: ['--explicitBatch'] },
    '8.0.1': {
      build: ['--buildOnly', '--workspace=256', '--explicitBatch'],
      time: ['--noDataTransfers', '--exportTimes', '--explicitBatch'],
    },
    '8.2.1': { build: ['--buildOnly', '--workspace=256'], time: ['--noDataTransfers', '--exportTimes'] },
    '8.4.1': { build: ['--buildOnly', '--memPoolSize=workspace:256'], time: ['--noDataTransfers', '--exportTimes'] },
    '8.5.2': { build: ['--buildOnly', '--memPoolSize=workspace:256'], time: ['--noDataTransfers', '--exportTimes'] },
    '8.6.1': {
      build: ['--skipInference', '--memPoolSize=workspace:256'],
      time: ['--noDataTransfers', '--exportTimes'],
    },
    ...Object.fromEntries(
      ['10.3.0', '10.9.0', '10.13.3', '10.16.2'].map((version) => [
        version,
        {
          build: ['--skipInference', '--memPoolSize=workspace:256'],
          time: ['--noDataTransfers', '--exportTimes'],
        },
      ]),
    ),
    // No flags of precision, CUDA graphs switched off, and nothing that only warns.
    ...Object.fromEntries(
      ['11.0.0', '11.4.1'].map((version) => [
        version,
        { build: ['--skipInference', '--memPoolSize=workspace:256'], time: ['--exportTimes'] },
      ]),
    ),
  };
  const always = ['--exposeDMA', '--warmUp=2000', '--iterations=7', '--duration=0', '--avgRuns=1'];

  it.each(versions)('%s: the options of that version, no more and no less', async (version) => {
    const board = await newBoard(version);
    await board.replay('time', outputOf(version, { warmupMs: [1], timesMs: times(7), input }));
    const isTyped = version.startsWith('11.');
    await board.build(ownRun(version));
    await board.time(ownRun(version));
    const [build, time] = await board.calls();
    const plain = (args: readonly string[]) =>
      args.map((arg) => arg.replace(/^(--(?:onnx|saveEngine|loadEngine|exportTimes))=.*/s, '$1')).sort();
    const precision = isTyped ? [] : ['--fp16'];
    expect(plain(build!)).toEqual(['--onnx', '--saveEngine', ...precision, ...expected[version]!.build].sort());
    const figure = isTyped ? '--noCudaGraph' : '--useSpinWait';
    expect(plain(time!)).toEqual(['--loadEngine', figure, ...always, ...expected[version]!.time].sort());
    expect(build).toContain(`--onnx=${path.join(board.root, specRun().model.path)}`);
  });

  it.each(['7.1.3', '8.2.1', '10.3.0'])('%s: FP32 without TF32, and shapes for what is free alone', async (version) => {
    const board = await newBoard(version);
    const shapes = { ...input, name: 'image', shape: '2x3x8x8' };
    await board.replay('time', outputOf(version, { warmupMs: [1], timesMs: times(7), input: shapes }));
    await board.build({ ...dynamic, runtime: 'tensorrt-fp32' });
    await board.time(dynamic);
    const [build, time] = await board.calls();
    expect(build).toContain('--noTF32');
    expect(build).not.toContain('--fp16');
    for (const call of [build, time]) expect(call).toContain('--shapes=image:2x3x8x8,ids:0:2x5');
  });

  it('asks for INT8 with FP16 up to 10, and says that the figure is for timing alone', async () => {
    const board = await newBoard('10.16.2');
    const { outcome } = await board.build(specRun({ runtime: 'tensorrt-int8' }));
    expect(outcome).toMatchObject({ ok: true, notes: [expect.stringMatching(/placeholder ranges/)] });
    const [build] = await board.calls();
    expect(build).toEqual(expect.arrayContaining(['--int8', '--fp16']));
  });

  it('builds with 11 what has the types asked for, and refuses the rest without trying', async () => {
    const board = await newBoard('11.4.1');
    for (const [runtime, precision] of [
      ['tensorrt-fp32', undefined],
      ['tensorrt-int8', 'int8'],
    ] as const) {
      expect((await board.build(specRun({ runtime, precision }))).outcome!.ok).toBe(true);
    }
    expect((await board.calls()).flat().filter((arg) => /^--(fp16|int8)/.test(arg))).toEqual([]);
    for (const [runtime, precision] of [
      ['tensorrt-fp16', undefined],
      ['tensorrt-fp32', 'fp16'],
    ] as const) {
      const { outcome } = await board.build(specRun({ runtime, precision }));
      expect(outcome!.error).toMatchObject({
        code: 'unsupported',
        message: expect.stringMatching(/trtexec 11\.4\.1 computes in the types of the model/),
      });
    }
    expect(await board.calls()).toEqual([]);
  });

  it.each(['7.1.3', '8.2.1', '11.4.1'])('%s: profiles the layers in a run of its own', async (version) => {
    const board = await newBoard(version);
    const rows =
      '[ { "count" : 20 }\n, { "name" : "conv1", "timeMs" : 4, "averageMs" : 0.2 }\n, { "name" : "fc", "timeMs" : 2 } ]';
    await board.replay('time', { ...outputOf(version, { warmupMs: [1], timesMs: times(7), input }), profile: rows });
    await board.build(ownRun(version));
    await board.time(ownRun(version));
    await board.calls();
    const { outcome, output } = await board.layers(ownRun(version));
    expect(outcome, output).toMatchObject({
      ok: true,
      layers: [
        { name: 'conv1', meanMs: 0.2 },
        { name: 'fc', meanMs: 0.1 },
      ],
    });
    const [call] = await board.calls();
    expect(call).toContain('--dumpProfile');
    expect(call!.includes('--separateProfileRun')).toBe(version.startsWith('8.'));
    expect(call!.some((arg) => arg.startsWith('--exportTimes'))).toBe(false);
    expect((await readdir(board.job)).filter((name) => name.startsWith('profile'))).toEqual([]);
    await board.replay('time', { profile: 'no JSON' });
    expect((await board.layers(ownRun(version))).outcome!.error).toMatchObject({ code: 'run-failed' });
  });

  it('finds it where each JetPack has it, and says which it was', async () => {
    for (const place of ['usr/src/tensorrt/bin', 'usr/bin']) {
      const board = await makeTrtexecBoard(pythons[0]!.command, '10.16.2', place);
      boards.push(board);
      await board.replay('time', outputOf('10.16.2', { warmupMs: [1], timesMs: times(7), input }));
      await board.build(specRun());
      const { outcome } = await board.time(specRun());
      expect(outcome!.program).toBe(path.join(board.sysroot, place, 'trtexec'));
    }
    const elsewhere = await makeTrtexecBoard(pythons[0]!.command, '10.16.2', 'opt/tensorrt/bin');
    boards.push(elsewhere);
    const before = process.env['PATH'];
    try {
      process.env['PATH'] = `${before}:${path.join(elsewhere.sysroot, 'opt/tensorrt/bin')}`;
      expect((await elsewhere.build(specRun())).outcome).toMatchObject({ ok: true, way: 'trtexec' });
    } finally {
      process.env['PATH'] = before;
    }
  });

  it('refuses names that its option cannot carry', async () => {
    const board = await newBoard('8.2.1');
    const odd = { ...dynamic.inputs[0]!, name: "a,b'c" };
    const { outcome } = await board.build({ ...dynamic, inputs: [odd] });
    expect(outcome!.error).toMatchObject({ code: 'unsupported', message: expect.stringContaining("a,b'c") });
    expect(await board.calls()).toEqual([]);
  });

  it('uses an engine again when it still runs, and builds it anew when it does not', async () => {
    const board = await newBoard('8.2.1');
    const first = await board.build(specRun());
    await board.calls();
    const second = await board.build(specRun());
    expect(second.outcome!.engine).toEqual({ ...first.outcome!.engine!, cached: true });
    const [check, ...more] = await board.calls();
    expect(more).toEqual([]);
    expect(check!.map((arg) => arg.split('=')[0])).toEqual(
      expect.arrayContaining(['--loadEngine', '--iterations', '--duration']),
    );
    await board.replay('time', { exitCode: 1, errors: '[E] Engine deserialization failed\n' });
    expect((await board.build(specRun())).outcome!.engine!.cached).toBe(false);
    await board.replay('time', {});
    await writeFile(path.join(board.root, first.outcome!.engine!.path), 'half an en');
    expect((await board.build(specRun())).outcome!.engine!.cached).toBe(false);
  });

  it('knows the version by banner, and 7.x by its library or package', async () => {
    const board = await newBoard('7.1.3');
    await rm(path.join(board.sysroot, 'usr/lib'), { recursive: true });
    expect((await board.build(specRun())).outcome!.software!['tensorrt']).toBe('7.1.0');
    await mkdir(path.join(board.sysroot, 'var/lib/dpkg'), { recursive: true });
    const packages =
      'Package: libnvinfer8\nVersion: 8.2.1-1\n\nPackage: libnvinfer7\nStatus: ok\nVersion: 7.1.3-1+cuda10.2\n';
    await writeFile(path.join(board.sysroot, 'var/lib/dpkg/status'), packages);
    expect((await board.build(specRun())).outcome!.software!['tensorrt']).toBe('7.1.3');
  });

  it('says that TensorRT is missing, where it is', async () => {
    const board = await newBoard('8.2.1');
    await rm(path.join(board.sysroot, 'usr/src'), { recursive: true });
    expect((await board.build(specRun())).outcome!.error).toMatchObject({
      code: 'not-available',
      message: expect.stringMatching(
        /cannot import tensorrt .*No module named.*no trtexec in \/usr\/src\/tensorrt\/bin, in \/usr\/bin/s,
      ),
    });
    expect((await board.build(specRun({ way: 'trtexec' }))).outcome!.error).toMatchObject({ code: 'not-available' });
    expect(existsSync(path.join(board.root, 'engines'))).toBe(false);
  });
});
