import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleForNode } from '../../../bundle-for-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import bundle from '../../../../l10n/bundle.l10n.de.json';
import { memoryCeiling } from '../../../../src/core/estimate/board-memory';
import { setLanguage } from '../../../../src/core/language';
import { messageKey } from '../../../../src/core/message-key';
import { createEstimators } from '../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { timeBreakdown } from '../../../../src/core/present/time-breakdown';
import { summariseFile } from '../../../../src/files/reading/read-summary';
import type { WorkProgress } from '../../../../src/core/work-progress';
import { profileOfFile } from '../../core/present/models';
import { createModelThreads, type ModelThreads, type ThreadBounds } from '../../../../src/files/reading/model-threads';

let folder: string;
const open: ModelThreads[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'framecast-threads-'));
  await bundleForNode('src/files/reading/model-worker.ts', path.join(folder, 'worker.js'));
});

afterAll(async () => {
  open.forEach((workers) => workers.dispose());
  await rm(folder, { recursive: true });
});

function threadsOf(bundle: string, bounds?: ThreadBounds): ModelThreads {
  const workers = createModelThreads(path.join(folder, bundle), bounds);
  open.push(workers);
  return workers;
}

const samples = ['resnet18', 'resnet50', 'mobilenet_v2', 'squeezenet1_1', 'densenet121'].map(
  (name) => `samples/${name}.onnx`,
);

describe('threads that read models', () => {
  it('answer each file as it is read without them, at the sizes that are asked for', async () => {
    const workers = threadsOf('worker.js');
    const sizes = [{}, { resolution: 96, batch: 2 }];
    const asked = sizes.flatMap((size) => samples.map((file) => ({ file, size })));
    const answers = await Promise.all(asked.map(({ file, size }) => workers.summarise({ path: file, sizes: [size] })));
    for (const [index, { file, size }] of asked.entries()) {
      const plain = await summariseFile(file, { sizes: [size] });
      expect(answers[index], file).toEqual(JSON.parse(JSON.stringify(plain)));
    }
  });

  it('say how far they are, stage by stage, before they answer', async () => {
    const said: WorkProgress[] = [];
    let isAnswered = false;
    const answer = threadsOf('worker.js').summarise({ path: samples[0]! }, undefined, (progress) => {
      expect(isAnswered).toBe(false);
      said.push(progress);
    });
    expect(await answer.finally(() => (isAnswered = true))).toMatchObject({ ok: true });
    expect([...new Set(said.map(({ stage }) => stage))]).toEqual([
      'bytes',
      'structure',
      'parameters',
      'shapes',
      'cost',
    ]);
    expect(said.map(({ share }) => share)).toEqual(said.map(({ share }) => share).sort((one, other) => one - other));
    expect(said.every(({ share }) => share >= 0 && share < 1)).toBe(true);
  });

  it('say what each kernel takes, and how the kernels are connected', async () => {
    const workers = threadsOf('worker.js');
    const estimators = createEstimators(bundledLandmarks);
    const query = { device: 'jetson-nano', runtime: 'tensorrt-fp16', resolution: 192 } as const;
    const profile = await profileOfFile(samples[0]!);
    const [prices, explained] = [estimators.kernelPrices(profile, query), estimators.explainLatency(profile, query)];
    if (!prices.ok || !explained.ok) throw new Error('The sample is not explained.');
    const time = await workers.time({ path: samples[0]!, prices: prices.value });
    expect(time).toEqual({ ok: true, value: timeBreakdown(explained.value) });
    if (!time.ok) return;
    const network = await workers.network({ path: samples[0]!, size: query, time: time.value });
    expect(network).toMatchObject({ ok: true, value: { kernels: explained.value.layers.length } });
    const node = network.ok && network.value.nodes.find(({ output }) => output === time.value.kernels[0]!.output);
    expect(node).toMatchObject({ latencyMs: time.value.kernels[0]!.latencyMs });
    expect(await workers.time({ path: folder, prices: prices.value })).toMatchObject({ error: { code: 'unreadable' } });
  });

  it('find the highest resolution that fits into memory, also of a board that only the window knows', async () => {
    const [profile, query] = [await profileOfFile(samples[0]!), { device: 'own', runtime: 'tensorrt-fp16' } as const];
    const shape = { height: 3, width: 4 };
    const memoryBytes = 2 ** 29;
    const found = await threadsOf('worker.js').ceiling({ path: samples[0]!, query, shape, memoryBytes });
    expect(found).toEqual(await memoryCeiling(profile, query, shape, undefined, memoryBytes));
    expect(found).toMatchObject({
      ok: true,
      value: { isBeyond: false, size: { height: expect.any(Number) as number } },
    });
  });

  it('answer in the language that was set before they begin', async () => {
    const page = path.join(folder, 'page.onnx');
    await writeFile(page, '<!doctype html><title>Sign in</title>');
    const messages = Object.entries(bundle).map(([message, text]) => [messageKey(message), text]);
    setLanguage({ locale: 'de', messages: Object.fromEntries(messages) as Record<string, string> });
    try {
      const answer = await threadsOf('worker.js').summarise({ path: page, sizes: [{}] });
      expect(answer).toMatchObject({ error: { message: expect.stringMatching(/^Dies ist eine HTML-Seite/) } });
    } finally {
      setLanguage(null);
    }
  });

  it('say why a file cannot be read, and go on', async () => {
    const workers = threadsOf('worker.js');
    const torn = path.join(folder, 'torn.onnx');
    await writeFile(torn, 'hello');
    const answers = await Promise.all(
      [torn, path.join(folder, 'missing.onnx'), folder, samples[0]!].map((file) => workers.summarise({ path: file })),
    );
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.error.code))).toEqual([
      'not-onnx',
      'unreadable',
      'unreadable',
      'ok',
    ]);
  });

  it('leave out what is cancelled before its turn', async () => {
    const workers = threadsOf('worker.js');
    const controller = new AbortController();
    const many = Array.from({ length: 9 }, () => workers.summarise({ path: samples[4]! }, controller.signal));
    controller.abort();
    const codes = (await Promise.all(many)).map((answer) => (answer.ok ? 'ok' : answer.error.code));
    expect(codes).toContain('cancelled');
    expect((await workers.summarise({ path: samples[0]! })).ok).toBe(true);
    expect(await workers.summarise({ path: samples[0]! }, controller.signal)).toMatchObject({
      error: { code: 'cancelled' },
    });
  });

  it('that die fail what they were reading, and others take their place', async () => {
    await writeFile(
      path.join(folder, 'mortal.js'),
      `module.exports = { __esModule: true, default: ({ path }) => {
        if (path === 'deadly') process.exit(7);
        for (const held = []; path === 'hungry';) held.push(new Array(1e5).fill(held.length));
        while (path === 'endless');
        return JSON.stringify({ ok: true, value: path });
      } };`,
    );
    const workers = threadsOf('mortal.js', { deadlineMs: 60_000, heapMiB: 32 });
    const answers = await Promise.all(['deadly', 'deadly', 'deadly'].map((file) => workers.summarise({ path: file })));
    for (const answer of answers) {
      expect(answer).toMatchObject({ ok: false, error: { code: 'internal' } });
      expect(answer.ok ? '' : answer.error.message).toContain('code: 7');
    }
    expect(await workers.summarise({ path: 'hungry' })).toMatchObject({ ok: false, error: { code: 'too-large' } });
    expect(await workers.summarise({ path: 'harmless' })).toEqual({ ok: true, value: 'harmless' });
  });

  it('are ended when they are cancelled at work, or take too long', async () => {
    const workers = threadsOf('mortal.js', { deadlineMs: 4000, heapMiB: 32 });
    const controller = new AbortController();
    const cancelled = workers.summarise({ path: 'endless' }, controller.signal);
    const next = workers.summarise({ path: 'harmless' });
    controller.abort();
    expect(await cancelled).toMatchObject({ error: { code: 'cancelled' } });
    expect(await next).toEqual({ ok: true, value: 'harmless' });
    expect(await workers.summarise({ path: 'endless' })).toMatchObject({ error: { code: 'timed-out' } });
    expect(await workers.summarise({ path: 'harmless' })).toEqual({ ok: true, value: 'harmless' });
  });

  it('answer nothing more once they are ended, and leave nobody waiting', async () => {
    const workers = threadsOf('worker.js');
    const asked = samples.map((file) => workers.summarise({ path: file }));
    workers.dispose();
    for (const answer of [...(await Promise.all(asked)), await workers.summarise({ path: samples[0]! })]) {
      expect(answer).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    }
  });
});
