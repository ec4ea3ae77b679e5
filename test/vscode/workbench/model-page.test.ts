import { copyFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedThroughput } from '../expected';
import { openWorkbench, type Workbench } from '../harness/workbench';

let workbench: Workbench;
/** What the core predicts for ResNet-18 with the default settings. */
let predicted: string;
beforeAll(async () => {
  workbench = await openWorkbench({ theme: 'dark' });
  copyFileSync(join(workbench.folder, 'resnet18.onnx'), join(workbench.folder, 'changing.onnx'));
  predicted = await expectedThroughput(join(workbench.folder, 'resnet18.onnx'));
});
afterAll(() => workbench.close());

/** The big number of the page. */
async function headline(view: FrameLocator): Promise<string> {
  return (await view.locator('.fps').innerText()).replace(/\s+/g, ' ').trim();
}

describe('the page of a model', () => {
  it('shows the prediction for ResNet-18 on Jetson Nano, and what the paper predicts', async () => {
    await workbench.openFile('resnet18.onnx');
    const view = workbench.webview();
    await view.getByRole('heading', { level: 1, name: 'resnet18.onnx' }).waitFor();
    await view.getByText('Details and method').click();
    expect(await headline(view)).toBe(predicted);
    const text = await view.locator('main').innerText();
    // Equation 2, as the headline or beside it: Table 2 predicts 86.36 FPS.
    expect(text.replace(/\s+/g, ' ')).toContain('86.4 FPS');
    expect(text).toMatch(/\d ms at 224×224, batch 1/);
    expect(text).toContain('11,689,512');
    expect(text).toContain('11,684,712');
    expect(text).toContain('1 × 3 × 224 × 224');
    expect(text).toMatch(/\d+% interval: [\d.]+ to [\d.]+ FPS/);
    expect(text).toContain('Recognised as ResNet');
    await workbench.screenshot('editor-dark');
  });

  it('draws the family with this model, and says the same in a table', async () => {
    const view = workbench.webview();
    const canvas = view.locator('canvas.family');
    expect(await canvas.getAttribute('aria-label')).toMatch(/ResNet/);
    const colours = (element: unknown): number => {
      const { width, height, getContext } = element as {
        width: number;
        height: number;
        getContext(kind: '2d'): { getImageData(x: number, y: number, w: number, h: number): { data: Uint8Array } };
      };
      const { data } = getContext.call(element, '2d').getImageData(0, 0, width, height);
      const pixels = new Uint32Array(data.buffer);
      return new Set(pixels).size;
    };
    // Something is drawn once the chart's code is there: the canvas is not of one colour.
    await expect.poll(() => canvas.evaluate(colours)).toBeGreaterThan(50);
    await view.getByText('Show as a table').click();
    const rows = await view.locator('table tbody tr').allInnerTexts();
    expect(rows.map((row) => row.replace(/\s+/g, ' ').trim())).toEqual(
      expect.arrayContaining([
        'resnet18 paper 11.69 M 86.1',
        `This model predicted 11.69 M ${predicted.replace(' FPS', '')}`,
      ]),
    );
  });

  it('runs nothing but its own script and style', async () => {
    const policy = await workbench
      .webview()
      .locator('meta[http-equiv="Content-Security-Policy"]')
      .getAttribute('content');
    expect(policy).toMatch(
      /^default-src 'none'; style-src \S+( \S+)*; script-src 'nonce-[\w+/=-]{20,}'; base-uri 'none'; form-action 'none'$/,
    );
    expect(policy).not.toMatch(/unsafe|\*(?![.\w])/);
  });

  it('takes a target from the page', async () => {
    const view = workbench.webview();
    await view.getByRole('button', { name: 'Set a target' }).click();
    const box = workbench.page.locator('.quick-input-widget input').filter({ visible: true });
    await box.fill('none');
    await workbench.page.getByText('Enter a number above 0').waitFor();
    await box.fill('59.94');
    await box.press('Enter');
    await view.getByText('Meets 59.94 FPS').waitFor();
    await view.getByRole('button', { name: 'Change target' }).click();
    await box.fill('');
    await box.press('Enter');
    await view.getByRole('button', { name: 'Set a target' }).waitFor();
  });

  it('predicts for another device and runtime, and offers to keep them', async () => {
    const view = workbench.webview();
    await view.getByLabel('Runtime').selectOption('PyTorch FP16');
    await expect.poll(() => headline(view)).not.toBe(predicted);
    await expect.poll(async () => (await workbench.statusBar()).join()).not.toContain(predicted);
    await view.getByRole('button', { name: 'Use as default' }).waitFor();
    await view.getByLabel('Runtime').selectOption('TensorRT FP16');
    await expect.poll(() => headline(view)).toBe(predicted);
    expect(await view.getByRole('button', { name: 'Use as default' }).count()).toBe(0);
  });

  it('follows the settings while it is open', async () => {
    const view = workbench.webview();
    workbench.changeSettings({ 'framecast.targetFps': 60 });
    await view.getByText('Meets 60 FPS').waitFor();
    workbench.changeSettings({ 'framecast.targetFps': 5000 });
    await view.getByText('Misses 5000 FPS').waitFor();
    await view.getByText('is predicted to meet 5000 FPS').or(view.locator('.changes li').first()).waitFor();
    workbench.changeSettings({ 'framecast.runtime': 'pytorch-fp16' });
    await expect.poll(() => view.getByLabel('Runtime').inputValue()).toBe('pytorch-fp16');
    workbench.changeSettings({ 'framecast.targetFps': null, 'framecast.runtime': 'tensorrt-fp16' });
    await view.getByRole('button', { name: 'Set a target' }).waitFor();
    await expect.poll(() => headline(view)).toBe(predicted);
  });

  it('keeps the chosen device over a reload of the window', async () => {
    const chosen = 'PyTorch FP16';
    await workbench.webview().getByLabel('Runtime').selectOption(chosen);
    await workbench.webview().getByRole('button', { name: 'Use as default' }).waitFor();
    const before = await headline(workbench.webview());
    await workbench.reload();
    await workbench.webview().locator('.fps').waitFor({ timeout: 60_000 });
    await expect.poll(() => workbench.webview().getByLabel('Runtime').inputValue()).toBe('pytorch-fp16');
    expect(await headline(workbench.webview())).toBe(before);
    await workbench.webview().getByLabel('Runtime').selectOption('TensorRT FP16');
  });

  it('says why there is no prediction, and shows the model all the same', async () => {
    workbench.changeSettings({ 'framecast.runtime': 'tensorrt-int8' });
    const view = workbench.webview();
    await view.getByRole('heading', { name: 'No prediction' }).waitFor();
    const text = await view.locator('main').innerText();
    expect(text).toContain('TensorRT INT8');
    expect(text).toContain('11,689,512');
    workbench.changeSettings({ 'framecast.runtime': 'tensorrt-fp16' });
    await view.locator('.fps').waitFor();
  });
});

it('warns of what slows a model down on the board', async () => {
  await workbench.openFile('anti-spoofing/cdcn.onnx');
  const view = workbench.webview();
  await view.locator('.model-chips').getByText('CDCN').waitFor();
  expect(await view.locator('.concerns').innerText()).toMatch(/Warning\s+.*central-difference/s);
});

describe('a model that changes on disk', () => {
  const file = (name: string): string => join(workbench.folder, name);

  it('shows the new content after the file was overwritten, and after another took its place', async () => {
    await workbench.openFile('changing.onnx');
    const heading = (name: string) => workbench.webview().locator('.model-chips').getByText(name);
    await heading('ResNet-18').waitFor();
    copyFileSync(file('resnet50.onnx'), file('changing.onnx'));
    await heading('ResNet-50').waitFor();
    copyFileSync(file('densenet121.onnx'), file('changing.tmp'));
    renameSync(file('changing.tmp'), file('changing.onnx'));
    await heading('DenseNet-121').waitFor();
  });

  it('says that the file is gone, keeps what it held, and comes back with it', async () => {
    rmSync(file('changing.onnx'));
    const view = workbench.webview();
    await view.getByText('File not found.').waitFor();
    await view.locator('.model-chips').getByText('DenseNet-121').waitFor();
    copyFileSync(file('resnet18.onnx'), file('changing.onnx'));
    await view.locator('.model-chips').getByText('ResNet-18').waitFor();
    expect(await view.getByText('File not found.').count()).toBe(0);
  });

  it('shows a message while the file is broken, and the model when it is whole again', async () => {
    writeFileSync(file('changing.onnx'), '');
    const view = workbench.webview();
    await view.getByRole('heading', { name: 'The file is empty' }).waitFor();
    copyFileSync(file('resnet18.onnx'), file('changing.onnx'));
    await view.locator('.fps').waitFor();
    expect(await headline(view)).toBe(predicted);
  });
});
