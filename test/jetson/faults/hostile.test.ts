import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runBenchmark } from '../../../src/jetson/benchmark/benchmark';
import type { RunnerFile } from '../../../src/jetson/job/board-runner';
import { listBoard } from '../../../src/jetson/job/board-jobs';
import { failureOf, valueOf } from '../harness/result';
import { newClient, orphansOf, quick, requestOf, startScriptedBoard, type ScriptedBoard } from '../job/scripted-board';
import hostileRunner from './hostile_runner.py';

const runner: RunnerFile = {
  script: hostileRunner,
  sha256: createHash('sha256').update(hostileRunner, 'utf8').digest('hex'),
};

let board: ScriptedBoard;
let model: string;

beforeAll(async () => {
  board = await startScriptedBoard();
  model = await board.model('victim.onnx');
});

afterAll(() => board.stop());

interface Step {
  readonly text?: string;
  readonly times?: number;
  readonly character?: string;
  readonly mebibytes?: number;
  readonly seconds?: number;
}

const line = (value: unknown): Step => ({ text: `${JSON.stringify(value)}\n` });

const honest = {
  start: [line({ started: true, already: false })],
  clean: [line({ removedBytes: 0, removedJobs: [], keptJobs: [] })],
  cancel: [line({ found: true, state: 'cancelled' })],
};

const state = {
  gpuMHz: 921.6,
  gpuMinMHz: 921.6,
  gpuMaxMHz: 921.6,
  cpuMHz: null,
  cpuMinMHz: null,
  cpuMaxMHz: null,
  temperaturesC: {},
  gpuLoad: 0,
  availableBytes: 1,
  swapUsedBytes: 0,
  swappedPages: 0,
  powerMode: 'MAXN',
};

const goodResult = {
  ok: true,
  way: 'trtexec',
  trialTimesMs: Array.from({ length: 20 }, () => 2),
  software: {},
  engine: null,
  before: state,
  after: state,
  gpuProcesses: [],
  notes: [],
  standIn: true,
  during: { lowestGpuMHz: null, busySamples: 0, slowedSamples: 0 },
};

const resultMessage = (changes: object, run = 0): Step =>
  line({ type: 'result', jobId: 'JOB', run, ageSeconds: 1, result: { ...goodResult, ...changes } });

const end = line({ type: 'end', jobId: 'JOB', state: 'finished' });

/** Runs a benchmark against a board that answers `follow`, or anything else, as given. */
async function against(follow: readonly Step[], others: Readonly<Record<string, readonly Step[]>> = {}) {
  const script = { follow, ...others, else: honest };
  await writeFile(path.join(board.standIn.server.home, 'hostile.json'), JSON.stringify(script));
  const client = newClient();
  const options = { ...quick, runner, retryPolicy: { delaysSeconds: [0.1], giveUpSeconds: 2 } };
  const request = requestOf(board, [model]);
  const result = await runBenchmark(request, client.context, options);
  return { client, result };
}

describe('a board that lies', () => {
  it('is believed where it tells the truth, so that the others fail for their lies', async () => {
    const { client, result } = await against([resultMessage({}), end]);
    expect(valueOf(result).runs).toMatchObject([{ ok: true }]);
    expect(client.landmarks[0]!.throughputFps).toBe(500);
  });

  it.each<[string, object]>([
    ['too few times', { trialTimesMs: [2, 2] }],
    ['no times', { trialTimesMs: [] }],
    ['a time of zero', { trialTimesMs: Array.from({ length: 20 }, () => 0) }],
    ['a negative time', { trialTimesMs: [...Array.from({ length: 19 }, () => 2), -1] }],
    ['times as text', { trialTimesMs: Array.from({ length: 20 }, () => '2') }],
    ['times of years', { trialTimesMs: Array.from({ length: 20 }, () => 1e12) }],
    ['times beyond all numbers', { trialTimesMs: Array.from({ length: 20 }, () => 1e308) }],
    ['a million times', { trialTimesMs: Array.from({ length: 1_000_000 }, () => 2) }],
    ['another way', { way: 'guessing' }],
    ['no state', { before: null }],
    ['a clock beyond all clocks', { before: { ...state, gpuMHz: 1e30 } }],
    [
      'ten thousand thermal zones',
      {
        after: {
          ...state,
          temperaturesC: Object.fromEntries(Array.from({ length: 10_000 }, (_, zone) => [`zone${zone}`, 40])),
        },
      },
    ],
    ['neither good nor bad', { ok: 'yes' }],
  ])('with a result of %s makes no landmark', async (_, changes) => {
    const { client, result } = await against([resultMessage(changes), end]);
    expect(valueOf(result).runs).toMatchObject([{ ok: false, error: { code: 'board-misbehaves' } }]);
    expect(client.landmarks).toEqual([]);
  });

  it('cannot pass for a Jetson by saying that it is none of the tests', async () => {
    const { client, result } = await against([resultMessage({ standIn: false }), end]);
    expect(valueOf(result).runs).toMatchObject([{ ok: true, landmark: { device: 'stand-in' } }]);
    expect(client.landmarks[0]!.device).toBe('stand-in');
  });

  it.each<[string, readonly Step[]]>([
    [
      'of another job',
      [line({ type: 'result', jobId: '20200101T000000Z-00000000', run: 0, ageSeconds: 1, result: goodResult }), end],
    ],
    ['that are no JSON', [line({ type: 'heartbeat', jobId: 'JOB' }), { text: '{"type":"result", "jobId":\n' }, end]],
    [
      'of no known kind',
      [line({ type: 'heartbeat', jobId: 'JOB' }), line({ type: 'landmark', jobId: 'JOB', throughputFps: 1 })],
    ],
    ['that never end a line', [line({ type: 'heartbeat', jobId: 'JOB' }), { character: 'x', mebibytes: 40 }]],
    ['of noise alone', [{ text: 'noise\n', times: 100_000 }]],
  ])('with messages %s ends the benchmark', async (_, follow) => {
    const { client, result } = await against(follow);
    expect(failureOf(result).code).toBe('board-misbehaves');
    expect(client.landmarks).toEqual([]);
    expect(await orphansOf(board)).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, readonly Step[]>>]>([
    ['nothing', { start: [] }],
    ['no JSON', { start: [{ text: 'started!\n' }] }],
    ['something else', { start: [line({ started: 'maybe' })] }],
    ['without end', { start: [{ character: 'y', mebibytes: 64 }] }],
  ])('and answers %s where a job is started ends the benchmark', async (_, others) => {
    const { client, result } = await against([end], others);
    expect(failureOf(result).code).toBe('board-misbehaves');
    expect(client.landmarks).toEqual([]);
    expect(client.openJobs.size).toBe(0);
  });

  it('gives a run that nobody asked for to nobody, and one result a run', async () => {
    const twice = [
      resultMessage({}, 7),
      resultMessage({}),
      resultMessage({ trialTimesMs: Array.from({ length: 20 }, () => 1) }),
      end,
    ];
    const { client, result } = await against(twice);
    expect(valueOf(result).runs).toMatchObject([{ run: 0, ok: true, landmark: { throughputFps: 500 } }]);
    expect(client.landmarks).toHaveLength(1);
  });

  it('says that it has ended without a result: there is none', async () => {
    const { client, result } = await against([line({ type: 'heartbeat', jobId: 'JOB' }), end]);
    expect(valueOf(result).runs).toMatchObject([{ ok: false, error: { code: 'run-failed' } }]);
    expect(client.landmarks).toEqual([]);
  });

  it('cannot steer a terminal by its log, its errors or its notes', async () => {
    const escape =
      '\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u001b]8;;http://evil\u001b\\link\u009b2J \u202eesrever \u0000\u0008';
    const { client } = await against([
      line({ type: 'log', jobId: 'JOB', offset: 0, next: 100, text: `${escape}\r\nnext` }),
      line({
        type: 'result',
        jobId: 'JOB',
        run: 0,
        ageSeconds: 1,
        result: { ok: false, error: { code: escape, message: `It failed ${escape}`, logTail: escape } },
      }),
      end,
    ]);
    const seen = JSON.stringify(client.events);
    expect(JSON.parse(seen)).toEqual(JSON.parse(seen.replace(/\\u00[01][0-9a-f]|\\b|[\u0080-\u009f\u202e]/g, '')));
    expect(client.log()).toContain('red');
    expect(client.log()).not.toContain('[31m');
    const [finished] = client.events.flatMap((event) => (event.kind === 'run-finished' ? [event.outcome] : []));
    expect(finished).toMatchObject({
      ok: false,
      error: { code: 'run-failed', message: expect.stringMatching(/^It failed red/) },
    });
  });

  it('floods the log: what is shown stays bounded', async () => {
    const flood = Array.from({ length: 300 }, (_, index) =>
      line({
        type: 'log',
        jobId: 'JOB',
        offset: index * 100_000,
        next: (index + 1) * 100_000,
        text: 'z'.repeat(60_000),
      }),
    );
    const { client, result } = await against([...flood, resultMessage({}), end]);
    expect(valueOf(result).runs).toMatchObject([{ ok: true }]);
    expect(client.log().length).toBeLessThan(9 << 20);
    expect(client.events.some((event) => event.kind === 'note' && event.message.includes('log'))).toBe(true);
  });

  it('falls silent: it is asked again, and given up in the end', async () => {
    const { client, result } = await against([line({ type: 'heartbeat', jobId: 'JOB' }), { seconds: 60 }]);
    expect(failureOf(result).code).toBe('disconnected');
    expect(client.events.some(({ kind }) => kind === 'reconnecting')).toBe(true);
    expect(client.landmarks).toEqual([]);
  });

  it('lists what is no inventory', async () => {
    const script = {
      list: [line({ jobs: [{ jobId: '../../etc' }], modelBytes: -1, engineBytes: 0, totalBytes: 0 })],
      else: honest,
    };
    await writeFile(path.join(board.standIn.server.home, 'hostile.json'), JSON.stringify(script));
    const session = await board.session();
    expect(failureOf(await listBoard(session, { runner })).code).toBe('board-misbehaves');
    session.close();
  });
});
