/**
 * The path of somebody who has the package and the README alone, in one window: `npm run walk`. Every stop is one test,
 * which goes on where the one before ended, and takes its picture in each theme.
 */
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { StandIn } from '../../jetson/stand-in/stand-in';
import { openWorkbench, type Workbench } from '../harness/workbench';
import { violationsOf } from '../workbench/accessible';
import {
  answer,
  chooseInExplorer,
  continueIfAsked,
  forgetMeasurements,
  pick,
  startBoard,
  storedLandmarks,
  writeDevices,
} from '../workbench/board';
import { showAlone } from '../workbench/side-bar';

let board: StandIn;
let workbench: Workbench;
beforeAll(async () => {
  forgetMeasurements();
  writeDevices([]);
  board = await startBoard({ tensorrt: '8.5' });
  const folder = mkdtempSync(join(inject('harness').scratch, 'nothing-'));
  writeFileSync(join(folder, 'notes.md'), 'No model yet.\n');
  workbench = await openWorkbench({
    folder,
    theme: 'light',
    size: { width: 1440, height: 900 },
    settings: {
      'workbench.welcomePage.walkthroughs.openOnInstall': true,
      'window.commandCenter': false,
      'window.title': '${activeEditorShort}${separator}${rootName}',
      'editor.minimap.enabled': false,
    },
  });
});
afterAll(async () => {
  await workbench.close();
  await board.stop();
});

const page = () => workbench.webview();
const box = () => workbench.page.locator('.quick-input-widget input').filter({ visible: true });
const fps = () => page().locator('.fps').first();
const isDone = async (id: string): Promise<boolean> =>
  (await workbench.page.locator(`.codicon[data-done-step-id$="#${id}"]`).getAttribute('aria-checked')) === 'true';

/** The window in each theme; the page, if one is open, must be accessible in all of them. */
async function picture(name: string, hasPage = true): Promise<void> {
  for (const theme of ['high-contrast', 'dark', 'light'] as const) {
    await workbench.setTheme(theme);
    await workbench.page.mouse.move(2, 2);
    await workbench.page.waitForTimeout(1500); // charts move into place
    if (hasPage) expect(await violationsOf(workbench)).toEqual([]);
    await workbench.screenshot(`${name}-${theme}`);
  }
}

/** Clicks a button of a step until what it brings is there: VS Code draws the steps again when one is done. */
async function clickStep(id: string, button: string, brings: Locator): Promise<void> {
  const step = workbench.page.locator(`.getting-started-step[data-step-id$="#${id}"]`);
  for (let attempt = 0; attempt < 5 && !(await brings.isVisible()); attempt++) {
    if (!(await step.getAttribute('class'))?.includes('expanded')) await step.click();
    await step.locator('.monaco-button', { hasText: button }).click();
    await brings.waitFor({ timeout: 5000 }).catch(() => undefined);
  }
  await brings.waitFor();
}

const tab = (name: string) => workbench.page.locator('.tab.active').filter({ hasText: name });

async function openWalkthrough(): Promise<void> {
  await workbench.runCommand('Welcome: Open Walkthrough...');
  await box().fill('Get Started with Framecast');
  await workbench.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: 'Framecast' }).waitFor();
  await workbench.page.keyboard.press('Enter');
  await workbench.page.locator('.getting-started-step[data-step-id$="#board"]').waitFor();
}

it('begins with nothing but a walkthrough, whose first step asks for the board', async () => {
  await openWalkthrough();
  await workbench.page.locator('.getting-started-media iframe').waitFor();
  await picture('walkthrough', false);
  await clickStep('board', 'Choose Board', box().first());
  await box().fill('Orin Nano 8GB, TensorRT FP16');
  await pick(workbench, 'Orin Nano 8GB');
  await expect.poll(() => isDone('board')).toBe(true);
});

it('goes on to a sample and its prediction for the Orin Nano', async () => {
  await clickStep('model', 'Create a Sample Model', tab('sample-mobilefacenet.onnx'));
  await fps().waitFor();
  expect(await fps().innerText()).toMatch(/\d+(\.\d+)?\s*FPS/);
  expect(await page().getByLabel('Device').inputValue()).toMatch(/orin-nano/);
  await picture('prediction');
});

it('sets a target', async () => {
  await openWalkthrough();
  await clickStep('target', 'Set Target FPS', box().first());
  await answer(workbench, 'Target FPS', '30');
  await expect.poll(() => isDone('target')).toBe(true);
  for (const name of ['sample-mobilenetv2.onnx', 'sample-resnet.onnx']) {
    await workbench.runCommand('Framecast: Create a Sample Model');
    await tab(name).waitFor();
    await fps().waitFor();
  }
});

it("lets a pipeline of the models be written, and reads the board's budget", async () => {
  await workbench.runCommand('Framecast: Open Pipeline');
  const offer = workbench.page.locator('.notification-list-item').filter({ hasText: 'There is no pipeline' });
  await offer.getByRole('button', { name: 'Create pipeline.yaml' }).click();
  await page().getByRole('heading', { name: 'pipeline.yaml' }).waitFor();
  await expect.poll(() => fps().innerText()).toMatch(/^[\d.]+ FPS \([\d.]+ to [\d.]+\)$/);
  expect(await page().getByText('Problems in the file').count()).toBe(0);
  expect(await page().locator('.chip').first().innerText()).toContain("the camera's 30 FPS");
  await picture('pipeline');
});

/** Name and frames per second of each row, as the page says them. */
let compared: (readonly [name: string, fps: string])[];

it('compares the models', async () => {
  await openWalkthrough();
  await clickStep('measure', 'Compare Models', tab('Compare'));
  const rows = page().locator('table.comparison tbody tr:not(.group)');
  await rows.nth(2).waitFor();
  compared = await Promise.all(
    (await rows.all()).map(async (row) => {
      const name = await row.locator('.model-name button').innerText();
      return [name, await row.locator('td:nth-child(2) strong').innerText()] as const;
    }),
  );
  expect(compared).toHaveLength(3);
  expect(await page().getByText('Set a target').count()).toBe(0);
  await picture('comparison');
});

it('answers an assistant with the figures of the page', async () => {
  const client = new Client({ name: 'walk', version: '1' });
  const { extensionFolder } = inject('harness');
  const args = [join(extensionFolder, 'dist', 'cli.js'), 'mcp'];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, cwd: workbench.folder }));
  const models = compared.map(([name]) => name);
  const answered = await client.callTool({
    name: 'compare',
    arguments: { models, device: 'orin nano', runtime: 'tensorrt-fp16', targetFps: 30 },
  });
  await client.close();
  const rows = (answered.structuredContent as { models: { file: string; throughputFps: number }[] }).models;
  const figures = rows.map(({ file, throughputFps }) => [file, throughputFps.toFixed(0)]);
  const shown = compared.map(([name, text]) => [name, Number.parseFloat(text.replaceAll(',', '')).toFixed(0)]);
  expect(figures.sort()).toEqual(shown.sort());
});

it('adds a board and measures the sample on it', { timeout: 240_000 }, async () => {
  await showAlone(workbench, 'Devices');
  await workbench.page
    .locator('.pane')
    .filter({ hasText: /^Devices/ })
    .getByRole('button', { name: 'Add Device…' })
    .first()
    .click();
  await pick(workbench, 'board');
  await answer(workbench, 'Name of', 'bench');
  await workbench.page
    .locator('.sidebar .monaco-list-row')
    .filter({ visible: true, hasText: 'bench' })
    .first()
    .waitFor();
  await workbench.page.locator('.activitybar .action-label[aria-label^="Explorer"]').click();
  await chooseInExplorer(workbench, ['sample-mobilefacenet.onnx'], 'Benchmark on Jetson…');
  await pick(workbench, 'Start');
  await page().getByRole('heading', { level: 1, name: 'sample-mobilefacenet' }).waitFor();
  const measured = page().getByRole('heading', { level: 2, name: /^Measured on/ });
  await continueIfAsked(workbench, measured);
  await measured.waitFor({ timeout: 180_000 });
  expect(storedLandmarks()).toHaveLength(1);
  // Without the lower rows, which name files of this machine.
  await workbench.resize(1440, 830);
  await picture('benchmark');
  await workbench.resize(1440, 900);
});

it('has ticked every step, also those that were done before the walkthrough was shown again', async () => {
  await workbench.reload();
  await workbench.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 60_000 });
  await openWalkthrough();
  for (const id of ['board', 'model', 'target', 'measure']) await expect.poll(() => isDone(id)).toBe(true);
  await picture('done', false);
});
