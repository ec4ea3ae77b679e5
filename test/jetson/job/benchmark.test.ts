import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kernelsOfLandmark } from '../../../src/core/landmarks/model-costs';
import { stageIds } from '../../../src/protocol/benchmark-page';
import { cancelJob, cleanBoard, listBoard } from '../../../src/jetson/job/board-jobs';
import { failureOf, valueOf } from '../harness/result';
import {
  measure,
  newClient,
  onlyOpenJob,
  orphansOf,
  resume,
  scriptedRunner,
  startScriptedBoard,
  type ScriptedBoard,
} from './scripted-board';

let board: ScriptedBoard;

beforeAll(async () => {
  board = await startScriptedBoard();
});

afterAll(() => board.stop());

beforeEach(() => board.script({}));

describe('a benchmark', () => {
  it('goes from a file to a landmark with its protocol, and leaves nothing on the board but the cache', async () => {
    const client = newClient();
    const model = await board.model('plain.onnx');
    const outcome = valueOf(await measure(board, client, [model]));
    expect(outcome.left).toBe(false);
    const [run] = outcome.runs;
    expect(run).toMatchObject({ run: 0, ok: true, modelName: 'plain', modelPath: model });
    const [landmark] = client.landmarks;
    expect(client.landmarks).toHaveLength(1);
    expect(landmark).toMatchObject({
      model: 'plain',
      family: 'SqueezeNet',
      device: 'stand-in',
      runtime: 'tensorrt-fp16',
      resolution: 64,
      batch: 1,
      campaign: 'desk board',
      source: `${outcome.jobId}#1`,
    });
    // 20 trials of 2.00, 2.01, … 2.19 ms.
    expect(landmark!.throughputFps).toBeCloseTo(1000 / 2.095, 6);
    expect(kernelsOfLandmark(landmark!)!.length).toBeGreaterThan(10);
    expect(landmark!.measurement).toMatchObject({
      jobId: outcome.jobId,
      way: 'trtexec',
      warmupRuns: 10,
      workspaceMiB: 256,
      clocksLocked: true,
      headless: true,
      inputShapes: { input: [1, 3, 64, 64] },
      engine: { cached: false, buildSeconds: 1.5, bytes: 1000 },
      software: { tensorrt: '8.2.1.8', l4t: '32.7.1', jetpack: '4.6.1' },
      disturbances: [],
    });
    expect(landmark!.measurement!.trialTimesMs).toHaveLength(20);
    expect(landmark!.measurement!.before).toMatchObject({ gpuMHz: 921.6, gpuMaxMHz: 921.6, powerMode: 'MAXN' });
    expect(client.openJobs.size).toBe(0);

    const seen = client.events.flatMap((event) => (event.kind === 'stage' ? [event.stage] : []));
    const order = seen.map((stage) => stageIds.indexOf(stage));
    // Storing a landmark comes as soon as there is one, and so before the last look at the board.
    expect([...new Set(seen)]).toEqual(['connect', 'probe', 'preflight', 'upload', 'build', 'time', 'save', 'collect']);
    expect(order[0]).toBe(0);
    expect(client.log()).toContain('build begins\ntime begins\n');
    expect(client.events.some((event) => event.kind === 'trials' && event.done === 20 && event.of === 20)).toBe(true);

    const session = await board.session();
    const inventory = valueOf(await listBoard(session, { runner: scriptedRunner }));
    expect(inventory.jobs).toEqual([]);
    expect(inventory.modelBytes).toBeGreaterThan(1_000_000);
    const cleaned = valueOf(await cleanBoard(session, {}, { runner: scriptedRunner }));
    expect(cleaned.removedBytes).toBeGreaterThan(inventory.modelBytes);
    session.close();
    expect(await orphansOf(board)).toEqual([]);
  });

  it('sends a model once, and the runner once', async () => {
    const model = await board.model('twice.onnx');
    const first = newClient();
    valueOf(await measure(board, first, [model]));
    const second = newClient();
    valueOf(await measure(board, second, [model]));
    const uploads = second.events.flatMap((event) => (event.kind === 'upload' ? [event] : []));
    expect(uploads.at(-1)).toMatchObject({ skippedBytes: uploads.at(-1)!.totalBytes });
  });

  it('runs several models and runtimes in one job, and one failed run costs no other', async () => {
    const models = [await board.model('one.onnx'), await board.model('two.onnx'), await board.model('three.onnx')];
    const importer = 'No importer registered for op: Foo.';
    await board.script({
      two: {
        build: { error: { code: 'unsupported', message: `TensorRT cannot run Foo. ${importer}` }, output: importer },
      },
    });
    const client = newClient();
    const runs = models.flatMap((modelPath) =>
      (['tensorrt-fp16', 'tensorrt-fp32'] as const).map((runtime) => ({ modelPath, runtime, trials: 5 })),
    );
    const outcome = valueOf(await measure(board, client, [], { runs }));
    expect(outcome.runs.map((run) => [run.run, run.modelName, run.runtime, run.ok])).toEqual([
      [0, 'one', 'tensorrt-fp16', true],
      [1, 'one', 'tensorrt-fp32', true],
      [2, 'two', 'tensorrt-fp16', false],
      [3, 'two', 'tensorrt-fp32', false],
      [4, 'three', 'tensorrt-fp16', true],
      [5, 'three', 'tensorrt-fp32', true],
    ]);
    const failed = outcome.runs[2]!;
    expect(failed).toMatchObject({
      ok: false,
      error: { code: 'build-failed', message: `TensorRT cannot run Foo. ${importer}` },
    });
    expect(!failed.ok && failed.logTail).toContain(importer);
    expect(new Set(client.landmarks.map(({ source }) => source)).size).toBe(4);
  });

  it('measures the models that can be read beside those that cannot', async () => {
    const client = newClient();
    const outcome = valueOf(await measure(board, client, ['/nowhere/gone.onnx', await board.model('here.onnx')]));
    expect(outcome.runs.map(({ modelName, ok }) => [modelName, ok])).toEqual([
      ['gone', false],
      ['here', true],
    ]);
    const none = failureOf(await measure(board, newClient(), ['/nowhere/gone.onnx']));
    expect(none).toEqual({ code: 'unreadable', message: 'There is no file at /nowhere/gone.onnx. Check the path.' });
  });

  it('refuses a size that the file rules out, before the board is asked', async () => {
    const modelPath = await board.model('fixed.onnx');
    const client = newClient();
    const refused = failureOf(
      await measure(board, client, [], { runs: [{ modelPath, runtime: 'tensorrt-fp16', resolution: 128 }] }),
    );
    expect(refused.code).toBe('invalid-request');
    expect(refused.message).toContain('fixed input');
    expect(client.events.some((event) => event.kind === 'stage')).toBe(false);
  });

  it('takes a model whose path and name would mean something to a shell', async () => {
    const name = 'a "quoted" name $(touch pwned); rm -rf ~ \'x\'\nüñ漢.onnx';
    const client = newClient();
    const outcome = valueOf(await measure(board, client, [await board.model(name)]));
    expect(outcome.runs[0]).toMatchObject({
      ok: true,
      modelName: 'a "quoted" name $(touch pwned); rm -rf ~ \'x\' üñ漢',
    });
    expect(client.landmarks).toHaveLength(1);
  });

  it('asks about warnings once, and sends nothing where they are not accepted', async () => {
    await board.standIn.configure({ clocksLocked: false });
    const asked: string[][] = [];
    const client = newClient({
      acceptWarnings: (concerns) => {
        asked.push(concerns.map(({ code }) => code));
        return Promise.resolve(false);
      },
    });
    const given = failureOf(await measure(board, client, [await board.model('warned.onnx')]));
    await board.standIn.configure({ clocksLocked: true });
    expect(given.code).toBe('cancelled');
    expect(asked).toHaveLength(1);
    expect(client.events.some((event) => event.kind === 'upload')).toBe(false);
  });

  it('leaves the job alone when the client goes, and collects it when one comes back, in one landmark', async () => {
    await board.script({ left: { time: { gate: 'back' } } });
    const client = newClient();
    const running = measure(board, client, [await board.model('left.onnx')]);
    await client.until((event) => event.kind === 'stage' && event.stage === 'time');
    client.leave();
    expect(valueOf(await running)).toMatchObject({ left: true, runs: [] });
    const job = onlyOpenJob(client);

    const again = newClient({}, client.openJobs);
    const resumed = resume(board, again);
    await again.until(({ kind }) => kind === 'job');
    await board.openGate('back');
    const outcome = valueOf(await resumed);
    expect(outcome).toMatchObject({ jobId: job.jobId, left: false, runs: [{ ok: true }] });
    expect(again.landmarks).toHaveLength(1);
    expect(client.openJobs.size).toBe(0);
  });

  it('keeps a result on the board whose landmark could not be stored, and stores it the next time', async () => {
    const full = newClient({
      saveLandmark: () =>
        Promise.resolve({ ok: false, error: { code: 'unwritable', message: 'The disk of this machine is full.' } }),
    });
    const outcome = valueOf(await measure(board, full, [await board.model('unsaved.onnx')]));
    expect(outcome.runs[0]).toMatchObject({ ok: false, error: { code: 'unwritable' } });
    const later = newClient({}, full.openJobs);
    expect(valueOf(await resume(board, later)).runs[0]).toMatchObject({ ok: true });
    expect(later.landmarks).toHaveLength(1);
    expect(later.openJobs.size).toBe(0);
  });

  it('goes on where the job cannot be remembered, and says so', async () => {
    const refuse = () => Promise.reject(new Error('no space'));
    const client = newClient({ pendingJobs: { save: refuse, forget: refuse } });
    const outcome = valueOf(await measure(board, client, [await board.model('forgotten.onnx')]));
    expect(outcome.runs).toMatchObject([{ ok: true }]);
    const notes = client.events.flatMap((event) => (event.kind === 'note' ? [event.message] : []));
    expect(notes[0]).toBe('The job cannot be saved, so it will not be found after a restart: no space.');
  });

  it('says where a remembered job is gone from the board', async () => {
    await board.script({ gone: { time: { gate: 'never' } } });
    const client = newClient();
    const running = measure(board, client, [await board.model('gone.onnx')]);
    await client.until((event) => event.kind === 'job');
    client.leave();
    await running;
    const { jobId } = onlyOpenJob(client);
    const session = await board.session();
    expect(valueOf(await cancelJob(session, jobId, { runner: scriptedRunner }))).toBe('cancelled');
    valueOf(await cleanBoard(session, { jobId }, { runner: scriptedRunner }));
    session.close();
    const lost = failureOf(await resume(board, newClient({}, client.openJobs)));
    expect(lost.code).toBe('no-match');
    expect(client.openJobs.size).toBe(0);
  });
});
