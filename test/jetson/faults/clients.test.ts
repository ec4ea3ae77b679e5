import { spawn } from 'node:child_process';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureRunner } from '../../../src/jetson/job/board-runner';
import { followJob } from '../../../src/jetson/job/follow-job';
import { cancelJob, cleanBoard, listBoard } from '../../../src/jetson/job/board-jobs';
import { failureOf, valueOf } from '../harness/result';
import {
  measure,
  newClient,
  onlyOpenJob,
  orphansOf,
  pullThePlug,
  resume,
  scriptedRunner,
  startScriptedBoard,
  type ScriptedBoard,
} from '../job/scripted-board';

let board: ScriptedBoard;
const options = { runner: scriptedRunner };

beforeAll(async () => {
  board = await startScriptedBoard();
});

afterAll(() => board.stop());

describe('two clients at once', () => {
  it('queue: the second says whom it waits for, and both get their landmark', async () => {
    await board.script({ one: { time: { gate: 'queue' } } });
    const first = newClient();
    const second = newClient();
    const running = measure(board, first, [await board.model('one.onnx')], { client: 'framecast on the first desk' });
    await first.until((event) => event.kind === 'stage' && event.stage === 'time');
    const waiting = measure(board, second, [await board.model('two.onnx')]);
    await second.until((event) => event.kind === 'stage' && event.stage === 'wait');
    await board.openGate('queue');
    const [one, two] = [valueOf(await running), valueOf(await waiting)];
    expect([one.runs, two.runs]).toMatchObject([[{ ok: true }], [{ ok: true }]]);
    const waited = second.events.flatMap((event) =>
      event.kind === 'stage' && event.stage === 'wait' ? [event.message] : [],
    );
    expect(waited).toEqual(['Waiting for another benchmark on the board (framecast on the first desk) to end.']);
    expect(first.landmarks[0]!.measurement!.disturbances).toEqual([]);
    expect(await orphansOf(board)).toEqual([]);
  });

  it('wait for a job of another user too, whose files nobody may read, or are refused', async () => {
    const name = `framecast-board${board.standIn.sysroot}`;
    const script = `import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
s.bind(b'\\0' + sys.argv[1].encode())
if sys.argv[2] == 'tells': s.listen(9)
print('held', flush=True)
sys.stdin.read()`;
    const hold = async (how: 'silent' | 'tells') => {
      const other = spawn('python3', ['-c', script, name, how], { stdio: ['pipe', 'pipe', 'inherit'] });
      await new Promise((resolve) => other.stdout.once('data', resolve));
      return other;
    };
    const refusal = async () =>
      failureOf(await measure(board, newClient(), [await board.model('no.onnx')], { whenBusy: 'refuse' }));
    // Whoever takes the name without a job can be found all the same.
    const silent = await hold('silent');
    expect(await refusal()).toMatchObject({
      code: 'board-busy',
      message: expect.stringContaining('sudo ss -xap | grep framecast-board'),
    });
    silent.stdin.end();
    await new Promise((resolve) => silent.once('close', resolve));
    const other = await hold('tells');
    // Made by something else, with wider rights.
    for (const name of ['models', 'engines']) {
      await mkdir(path.join(board.root, name), { recursive: true });
      await chmod(path.join(board.root, name), 0o755);
    }
    const { username } = userInfo();
    expect((await refusal()).message).toContain(`(another user of the board: ${username})`);
    const rights = ['', 'jobs', 'runner', 'models', 'engines'].map(
      async (name) => (await stat(path.join(board.root, name))).mode & 0o777,
    );
    expect(await Promise.all(rights)).toEqual(Array<number>(5).fill(0o700));
    const client = newClient();
    const waiting = measure(board, client, [await board.model('yes.onnx')]);
    await client.until((event) => event.kind === 'stage' && event.stage === 'wait');
    expect(client.events).toContainEqual(
      expect.objectContaining({
        stage: 'wait',
        message: `Waiting for another benchmark on the board (another user of the board: ${username}) to end.`,
      }),
    );
    expect(client.landmarks).toEqual([]);
    other.stdin.end();
    expect(valueOf(await waiting).runs).toMatchObject([{ ok: true }]);
    expect(await orphansOf(board)).toEqual([]);
  });

  it('or the second is refused, which leaves no trace of it', async () => {
    await board.script({ one: { time: { gate: 'refuse' } } });
    const first = newClient();
    const second = newClient();
    const running = measure(board, first, [await board.model('one.onnx')], { client: 'framecast on the first desk' });
    await first.until((event) => event.kind === 'stage' && event.stage === 'time');
    const refused = failureOf(await measure(board, second, [await board.model('two.onnx')], { whenBusy: 'refuse' }));
    await board.openGate('refuse');
    expect(refused.code).toBe('board-busy');
    expect(refused.message).toContain('framecast on the first desk');
    expect(second.openJobs.size).toBe(0);
    expect(valueOf(await running).runs).toMatchObject([{ ok: true }]);
    const session = await board.session();
    expect(valueOf(await listBoard(session, options)).jobs).toEqual([]);
    session.close();
  });

  it('can cancel while one waits, without harm to the other', async () => {
    await board.script({ one: { time: { gate: 'cancel' } } });
    const first = newClient();
    const second = newClient();
    const running = measure(board, first, [await board.model('one.onnx')]);
    await first.until((event) => event.kind === 'stage' && event.stage === 'time');
    const waiting = measure(board, second, [await board.model('two.onnx')]);
    await second.until((event) => event.kind === 'stage' && event.stage === 'wait');
    second.cancel();
    expect(valueOf(await waiting).runs).toMatchObject([{ ok: false, error: { code: 'cancelled' } }]);
    await board.openGate('cancel');
    expect(valueOf(await running).runs).toMatchObject([{ ok: true }]);
    expect(second.landmarks).toEqual([]);
    expect(await orphansOf(board)).toEqual([]);
  });

  it('survive a link that is cut while one waits', async () => {
    await board.script({ one: { time: { gate: 'cut' } } });
    const first = newClient();
    const second = newClient();
    const running = measure(board, first, [await board.model('one.onnx')]);
    await first.until((event) => event.kind === 'stage' && event.stage === 'time');
    const waiting = measure(board, second, [await board.model('two.onnx')]);
    await second.until((event) => event.kind === 'stage' && event.stage === 'wait');
    await board.standIn.server.dropConnections();
    await board.openGate('cut');
    const outcomes = [valueOf(await running), valueOf(await waiting)];
    expect(outcomes.map(({ runs }) => runs)).toMatchObject([[{ ok: true }], [{ ok: true }]]);
    expect([first.landmarks.length, second.landmarks.length]).toEqual([1, 1]);
    expect(await orphansOf(board)).toEqual([]);
  });

  it('both learn of a restart of the board, the one that waits too', async () => {
    await board.script({ one: { time: { gate: 'never' } } });
    const first = newClient();
    const second = newClient();
    const running = measure(board, first, [await board.model('one.onnx')]);
    await first.until((event) => event.kind === 'stage' && event.stage === 'time');
    const waiting = measure(board, second, [await board.model('two.onnx')]);
    await second.until((event) => event.kind === 'stage' && event.stage === 'wait');
    await pullThePlug(board);
    await board.standIn.configure({ bootId: '00000000-0000-4000-8000-00000000000a' });
    await board.standIn.server.restart();
    const outcomes = [valueOf(await running), valueOf(await waiting)];
    const rebooted = [{ ok: false, error: { code: 'rebooted' } }];
    expect(outcomes.map(({ runs }) => runs)).toMatchObject([rebooted, rebooted]);
    expect(await orphansOf(board)).toEqual([]);
  });

  it('may follow the same job: each result is one landmark of one source', async () => {
    await board.script({ shared: { time: { gate: 'share' } } });
    const first = newClient();
    const running = measure(board, first, [await board.model('shared.onnx')]);
    await first.until((event) => event.kind === 'stage' && event.stage === 'time');
    const second = newClient({}, new Map(first.openJobs));
    const followed = resume(board, second);
    await second.until((event) => event.kind === 'stage' && event.stage === 'time');
    await board.openGate('share');
    const outcomes = [valueOf(await running), valueOf(await followed)];
    expect(outcomes.map(({ runs }) => runs)).toMatchObject([[{ ok: true }], [{ ok: true }]]);
    const sources = [...first.landmarks, ...second.landmarks].map(({ source }) => source);
    expect(new Set(sources).size).toBe(1);
    expect(new Set([...first.landmarks, ...second.landmarks].map(({ throughputFps }) => throughputFps)).size).toBe(1);
  });
});

describe('a client that comes back over a new link', () => {
  it('ends its own listener on the board whose link froze, and nobody else’s', async () => {
    await board.script({ heard: { time: { gate: 'hear' } } });
    const first = newClient();
    const running = measure(board, first, [await board.model('heard.onnx')]);
    await first.until((event) => event.kind === 'stage' && event.stage === 'time');
    const { jobId } = onlyOpenJob(first);
    const session = await board.session();
    const runner = valueOf(await ensureRunner(session, options));
    const listen = (token: string) =>
      followJob(session, runner, { jobId, logOffset: 0, token, onMessage: () => undefined });
    const [frozen, other] = [listen('mine'), listen('another')];
    await sleep(700);
    const again = listen('mine');
    expect(failureOf(await frozen).code).toBe('disconnected');
    await board.openGate('hear');
    expect([valueOf(await again), valueOf(await other)]).toEqual(['finished', 'finished']);
    expect(valueOf(await running).runs).toMatchObject([{ ok: true }]);
    expect(first.events.some(({ kind }) => kind === 'reconnecting')).toBe(false);
    session.close();
    expect(await orphansOf(board)).toEqual([]);
  });
});

describe('what is left on a board', () => {
  it('is listed, cleaned without what runs or is not collected, and gone when all of it may go', async () => {
    await board.script({ long: { time: { gate: 'clean' } }, uncollected: { time: { seconds: 0.3 } } });
    const session = await board.session();
    const left = newClient({
      saveLandmark: () => Promise.resolve({ ok: false, error: { code: 'unwritable', message: 'No.' } }),
    });
    valueOf(await measure(board, left, [await board.model('uncollected.onnx')]));
    const runs = newClient();
    const running = measure(board, runs, [await board.model('long.onnx')]);
    await runs.until((event) => event.kind === 'stage' && event.stage === 'time');
    const [uncollected, active] = [onlyOpenJob(left).jobId, onlyOpenJob(runs).jobId];

    const inventory = valueOf(await listBoard(session, options));
    expect(inventory.jobs).toMatchObject([
      { jobId: uncollected, state: 'finished', models: ['uncollected'], runs: 1, results: 1, client: 'framecast test' },
      { jobId: active, state: 'timing', models: ['long'], runs: 1, results: 0 },
    ]);
    const careful = valueOf(await cleanBoard(session, { includeUncollected: true }, options));
    expect(careful).toMatchObject({ removedJobs: [uncollected], keptJobs: [active] });
    await board.openGate('clean');
    expect(valueOf(await running).runs).toMatchObject([{ ok: true }]);

    const again = newClient({}, left.openJobs);
    expect(failureOf(await resume(board, again)).code).toBe('no-match');
    const all = valueOf(await cleanBoard(session, { includeUncollected: true }, options));
    expect(all.removedBytes).toBeGreaterThan(1_000_000);
    expect(await board.jobFile('..', 'board.lock').catch(() => 'gone')).toBe('gone');
    session.close();
  });

  it('keeps results that nobody has fetched unless told otherwise', async () => {
    const left = newClient({
      saveLandmark: () => Promise.resolve({ ok: false, error: { code: 'unwritable', message: 'No.' } }),
    });
    valueOf(await measure(board, left, [await board.model('kept.onnx')]));
    const session = await board.session();
    expect(valueOf(await cleanBoard(session, {}, options)).keptJobs).toEqual([onlyOpenJob(left).jobId]);
    session.close();
    const later = newClient({}, left.openJobs);
    expect(valueOf(await resume(board, later)).runs).toMatchObject([{ ok: true }]);
    expect(later.landmarks).toHaveLength(1);
  });

  it('does not know a job that never was', async () => {
    const session = await board.session();
    expect(valueOf(await cancelJob(session, '20200101T000000Z-00000000', options))).toBeNull();
    expect(failureOf(await cancelJob(session, '../../etc', options)).code).toBe('board-misbehaves');
    session.close();
  });
});
