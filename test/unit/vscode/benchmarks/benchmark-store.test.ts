import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BenchmarkRecord } from '../../../../src/vscode/benchmarks/benchmark-record';
import { openBenchmarkStore } from '../../../../src/vscode/benchmarks/benchmark-store';
import { newBenchmark } from '../../../../src/vscode/pages/benchmark/benchmark-view';
import { measurement } from '../pages/benchmark/measured';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'framecast-benchmarks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function record(id: string, startedAt = 0, openJob: BenchmarkRecord['openJob'] = null): BenchmarkRecord {
  const device = { name: 'nano', host: 'nano' };
  const runs = [
    {
      modelPath: '/a b/r.onnx',
      modelName: 'r',
      runtime: 'tensorrt-fp16',
      trials: 50,
      warmupRuns: 10,
      batch: 4,
    } as const,
  ];
  const view = newBenchmark(id, { name: 'nano', destination: 'nano' }, runs, startedAt);
  return { id, plan: { device, runs }, view, log: ['one', 'two'], openJob, sources: [null], owner: 42 };
}

const openJob: NonNullable<BenchmarkRecord['openJob']> = {
  schema: 1,
  jobId: '20261124T001500Z-0123abcd',
  createdAt: '2026-11-24T00:15:00Z',
  destination: 'nano',
  deviceLabel: 'nano',
  campaign: 'nano',
  limits: { buildSeconds: 3600, timeSeconds: 900 },
  board: {
    device: 'jetson-nano',
    standIn: false,
    boardModel: null,
    clocksLocked: null,
    headless: null,
    software: measurement.software,
  },
  runs: [],
  collected: [],
};

it('gives back what was saved', async () => {
  const store = openBenchmarkStore(join(folder, 'new'));
  expect(await store.readAll()).toEqual([]);
  const kept = record('20261124-00000001', 5, openJob);
  await store.save(kept);
  expect(await openBenchmarkStore(join(folder, 'new')).read(kept.id)).toEqual(kept);
});

it('has the last of many saves, and leaves no drafts behind', async () => {
  const store = openBenchmarkStore(folder);
  await Promise.all(Array.from({ length: 30 }, (_, index) => store.save(record('20261124-00000001', index))));
  expect((await store.read('20261124-00000001'))?.view.startedAt).toBe(29);
  expect(readdirSync(folder)).toEqual(['20261124-00000001.json']);
});

it('takes no notice of files that are none of its own, or are cut', async () => {
  const store = openBenchmarkStore(folder);
  await store.save(record('20261124-00000001'));
  writeFileSync(join(folder, '20261124-00000002.json'), '{"schema":1,"id":"20261124-0000');
  writeFileSync(join(folder, '20261124-00000003.json'), JSON.stringify({ schema: 2 }));
  writeFileSync(join(folder, 'notes.txt'), 'x');
  expect((await store.readAll()).map(({ id }) => id)).toEqual(['20261124-00000001']);
  expect(await store.read('../20261124-00000001')).toBeNull();
});

it('drops the oldest of the finished ones, and none with an open job', async () => {
  const store = openBenchmarkStore(folder);
  await store.save(record('20261124-open-job', 0, openJob));
  for (let index = 1; index <= 55; index++)
    await store.save(record(`20261124-${String(index).padStart(8, '0')}`, index));
  expect(await store.readAll()).toHaveLength(56);
  expect(readdirSync(folder)).toHaveLength(56);
  await store.prune();
  const left = (await store.readAll()).map(({ id }) => id);
  expect(left).toHaveLength(51);
  expect(left[0]).toBe('20261124-00000055');
  expect(left.at(-1)).toBe('20261124-open-job');
  expect(readdirSync(folder)).toHaveLength(51);
});
