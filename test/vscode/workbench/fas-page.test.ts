import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { FasModel } from '../../../src/core/fas/model';
import { openFasModels } from '../../../src/files/fas-models';
import type { Landmark } from '../../../src/core/landmarks/landmark';
import { openLandmarkStore } from '../../../src/files/landmarks';
import { openWorkbench, type Workbench } from '../harness/workbench';
import { violationsOf } from './accessible';
import { chooseFile } from './file-dialog';

/** Where the extension under test keeps what users add: in the home folder that the harness gives it. */
const homeFile = (name: string): string => join(inject('harness').scratch, 'home', name);

let workbench: Workbench;
beforeAll(async () => {
  rmSync(homeFile('fas-models.jsonl'), { force: true });
  workbench = await openWorkbench({ theme: 'dark', settings: { 'files.simpleDialog.enable': true } });
  await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await workbench.runCommand('Framecast: Show Face Anti-Spoofing Models');
  await table().locator('tbody tr').first().waitFor();
});
afterAll(async () => {
  await workbench.close();
  rmSync(homeFile('fas-models.jsonl'), { force: true });
  rmSync(homeFile('landmarks.jsonl'), { force: true });
});

/** What is needed here of a type that only browsers have. */
interface HTMLElementSize {
  readonly offsetHeight: number;
}

const table = (): Locator => workbench.webview().locator('table.fas-table');

async function models(): Promise<string[]> {
  const names = await table().locator('tbody .model-name').allInnerTexts();
  return names.map((name) => name.replace(/\s+|note|[\d, ]+$/g, ' ').trim());
}

const violations = (): Promise<string[]> => violationsOf(workbench);

describe('the page of FAS models', () => {
  it('has Table 3 with its marks, fastest first', async () => {
    const rows = await table().locator('tbody tr').allInnerTexts();
    expect(rows).toHaveLength(11);
    expect(rows[0]!.replace(/\s+/g, ' ')).toMatch(/FeatherNetA.*213\.5‡/);
    expect(rows.join('\n').replace(/\s+/g, ' ')).toMatch(/SSAN-R.*42\.8†.*8\.14 M.*13\.72%/);
    await workbench.webview().getByText('did not run on TensorRT').first().waitFor();
    await workbench.webview().getByText('Central-difference convolutions ran at 1 to 3 FPS').waitFor();
    await workbench.screenshot('fas-page-dark');
  });

  it('sorts, filters, pins and hides, and keeps all of that over a reload of the window', async () => {
    const view = workbench.webview();
    await view.getByRole('button', { name: 'HTER' }).last().click();
    await expect.poll(async () => (await models())[0]).toMatch(/^HFN/);
    await view.getByLabel('Filter the models').fill('fp32');
    await expect.poll(async () => (await models()).length).toBe(7);
    await view.getByRole('button', { name: 'Hide FeatherNetB' }).click();
    await view.getByRole('button', { name: 'Pin FeatherNetA' }).click();
    await view.locator('.scatter .switch').getByRole('button', { name: 'ACER' }).click();
    const arranged = await models();
    expect(arranged[0]).toMatch(/^FeatherNetA/);
    expect(arranged).toHaveLength(6);
    await view.getByRole('button', { name: 'Add by Hand' }).click();
    await view.locator('section.add').getByLabel('Name').fill('Half-typed');
    await workbench.reload();
    await table().locator('tbody tr').first().waitFor({ timeout: 60_000 });
    await expect.poll(models).toEqual(arranged);
    expect(await workbench.webview().getByLabel('Filter the models').inputValue()).toBe('fp32');
    const form = workbench.webview().locator('section.add');
    expect(await form.getByLabel('Name').inputValue()).toBe('Half-typed');
    await form.getByRole('button', { name: 'Cancel' }).click();
    await form.waitFor({ state: 'detached' });
    await workbench.webview().locator('.scatter .switch [aria-pressed="true"]', { hasText: 'ACER' }).waitFor();
    await workbench.webview().getByLabel('Filter the models').fill('');
    await workbench.webview().getByRole('button', { name: 'Show 1 hidden' }).click();
    await workbench.webview().locator('.scatter .switch').getByRole('button', { name: 'HTER' }).click();
    await expect.poll(async () => (await models()).length).toBe(11);
  });

  it('lets the arrow keys move through the points of its chart', async () => {
    const view = workbench.webview();
    const canvas = view.locator('.scatter canvas');
    const live = view.locator('.scatter .chart-live');
    await canvas.focus();
    await canvas.press('Home');
    await expect.poll(() => live.innerText()).toMatch(/^DC-CDN\*: 1\.20 FPS, HTER 18\.82%.*, 1 of 5$/);
    await canvas.press('End');
    await expect.poll(() => live.innerText()).toMatch(/^SSAN-R: 42\.8 FPS.*on the Pareto front, 5 of 5$/);
    await workbench.screenshot('fas-chart-selected');
    await canvas.press('Escape');
    await expect.poll(() => live.innerText()).toBe('');
  });

  it('adds a model by hand, says what is wrong with it, and deletes it', async () => {
    const view = workbench.webview();
    await view.getByRole('button', { name: 'Add by Hand' }).click();
    const form = view.locator('section.add');
    await form.getByLabel('Name').fill('Handmade');
    await form.getByLabel('FPS', { exact: true }).fill('55,5');
    await form.getByLabel('Percent').first().fill('120');
    await workbench.screenshot('fas-form-dark');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('must be from 0 to 100').waitFor();
    expect(await form.getByLabel('Name').inputValue()).toBe('Handmade');
    await form.getByLabel('Percent').first().fill('9,75 %');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.waitFor({ state: 'detached' });
    const row = table().locator('tbody tr', { hasText: 'Handmade' });
    await row.waitFor();
    const text = (await row.innerText()).replace(/\s+/g, ' ');
    expect(text).toMatch(/55\.5/);
    expect(text).toMatch(/9\.75%/);
    expect(text).toMatch(/front/);
    await row.getByRole('button', { name: 'Change Handmade' }).click();
    expect(await form.getByLabel('FPS', { exact: true }).inputValue()).toBe('55.5');
    expect(await form.getByLabel('Percent').first().inputValue()).toBe('9.75');
    await form.getByLabel('FPS', { exact: true }).fill('44.5');
    await form.getByLabel('Comment').fill('again');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect.poll(async () => (await row.innerText()).replace(/\s+/g, ' ')).toMatch(/again.* 44\.5/);
    await view.getByText('Handmade was changed.').waitFor();
    await workbench.screenshot('fas-changed-dark');
    await view.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(async () => (await row.innerText()).replace(/\s+/g, ' ')).toMatch(/ 55\.5/);
    await row.getByRole('button', { name: 'Delete Handmade' }).click();
    await row.waitFor({ state: 'detached' });
    await view.getByText('Handmade was deleted.').waitFor();
    await view.getByRole('button', { name: 'Undo' }).click();
    await row.waitFor();
    await row.getByRole('button', { name: 'Delete Handmade' }).click();
    await row.waitFor({ state: 'detached' });
    await view.getByRole('button', { name: 'Dismiss' }).click();
    await view.getByText('Handmade was deleted.').waitFor({ state: 'detached' });
  });

  it('adds a model from its file, with the prediction and the note on central differences', async () => {
    const view = workbench.webview();
    await view.getByRole('button', { name: 'Add from File…' }).click();
    await chooseFile(workbench, join(workbench.folder, 'anti-spoofing', 'cdcn.onnx'));
    const form = view.locator('section.add');
    await form.getByLabel('Name').waitFor();
    expect(await form.getByLabel('Name').inputValue()).toBe('cdcn');
    expect(Number(await form.getByLabel('FPS', { exact: true }).inputValue())).toBeGreaterThan(0);
    await form.getByLabel('Percent').last().fill('1');
    await form.getByRole('button', { name: 'Save' }).click();
    const row = table().locator('tbody tr.own');
    await row.waitFor();
    expect(await row.innerText()).toMatch(/predicted in TensorRT FP16 on Jetson Nano/);
    await expect.poll(() => view.locator('.notes').innerText()).toMatch(/cdcn: \d+ central-difference convolutions/);
    await row.getByRole('button', { name: 'Delete cdcn' }).click();
    await row.waitFor({ state: 'detached' });
  });

  it('imports a table, and names the lines that it leaves out', async () => {
    const file = join(workbench.folder, 'own.csv');
    writeFileSync(file, 'name;fps;hter;dataset;protocol\nimported;61,5;12,25;In-house;intra\nwrong;many;5;D;P\n');
    const view = workbench.webview();
    await view.getByRole('button', { name: 'Import CSV…' }).click();
    await chooseFile(workbench, file);
    await view.getByText('own.csv: 1 model added.').waitFor();
    await view.getByText('Line 3 is skipped: throughput_fps is “many”').waitFor();
    const row = table().locator('tbody tr', { hasText: 'imported' });
    expect((await row.innerText()).replace(/\s+/g, ' ')).toMatch(/12\.25% In-house, intra/);
    await view.getByText('HTER is from 2 different tests here').waitFor();
    await workbench.screenshot('fas-imported-dark');
    await view.getByRole('button', { name: 'Undo' }).click();
    await row.waitFor({ state: 'detached' });
  });

  it('follows what other programs add: a model, and a landmark that moves its prediction', async () => {
    const added: FasModel = {
      name: 'Backbone',
      parameters: 11_689_512,
      throughputFps: 1,
      basis: 'predicted',
      device: 'jetson-nano',
      runtime: 'tensorrt-fp16',
      hter: null,
      acer: null,
      family: 'ResNet',
      centralDifferences: 0,
      comment: '',
      file: join(workbench.folder, 'resnet18.onnx'),
    };
    await openFasModels(homeFile('fas-models.jsonl')).add([added]);
    const row = table().locator('tbody tr', { hasText: 'Backbone' });
    const throughput = async (): Promise<number> => Number.parseFloat(await row.locator('.figure').first().innerText());
    await expect.poll(throughput).toBeGreaterThan(80);
    expect(await row.locator('[data-column="HTER"]').innerText()).toMatch(/no comparable rate/);
    const landmarks = openLandmarkStore(homeFile('landmarks.jsonl'));
    const landmark: Landmark = {
      model: 'resnet34',
      family: 'ResNet',
      parameters: 21_797_672,
      device: 'jetson-nano',
      batch: 1,
      runtime: 'tensorrt-fp16',
      resolution: 224,
      throughputFps: 40,
      campaign: 'desk',
      source: 'benchmark',
    };
    const appended = await landmarks.appendNew([{ landmark }]);
    if (!appended.ok) throw new Error(appended.error.message);
    await expect.poll(throughput).toBeLessThan(83);
    await landmarks.remove(appended.value);
    await expect.poll(throughput).toBeGreaterThan(85);
    const note = workbench.webview().locator('.notes', { hasText: 'Backbone' });
    renameSync(join(workbench.folder, 'resnet18.onnx'), join(workbench.folder, 'moved.onnx'));
    await note.getByText('as its file cannot be read').waitFor();
    await expect.poll(throughput).toBe(1);
    renameSync(join(workbench.folder, 'moved.onnx'), join(workbench.folder, 'resnet18.onnx'));
    await expect.poll(throughput).toBeGreaterThan(80);
    await row.getByRole('button', { name: 'Delete Backbone' }).click();
    await row.waitFor({ state: 'detached' });
  });

  it('copies its figures as CSV and saves its picture as PNG', async () => {
    const view = workbench.webview();
    await view.locator('.scatter').getByRole('button', { name: 'Copy as CSV' }).click();
    await expect
      .poll(() => workbench.page.evaluate('navigator.clipboard.readText()'))
      .toMatch(
        /^Model,Published by,[^]*SSAN-R,Wang et al\. 2022,measured in FP16 on Jetson Nano,Jetson Nano,FP16,42\.8,8140000,13\.72/,
      );
    await view.locator('.scatter').getByRole('button', { name: 'Save as PNG' }).click();
    const file = join(workbench.folder, 'picture.png');
    await chooseFile(workbench, file);
    await expect.poll(() => existsSync(file) && readFileSync(file).length).toBeGreaterThan(1000);
    const bytes = readFileSync(file);
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(bytes.readUInt32BE(16)).toBe(2032);
    const target = process.env['FRAMECAST_SCREENSHOTS'];
    if (target) writeFileSync(join(target, 'fas-saved.png'), bytes);
  });

  it('follows the target', async () => {
    workbench.changeSettings({ 'framecast.targetFps': 30 });
    await expect.poll(() => table().locator('.meets').count()).toBe(4);
    expect(await table().locator('.misses').count()).toBe(7);
    await workbench.screenshot('fas-target-dark');
  });
});

describe.each(['light', 'high-contrast', 'high-contrast-light', 'dark'] as const)('in the %s theme', (theme) => {
  it('has no serious fault of accessibility, and no horizontal overflow at 300 and 1,600 px', async () => {
    await workbench.setTheme(theme);
    await workbench.resize(1280, 900);
    await workbench.webview().getByRole('button', { name: 'Add by Hand' }).click();
    expect(await violations()).toEqual([]);
    await workbench.webview().locator('section.add').getByRole('button', { name: 'Cancel' }).click();
    for (const width of [300, 1600]) {
      const body = workbench.webview().locator('body');
      const current = (await body.boundingBox())?.width ?? 0;
      const windowWidth = workbench.page.viewportSize()?.width ?? 0;
      await workbench.resize(Math.round(windowWidth + width - current), 1000);
      await expect.poll(async () => Math.abs(((await body.boundingBox())?.width ?? 0) - width)).toBeLessThan(20);
      const overflow = await workbench
        .webview()
        .locator('html')
        .evaluate((html) => {
          const { scrollWidth, clientWidth } = html as unknown as { scrollWidth: number; clientWidth: number };
          return scrollWidth - clientWidth;
        });
      expect(overflow).toBeLessThanOrEqual(0);
      expect(await violations()).toEqual([]);
      await workbench.page.mouse.move(2, 2);
      await workbench.screenshot(`fas-${theme}-${width}`);
      // Text that is broken within words overflows nowhere, yet cannot be read.
      const tallest = await table()
        .locator('tbody .figure')
        .evaluateAll((cells) => Math.max(...cells.map((cell) => (cell as unknown as HTMLElementSize).offsetHeight)));
      expect(tallest).toBeLessThan(60);
      await table().scrollIntoViewIfNeeded();
      await workbench.screenshot(`fas-table-${theme}-${width}`);
    }
  });
});

describe('the view in the side bar', () => {
  it('has the models of the page', async () => {
    await workbench.resize(1280, 900);
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand('Framecast: Focus on Face Anti-Spoofing View');
    await expect.poll(async () => (await models()).length).toBe(11);
    await workbench.page.waitForTimeout(500);
    await workbench.screenshot('fas-view-dark');
  });

  it.each(['light', 'high-contrast', 'high-contrast-light', 'dark'] as const)(
    'has no serious fault of accessibility in the %s theme',
    async (theme) => {
      await workbench.setTheme(theme);
      await expect.poll(async () => (await models()).length).toBe(11);
      expect(await violations()).toEqual([]);
      await workbench.screenshot(`fas-view-${theme}`);
    },
  );

  it('comes back after a reload of the window as it was', async () => {
    await workbench.webview().getByLabel('Filter the models').fill('fp32');
    await expect.poll(async () => (await models()).length).toBe(7);
    await workbench.reload();
    await table().locator('tbody tr').first().waitFor({ timeout: 60_000 });
    await expect.poll(async () => (await models()).length).toBe(7);
    expect(await workbench.webview().getByLabel('Filter the models').inputValue()).toBe('fp32');
    await workbench.webview().getByLabel('Filter the models').fill('');
  });

  it('opens the page', async () => {
    await workbench.webview().getByRole('button', { name: 'Open as page' }).click();
    await workbench.webview().getByRole('heading', { level: 1, name: 'Face anti-spoofing models' }).waitFor();
  });
});
