import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BenchmarkStage } from '../../../src/core/benchmark-stage';
import type { BenchmarkEvent } from '../../../src/jetson/benchmark/benchmark-event';
import { failureOf, valueOf } from '../harness/result';
import { makeKey } from '../harness/sshd';
import {
  measure,
  newClient,
  onlyOpenJob,
  orphansOf,
  quick,
  requestOf,
  resume,
  startScriptedBoard,
  type Client,
  type ScriptedBoard,
} from '../job/scripted-board';
import { runBenchmark } from '../../../src/jetson/benchmark/benchmark';

let board: ScriptedBoard;

beforeAll(async () => {
  board = await startScriptedBoard();
});

afterAll(() => board.stop());

const entering =
  (stage: BenchmarkStage) =>
  (event: BenchmarkEvent): boolean =>
    event.kind === 'stage' && event.stage === stage;

/** Moments of a benchmark in which something can happen to the link. */
const moments: Readonly<Record<string, (event: BenchmarkEvent) => boolean>> = {
  probe: entering('probe'),
  upload: (event) => event.kind === 'upload',
  start: (event) => event.kind === 'job',
  build: entering('build'),
  time: entering('time'),
  'the middle of timing': (event) => event.kind === 'trials' && event.done > 0,
  collect: entering('collect'),
};

const faults: Readonly<Record<string, () => Promise<void>>> = {
  'the link is cut': () => board.standIn.server.dropConnections(),
  'the server is killed and comes back': async () => {
    await board.standIn.server.kill();
    await sleep(700);
    await board.standIn.server.restart();
  },
  'the link freezes': async () => {
    await board.standIn.server.pause();
    await sleep(7000);
    await board.standIn.server.resume();
  },
};

/** Lets the fault happen once, the moment that the event comes. */
function clientWithFault(isMoment: (event: BenchmarkEvent) => boolean, fault: () => Promise<void>) {
  let happened: Promise<void> | null = null;
  const events: BenchmarkEvent[] = [];
  const client = newClient({
    onEvent: (event) => {
      events.push(event);
      if (happened === null && isMoment(event)) happened = fault();
    },
  });
  return { client: { ...client, events } satisfies Client, happened: () => happened };
}

describe.each(Object.entries(faults))('where %s', (_, fault) => {
  it.each(Object.entries(moments))('at %s, there is one landmark all the same', async (moment, isMoment) => {
    const name = `cut ${moment}`;
    await board.script({ [name]: { build: { seconds: 0.8 }, time: { seconds: 1.2 } } });
    const { client, happened } = clientWithFault(isMoment, fault);
    const outcome = valueOf(await measure(board, client, [await board.model(`${name}.onnx`)]));
    await happened();
    expect(happened()).not.toBeNull();
    expect(outcome.runs).toMatchObject([{ ok: true, modelName: name }]);
    expect(client.landmarks).toHaveLength(1);
    expect(client.landmarks[0]!.measurement!.trialTimesMs).toHaveLength(20);
    expect(client.openJobs.size).toBe(0);
    expect(await orphansOf(board)).toEqual([]);
  });
});

describe('a link that is cut', () => {
  it('twice during a job changes nothing but the duration', async () => {
    await board.script({ cut: { build: { seconds: 1 }, time: { seconds: 1.5 } } });
    const model = await board.model('cut.onnx');
    const calm = newClient();
    valueOf(await measure(board, calm, [model]));

    const client = newClient();
    const running = measure(board, client, [model]);
    await client.until(entering('build'));
    await board.standIn.server.dropConnections();
    await client.until(entering('time'));
    await board.standIn.server.dropConnections();
    valueOf(await running);

    expect(client.events.filter(({ kind }) => kind === 'reconnected')).toHaveLength(2);
    const comparable = ({ landmarks: [landmark] }: Client) => ({
      ...landmark,
      source: '',
      measurement: { ...landmark!.measurement!, jobId: '', measuredAt: '', before: null, after: null },
    });
    expect(comparable(client)).toEqual(comparable(calm));
    expect(client.log()).toBe(calm.log());
  });

  it('and stays away is given up after a while, with the job remembered, and collected later', async () => {
    await board.script({ away: { time: { seconds: 1 } } });
    const client = newClient();
    const running = runBenchmark(requestOf(board, [await board.model('away.onnx')]), client.context, {
      ...quick,
      retryPolicy: { delaysSeconds: [0.3], giveUpSeconds: 1 },
    });
    await client.until(entering('time'));
    await board.standIn.server.kill();
    const lost = failureOf(await running);
    expect(lost.code).toBe('disconnected');
    expect(lost.message).toContain('may still be running on the board');
    expect(client.landmarks).toEqual([]);
    const { jobId } = onlyOpenJob(client);

    await board.standIn.server.restart();
    // By now the job has ended without anybody listening.
    await sleep(1500);
    const later = newClient({}, client.openJobs);
    const outcome = valueOf(await resume(board, later));
    expect(outcome).toMatchObject({ jobId, runs: [{ ok: true }] });
    expect(later.landmarks).toHaveLength(1);
    const ageMs = Date.now() - Date.parse(later.landmarks[0]!.measurement!.measuredAt);
    expect(ageMs).toBeGreaterThan(800);
    expect(ageMs).toBeLessThan(60_000);
    expect(await orphansOf(board)).toEqual([]);
  });

  it('and comes back with another host key ends there: nothing is said to a stranger, and the job stays remembered', async () => {
    await board.script({ strange: { time: { seconds: 1 } } });
    const { server } = board.standIn;
    const keyFile = server.hostKeys[0]!.file;
    const key = await readFile(keyFile);
    const client = newClient();
    const running = measure(board, client, [await board.model('strange.onnx')]);
    await client.until(entering('time'));
    await server.kill();
    await rm(keyFile);
    await makeKey(keyFile, 'ed25519');
    await server.restart();
    const lost = failureOf(await running);
    expect(lost.code).toBe('host-key-changed');
    expect(lost.message).toContain('may still be running on the board');
    await writeFile(keyFile, key);
    await server.restart();
    const later = newClient({}, client.openJobs);
    expect(valueOf(await resume(board, later)).runs).toMatchObject([{ ok: true }]);
    expect(await orphansOf(board)).toEqual([]);
  });

  it('can be cancelled meanwhile: the board is told when it is back', async () => {
    await board.script({ late: { time: { seconds: 20, child: 'own-session' } } });
    const client = newClient();
    const running = measure(board, client, [await board.model('late.onnx')]);
    await client.until(entering('time'));
    await board.standIn.server.kill();
    await client.until(({ kind }) => kind === 'reconnecting');
    client.cancel();
    await sleep(500);
    await board.standIn.server.restart();
    expect(valueOf(await running).runs).toMatchObject([{ ok: false, error: { code: 'cancelled' } }]);
    expect(client.openJobs.size).toBe(0);
    expect(await orphansOf(board)).toEqual([]);
  });

  it('can be cancelled for good where the board does not come back: the job stays remembered', async () => {
    await board.script({ lost: { time: { seconds: 3 } } });
    const client = newClient();
    const running = runBenchmark(requestOf(board, [await board.model('lost.onnx')]), client.context, {
      ...quick,
      cancelSeconds: 1,
    });
    await client.until(entering('time'));
    await board.standIn.server.kill();
    await client.until(({ kind }) => kind === 'reconnecting');
    client.cancel();
    expect(failureOf(await running).message).toContain('may still be running on the board');
    expect(onlyOpenJob(client).collected).toEqual([]);
    await board.standIn.server.restart();
    const later = newClient({}, client.openJobs);
    expect(valueOf(await resume(board, later)).runs).toMatchObject([{ ok: true }]);
  });

  it('shows the attempts to come back', async () => {
    await board.script({ shown: { time: { seconds: 2 } } });
    const client = newClient();
    const running = measure(board, client, [await board.model('shown.onnx')]);
    await client.until(entering('time'));
    await board.standIn.server.kill();
    await sleep(1500);
    await board.standIn.server.restart();
    valueOf(await running);
    const attempts = client.events.flatMap((event) => (event.kind === 'reconnecting' ? [event] : []));
    expect(attempts.length).toBeGreaterThan(1);
    expect(attempts.map(({ attempt }) => attempt)).toEqual(attempts.map((_, index) => index + 1));
    expect(attempts[0]!.inSeconds).toBe(0.2);
    expect(attempts[1]!.inSeconds).toBe(0.4);
    expect(attempts[0]!.message).toContain('was lost');
    expect(attempts.at(-1)!.message).toContain('refuses connections');
  });
});
