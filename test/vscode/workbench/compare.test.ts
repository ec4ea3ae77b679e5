import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedThroughput } from '../expected';
import { openWorkbench, type Workbench } from '../harness/workbench';
import { violationsOf } from './accessible';
import { chooseInExplorer } from './board';
import { chooseFile } from './file-dialog';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await openWorkbench({
    theme: 'dark',
    size: { width: 1500, height: 1100 },
    settings: { 'framecast.targetFps': 60, 'files.simpleDialog.enable': true },
  });
  await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  writeFileSync(join(workbench.folder, 'broken.onnx'), 'no model');
  await workbench.runCommand('Framecast: Compare Models…');
  await rows().nth(8).waitFor();
});
afterAll(() => workbench.close());

const rows = (): Locator => workbench.webview().locator('table.comparison tbody tr:not(.group)');
const names = async (): Promise<string[]> => await rows().locator('.model-name button').allInnerTexts();
const row = (name: string): Locator => rows().filter({ has: workbench.page.locator(`button[title="${name}"]`) });
const head = (title: string): Locator =>
  workbench.webview().locator('table.comparison').getByRole('button', { name: title, exact: true });
const text = async (name: string): Promise<string> => (await row(name).innerText()).replace(/\s+/g, ' ');
const clipboard = (): Promise<string> => workbench.page.evaluate('navigator.clipboard.readText()');

describe('the comparison of the workspace', () => {
  it('sets models for different input sizes apart until it is told not to, and weighs accuracy', async () => {
    const groups = workbench.webview().locator('table.comparison .group');
    const titles = await groups.allInnerTexts();
    expect(titles[0]).toMatch(/^Input \d+×\d+ +\d+ models?$/);
    expect(titles.length).toBeGreaterThan(2);
    await workbench.webview().getByRole('button', { name: 'Accuracy', exact: true }).click();
    await workbench.webview().getByRole('heading', { name: 'FPS against accuracy' }).waitFor();
    await workbench.webview().getByLabel('Group by input size').uncheck();
    await expect.poll(() => groups.count()).toBe(0);
  });

  it('has every model, fastest first, with the figures of its own page', async () => {
    expect(await text('resnet50.onnx')).toContain(await expectedThroughput(join(workbench.folder, 'resnet50.onnx')));
    expect(await text('resnet50.onnx')).toMatch(/missed .*25\.\d+ M .*ResNet-50/);
    const figures = (await rows().locator('td:nth-child(2) strong').allInnerTexts()).map(Number.parseFloat);
    const predicted = figures.filter((figure) => !Number.isNaN(figure));
    expect(predicted).toEqual([...predicted].sort((one, other) => other - one));
    await workbench.webview().locator('section.unread').getByText('broken.onnx').waitFor();
    await workbench.screenshot('compare-dark');
  });

  it('marks the front, to which the fastest model always belongs', async () => {
    expect(await rows().first().locator('.front-mark[title*="smaller"]').count()).toBe(1);
    expect(await rows().locator('.front-mark[title*="smaller"]').count()).toBeLessThan(await rows().count());
  });

  it('filters by name, family and verdict, and says each message once', async () => {
    const filter = workbench.webview().getByLabel('Filter the models');
    await filter.fill('resnet 50');
    await expect.poll(async () => (await names()).sort()).toEqual(['iresnet50.onnx', 'resnet50.onnx']);
    await filter.fill('');
    await expect.poll(() => rows().count()).toBeGreaterThan(8);
    const messages = await workbench.webview().locator('.messages li').allInnerTexts();
    expect(new Set(messages).size).toBe(messages.length);
  });

  it('sorts by each column with the keyboard, and says how', async () => {
    await head('Parameters').focus();
    await workbench.page.keyboard.press('Enter');
    const sorted = workbench.webview().locator('th[aria-sort="descending"]');
    await sorted.getByText('Parameters').waitFor();
    expect((await names())[0]).toBe('resnet152.onnx');
    await workbench.page.keyboard.press('Enter');
    await workbench.webview().locator('th[aria-sort="ascending"]').getByText('Parameters').waitFor();
    expect((await names()).at(-1)).toBe('resnet152.onnx');
    // What was asked for stands beside its figure, in sight at any width.
    expect(
      (await workbench.webview().locator('table.comparison thead th').allInnerTexts())
        .slice(0, 3)
        .map((name) => name.trim()),
    ).toEqual(['Name', 'FPS', 'Verdict']);
    for (const title of [
      'FPS',
      'Latency',
      'MACs',
      'Peak memory',
      'File size',
      'Top-1',
      'Family and variant',
      'Verdict',
    ]) {
      await head(title).press('Enter');
      await workbench.webview().locator('th[aria-sort]:not([aria-sort="none"])').getByText(title).waitFor();
    }
    await head('Name').press('Enter');
    expect((await names())[0]).toBe('cdcn.onnx'); // in the folder anti-spoofing
  });

  it('copies and saves the table in the order that it has', async () => {
    await workbench
      .webview()
      .getByRole('group', { name: 'Export the table' })
      .getByRole('button', { name: 'Copy as CSV' })
      .click();
    await expect.poll(clipboard, { timeout: 10_000 }).toMatch(/^file,family,variant,device/);
    const lines = (await clipboard()).trim().split('\n');
    const order = (await rows().locator('.model-name button').all()).map((name) => name.getAttribute('title'));
    const files = await Promise.all(order);
    expect(lines.slice(1, 1 + files.length).map((line) => line.split(',')[0])).toEqual(files);
    expect(lines.at(-1)).toMatch(/^broken\.onnx,/);

    await workbench.webview().getByRole('button', { name: 'Save as Markdown…' }).click();
    const target = join(workbench.folder, 'table.md');
    await chooseFile(workbench, target);
    await expect.poll(() => readFileSync(target, 'utf8'), { timeout: 10_000 }).toContain('| File | Model |');
  });

  it('follows another resolution, another target, and files that come, change and go', async () => {
    const before = await text('resnet18.onnx');
    const field = workbench.webview().getByLabel('Resolution', { exact: true });
    await field.fill('448');
    await field.press('Enter');
    await expect.poll(() => text('resnet18.onnx'), { timeout: 20_000 }).not.toBe(before);
    await workbench.webview().locator('.file-name').getByText('448×448').waitFor();
    await workbench.webview().getByRole('button', { name: 'Models’ own sizes' }).click();
    await expect.poll(() => text('resnet18.onnx'), { timeout: 20_000 }).toBe(before);

    workbench.changeSettings({ 'framecast.targetFps': 1 });
    await expect.poll(() => text('resnet50.onnx'), { timeout: 20_000 }).toMatch(/✓ met/);

    copyFileSync(join(workbench.folder, 'resnet18.onnx'), join(workbench.folder, 'new.onnx'));
    await row('new.onnx').waitFor({ timeout: 20_000 });
    copyFileSync(join(workbench.folder, 'resnet50.onnx'), join(workbench.folder, 'new.onnx'));
    await expect.poll(() => text('new.onnx'), { timeout: 20_000 }).toContain('ResNet-50');
    rmSync(join(workbench.folder, 'new.onnx'));
    await row('new.onnx').waitFor({ state: 'detached', timeout: 20_000 });
  });

  it('comes back after a reload of the window with its choices and its order', async () => {
    await workbench.webview().getByLabel('Runtime').selectOption('pytorch-fp16');
    await workbench.webview().locator('.file-name').getByText('PyTorch FP16').waitFor();
    await head('Parameters').press('Enter');
    const order = await names();
    await workbench.reload();
    await rows().nth(8).waitFor({ timeout: 60_000 });
    await expect.poll(names).toEqual(order);
    await workbench.webview().locator('.file-name').getByText('PyTorch FP16').waitFor();
    await workbench.webview().getByLabel('Runtime').selectOption('tensorrt-fp16');
    await workbench.webview().locator('.file-name').getByText('TensorRT FP16').waitFor();
  });
});

describe('the look of the comparison', () => {
  it.each(['light', 'high-contrast', 'high-contrast-light', 'dark'] as const)(
    'has no serious accessibility violation in the %s theme',
    async (theme) => {
      workbench.changeSettings({ 'framecast.targetFps': 60 });
      await workbench.setTheme(theme);
      await rows().first().waitFor();
      expect(await violationsOf(workbench)).toEqual([]);
      await workbench.screenshot(`compare-${theme}`);
    },
  );

  it.each([300, 700, 1600])('fits a page that is %i px wide', async (width) => {
    const body = workbench.webview().locator('body');
    const current = (await body.boundingBox())?.width ?? 0;
    const windowWidth = workbench.page.viewportSize()?.width ?? 0;
    await workbench.resize(Math.round(windowWidth + width - current), width === 300 ? 2600 : 1600);
    await expect.poll(async () => Math.abs(((await body.boundingBox())?.width ?? 0) - width)).toBeLessThan(20);
    const overflow = await workbench
      .webview()
      .locator('html')
      .evaluate((html) => {
        const { scrollWidth, clientWidth } = html as unknown as { scrollWidth: number; clientWidth: number };
        return scrollWidth - clientWidth;
      });
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await violationsOf(workbench)).toEqual([]);
    await workbench.screenshot(`compare-${width}`);
  });
});

describe('what is compared', () => {
  it('is what was selected in the Explorer; a name opens the model', async () => {
    await workbench.resize(1500, 1100);
    await chooseInExplorer(workbench, ['resnet18.onnx', 'mobilenet_v2.onnx'], 'Compare Models…');
    await workbench.webview().getByRole('heading', { name: 'Compare 2 files' }).waitFor();
    await rows().nth(1).waitFor();
    expect((await names()).sort()).toEqual(['mobilenet_v2.onnx', 'resnet18.onnx']);
    await row('resnet18.onnx').locator('.model-name button').click();
    await workbench.webview().locator('.fps').waitFor();
    await workbench.page.locator('.tab.active').filter({ hasText: 'resnet18.onnx' }).waitFor();
  });

  it('is a folder, with the models in it', async () => {
    await chooseInExplorer(workbench, ['anti-spoofing'], 'Compare Models…');
    await workbench.webview().getByRole('heading', { name: 'Compare folder anti-spoofing' }).waitFor();
    await rows().first().waitFor();
    for (const name of await rows().locator('.model-name button').all()) {
      expect(await name.getAttribute('title')).toMatch(/^anti-spoofing\//);
    }
  });
});
