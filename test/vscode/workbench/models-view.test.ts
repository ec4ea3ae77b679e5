import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedThroughput } from '../expected';
import { openWorkbench, type Workbench } from '../harness/workbench';
import { showAlone } from './side-bar';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await openWorkbench({ theme: 'dark', size: { width: 1280, height: 1600 } });
  await showAlone(workbench, 'Models');
  await rows().first().waitFor({ timeout: 60_000 });
});
afterAll(() => workbench.close());

const pane = (): Locator => workbench.page.locator('.pane').filter({ hasText: /^Models/ });
const rows = (): Locator => pane().locator('.monaco-list-row');
const row = (name: string): Locator =>
  rows().filter({ has: workbench.page.locator('.label-name', { hasText: new RegExp(`(^|  )${name}$`) }) });
/** All that a row says. */
const described = async (name: string): Promise<string> => (await row(name).allInnerTexts()).join(' ');
/** Names of all rows in view without their figures, headings too, from top to bottom. */
const names = async (): Promise<string[]> => {
  const placed = await rows().evaluateAll((elements) =>
    elements.map((element) => ({
      place: Number(element.getAttribute('data-index')),
      name: (element.querySelector('.label-name')?.textContent ?? '').split(/[\s\u00a0]{2}/).at(-1) ?? '',
    })),
  );
  return placed.sort((one, other) => one.place - other.place).map(({ name }) => name);
};
const expected = (path: string): Promise<string> => expectedThroughput(join(workbench.folder, path));

describe('the Models view', () => {
  it('stands first and lists every model of the workspace, the fastest first, under its family where asked', async () => {
    await expect.poll(() => names()).toContain('resnet152.onnx');
    await expect
      .poll(async () => (await names()).filter((name) => /^resnet\d+\.onnx|^ResNet/.test(name)))
      .toEqual(['resnet18.onnx', 'resnet50.onnx', 'resnet152.onnx']);
    await expect.poll(() => row('resnet18.onnx').innerText()).toMatch(/^\d/);
    await workbench.screenshot('models-view');
    await row('resnet18.onnx').click({ button: 'right' });
    const menu = workbench.page.locator('.context-view .action-item').filter({ visible: true });
    for (const entry of ['Open Model', 'Benchmark on Jetson…', 'Copy Path', 'Reveal in Explorer View']) {
      await menu.filter({ hasText: entry }).first().waitFor();
    }
    await workbench.page.keyboard.press('Escape');
    await workbench.runCommand('Group Models by Family');
    await expect.poll(() => described('resnet152.onnx')).toContain(await expected('resnet152.onnx'));
    await expect.poll(() => described('cdcn.onnx')).toContain('anti-spoofing');
    // Headings come and go until all are read.
    const ofFamily = async (): Promise<string[]> =>
      (await names()).filter((name) => /^resnet\d+\.onnx|^ResNet/.test(name));
    await expect.poll(ofFamily).toEqual(['ResNet', 'resnet18.onnx', 'resnet50.onnx', 'resnet152.onnx']);
    await expect.poll(names).not.toContain('Reading');
    const first = workbench.page.locator('.sidebar .pane-header').filter({ visible: true }).first();
    expect(await first.innerText()).toContain('MODELS');
    await workbench.screenshot('models-view-family');
  });

  it('shows the card of a model on hover and its page on a click', async () => {
    await row('resnet18.onnx').hover();
    const hover = workbench.page.locator('.workbench-hover').filter({ visible: true }).last();
    await expect.poll(() => hover.innerText()).toContain(`${await expected('resnet18.onnx')} on Jetson Nano`);
    await expect.poll(() => hover.innerText()).toContain('11.69 M parameters');
    await workbench.screenshot('models-view-hover');
    await row('resnet18.onnx').click();
    await workbench.page.locator('.tab.active').filter({ hasText: 'resnet18.onnx' }).waitFor();
    await workbench.webview().locator('.fps').waitFor();
  });

  it('groups by folder and sorts by name', async () => {
    await workbench.runCommand('Group Models by Folder');
    await expect.poll(names).toContain('faces');
    await workbench.runCommand('Sort Models by Name');
    await expect
      .poll(async () => (await names()).filter((name) => /^(resnet|mobilenet_v2)/.test(name)))
      .toEqual([
        'mobilenet_v2_w0.5.onnx',
        'mobilenet_v2_w0.25.onnx',
        'mobilenet_v2_w0.75.onnx',
        'mobilenet_v2.onnx',
        'resnet18.onnx',
        'resnet50.onnx',
        'resnet152.onnx',
      ]);
    await workbench.screenshot('models-view-folder');
    await workbench.runCommand('Group Models by Family');
    await workbench.runCommand('Sort Models by FPS');
    await expect.poll(names).toContain('ResNet');
  });

  it('marks models against the target and shows only those that miss it', async () => {
    workbench.changeSettings({ 'framecast.targetFps': 60 });
    await expect.poll(() => row('resnet152.onnx').getAttribute('aria-label')).toContain('isses 60 FPS');
    await expect.poll(() => row('resnet18.onnx').getAttribute('aria-label')).toContain('eets 60 FPS');
    await workbench.screenshot('models-view-target');
    await workbench.runCommand('Show Only Models Below the Target');
    await expect.poll(names).not.toContain('resnet18.onnx');
    expect(await names()).toContain('resnet152.onnx');
    await workbench.runCommand('Show All Models');
    await expect.poll(names).toContain('resnet18.onnx');
    workbench.changeSettings({ 'framecast.targetFps': null });
    await expect.poll(() => row('resnet152.onnx').getAttribute('aria-label')).not.toContain('isses');
  });

  it('follows another device', async () => {
    workbench.changeSettings({ 'framecast.device': 'jetson-agx-xavier' });
    const figure = await expectedThroughput(join(workbench.folder, 'resnet18.onnx'), {
      device: 'jetson-agx-xavier',
      runtime: 'tensorrt-fp16',
    });
    await expect.poll(() => described('resnet18.onnx')).toContain(figure);
    workbench.changeSettings({ 'framecast.device': 'jetson-nano' });
    await expect.poll(() => described('resnet18.onnx')).toContain(await expected('resnet18.onnx'));
  });

  it('follows files: new, replaced, broken, deleted, and folders as a whole', async () => {
    const { folder } = workbench;
    copyFileSync(join(folder, 'resnet50.onnx'), join(folder, 'extra.onnx'));
    await expect.poll(() => described('extra.onnx')).toContain(await expected('resnet50.onnx'));
    copyFileSync(join(folder, 'resnet152.onnx'), join(folder, 'extra.onnx'));
    await expect.poll(() => described('extra.onnx')).toContain(await expected('resnet152.onnx'));
    writeFileSync(join(folder, 'extra.onnx'), 'version https://git-lfs.github.com/spec/v1\n');
    await expect.poll(() => described('extra.onnx')).toContain('not readable');
    rmSync(join(folder, 'extra.onnx'));
    await expect.poll(names).not.toContain('extra.onnx');
    const outside = `${folder}-new`;
    mkdirSync(join(outside, 'inner'), { recursive: true });
    copyFileSync(join(folder, 'resnet50.onnx'), join(outside, 'inner', 'moved.onnx'));
    renameSync(outside, join(folder, 'new'));
    await expect.poll(() => described('moved.onnx')).toContain('new/inner');
    rmSync(join(folder, 'new'), { recursive: true });
    await expect.poll(names).not.toContain('moved.onnx');
  });

  it('leaves out what the settings and node_modules hide', async () => {
    const { folder } = workbench;
    mkdirSync(join(folder, 'node_modules', 'pack'), { recursive: true });
    copyFileSync(join(folder, 'resnet18.onnx'), join(folder, 'node_modules', 'pack', 'packed.onnx'));
    workbench.changeSettings({ 'search.exclude': { '**/faces': true } });
    await expect.poll(names).not.toContain('iresnet50.onnx');
    expect(await names()).not.toContain('packed.onnx');
    workbench.changeSettings({ 'search.exclude': {} });
    await expect.poll(names).toContain('iresnet50.onnx');
  });
});
