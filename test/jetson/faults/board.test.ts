import { setTimeout as sleep } from 'node:timers/promises';
import { readFile, readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BenchmarkStage } from '../../../src/core/benchmark-stage';
import type { BenchmarkEvent } from '../../../src/jetson/benchmark/benchmark-event';
import { processesWith } from '../harness/processes';
import { failureOf, valueOf } from '../harness/result';
import {
  measure,
  newClient,
  onlyOpenJob,
  orphansOf,
  pullThePlug,
  resume,
  startScriptedBoard,
  type Client,
  type Script,
  type ScriptedBoard,
  type StageScript,
} from '../job/scripted-board';

let board: ScriptedBoard;

beforeAll(async () => {
  board = await startScriptedBoard();
});

afterAll(() => board.stop());

const entering =
  (stage: BenchmarkStage, run: number | null = null) =>
  (event: BenchmarkEvent): boolean =>
    event.kind === 'stage' && event.stage === stage && (run === null || event.run === run);

/** Measures a good model, one with the given script, and another good one. */
async function measureBetween(name: string, script: Script[string], client: Client = newClient()) {
  await board.script({ [name]: script });
  const models = ['before', name, 'after'].map((each) => board.model(`${each}.onnx`));
  const outcome = valueOf(await measure(board, client, await Promise.all(models)));
  return { client, runs: outcome.runs, jobId: outcome.jobId };
}

describe('a run that fails on the board', () => {
  it.each<[string, Script[string], string, RegExp]>([
    [
      'the builder is killed for memory',
      { build: { signal: 'SIGKILL' } },
      'out-of-memory',
      /memory, while building the engine of bad\. Add swap or reduce the workspace \(now 256 MiB\)/,
    ],
    ['the builder crashes', { build: { signal: 'SIGSEGV' } }, 'build-failed', /ended by signal 11/],
    ['the builder ends without a word', { build: { exit: 3 } }, 'build-failed', /exit code 3/],
    ['the builder is killed inside a shell', { build: { exit: 137 } }, 'out-of-memory', /Add swap/],
    [
      'an operator is not supported',
      { build: { error: { code: 'unsupported', message: 'TensorRT 8.2 has no HardSwish. Export with opset 13.' } } },
      'build-failed',
      /^TensorRT 8\.2 has no HardSwish\. Export with opset 13\.$/,
    ],
    ['timing is killed for memory', { time: { signal: 'SIGKILL' } }, 'out-of-memory', /timing bad/],
    ['timing crashes', { time: { signal: 'SIGSEGV' } }, 'run-failed', /ended by signal 11/],
    [
      'the disk fills up while the engine is written',
      { build: { output: 'OSError: [Errno 28] No space left on device\n', exit: 1 } },
      'disk-full',
      /disk of the board is full/,
    ],
  ])('where %s: no landmark of it, and the others are measured', async (_, script, code, sentence) => {
    const { client, runs } = await measureBetween('bad', script);
    expect(runs.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(runs[1]).toMatchObject({ ok: false, error: { code, message: expect.stringMatching(sentence) } });
    expect(client.landmarks.map(({ model }) => model)).toEqual(['before', 'after']);
    expect(client.openJobs.size).toBe(0);
    expect(await orphansOf(board)).toEqual([]);
  });

  it.each<[string, StageScript]>([
    ['in its own session', { signal: 'SIGKILL', child: 'own-session' }],
    ['beside it', { child: 'same-session', exit: 1 }],
  ])('takes the processes with it that it started %s', async (_, build) => {
    const { runs } = await measureBetween('parent', { build });
    expect(runs.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(await orphansOf(board)).toEqual([]);
  });

  it('is ended after its time, stage by stage', async () => {
    await board.script({ slow: { build: { seconds: 30, child: 'own-session' } }, sleepy: { time: { seconds: 30 } } });
    const client = newClient();
    const models = ['slow', 'sleepy', 'fine'].map((name) => board.model(`${name}.onnx`));
    const limits = { buildSeconds: 1, timeSeconds: 1 };
    const { runs } = valueOf(await measure(board, client, await Promise.all(models), { limits }));
    expect(runs).toMatchObject([
      {
        ok: false,
        error: {
          code: 'timed-out',
          message: expect.stringContaining('Building the engine of slow took longer than 1 s'),
        },
      },
      {
        ok: false,
        error: { code: 'timed-out', message: expect.stringContaining('Timing of sleepy took longer than 1 s') },
      },
      { ok: true },
    ]);
    expect(client.landmarks.map(({ model }) => model)).toEqual(['fine']);
    expect(await orphansOf(board)).toEqual([]);
  });

  it('keeps its log bounded, however much it prints', async () => {
    const { client, runs } = await measureBetween('loud', { build: { floodMiB: 12 } });
    expect(runs.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(client.log().length).toBeLessThan(5 << 20);
    expect(client.log()).toContain('longer than 4 MiB');
  });
});

describe('cancelling', () => {
  it.each<[string, (event: BenchmarkEvent) => boolean]>([
    ['at probe', entering('probe')],
    ['at upload', (event) => event.kind === 'upload'],
  ])('%s ends it before the board has anything to do', async (moment, isMoment) => {
    const cancelling = new AbortController();
    const client = newClient({
      signal: cancelling.signal,
      onEvent: (event) => {
        if (isMoment(event)) cancelling.abort();
      },
    });
    const cancelled = failureOf(await measure(board, client, [await board.model(`cancelled ${moment}.onnx`)]));
    expect(cancelled.code).toBe('cancelled');
    expect(client.openJobs.size).toBe(0);
    expect(await readdir(`${board.root}/jobs`).catch(() => [])).toEqual([]);
    expect(await orphansOf(board)).toEqual([]);
  });

  it.each<[string, BenchmarkStage]>([
    ['while an engine is built', 'build'],
    ['while it is timed', 'time'],
  ])('%s keeps what was measured before, and ends everything else', async (_, stage) => {
    await board.script({
      long: { build: { seconds: 3, child: 'own-session' }, time: { seconds: 8, child: 'same-session' } },
    });
    const client = newClient();
    const models = ['first', 'long', 'never'].map((name) => board.model(`${name}.onnx`));
    const running = measure(board, client, await Promise.all(models));
    await client.until(entering(stage, 1));
    client.cancel();
    const { runs } = valueOf(await running);
    expect(runs).toMatchObject([
      { ok: true },
      { ok: false, error: { code: 'cancelled' } },
      { ok: false, error: { code: 'cancelled' } },
    ]);
    expect(client.landmarks.map(({ model }) => model)).toEqual(['first']);
    expect(client.openJobs.size).toBe(0);
    expect(await orphansOf(board)).toEqual([]);
  });

  it('works from the board too, by ending the supervisor', async () => {
    await board.script({ stopped: { time: { seconds: 20, child: 'own-session' } } });
    const client = newClient();
    const running = measure(board, client, [await board.model('stopped.onnx')]);
    await client.until(entering('time'));
    process.kill(await supervisorOf(client), 'SIGTERM');
    expect(valueOf(await running).runs).toMatchObject([{ ok: false, error: { code: 'cancelled' } }]);
    expect(await orphansOf(board)).toEqual([]);
  });
});

describe('a supervisor that is killed', () => {
  it.each<BenchmarkStage>(['build', 'time'])(
    'at %s is noticed; what it left is ended, and earlier results stay',
    async (stage) => {
      await board.script({
        orphan: { build: { seconds: 4, child: 'own-session' }, time: { seconds: 20, child: 'same-session' } },
      });
      const client = newClient();
      const models = ['kept', 'orphan'].map((name) => board.model(`${name}.onnx`));
      const running = measure(board, client, await Promise.all(models));
      await client.until(entering(stage, 1));
      process.kill(await supervisorOf(client), 'SIGKILL');
      const { runs } = valueOf(await running);
      expect(runs).toMatchObject([
        { ok: true },
        { ok: false, error: { code: 'run-failed', message: expect.stringContaining('job was killed on the board') } },
      ]);
      expect(client.landmarks.map(({ model }) => model)).toEqual(['kept']);
      expect(await orphansOf(board)).toEqual([]);
      // The board is free again.
      expect((await measureBetween('next', {})).runs.every(({ ok }) => ok)).toBe(true);
    },
  );
});

describe('a board that restarts', () => {
  let boots = 0;

  async function restartBoard(): Promise<void> {
    await pullThePlug(board);
    await board.standIn.configure({ bootId: `00000000-0000-4000-8000-${String(++boots).padStart(12, '0')}` });
    await board.standIn.server.restart();
  }

  it.each<BenchmarkStage>(['build', 'time'])(
    'at %s: earlier results stay, the rest says why it is missing',
    async (stage) => {
      await board.script({ swept: { build: { seconds: 4 }, time: { seconds: 20 } } });
      const client = newClient();
      const models = ['kept', 'swept', 'unborn'].map((name) => board.model(`${name}.onnx`));
      const running = measure(board, client, await Promise.all(models));
      await client.until(entering(stage, 1));
      await restartBoard();
      const { runs } = valueOf(await running);
      const rebooted = {
        ok: false,
        error: { code: 'rebooted', message: expect.stringContaining('The board restarted') },
      };
      expect(runs).toMatchObject([{ ok: true }, rebooted, rebooted]);
      expect(client.landmarks.map(({ model }) => model)).toEqual(['kept']);
      expect(client.openJobs.size).toBe(0);
      expect(await orphansOf(board)).toEqual([]);
      expect((await measureBetween('next', {})).runs.every(({ ok }) => ok)).toBe(true);
    },
  );

  it('after the client left gives back what was measured before', async () => {
    await board.script({ swept: { time: { seconds: 20 } } });
    const client = newClient();
    const models = ['kept', 'swept'].map((name) => board.model(`${name}.onnx`));
    const running = measure(board, client, await Promise.all(models));
    await client.until(entering('time', 1));
    client.leave();
    await running;
    const { jobId } = onlyOpenJob(client);
    await restartBoard();
    const later = newClient({}, client.openJobs);
    const { runs } = valueOf(await resume(board, later));
    expect(runs).toMatchObject([{ ok: true }, { ok: false, error: { code: 'rebooted' } }]);
    expect([...client.landmarks, ...later.landmarks].map(({ source }) => source)).toEqual([`${jobId}#1`]);
  });

  it('during the upload, before there is a job: the benchmark goes on', async () => {
    let happened: Promise<void> | null = null;
    const events: BenchmarkEvent[] = [];
    const client = newClient({
      onEvent: (event) => {
        events.push(event);
        if (event.kind === 'upload') happened ??= restartBoard();
      },
    });
    const { runs } = valueOf(await measure(board, client, [await board.model(`new ${Date.now()}.onnx`)]));
    expect(happened).not.toBeNull();
    expect(runs).toMatchObject([{ ok: true }]);
    expect(client.landmarks).toHaveLength(1);
  });
});

/** Process id of the supervisor of the client's job. */
async function supervisorOf(client: Client): Promise<number> {
  const { jobId } = onlyOpenJob(client);
  const state = JSON.parse(await readFile(`${board.root}/jobs/${jobId}/state.json`, 'utf8')) as { pid: number };
  const running = await processesWith('HOME', board.standIn.server.home);
  if (!running.some(({ pid }) => pid === state.pid)) throw new Error('The supervisor does not run.');
  await sleep(300);
  return state.pid;
}
