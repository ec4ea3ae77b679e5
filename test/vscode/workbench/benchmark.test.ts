import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StandIn } from '../../jetson/stand-in/stand-in';
import type { Workbench } from '../harness/workbench';
import { violationsOf } from './accessible';
import {
  answer,
  chooseInExplorer,
  continueIfAsked,
  forgetMeasurements,
  openFolderOfModels,
  pick,
  startBoard,
  storedLandmarks,
  writeDevices,
} from './board';
import { chooseFile } from './file-dialog';

let board: StandIn;
let workbench: Workbench;
beforeAll(async () => {
  forgetMeasurements();
  writeDevices([]);
  board = await startBoard({ tensorrt: '8.2', clocksLocked: false });
  workbench = await openFolderOfModels();
});
afterAll(async () => {
  await workbench.close();
  await board.stop();
});

const heading = (name: string | RegExp, level = 1) => workbench.webview().getByRole('heading', { level, name });
const standing = (): Promise<string> => workbench.webview().locator('.standing').innerText();
const measured = () => heading('Measured on stand-in', 2);
const timing = () => workbench.webview().locator('.stage.is-running').filter({ hasText: 'Measure' });
const enough = { timeout: 120_000 };

describe('a benchmark', () => {
  it('takes a model from the Explorer to a landmark', enough, async () => {
    await chooseInExplorer(workbench, ['mobilenet_v2.onnx'], 'Benchmark on Jetson…');
    await pick(workbench, 'from ~/.ssh/config');
    await answer(workbench, 'Name of board', null);
    await pick(workbench, 'Start');
    await heading('mobilenet_v2').waitFor();
    await continueIfAsked(workbench, measured());
    await measured().waitFor(enough);
    const [landmark, ...others] = storedLandmarks();
    expect(others).toEqual([]);
    expect(landmark).toMatchObject({ model: 'mobilenet_v2', device: 'stand-in', runtime: 'tensorrt-fp16', batch: 1 });
    const shown = Number(await workbench.webview().locator('.fps .number').innerText());
    expect(Math.abs(shown / Number(landmark?.['throughputFps']) - 1)).toBeLessThan(0.01);
    await workbench.screenshot('benchmark-done');
  });

  it('tells the page of the model what was measured', async () => {
    await workbench.webview().getByRole('button', { name: 'Open mobilenet_v2' }).click();
    await workbench.webview().getByLabel('Device').selectOption('stand-in');
    await workbench.webview().getByText('Measured: mobilenet_v2').first().waitFor();
    await workbench.screenshot('benchmark-first-landmark');
  });
});

describe('the next benchmarks', () => {
  it('remember what was chosen, and measure several models in one job', enough, async () => {
    const models = ['mobilenet large.onnx', 'mobilenet small.onnx', 'squeezenet.onnx'];
    await chooseInExplorer(workbench, models, 'Benchmark on Jetson…');
    await pick(workbench, 'Start');
    await heading('3 models').waitFor();
    await continueIfAsked(workbench, measured());
    await expect.poll(standing, { timeout: 100_000 }).toBe('All 3 runs finished.');
    const rows = workbench.webview().locator('section.runs tbody tr');
    expect(await rows.count()).toBe(3);
    for (const row of await rows.allInnerTexts()) expect(row).toMatch(/TensorRT FP16\s+[\d.,]+ FPS/);
    await workbench.webview().getByRole('button', { name: 'squeezenet, TensorRT FP16' }).click();
    await workbench.webview().getByRole('button', { name: 'Open squeezenet' }).waitFor();
    await workbench.screenshot('benchmark-several');
    expect(storedLandmarks()).toHaveLength(4);
  });

  it('show the prediction beside the figure, and change the prediction on open pages', enough, async () => {
    await workbench.openFile('mnasnet.onnx');
    const fps = workbench.webview().locator('.fps .number');
    await fps.waitFor();
    const onNano = await fps.innerText();
    await workbench.webview().getByLabel('Device').selectOption('stand-in');
    await expect.poll(() => fps.innerText()).not.toBe(onNano);
    const before = await fps.innerText();
    await start('mnasnet.onnx');
    await measured().waitFor(enough);
    const shown = (await workbench.webview().locator('.predicted').innerText()).replace(/\s+/g, ' ');
    expect(shown).toContain(`Predicted ${before} FPS`);
    expect(shown).toMatch(/Error ([+−][\d.,]+|0\.0)%/);
    await workbench.screenshot('benchmark-error');
    await workbench.webview().getByRole('button', { name: 'Open mnasnet' }).click();
    await expect.poll(() => workbench.webview().getByLabel('Device').inputValue()).toBe('stand-in');
    await expect.poll(() => fps.innerText()).not.toBe(before);
    await workbench.screenshot('benchmark-prediction');
  });

  it('keeps a disturbed figure out of fits until it is accepted', enough, async () => {
    await board.configure({ throttles: true });
    await start('mobilenet small.onnx');
    await measured().waitFor(enough);
    await board.configure({ throttles: false });
    await heading('The run was disturbed', 2).waitFor();
    await workbench.screenshot('benchmark-disturbed');
    expect(storedLandmarks().at(-1)?.['verdict']).toBeUndefined();
    await workbench.webview().getByRole('button', { name: 'Include in fits' }).click();
    await workbench.webview().getByText('Included in fits.').waitFor();
    expect(storedLandmarks().at(-1)?.['verdict']).toBe('accepted');
  });

  it('ends with the board when it is cancelled, without a landmark', enough, async () => {
    const before = storedLandmarks().length;
    await board.configure({ paceMs: 1000 });
    await start('mobilenet small.onnx');
    await timing().waitFor(enough);
    await workbench.screenshot('benchmark-timing');
    expect(await violationsOf(workbench)).toEqual([]);
    await workbench.webview().getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(async () => await workbench.webview().locator('.standing.is-cancelled').count(), enough).toBe(1);
    await board.configure({ paceMs: 0 });
    expect(storedLandmarks()).toHaveLength(before);
    await expect.poll(async () => (await board.server.processes()).map(({ program }) => program)).toEqual([]);
  });

  it('begin on the page of a model, where nothing was measured with a runtime', enough, async () => {
    await workbench.openFile('mnasnet.onnx');
    await workbench.webview().getByLabel('Device').selectOption('stand-in');
    const offer = workbench.webview().getByRole('button', { name: 'Measure with TensorRT FP32 on a board' });
    await workbench.webview().getByText('Details and method').click();
    await offer.click();
    const row = workbench.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Start' });
    await row.filter({ hasText: 'TensorRT FP32 on board' }).waitFor();
    await workbench.screenshot('benchmark-measure-it');
    await pick(workbench, 'Start');
    await heading('mnasnet').waitFor();
    await continueIfAsked(workbench, measured());
    await measured().waitFor(enough);
    expect(storedLandmarks().at(-1)).toMatchObject({ model: 'mnasnet', runtime: 'tensorrt-fp32', device: 'stand-in' });
    await workbench.webview().getByRole('button', { name: 'Open mnasnet' }).click();
    await offer.waitFor({ state: 'detached' });
    await workbench.screenshot('benchmark-measured-it');
  });
});

describe('a window that is loaded again during the job', () => {
  it('goes on with the page, and has the result', { timeout: 180_000 }, async () => {
    const before = storedLandmarks().length;
    await board.configure({ paceMs: 500 });
    await start('mobilenet small.onnx');
    await timing().waitFor(enough);
    await workbench.reload();
    await heading('mobilenet small').waitFor({ timeout: 60_000 });
    await measured().waitFor(enough);
    await board.configure({ paceMs: 0 });
    expect(storedLandmarks()).toHaveLength(before + 1);
    expect(await workbench.webview().locator('pre.log').innerText()).toContain('[Framecast] Connecting to');
  });

  it('offers a job whose page was closed', { timeout: 180_000 }, async () => {
    const before = storedLandmarks().length;
    await board.configure({ paceMs: 500 });
    await start('mobilenet small.onnx');
    await timing().waitFor(enough);
    await workbench.runCommand('View: Close All Editors');
    await workbench.reload();
    const offer = workbench.page
      .locator('.notification-list-item')
      .filter({ hasText: 'is still running or has finished' });
    await offer.waitFor({ timeout: 90_000 });
    await offer.getByRole('button', { name: 'Show' }).click();
    await measured().waitFor(enough);
    await board.configure({ paceMs: 0 });
    expect(storedLandmarks()).toHaveLength(before + 1);
  });
});

describe('the page of a benchmark', () => {
  it('measures the time per layer when it is asked to, and stores it with the landmark', enough, async () => {
    const before = storedLandmarks().length;
    await workbench.webview().getByRole('button', { name: 'Measure time per layer' }).click();
    const rows = workbench.webview().locator('.layer-times tbody tr');
    await continueIfAsked(workbench, rows.first());
    await expect.poll(() => rows.count(), enough).toBeGreaterThan(10);
    for (const row of await rows.allInnerTexts()) expect(row).toMatch(/ (ms|µs)\s/);
    // The stand-in names layers as onnxruntime does, which renames most of those that it fuses.
    expect(await rows.filter({ hasText: /as assumed|fused differently/ }).count()).toBeGreaterThan(0);
    await workbench.webview().locator('[data-chart=layers] canvas').waitFor();
    await workbench.webview().locator('section.layers').scrollIntoViewIfNeeded();
    await workbench.screenshot('benchmark-layers');
    expect(storedLandmarks()).toHaveLength(before + 1);
    const { layers } = storedLandmarks().at(-1)?.['measurement'] as { readonly layers: readonly unknown[] };
    expect(layers.length).toBeGreaterThan(10);
  });

  it.each(['light', 'high-contrast', 'high-contrast-light', 'dark'] as const)(
    'is accessible in the %s theme',
    async (theme) => {
      await workbench.setTheme(theme);
      await measured().waitFor();
      expect(await violationsOf(workbench)).toEqual([]);
      await workbench.webview().locator('section.layers').scrollIntoViewIfNeeded();
      await workbench.screenshot(`benchmark-${theme}`);
    },
  );

  it.each([300, 480, 800, 1600])('has no horizontal overflow in a window whose page is %i px wide', async (width) => {
    await measured().waitFor();
    const body = workbench.webview().locator('body');
    const current = (await body.boundingBox())?.width ?? 0;
    const windowWidth = workbench.page.viewportSize()?.width ?? 0;
    await workbench.resize(Math.round(windowWidth + width - current), 2400);
    await expect.poll(async () => Math.abs(((await body.boundingBox())?.width ?? 0) - width)).toBeLessThan(20);
    await workbench.screenshot(`benchmark-${width}px`);
    const overflow = await workbench
      .webview()
      .locator('html')
      .evaluate((html) => {
        const { scrollWidth, clientWidth } = html as unknown as { scrollWidth: number; clientWidth: number };
        return scrollWidth - clientWidth;
      });
    expect(overflow).toBeLessThanOrEqual(0);
  });
});

describe('a board that cannot be reached', () => {
  it('is said on the page, which tests the connection', enough, async () => {
    await board.server.stop();
    await workbench.webview().getByRole('button', { name: 'Run again' }).click();
    await workbench.webview().getByRole('button', { name: 'Test connection' }).click(enough);
    const sentence = (await workbench.webview().locator('.standing').innerText()).slice(0, 20);
    await expect.poll(() => workbench.notifications()).toContainEqual(expect.stringContaining(sentence));
    await workbench.screenshot('benchmark-unreachable');
  });

  it('takes the weights that a model lacks before it connects', enough, async () => {
    const folder = workbench.folder;
    copyFileSync('test/fixtures/exported/mobilenet_v2.external.onnx', join(folder, 'split.onnx'));
    writeFileSync(join(folder, 'trained.bin'), 'weights');
    await chooseInExplorer(workbench, ['split.onnx'], 'Benchmark on Jetson…');
    await pick(workbench, 'Start');
    await heading('split').waitFor();
    const choose = workbench.webview().getByRole('button', { name: 'Choose weights…' });
    await choose.waitFor(enough);
    expect(await standing()).toContain('which is missing');
    await choose.click();
    await chooseFile(workbench, join(folder, 'trained.bin'));
    await expect.poll(() => existsSync(join(folder, 'mobilenet_v2.weights.bin')), { timeout: 20_000 }).toBe(true);
    // Measured again, it gets as far as the board.
    await workbench.webview().getByRole('button', { name: 'Test connection' }).waitFor(enough);
    expect(await choose.count()).toBe(0);
  });
});

/** Benchmarks one model as the last one was. */
async function start(path: string): Promise<void> {
  await chooseInExplorer(workbench, [path], 'Benchmark on Jetson…');
  await pick(workbench, 'Start');
  await heading(path.replace(/\.onnx$/, '')).waitFor();
  const isPast = workbench
    .webview()
    .locator('.stage.is-running')
    .filter({ hasText: /Send|Build|Time|Wait/ });
  await continueIfAsked(workbench, isPast.or(measured()));
}
