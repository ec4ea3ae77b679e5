import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedThroughput } from '../expected';
import { openWorkbench, type Workbench } from '../harness/workbench';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await openWorkbench({ theme: 'dark', size: { width: 1600, height: 1000 } });
  // A network with HardSwish, which no TensorRT for Jetson Nano can import.
  copyFileSync('test/fixtures/exported/mobilenet_v3_small.folded.onnx', join(workbench.folder, 'hard_swish.onnx'));
  await workbench.runCommand('View: Focus Problems');
  // All rows are in view then.
  await workbench.runCommand('View: Toggle Maximized Panel');
});
afterAll(() => workbench.close());

const panel = (): Locator => workbench.page.locator('.markers-panel-container');
const file = (name: string): Locator =>
  panel()
    .locator('.monaco-list-row')
    .filter({ has: workbench.page.locator('.label-name', { hasText: new RegExp(`^${name}$`) }) });
const problem = (text: string | RegExp): Locator => panel().locator('.monaco-list-row').filter({ hasText: text });

describe('the Problems panel', () => {
  it('says nothing before a target is set', async () => {
    await expect.poll(() => panel().innerText()).toContain('No problems');
  });

  it('lists the models that miss the target, with what would help', async () => {
    workbench.changeSettings({ 'framecast.targetFps': 60 });
    await file('resnet152.onnx').waitFor({ timeout: 60_000 });
    const figure = await expectedThroughput(join(workbench.folder, 'resnet152.onnx'));
    await problem(`${figure} on Jetson Nano`).waitFor();
    await problem(/It meets 60 FPS at \d+×\d+/)
      .first()
      .waitFor({ timeout: 60_000 });
    expect(await file('resnet18.onnx').count()).toBe(0);
    await workbench.screenshot('problems');
  });

  it('lists operators that the board cannot run, as one warning', async () => {
    await problem(/^Does not run as exported; .* once fixed/)
      .first()
      .waitFor();
    expect(await file('hard_swish.onnx').innerText()).toMatch(/\b1$/);
    await problem(/HardSwish ×\d+: .*cannot import it.*opset_version=13/)
      .first()
      .waitFor();
  });

  it('writes the script that exports such a model again', async () => {
    await panel().getByText('Re-export for This Board').first().click();
    const script = workbench.page.locator('.editor-instance .view-lines', { hasText: 'torch.onnx.export' });
    await script.waitFor();
    expect((await script.innerText()).replace(/\s/g, ' ')).toContain('torch.zeros(1, 3, 224, 224), "hard_swish.onnx"');
    await workbench.runCommand('View: Revert and Close Editor');
    // The editor has taken its room from the panel.
    await workbench.runCommand('View: Toggle Maximized Panel');
  });

  it('lists those that are open, if the others are not wanted', async () => {
    workbench.changeSettings({ 'framecast.problems': 'open' });
    await expect.poll(() => panel().innerText()).toContain('No problems');
    workbench.changeSettings({ 'framecast.problems': 'workspace' });
    await file('hard_swish.onnx').waitFor();
  });

  it('opens the page of the model', async () => {
    const figure = await expectedThroughput(join(workbench.folder, 'resnet152.onnx'));
    await problem(`${figure} on Jetson Nano`).dblclick();
    await workbench.page.locator('.tab.active').filter({ hasText: 'resnet152.onnx' }).waitFor();
    await workbench.webview().locator('.fps').waitFor();
    // The page has taken its room from the panel, which draws no more rows than fit.
    await workbench.runCommand('View: Toggle Maximized Panel');
    await file('resnet50.onnx').waitFor();
  });

  it('forgets a model that was replaced by a faster one, and one that was deleted', async () => {
    expect(await file('resnet152.onnx').count()).toBe(1);
    copyFileSync(join(workbench.folder, 'resnet18.onnx'), join(workbench.folder, 'resnet152.onnx'));
    await expect.poll(() => file('resnet152.onnx').count()).toBe(0);
    rmSync(join(workbench.folder, 'densenet121.onnx'));
    await expect.poll(() => file('densenet121.onnx').count()).toBe(0);
    expect(await file('resnet50.onnx').count()).toBe(1);
  });

  it('follows another board', async () => {
    workbench.changeSettings({ 'framecast.device': 'jetson-agx-xavier' });
    const query = { device: 'jetson-agx-xavier', runtime: 'tensorrt-fp16' } as const;
    const figure = await expectedThroughput(join(workbench.folder, 'anti-spoofing/cdcn.onnx'), query);
    await problem(`${figure} on Jetson AGX Xavier`).waitFor();
    await expect.poll(() => file('resnet50.onnx').count()).toBe(0);
    workbench.changeSettings({ 'framecast.device': 'jetson-nano' });
    await file('resnet50.onnx').waitFor();
  });

  it('is empty when problems are not wanted, or when no target is set and no board is chosen', async () => {
    workbench.changeSettings({ 'framecast.problems': false });
    await expect.poll(() => panel().innerText()).toContain('No problems');
    workbench.changeSettings({ 'framecast.problems': 'workspace' });
    await file('resnet50.onnx').waitFor();
    workbench.changeSettings({ 'framecast.targetFps': null });
    await expect.poll(() => file('resnet50.onnx').count()).toBe(0);
    expect(await file('hard_swish.onnx').count()).toBe(1);
    workbench.changeSettings({ 'framecast.device': undefined });
    await expect.poll(() => panel().innerText()).toContain('No problems');
  });
});
