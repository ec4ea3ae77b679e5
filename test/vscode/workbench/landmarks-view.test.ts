import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkbench, type Workbench } from '../harness/workbench';
import { violationsOf } from './accessible';
import { answer, pick, storedLandmarks } from './board';
import { chooseFile } from './file-dialog';
import { forgetLandmarks, landmarksPane, ownLandmarks, type LandmarksPane } from './landmarks-pane';

let workbench: Workbench;
let pane: LandmarksPane;
beforeAll(async () => {
  workbench = await openWorkbench({ size: { width: 1280, height: 1500 } });
  forgetLandmarks();
  pane = landmarksPane(workbench);
});
afterAll(async () => {
  await workbench.close();
  forgetLandmarks();
});

describe('the Landmarks view', () => {
  it('shows what is measured by device, runtime and family, with the distance to the fit', async () => {
    await pane.open();
    await pane.expand('Jetson Nano');
    await pane.expand('TensorRT FP16');
    await pane.expand('MobileNetV2');
    const text = await pane.row('mobilenet_v2').first().innerText();
    expect(text).toMatch(/FPS/);
    expect(text).toMatch(/its fit/);
    await workbench.screenshot('landmarks-view');
  });

  it('leaves a published landmark out of the fits and takes it back', async () => {
    await pane.choose('mobilenet_v2', 'Exclude from Fits');
    await expect.poll(() => pane.row('switched off').count()).toBe(1);
    await pane.choose('switched off', 'Include in Fits');
    await expect.poll(() => pane.row('switched off').count()).toBe(0);
  });

  it('shows the fits of the place, follows new landmarks, and is accessible', async () => {
    await pane.choose('MobileNetV2', 'Show Fit');
    const view = workbench.webview();
    await view.getByRole('heading', { name: 'Landmarks (measured FPS) and their fits' }).waitFor();
    await view.getByText('One fit for all').first().waitFor();
    await view.locator('.grouping').waitFor();
    expect(await view.locator('.grouping').innerText()).toMatch(/% less/);
    await workbench.screenshot('fit-dark');
    for (const theme of ['light', 'high-contrast', 'high-contrast-light', 'dark'] as const) {
      await workbench.setTheme(theme);
      expect(await violationsOf(workbench)).toEqual([]);
      await workbench.screenshot(`fit-${theme}`);
    }
    await view.getByRole('button', { name: 'One fit for all' }).click();
    await view.getByRole('combobox', { name: 'Family' }).selectOption('');
    // Thirteen ResNets are published there, five of them by the paper, whose fit it is.
    expect(await view.locator('table.equations tr', { hasText: 'ResNet' }).innerText()).toContain('5 of 13');
    await workbench.screenshot('fit-naive');
    const landmark = {
      schema: 1,
      model: 'my_model',
      family: 'ResNet',
      parameters: 5_000_000,
      device: 'jetson-nano',
      runtime: 'tensorrt-fp16',
      resolution: 224,
      batch: 1,
      throughputFps: 120,
      campaign: 'desk',
      source: 'a test',
    };
    writeFileSync(ownLandmarks(), `${JSON.stringify(landmark)}\n`);
    await view.locator('summary', { hasText: 'Show as a table' }).click();
    await view.locator('th', { hasText: 'my_model' }).waitFor();
  });

  it('comes back after a reload of the window', async () => {
    await workbench.reload();
    await workbench
      .webview()
      .getByRole('heading', { name: 'Landmarks (measured FPS) and their fits' })
      .waitFor({ timeout: 60_000 });
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
    await chooseFile(workbench, file);
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    const said = await dialog.innerText();
    expect(said).toContain('1 line is new');
    expect(said).toMatch(/Line 3 is skipped/);
    await workbench.screenshot('import-preview');
    await dialog.getByRole('button', { name: 'Import 1 Landmark' }).click();
    await expect.poll(async () => (await workbench.notifications()).join()).toContain('Added 1 landmark');
  });
});

/** The input box that is open, once it asks this. */
async function asked(question: string): Promise<Locator> {
  const widget = workbench.page.locator('.quick-input-widget').filter({ visible: true });
  await widget.filter({ hasText: question }).waitFor();
  return widget;
}

/** Types what are no answers: each time the box says why, in the place of its question, and does not go on. */
async function answerAfter(question: string, refused: readonly (readonly [string, string])[], text: string) {
  const widget = await asked(question);
  const box = widget.locator('input[type=text]').filter({ visible: true }).first();
  for (const [wrong, reason] of refused) {
    await box.fill(wrong);
    await widget.filter({ hasText: reason }).waitFor();
    await box.press('Enter');
    await workbench.page.waitForTimeout(200);
    expect(await widget.innerText()).toContain(reason);
    await workbench.screenshot('add-landmark-refused');
  }
  await box.fill(text);
  await asked(question);
  await box.press('Enter');
}

const lastStored = () => storedLandmarks().at(-1);

describe('Add Landmark', () => {
  it('takes a figure with typed parameters, and says of each answer what is wrong with it', async () => {
    const before = storedLandmarks().length;
    await workbench.runCommand('Framecast: Add Landmark…');
    await pick(workbench, 'Type the parameters');
    await answerAfter('Name of the model', [[' ', 'This is required.']], 'our_mobilenet');
    await pick(workbench, /^MobileNetV2/);
    await answerAfter(
      'Parameters in millions',
      [
        ['0', 'Enter a number above 0.'],
        ['-3.5', 'Enter a number above 0.'],
        ['3,5', 'Write the number with a decimal point'],
        ['3504872', 'Enter millions'],
        ['0.0000117', 'Too few for a network: enter millions, such as 11.69 for 11,690,000.'],
      ],
      '3.1',
    );
    await pick(workbench, 'jetson-nano');
    await pick(workbench, 'Not known');
    await pick(workbench, 'TensorRT FP16');
    await answerAfter('Input in pixels', [['22.5', 'Enter a size such as 640x480']], '224');
    await answer(workbench, 'Inputs per inference', '1');
    await answerAfter(
      'FPS: inputs per second',
      [
        ['0', 'Enter a number above 0.'],
        ['-86.4', 'Enter a number above 0.'],
        ['fast', 'Enter a number above 0.'],
        ['86,4', 'Write the number with a decimal point'],
        ['1e9', 'Check its unit and the device.'],
      ],
      '72.5',
    );
    await answerAfter('Campaign', [['paper', 'is a published campaign']], 'desk');
    await answerAfter('Source', [[' ', 'This is required.']], 'our log of May');
    await expect.poll(() => storedLandmarks().length).toBe(before + 1);
    expect(lastStored()).toMatchObject({
      model: 'our_mobilenet',
      family: 'MobileNetV2',
      parameters: 3_100_000,
      device: 'jetson-nano',
      runtime: 'tensorrt-fp16',
      resolution: 224,
      batch: 1,
      throughputFps: 72.5,
      campaign: 'desk',
      source: 'our log of May',
    });
    expect(lastStored()).not.toHaveProperty('kernels');
  });

  it('reads parameters, family and layers from a model file, whose work bounds the throughput', async () => {
    await workbench.runCommand('Framecast: Add Landmark…');
    await pick(workbench, 'From a model file');
    await chooseFile(workbench, join(workbench.folder, 'resnet18.onnx'));
    await pick(workbench, 'jetson-nano');
    await pick(workbench, 'MAXN');
    await pick(workbench, 'TensorRT FP16');
    await answer(workbench, 'Input in pixels', null);
    await answer(workbench, 'Inputs per inference', null);
    // 472 GFLOP/s over twice 1.81 GMAC are 130 inputs per second, at most 2.25 times as many with Winograd's algorithm;
    // over the parameters alone it would be 20,000.
    await answerAfter('FPS: inputs per second', [['300', 'Check its unit and the power mode.']], '85');
    await answer(workbench, 'Campaign', 'desk');
    await answer(workbench, 'Source', 'our log of May');
    await expect.poll(() => lastStored()?.['model']).toBe('resnet18');
    expect(lastStored()).toMatchObject({
      family: 'ResNet',
      parameters: 11_689_512,
      resolution: 224,
      powerMode: 'MAXN',
    });
    expect((lastStored()?.['kernels'] as unknown[]).length).toBeGreaterThan(5);
  });

  it('says that a file is no model, and stores nothing where a step is left', async () => {
    const before = storedLandmarks();
    const { page } = workbench;
    writeFileSync(join(workbench.folder, 'broken.onnx'), 'this is no model');
    await workbench.runCommand('Framecast: Add Landmark…');
    await pick(workbench, 'From a model file');
    await chooseFile(workbench, join(workbench.folder, 'broken.onnx'));
    await expect.poll(async () => (await workbench.notifications()).join()).toMatch(/broken\.onnx|not an ONNX|no ONNX/);
    await workbench.runCommand('Framecast: Add Landmark…');
    await pick(workbench, 'Type the parameters');
    await answer(workbench, 'Name of the model', 'left');
    await page.keyboard.press('Escape');
    expect(storedLandmarks()).toEqual(before);
  });
});

describe('an own landmark', () => {
  const of = (model: string) => storedLandmarks().filter((landmark) => landmark['model'] === model);

  it('is marked, commented and taken back from its menu', async () => {
    await pane.open();
    for (const branch of ['Jetson Nano', 'TensorRT FP16', 'MobileNetV2']) await pane.expand(branch);
    await pane.row('our_mobilenet').waitFor();
    await pane.choose('our_mobilenet', 'Mark as Outlier');
    await expect.poll(() => of('our_mobilenet')[0]?.['verdict']).toBe('outlier');
    await pane.row(/our_mobilenet.*outlier/).waitFor();
    await pane.choose('our_mobilenet', 'Comment');
    await answer(workbench, 'Comment on our_mobilenet', 'the fan was off');
    await expect.poll(() => of('our_mobilenet')[0]?.['comment']).toBe('the fan was off');
    await workbench.screenshot('landmark-outlier');
    await pane.choose('our_mobilenet', 'Include in Fits');
    await expect.poll(() => of('our_mobilenet')[0]?.['verdict']).toBeUndefined();
    await expect.poll(() => pane.row(/our_mobilenet.*outlier/).count()).toBe(0);
    await pane.choose('our_mobilenet', 'Exclude from Fits');
    await expect.poll(() => of('our_mobilenet')[0]?.['verdict']).toBe('off');
    await pane.row(/our_mobilenet.*switched off/).waitFor();
    await pane.choose('our_mobilenet', 'Include in Fits');
    await expect.poll(() => of('our_mobilenet')[0]?.['verdict']).toBeUndefined();
    // The view follows the file; a menu of the row as it was before would be taken away.
    await expect.poll(() => pane.row(/our_mobilenet.*switched off/).count()).toBe(0);
  });

  it('is deleted, and comes back with its comment when that is undone', async () => {
    await pane.choose('our_mobilenet', 'Delete');
    await expect.poll(() => of('our_mobilenet')).toEqual([]);
    await expect.poll(() => pane.row('our_mobilenet').count()).toBe(0);
    const note = workbench.page.locator('.notification-list-item', {
      hasText: 'Deleted the landmark of our_mobilenet',
    });
    await note.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => of('our_mobilenet').length).toBe(1);
    expect(of('our_mobilenet')[0]).toMatchObject({ comment: 'the fan was off', throughputFps: 72.5 });
    await pane.row('our_mobilenet').waitFor();
  });

  it('cannot be deleted where it is published', async () => {
    await pane.row('mobilenet_v2').click({ button: 'right' });
    const menu = workbench.page.locator('.context-view .action-item').filter({ visible: true });
    await menu.filter({ hasText: 'Mark as Outlier' }).first().waitFor();
    expect(await menu.filter({ hasText: 'Delete' }).count()).toBe(0);
    await workbench.page.keyboard.press('Escape');
  });
});
