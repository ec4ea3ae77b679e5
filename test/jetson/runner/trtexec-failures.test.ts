import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { pythons } from './pythons';
import { jobId, progressOf, specRun } from './runner-bench';
import { goldens, goldenTiming } from './trtexec-golden';
import { makeTrtexecBoard, type Replay, type TrtexecBoard } from './trtexec-board';

const boards: TrtexecBoard[] = [];

async function newBoard(version = '8.2.1') {
  const board = await makeTrtexecBoard(pythons[0]!.command, version);
  boards.push(board);
  return board;
}

async function buildError(replay: Replay, version?: string) {
  const board = await newBoard(version);
  await board.replay('build', replay);
  const { outcome, exitCode } = await board.build(specRun());
  expect(exitCode).toBe(1);
  expect(await readdir(path.join(board.root, 'engines'))).toEqual([]);
  return outcome!.error!;
}

async function timed(replay: Replay, version?: string) {
  const board = await newBoard(version);
  const built = await board.build(specRun());
  await board.replay('time', replay);
  return { board, built: built.outcome!, ...(await board.time(specRun())) };
}

const input = { name: 'input', shape: '1x3x8x8' };
const seven = [11, 12, 13, 14, 15, 16, 17];

afterEach(async () => {
  for (const board of boards.splice(0)) await board.remove();
});

const stamp = '[06/27/2022-11:15:47] ';
const failedParse = [
  `${stamp}[E] Failed to parse onnx file`,
  `${stamp}[I] Finish parsing network model`,
  `${stamp}[E] Parsing model failed`,
  `${stamp}[E] Failed to create engine from model or file.`,
  `${stamp}[E] Engine set up failed`,
  '&&&& FAILED TensorRT.trtexec [TensorRT v8401] # trtexec --onnx=unit.onnx',
  '',
];

describe('trtexec: why a build failed', () => {
  it.each([
    [
      'an operator without a plugin',
      [
        `${stamp}[I] [TRT] No importer registered for op: Round. Attempting to import as plugin.`,
        `${stamp}[I] [TRT] Searching for plugin: Round, plugin_version: 1, plugin_namespace: `,
        `${stamp}[E] [TRT] 3: getPluginCreator could not find plugin: Round version: 1`,
        `${stamp}[E] [TRT] ModelImporter.cpp:720: While parsing node number 12 [If -> "cond:0"]:`,
        `${stamp}[E] [TRT] ModelImporter.cpp:721: --- Begin node ---`,
        'name: "error"',
        `${stamp}[E] [TRT] ModelImporter.cpp:726: ERROR: builtin_op_importers.cpp:4643 In function importFallbackPluginImporter:`,
        '[8] Assertion failed: creator && "Plugin not found, are the plugin name, version, and namespace correct?"',
      ],
      'Round',
    ],
    [
      'the words of 7.0',
      [
        `${stamp}[E] [TRT] ModelImporter.cpp:92: ERROR: In function parseGraph:`,
        '[8] No importer registered for op: DCNv2',
      ],
      'DCNv2',
    ],
    [
      'a checker of 10, and another operator that is a plugin',
      [
        `${stamp}[I] [TRT] No importer registered for op: EfficientNMS_TRT. Attempting to import as plugin.`,
        `${stamp}[I] [TRT] Successfully created plugin: EfficientNMS_TRT`,
        `${stamp}[E] [TRT] ModelImporter.cpp:963: While parsing node number 4448 [TRTBatchedNMS -> "/out"]:`,
        `${stamp}[E] [TRT] ModelImporter.cpp:968: ERROR: onnxOpCheckers.cpp:819 In function checkFallbackPluginImporter:`,
        '[6] creator && "Plugin not found, are the plugin name, version, and namespace correct?"',
      ],
      'TRTBatchedNMS',
    ],
  ])('names the operator: %s', async (_, lines, operator) => {
    const error = await buildError({ errors: [...lines, ...failedParse].join('\n'), exitCode: 1 });
    expect(error.code).toBe('unsupported');
    expect(error.message).toContain(`does not support the operator ${operator} of this model.`);
  });

  it.each([
    [
      [
        `${stamp}[I] [TRT] No importer registered for op: EfficientNMS_TRT. Attempting to import as plugin.`,
        `${stamp}[I] [TRT] Successfully created plugin: EfficientNMS_TRT`,
        `${stamp}[E] [TRT] ModelImporter.cpp:776: --- End node ---`,
        `${stamp}[E] [TRT] ModelImporter.cpp:779: ERROR: ModelImporter.cpp:180 In function parseGraph:`,
        '[6] Invalid Node - Pad_13',
        '[shuffleNode.cpp::symbolicExecute::392] Error Code 4: Internal Error (Reshape_3: dimensions were [-1,2])',
      ],
      'trtexec 8.2.1 could not build an engine of this model: Invalid Node - Pad_13: [shuffleNode.cpp::symbolicExecute::392] Error Code 4: Internal Error (Reshape_3: dimensions were [-1,2]).',
    ],
    [
      [
        `${stamp}[E] Error[10]: [optimizer.cpp::computeCosts::3873] Error Code 10: Internal Error (Could not find any implementation for node {MatMul}.)`,
        `${stamp}[E] Engine could not be created from network`,
      ],
      'trtexec 8.2.1 could not build an engine of this model: [optimizer.cpp::computeCosts::3873] Error Code 10: Internal Error (Could not find any implementation for node {MatMul}.).',
    ],
  ])('gives the reason that the log gives', async (lines, message) => {
    const error = await buildError({ errors: [...lines, ...failedParse].join('\n'), exitCode: 1 });
    expect(error).toMatchObject({
      code: 'build-failed',
      message,
      logTail: expect.stringContaining('Engine set up failed'),
    });
  });

  it.each([
    ['8.2.1', { errors: 'Cuda failure: out of memory\nAborted (core dumped)\n', exitCode: 134 }],
    [
      '7.1.3',
      { errors: '[E] [TRT] ../rtSafe/safeRuntime.cpp (25) - Cuda Error in allocate: 2 (out of memory)\n', exitCode: 1 },
    ],
    [
      '10.3.0',
      {
        errors: '[E] Error[1]: [defaultAllocator.cpp::allocate::31] Error Code 1: Cuda Runtime (out of memory)\n',
        exitCode: 1,
      },
    ],
    ['8.2.1', { output: 'building\n', exitCode: 137 }],
    ['8.2.1', { first: 'kill -KILL $$' }],
  ] as const)('%s: knows want of memory (%o)', async (version, replay) => {
    const error = await buildError(replay, version);
    expect(error).toMatchObject({ code: 'out-of-memory', message: expect.stringMatching(/add swap/) });
  });

  it('does not take tactics that are left out for want of memory', async () => {
    const tactic = `${stamp}[W] [TRT] Tactic Device request: 538MB Available: 166MB. Device memory is insufficient to use tactic.`;
    const lines = [
      tactic,
      `${stamp}[E] Error[9]: Skipping tactic 0x0 due to exception out of memory`,
      `${stamp}[E] Odd things happened`,
    ];
    expect(await buildError({ errors: `${lines.join('\n')}\n`, exitCode: 1 })).toMatchObject({
      code: 'build-failed',
      message: expect.stringContaining('Odd things happened'),
    });
  });

  it('says which option it refused, that the disk is full, or how it ended', async () => {
    expect(
      await buildError({ errors: '[E] Unknown option: --memPoolSize workspace:256\n', exitCode: 1 }),
    ).toMatchObject({
      message: expect.stringContaining('--memPoolSize workspace:256'),
    });
    expect(await buildError({ errors: 'write: No space left on device\n', exitCode: 1 })).toMatchObject({
      code: 'disk-full',
    });
    expect(await buildError({ output: 'nothing special\n', exitCode: 3 })).toMatchObject({
      code: 'build-failed',
      message: 'trtexec 8.2.1 ended with exit code 3: nothing special',
    });
    expect(await buildError({ first: 'kill -SEGV $$' })).toMatchObject({
      message: expect.stringContaining('signal 11'),
    });
    expect(await buildError({ first: 'exit 0' })).toMatchObject({ message: expect.stringContaining('left no engine') });
  });
});

describe('trtexec: times that cannot be right', () => {
  const golden = (version: string, timesMs: readonly number[]) => {
    const { log, times } = goldenTiming(goldens[version]!, { warmupMs: [], timesMs, input });
    return { output: log, times };
  };

  it.each([
    ['too few', golden('8.2.1', seven.slice(1)), /6 of 7 trials/],
    ['no file', { output: 'fine\n' }, /no file of times/],
    ['half a file', { times: golden('8.2.1', seven).times.slice(0, -40) }, /cannot be read/],
    ['another kind of file', { times: '{"computeMs": 1}' }, /cannot be read/],
    ['other rows', { times: JSON.stringify(seven.map(() => ({ computedMs: 1 }))) }, /cannot be read/],
    ['deep nesting', { times: '['.repeat(100000) }, /cannot be read/],
    ['not a number', { times: `[${seven.map(() => '{"computeMs": NaN}').join()}]` }, /took nan ms/],
    ['infinite', { times: `[${seven.map(() => '{"computeMs": 1e999}').join()}]` }, /took inf ms/],
    ['negative', { times: JSON.stringify(seven.map(() => ({ computeMs: -3 }))) }, /took -3 ms/],
    ['nothing', { times: JSON.stringify(seven.map(() => ({ computeMs: 0 }))) }, /took 0 ms/],
    ['text', { times: JSON.stringify(seven.map(() => ({ computeMs: 'fast' }))) }, /took fast ms/],
    ['true', { times: JSON.stringify(seven.map(() => ({ computeMs: true }))) }, /took True ms/],
  ])('%s', async (_, replay, message) => {
    const { outcome, board } = await timed(replay);
    expect(outcome).not.toHaveProperty('trialTimesMs');
    expect(outcome!.error).toMatchObject({ code: 'run-failed', message: expect.stringMatching(message) });
    expect((await readdir(board.job)).some((name) => name.startsWith('times-'))).toBe(false);
  });

  it.each(['nan', '-1', '0', '1e400', 'inf'])('7.1: a trial of %s ms', async (time) => {
    const { output } = golden('7.1.3', seven);
    const { outcome } = await timed(
      { output: output.replace('GPU latency: 14 ms', `GPU latency: ${time} ms`) },
      '7.1.3',
    );
    expect(outcome).not.toHaveProperty('trialTimesMs');
    expect(outcome!.error!.code).toBe('run-failed');
  });

  it('refuses a run at another shape than was asked for', async () => {
    const { log, times } = goldenTiming(goldens['8.5.2']!, {
      warmupMs: [],
      timesMs: seven,
      input: { name: 'input', shape: '1x3x4x4' },
    });
    const other = await timed({ output: log, times }, '8.5.2');
    expect(other.outcome!.error).toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/ran at 1x3x4x4/),
    });
    const warning =
      '[W] Dynamic dimensions required for input: input, but no shapes were provided. Automatically overriding shape to: 1x3x1x1\n';
    const old = await timed({ ...golden('7.1.3', seven), errors: warning }, '7.1.3');
    expect(old.outcome!.error).toMatchObject({ message: expect.stringMatching(/ran at 1x3x1x1/) });
  });

  it('removes an engine that does not load', async () => {
    const errors = [
      `${stamp}[E] Error[1]: [runtime.cpp::parsePlan::455] Error Code 1: Serialization (Serialization assertion plan->header.magicTag == rt::kPLAN_MAGIC_TAG failed.)`,
      `${stamp}[E] Engine deserialization failed`,
      `${stamp}[E] Got invalid engine!`,
      '',
    ];
    const { outcome, board, built } = await timed({ errors: errors.join('\n'), exitCode: 1 });
    expect(outcome!.error).toMatchObject({
      code: 'run-failed',
      message: expect.stringMatching(/could not load the engine.*magicTag.*run again/s),
    });
    expect(existsSync(path.join(board.root, built.engine!.path))).toBe(false);
  });

  it('says that memory ran out while it ran', async () => {
    expect((await timed({ first: 'kill -KILL $$' })).outcome!.error!.code).toBe('out-of-memory');
  });
});

describe('trtexec: hostile output', () => {
  it('survives megabytes without a line end, control characters and false progress', async () => {
    const { log, times } = goldenTiming(goldens['8.2.1']!, { warmupMs: [], timesMs: seven, input });
    const hostile = [
      `head -c 40000000 /dev/zero | tr '\\0' 'x'; echo`,
      `printf '\\033]0;owned\\007\\033[2J\\r\\n'`,
      `echo '@framecast {"trialsDone": 7, "outcome": {"ok": true}}'`,
      `printf '\\377\\376\\000\\n'`,
      'yes "a line that says nothing" | head -n 200000',
    ];
    const ended = await timed({ first: hostile.join('\n'), output: log, times });
    expect(ended.outcome!.trialTimesMs).toEqual(seven);
    expect(ended.output.length).toBeLessThan(2_500_000);
    // eslint-disable-next-line no-control-regex -- what must not come through
    expect(ended.output).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
    expect(ended.output).toMatch(/\.\.\. \d+ lines left out/);
    expect(ended.output).toContain('&&&& PASSED');
    expect(progressOf(ended)).toEqual([
      { trialsDone: 0, trials: 7 },
      { trialsDone: 7, trials: 7 },
    ]);
  });

  it('counts no times of lines that are cut, and takes no file of many megabytes', async () => {
    const { output } = { output: goldenTiming(goldens['7.1.3']!, { warmupMs: [], timesMs: seven, input }).log };
    const first = `head -c 100000 /dev/zero | tr '\\0' 'x'; echo ' Average on 1 runs - GPU latency: 0.001 ms'`;
    expect((await timed({ first, output }, '7.1.3')).outcome!.trialTimesMs).toEqual(seven);
    const large = await timed({ first: 'head -c 70000000 /dev/zero > "$times"; exit 0' });
    expect(large.outcome!.error).toMatchObject({ message: expect.stringMatching(/66 MiB/) });
  });

  it('ends with the runner', async () => {
    const board = await newBoard();
    const marker = `61${process.pid}`;
    await board.replay('build', { first: `echo $$ > "$here/pid"; exec sleep ${marker}` });
    await writeFile(path.join(board.job, 'spec.json'), JSON.stringify({ schema: 1, jobId, runs: [specRun()] }));
    const args = [path.join(board.root, 'runner.py'), 'build', '--root', board.root, '--job', jobId, '--run', '0'];
    const runner = spawn(pythons[0]!.command, args, {
      env: { ...process.env, FRAMECAST_SYSROOT: board.sysroot, PYTHONPATH: board.sysroot },
    });
    const pidFile = path.join(board.sysroot, 'usr/src/tensorrt/bin/pid');
    await expect.poll(() => existsSync(pidFile), { timeout: 60_000 }).toBe(true);
    const pid = Number(await readFile(pidFile, 'utf8'));
    await expect.poll(() => readFile(`/proc/${pid}/cmdline`, 'utf8'), { timeout: 60_000 }).toContain(marker);
    runner.kill('SIGKILL');
    await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 60_000 }).toBe(false);
  });
});
