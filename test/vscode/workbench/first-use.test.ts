import axe from 'axe-core';
import type { Locator } from 'playwright-core';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorkbench, type Workbench } from '../harness/workbench';
import { violationsOf } from './accessible';
import { showAlone } from './side-bar';

let workbench: Workbench;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'framecast-first-use-'));
  writeFileSync(join(folder, 'notes.md'), 'No model yet.\n');
  workbench = await openWorkbench({
    folder,
    size: { width: 1280, height: 900 },
    settings: { 'workbench.welcomePage.walkthroughs.openOnInstall': true },
  });
});
afterAll(() => workbench.close());

const question = () => workbench.page.locator('.notification-list-item').filter({ hasText: 'Which board is it for?' });
const step = (id: string) => workbench.page.locator(`.getting-started-step[data-step-id$="#${id}"]`);
const isDone = async (id: string): Promise<boolean> =>
  (await workbench.page.locator(`.codicon[data-done-step-id$="#${id}"]`).getAttribute('aria-checked')) === 'true';

/** Presses Tab until the button, or step, of that name has the focus; false if none gets it. */
async function tabTo(name: string, kind = '.monaco-button'): Promise<boolean> {
  const focused = workbench.page.locator(`${kind}:focus`).filter({ hasText: name });
  for (let presses = 0; presses < 60 && (await focused.count()) === 0; presses++) {
    await workbench.page.keyboard.press('Tab');
  }
  return (await focused.count()) > 0;
}

/**
 * Presses a button of a step until what it brings is there: VS Code draws the steps again when one is done, which takes
 * the focus away.
 */
async function press(step: string, button: string, brings: Locator): Promise<void> {
  for (let attempt = 0; attempt < 5 && !(await brings.isVisible()); attempt++) {
    if (!(await tabTo(step, '.getting-started-step'))) continue;
    if ((await workbench.page.locator('.getting-started-step.expanded:focus').count()) === 0) {
      await workbench.page.keyboard.press('Enter');
    }
    if (!(await tabTo(button))) continue;
    await workbench.page.keyboard.press('Enter');
    await brings.waitFor({ timeout: 5000 }).catch(() => undefined);
  }
  await brings.waitFor();
}

/**
 * Answers what a button of a step asks, until the step is done: VS Code focuses a step once more a moment after it was
 * expanded or drawn again, which closes a list or box that is open by then.
 */
async function answer(id: string, name: string, button: string, text: string): Promise<void> {
  const box = workbench.page.locator('.quick-input-widget input[type="text"]').filter({ visible: true }).first();
  const list = workbench.page.locator('.quick-input-list');
  for (let attempt = 0; attempt < 5 && !(await isDone(id)); attempt++) {
    await press(name, button, box);
    try {
      await box.fill(text, { timeout: 2000 });
      if (await list.isVisible()) await list.locator('.monaco-list-row.focused').waitFor({ timeout: 2000 });
    } catch {
      continue;
    }
    await workbench.page.keyboard.press('Enter');
    await workbench.page
      .locator(`.codicon[data-done-step-id$="#${id}"][aria-checked="true"]`)
      .waitFor({ timeout: 5000 })
      .catch(() => undefined);
  }
  expect(await isDone(id)).toBe(true);
}

async function openWalkthrough(): Promise<void> {
  await workbench.runCommand('Welcome: Open Walkthrough...');
  const box = workbench.page.locator('.quick-input-widget input').filter({ visible: true });
  await box.fill('Get Started with Framecast');
  await workbench.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: 'Framecast' }).waitFor();
  await workbench.page.keyboard.press('Enter');
  await step('board').waitFor();
}

it('fills the empty list of models with one command, asks for the board once, and marks nothing', async () => {
  await showAlone(workbench, 'Models');
  await workbench.page.locator('.monaco-button', { hasText: 'Create a Sample Model' }).waitFor();
  await tabTo('Create a Sample Model');
  await workbench.page.keyboard.press('Enter');
  await workbench.page.locator('.tab.active').filter({ hasText: 'sample-mobilefacenet.onnx' }).waitFor();
  await workbench.webview().locator('.fps').waitFor();
  await question().waitFor();
  expect(await workbench.page.locator('.statusbar-item.warning-kind, .statusbar-item.error-kind').count()).toBe(0);
  expect(await violationsOf(workbench)).toEqual([]);
  await workbench.runCommand('Notifications: Clear All Notifications');
  await workbench.runCommand('Framecast: Create a Sample Model');
  await workbench.page.locator('.tab.active').filter({ hasText: 'sample-mobilenetv2.onnx' }).waitFor();
  await workbench.webview().locator('.fps').waitFor();
  expect(await question().count()).toBe(0);
});

it('is introduced in four steps that the keyboard alone completes', async () => {
  await openWalkthrough();
  // The samples were shown before there was a walkthrough.
  await expect.poll(() => isDone('model')).toBe(true);
  expect([await isDone('board'), await isDone('target'), await isDone('measure')]).toEqual([false, false, false]);
  await workbench.screenshot('walkthrough');

  await answer('board', 'Choose your board', 'Choose Board', 'Orin Nano 8GB, TensorRT FP16');

  const sample = workbench.page.locator('.tab.active').filter({ hasText: 'sample-resnet.onnx' });
  await press('Open or create a model', 'Create a Sample Model', sample);
  await openWalkthrough();
  await expect.poll(() => isDone('model')).toBe(true);

  await answer('target', 'Set a target', 'Set Target FPS', '30');

  // What an extension's own text, buttons and pictures can break; the structure of the page is VS Code's.
  await workbench.page.evaluate(axe.source);
  const found = await workbench.page.evaluate<axe.AxeResults>(
    'axe.run(".getting-started-detail-container", { runOnly: ["color-contrast", "image-alt", "svg-img-alt", "button-name", "link-name"] })',
  );
  const serious = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([]);

  const comparison = workbench.page.locator('.tab.active').filter({ hasText: 'Compare' });
  await press('Compare or measure', 'Compare Models', comparison);
  await workbench.webview().locator('table.comparison tbody tr').first().waitFor({ timeout: 60_000 });
  await openWalkthrough();
  await expect.poll(() => isDone('measure')).toBe(true);
});
