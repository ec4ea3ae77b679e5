import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StandIn } from '../../jetson/stand-in/stand-in';
import type { Workbench } from '../harness/workbench';
import {
  answer,
  continueIfAsked,
  forgetMeasurements,
  openFolderOfModels,
  pick,
  startBoard,
  storedLandmarks,
  writeDevices,
} from './board';
import { landmarksPane } from './landmarks-pane';

let board: StandIn;
let workbench: Workbench;
beforeAll(async () => {
  forgetMeasurements();
  writeDevices([]);
  board = await startBoard({ tensorrt: '8.2' });
  workbench = await openFolderOfModels({ size: { width: 1280, height: 1200 } });
});
afterAll(async () => {
  await workbench.close();
  await board.stop();
  forgetMeasurements();
});

const enough = { timeout: 120_000 };
const command = 'Framecast: Measure Landmark Ladder…';
const rows = (): Locator => workbench.page.locator('.quick-input-list .monaco-list-row');
const notice = (text: string | RegExp): Locator =>
  workbench.page.locator('.notification-list-item').filter({ hasText: text }).first();
const standing = (): Locator => workbench.webview().locator('.standing');
const measured = (): readonly unknown[] => storedLandmarks().map(({ model }) => model);

/** Asks for a ladder up to the list of its models. */
async function choose(families: readonly string[] = []): Promise<void> {
  await workbench.runCommand(command);
  await pick(workbench, /^board/);
  await pick(workbench, 'TensorRT FP16');
  const { page } = workbench;
  await page.getByPlaceholder(/Optional: families to fit separately/).waitFor();
  for (const family of families) await pick(workbench, family);
  await page.keyboard.press('Enter');
  await page.getByPlaceholder(/^Press OK to send these models/).waitFor(enough);
}

/** Leaves all but the models with the smallest files out, and starts. */
async function startSmallest(count: number): Promise<void> {
  const sizes = (await rows().allInnerTexts()).map((text, index) => {
    const [, figure, unit] = /([\d.]+)\s(kB|MB)/.exec(text) ?? [];
    return { index, bytes: Number(figure) * (unit === 'MB' ? 1e6 : 1e3) };
  });
  const others = sizes.sort((one, other) => one.bytes - other.bytes).slice(count);
  for (const { index } of others) await rows().nth(index).click();
  await workbench.page.keyboard.press('Enter');
  await continueIfAsked(workbench, workbench.webview().locator('.stage.is-running').first());
}

const labels = async (): Promise<readonly string[]> =>
  (await rows().allInnerTexts()).map((text) => text.trim().split('\n')[0]!.trim());

describe('a landmark ladder', () => {
  let first: readonly string[] = [];

  it('shows its models with their sizes, and those of an asked family, before anything is sent', enough, async () => {
    await workbench.runCommand(command);
    await pick(workbench, 'from ~/.ssh/config');
    await answer(workbench, 'Name of board', null);
    await rows().filter({ hasText: 'TensorRT FP16' }).waitFor();
    await workbench.page.keyboard.press('Escape');
    await choose();
    first = await labels();
    expect(first).toHaveLength(8);
    for (const row of await rows().allInnerTexts()) expect(row).toMatch(/at \d+×\d+[\s\S]*[KMG]?B[\s\S]*parameters/);
    await workbench.screenshot('ladder-models');
    await workbench.page.keyboard.press('Escape');

    await choose(['MobileNetV2', 'AlexNet']);
    const asked = await labels();
    expect(asked.slice(0, first.length)).toEqual(first);
    expect(asked.filter((label) => /^MobileNetV2.*at 224×224/.test(label))).toHaveLength(3);
    await notice('Equation 2 needs 3 measured members of AlexNet').waitFor();
    await workbench.page.keyboard.press('Escape');
    expect(storedLandmarks()).toEqual([]);
  });

  it('tells the time left, and keeps what is measured when it is cancelled', enough, async () => {
    await board.configure({ paceMs: 100 });
    await choose();
    await startSmallest(3);
    await notice('Landmark ladder on board').waitFor();
    await expect.poll(() => storedLandmarks().length, enough).toBe(1);
    await notice(/About \d+ (s|min) left\./).waitFor();
    await workbench.screenshot('ladder-time-left');

    await workbench.runCommand(command);
    await pick(workbench, /^board/);
    await notice('Landmark ladder on board').waitFor();
    expect(await workbench.page.locator('.notification-list-item').filter({ hasText: 'Landmark ladder' }).count()).toBe(
      1,
    );
    await workbench.webview().getByRole('button', { name: 'Cancel' }).click();
    await notice(/1 of 3 models are measured\..*Measure Landmark Ladder…” again/).waitFor(enough);
    await workbench.screenshot('ladder-cancelled');
    expect(measured()).toHaveLength(1);
  });

  it(
    'goes on without what is measured, also over a reload of the window, to fits and their error',
    enough,
    async () => {
      await board.configure({ paceMs: 200 });
      await choose();
      const rest = await labels();
      expect(rest).toHaveLength(first.length - 1);
      expect(first).toEqual(expect.arrayContaining([...rest]));
      await startSmallest(2);
      await expect.poll(() => storedLandmarks().length, enough).toBe(2);
      await workbench.page.reload();
      await standing().waitFor({ timeout: 60_000 });
      const end = notice(/2 models are measured\. Every model can now be predicted for .*, from 3 landmarks\./);
      await end.waitFor(enough);
      expect(await end.innerText()).toMatch(/Mean error: [\d.]+% for held-out models/);
      await workbench.screenshot('ladder-end');
      expect(new Set(measured()).size).toBe(3);
      expect(storedLandmarks()).toHaveLength(3);
      await end.getByRole('button', { name: 'Show Fits' }).click();
      await workbench.webview().getByRole('heading', { name: 'Landmarks (measured FPS) and their fits' }).waitFor();
      await workbench.webview().getByText('from 3 landmarks').first().waitFor();
      await workbench.screenshot('ladder-fits');
    },
  );

  it('writes a model again that is wanted after the end', async () => {
    await workbench.page.locator('.tab').filter({ hasText: 'Landmark ladder on board' }).last().click();
    const open = workbench.webview().getByRole('button', { name: new RegExp(`^Open (${measured().join('|')})`) });
    await open.first().click();
    await workbench.page.locator('.tab.active').filter({ hasText: '.onnx' }).waitFor();
    await workbench.webview().locator('.fps .number').waitFor();
    await workbench.webview().getByRole('heading', { level: 1 }).first().waitFor();
  });

  it('leaves landmarks in their view, and a device that every model can be predicted for', async () => {
    await workbench.openFile('mnasnet.onnx');
    const page = workbench.webview();
    await page.getByLabel('Device').waitFor();
    await workbench.runCommand('Framecast: Switch Device and Runtime…');
    // The list is longer than its box, which draws only what it shows.
    await workbench.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ hasText: 'Jetson Nano' })
      .first()
      .waitFor();
    await workbench.page.locator('.quick-input-box input').filter({ visible: true }).fill('stand-in');
    await pick(workbench, 'stand-in, TensorRT FP16');
    await expect.poll(() => page.getByLabel('Device').inputValue()).toBe('stand-in');
    await expect.poll(async () => Number(await page.locator('.fps .number').innerText())).toBeGreaterThan(1);
    await expect
      .poll(() => workbench.explorerTooltip('squeezenet.onnx'), { timeout: 20_000 })
      .toMatch(/[\d.]+ FPS on stand-in, TensorRT FP16/);
    await page
      .getByText(/fitted to 3|3 landmarks/)
      .first()
      .waitFor({ state: 'attached' });
    await workbench.screenshot('ladder-predicted');

    const pane = landmarksPane(workbench);
    await pane.open();
    await pane.expand('stand-in');
    await pane.expand('TensorRT FP16');
    const families = new Set(storedLandmarks().map(({ family }) => String(family)));
    for (const family of families) await pane.expand(family);
    for (const model of measured()) await pane.row(String(model)).waitFor();
    await workbench.screenshot('ladder-landmarks');
  });
});
