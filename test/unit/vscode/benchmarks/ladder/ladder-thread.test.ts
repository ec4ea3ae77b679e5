import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleForNode } from '../../../../bundle-for-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseLadder, type LadderQuestion } from '../../../../../src/core/ladder/choose-ladder';
import { rungsOf } from '../../../../../src/core/ladder/rung';
import { createLadderThread } from '../../../../../src/vscode/benchmarks/ladder/ladder-thread';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-ladder-thread-'));
  await bundleForNode('src/vscode/benchmarks/ladder/ladder-worker.ts', path.join(folder, 'worker.js'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const threadOf = (bundle = 'worker.js') => createLadderThread(path.join(folder, bundle));
const never = new AbortController().signal;
const question: LadderQuestion = {
  device: 'a-new-board',
  runtime: 'tensorrt-fp16',
  length: 4,
  families: ['MobileNetV2', 'AlexNet'],
  maxWeightBytes: 30e6,
  measured: [],
  elsewhere: [],
  coefficients: null,
};

describe('the thread that chooses a ladder', { timeout: 60_000 }, () => {
  it('answers what is chosen without it, and leaves this thread to others meanwhile', async () => {
    let ticks = 0;
    const clock = setInterval(() => (ticks += 1), 10);
    const chosen = await threadOf().choose(question, never);
    clearInterval(clock);
    expect(chosen).toEqual(chooseLadder(question));
    expect(chosen).toMatchObject({ ok: true, value: { notes: [expect.stringContaining('AlexNet')] } });
    expect(ticks).toBeGreaterThan(10);
  });

  it('passes on why it cannot choose', async () => {
    const unknown = await threadOf().choose({ ...question, families: ['YOLO'] }, never);
    expect(unknown).toMatchObject({ ok: false, error: { code: 'invalid-request' } });
  });

  it('finds rungs by their ids, in that order, and names one that there is not', async () => {
    const thread = threadOf();
    const ids = ['squeezenet-1.1-112', 'mobilenetv2-width-0.5-224'];
    const found = await thread.rungs(ids, never);
    expect(found.ok && found.value.map(({ id }) => id)).toEqual(ids);
    expect(found.ok && [...found.value].reverse()).toEqual(rungsOf(ids));
    expect(await thread.rungs([...ids, 'resnet-7'], never)).toMatchObject({
      ok: false,
      error: { code: 'no-match', message: expect.stringContaining('resnet-7') },
    });
  });

  it('ends at once when it is cancelled', async () => {
    const cancel = new AbortController();
    const asked = threadOf().choose(question, cancel.signal);
    cancel.abort();
    expect(await asked).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(await threadOf().choose(question, cancel.signal)).toMatchObject({ error: { code: 'cancelled' } });
  });

  it.each(['throw new Error("broken");', 'process.exit(3);'])('says that a thread died of %s', async (script) => {
    await writeFile(path.join(folder, 'dead.js'), script);
    expect(await threadOf('dead.js').choose(question, never)).toMatchObject({ error: { code: 'internal' } });
    expect(await threadOf('missing.js').choose(question, never)).toMatchObject({ error: { code: 'internal' } });
  });
});
