import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { pythons } from './pythons';
import { progressOf, specRun } from './runner-bench';
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
    const run = specRun({ trials: 50 });
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
    '10.3.0': {
      build: ['--skipInference', '--memPoolSize=workspace:256'],
      time: ['--noDataTransfers', '--exportTimes'],
    },
  };
  const always = ['--exposeDMA', '--useSpinWait', '--warmUp=2000', '--iterations=7', '--duration=0', '--avgRuns=1'];

  it.each(versions)('%s: the options of that version, no more and no less', async (version) => {
    const board = await newBoard(version);
    await board.replay('time', outputOf(version, { warmupMs: [1], timesMs: times(7), input }));
    await board.build(specRun());
    await board.time(specRun());
    const [build, time] = await board.calls();
    const plain = (args: readonly string[]) =>
      args.map((arg) => arg.replace(/^(--(?:onnx|saveEngine|loadEngine|exportTimes))=.*/s, '$1')).sort();
    expect(plain(build!)).toEqual(['--onnx', '--saveEngine', '--fp16', ...expected[version]!.build].sort());
    expect(plain(time!)).toEqual(['--loadEngine', ...always, ...expected[version]!.time].sort());
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
      message: expect.stringMatching(/cannot import tensorrt .*No module named.*trtexec is missing/s),
    });
    expect((await board.build(specRun({ way: 'trtexec' }))).outcome!.error).toMatchObject({ code: 'not-available' });
    expect(existsSync(path.join(board.root, 'engines'))).toBe(false);
  });
});
