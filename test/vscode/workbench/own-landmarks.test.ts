import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Landmark } from '../../../src/core/landmarks/landmark';
import { openLandmarkStore } from '../../../src/files/landmarks';
import { openWorkbench, type Workbench } from '../harness/workbench';

/** Where the extension under test keeps landmarks: in the home folder that the harness gives it. */
const ownFile = (): string => join(inject('harness').scratch, 'home', 'landmarks.jsonl');

const measured: Landmark = {
  model: 'resnet34',
  family: 'ResNet',
  parameters: 21_797_672,
  device: 'jetson-nano',
  runtime: 'tensorrt-fp16',
  resolution: 224,
  batch: 1,
  throughputFps: 36,
  campaign: 'desk',
  source: 'benchmark',
};

let workbench: Workbench;
beforeAll(async () => {
  workbench = await openWorkbench();
});
afterAll(async () => {
  await workbench.close();
  await rm(ownFile(), { force: true });
  await rm(join(workbench.folder, 'team'), { recursive: true, force: true });
});

const throughput = async (): Promise<number> => {
  const texts = await workbench.statusBar();
  return Number(/([\d.]+) FPS/.exec(texts.join(' '))?.[1] ?? Number.NaN);
};

it('moves what is open when another program adds a landmark, and back when it is deleted', async () => {
  await workbench.openFile('resnet18.onnx');
  await expect.poll(throughput).toBeGreaterThan(85);
  const store = openLandmarkStore(ownFile());
  const added = await store.appendNew([{ landmark: measured }]);
  if (!added.ok) throw new Error(added.error.message);
  await expect.poll(throughput).toBeLessThan(80);
  const page = workbench.webview();
  await page
    .getByText(/Your board is \d+(\.\d)?% slower than the paper's/)
    .first()
    .waitFor({ state: 'attached' });
  await workbench.screenshot('own-landmarks');
  await store.remove(added.value);
  await expect.poll(throughput).toBeGreaterThan(85);
});

it('reads the file of a team, and says once which line of it is broken', async () => {
  const file = join(workbench.folder, 'team', 'landmarks.jsonl');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ schema: 1, ...measured })}\n{"schema":1,\n`);
  workbench.changeSettings({ 'framecast.teamLandmarks': ['team/landmarks.jsonl'] });
  await expect.poll(throughput).toBeLessThan(80);
  await expect
    .poll(async () => (await workbench.notifications()).join(' '))
    .toContain('landmarks.jsonl, line 2 is skipped: It is not JSON');
});
