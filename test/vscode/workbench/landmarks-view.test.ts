import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openWorkbench, type Workbench } from '../harness/workbench';
import { violationsOf } from './accessible';

let workbench: Workbench;
/** Where the extension under test keeps landmarks: in the home folder that the harness gives it. */
const ownFile = (): string => join(inject('harness').scratch, 'home', 'landmarks.jsonl');
beforeAll(async () => {
  // High enough for the rows of the view, which are drawn only where they are seen.
  workbench = await openWorkbench({ size: { width: 1280, height: 1500 } });
  rmSync(ownFile(), { force: true });
  await workbench.page.locator('.activitybar .action-label[aria-label^="Framecast"]').click();
});
afterAll(async () => {
  await workbench.close();
  rmSync(ownFile(), { force: true });
});

const pane = () =>
  workbench.page.locator('.pane').filter({ has: workbench.page.locator('.pane-header[aria-label^="Landmarks"]') });
const row = (text: string | RegExp) => pane().locator('.monaco-list-row').filter({ hasText: text }).first();

async function expand(label: string): Promise<void> {
  await row(label).waitFor();
  await expect
    .poll(async () => {
      const isExpanded = (await row(label).getAttribute('aria-expanded')) === 'true';
      if (!isExpanded) await row(label).click();
      return isExpanded;
    })
    .toBe(true);
}

async function choose(target: string | RegExp, entry: string): Promise<void> {
  await row(target).click({ button: 'right' });
  const item = workbench.page.locator('.context-view .action-item').filter({ visible: true, hasText: entry }).first();
  await item.waitFor();
  // A menu takes no notice of a click that comes as soon as it is there.
  await workbench.page.waitForTimeout(400);
  await item.click();
}

describe('the Landmarks view', () => {
  it('shows what is measured by device, runtime and family, with the distance to the fit', async () => {
    const header = workbench.page.locator('.pane-header[aria-label^="Landmarks"]');
    // The view takes a moment to settle after its container opens, and a click before that may be lost.
    await expect
      .poll(async () => {
        if ((await header.getAttribute('aria-expanded')) !== 'true') await header.click();
        return await row('Jetson Nano').count();
      })
      .toBe(1);
    for (const other of ['Models', 'Devices']) {
      const open = workbench.page.locator(`.pane-header[aria-label^="${other}"][aria-expanded="true"]`);
      // By its name: other places of a view's head have buttons on them.
      if ((await open.count()) > 0) await open.locator('.title').click();
    }
    await expand('Jetson Nano');
    await expand('TensorRT FP16');
    await expand('MobileNetV2');
    const text = await row('mobilenet_v2').first().innerText();
    expect(text).toMatch(/FPS/);
    expect(text).toMatch(/its fit/);
    await workbench.screenshot('landmarks-view');
  });

  it('leaves a published landmark out of the fits and takes it back', async () => {
    await choose('mobilenet_v2', 'Leave Out of Fits');
    await expect.poll(() => row('switched off').count()).toBe(1);
    await choose('switched off', 'Take Into Fits');
    await expect.poll(() => row('switched off').count()).toBe(0);
  });

  it('shows the fits of the place, follows new landmarks, and is accessible', async () => {
    await choose('MobileNetV2', 'Show Fit');
    const view = workbench.webview();
    await view.getByRole('heading', { name: 'Landmarks and their fits' }).waitFor();
    await view.getByText('One fit through all').first().waitFor();
    await view.locator('.grouping').waitFor();
    expect(await view.locator('.grouping').innerText()).toMatch(/% less/);
    await workbench.screenshot('fit-dark');
    for (const theme of ['light', 'high-contrast', 'high-contrast-light', 'dark'] as const) {
      await workbench.setTheme(theme);
      expect(await violationsOf(workbench)).toEqual([]);
      await workbench.screenshot(`fit-${theme}`);
    }
    await view.getByLabel('One fit through all').check();
    await view.getByRole('combobox', { name: 'Family' }).selectOption('');
    await workbench.screenshot('fit-naive');
    const landmark = {
      ...{ schema: 1, model: 'my_model', family: 'ResNet', parameters: 5_000_000, device: 'jetson-nano' },
      ...{
        runtime: 'tensorrt-fp16',
        resolution: 224,
        batch: 1,
        throughputFps: 120,
        campaign: 'desk',
        source: 'a test',
      },
    };
    writeFileSync(ownFile(), `${JSON.stringify(landmark)}\n`);
    await view.locator('summary', { hasText: 'Show as a table' }).click();
    await view.locator('th', { hasText: 'my_model' }).waitFor();
  });

  it('comes back after a reload of the window', async () => {
    await workbench.page.reload();
    await workbench.webview().getByRole('heading', { name: 'Landmarks and their fits' }).waitFor();
    await workbench.webview().locator('th', { hasText: 'my_model' }).first().waitFor({ state: 'attached' });
  });

  it('imports after a preview of what changes', async () => {
    const file = join(workbench.folder, 'measured.csv');
    writeFileSync(
      file,
      [
        'model,family,parameters,device,runtime,resolution,batch,throughputFps,campaign,source',
        'one,ResNet,11689512,jetson-nano,tensorrt-fp16,224,1,80,desk,a test',
        'two,ResNet,25557032,jetson-nano,tensorrt-fp16,224,1,"35,5",desk,a test',
        '',
      ].join('\n'),
    );
    const { page } = workbench;
    await workbench.runCommand('Framecast: Import Landmarks…');
    const input = page.locator('.quick-input-widget input[type=text]');
    await expect.poll(() => input.inputValue()).not.toBe('');
    await input.fill(file);
    // The dialog looks the path up before it takes it.
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'measured.csv' }).waitFor();
    await page.keyboard.press('Enter');
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    const said = await dialog.innerText();
    expect(said).toContain('1 line is new');
    expect(said).toMatch(/Line 3 is left out/);
    await workbench.screenshot('import-preview');
    await dialog.getByRole('button', { name: 'Import 1 Landmark' }).click();
    await expect.poll(async () => (await workbench.notifications()).join()).toContain('Added 1 landmark');
  });
});
