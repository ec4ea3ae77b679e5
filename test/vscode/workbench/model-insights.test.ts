import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedThroughput } from '../expected';
import { openWorkbench, type Workbench } from '../harness/workbench';

const nano = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;

let workbench: Workbench;
beforeAll(async () => {
  workbench = await openWorkbench({ theme: 'light' });
  await workbench.openFile('resnet18.onnx');
});
afterAll(() => workbench.close());

const expected = async (size: { resolution?: number; batch?: number } = {}): Promise<string> =>
  await expectedThroughput(join(workbench.folder, 'resnet18.onnx'), { ...nano, ...size });

/** The big number of the page. */
async function headline(view: FrameLocator): Promise<string> {
  return (await view.locator('.fps').innerText()).replace(/\s+/g, ' ').trim();
}

/** Milliseconds of a cell like `1.05 ms`. */
function milliseconds(text: string): number {
  const [value = '', unit] = text.trim().split(/\s+/);
  return Number(value.replaceAll(',', '')) * (unit === 's' ? 1000 : 1);
}

describe('resolution and batch', () => {
  it('change the number, and go back to those of the model', async () => {
    const view = workbench.webview();
    const own = await expected();
    await expect.poll(() => headline(view)).toBe(own);
    await view.getByLabel('Resolution', { exact: true }).fill('448');
    await view.getByLabel('Resolution', { exact: true }).press('Enter');
    await expect.poll(() => headline(view)).toBe(await expected({ resolution: 448 }));
    await view.getByText(' at 448×448, batch 1').first().waitFor();
    await view.getByRole('button', { name: 'Raise resolution' }).click();
    await expect.poll(() => headline(view)).toBe(await expected({ resolution: 480 }));
    await view.getByLabel('Batch', { exact: true }).focus();
    await view.getByLabel('Batch', { exact: true }).press('ArrowUp');
    await expect.poll(() => headline(view)).toBe(await expected({ resolution: 480, batch: 2 }));
    // The status bar stays with the model as it is.
    expect((await workbench.statusBar()).join()).toContain(own);
    await view.getByRole('button', { name: 'Model’s own size' }).click();
    await expect.poll(() => headline(view)).toBe(own);
    expect(await view.getByLabel('Resolution', { exact: true }).inputValue()).toBe('224');
  });

  it('hold together when both are changed at once, and for every click', async () => {
    const view = workbench.webview();
    await view.getByLabel('Resolution', { exact: true }).fill('640');
    await view.getByLabel('Batch', { exact: true }).fill('4');
    for (let click = 0; click < 3; click++) await view.getByRole('button', { name: 'Raise batch' }).click();
    await expect.poll(() => headline(view)).toBe(await expected({ resolution: 640, batch: 7 }));
    expect(await view.getByLabel('Resolution', { exact: true }).inputValue()).toBe('640');
    expect(await view.getByLabel('Batch', { exact: true }).inputValue()).toBe('7');
    await view.getByRole('button', { name: 'Model’s own size' }).click();
    await expect.poll(() => headline(view)).toBe(await expected());
  });

  it('say what they take when something else is entered, and keep the number', async () => {
    const view = workbench.webview();
    const input = view.getByLabel('Resolution', { exact: true });
    for (const wrong of ['0', 'wide', '1e9', '-224', '224.5', '']) {
      await input.fill(wrong);
      await input.press('Enter');
      await expect.poll(() => input.getAttribute('aria-invalid')).toBe('true');
    }
    expect(await headline(view)).toBe(await expected());
    await input.press('Escape');
    expect(await input.inputValue()).toBe('224');
    expect(await input.getAttribute('aria-invalid')).toBe('false');
  });

  it('are kept over a reload of the window', async () => {
    await workbench.webview().getByLabel('Resolution', { exact: true }).fill('320');
    await workbench.webview().getByLabel('Resolution', { exact: true }).press('Enter');
    const at320 = await expected({ resolution: 320 });
    await expect.poll(() => headline(workbench.webview())).toBe(at320);
    await workbench.reload();
    await workbench.webview().locator('.fps').waitFor({ timeout: 60_000 });
    await expect.poll(() => headline(workbench.webview())).toBe(at320);
    await workbench.webview().getByRole('button', { name: 'Model’s own size' }).click();
    await expect.poll(() => headline(workbench.webview())).toBe(await expected());
  });
});

describe('where the time goes', () => {
  it('is a table that sums to the latency, however it is grouped', async () => {
    const section = workbench.webview().locator('section.time');
    for (const grouping of ['By kind', 'By output size', 'By kernel']) {
      await section.getByRole('button', { name: grouping }).click();
      await section.locator(`button[aria-pressed="true"]`, { hasText: grouping }).waitFor();
      const rows = await section.locator('tbody tr td:nth-child(3)').allInnerTexts();
      const latency = milliseconds(await section.locator('tfoot td:nth-child(3)').innerText());
      const sum = rows.reduce((total, text) => total + milliseconds(text), 0);
      // Figures have three digits: the latency is rounded by 0.05 ms, rows below 10 ms by 0.005 ms.
      expect(Math.abs(sum - latency)).toBeLessThan(0.05 + 0.005 * rows.length + 1e-9);
    }
  });

  it('shows the heaviest kernels first, and all when asked', async () => {
    const section = workbench.webview().locator('section.time');
    const names = section.locator('tbody .row-name');
    expect(await names.first().innerText()).toBe('conv1');
    expect(await names.count()).toBe(17);
    await section.getByRole('button', { name: /^Show all/ }).click();
    await expect.poll(() => names.count()).toBe(24);
    await section.getByRole('button', { name: 'Show the heaviest only' }).click();
    await expect.poll(() => names.count()).toBe(17);
  });
});

describe('names in a file', () => {
  it('stay text', async () => {
    const bytes = readFileSync(join(workbench.folder, 'resnet18.onnx')).toString('latin1');
    const hostile = bytes.replaceAll('/conv1/Conv', '<i>x</i>Cnv');
    writeFileSync(join(workbench.folder, 'hostile.onnx'), Buffer.from(hostile, 'latin1'));
    await workbench.openFile('hostile.onnx');
    await workbench.webview().getByRole('button', { name: 'By kernel' }).click();
    const name = workbench.webview().locator('section.time tbody .row-name').first();
    await expect.poll(() => name.innerText()).toBe('<i>x</i>Cnv');
    await workbench.openFile('resnet18.onnx');
    await expect.poll(() => name.innerText()).toBe('conv1');
  });
});

describe('other resolutions', () => {
  it("are drawn, with the paper's point in the table", async () => {
    const section = workbench.webview().locator('section.resolutions');
    await section.getByText('Show resolutions as a table').click();
    const texts = await section.locator('tbody tr').allInnerTexts();
    const rows = texts.map((text) => text.replace(/\s+/g, ' ').trim());
    expect(rows).toContain('1440×1440 2,073,600 measured by the paper, Table 4 2.51');
    expect(rows).toContain('224×224 50,176 measured, paper 86.1');
    expect(rows.find((row) => row.includes('selected'))).toMatch(/^224×224 50,176 predicted, selected/);
    expect(rows[0]).toMatch(/^112×112 12,544 predicted/);
    expect(await section.locator('canvas').count()).toBe(1);
    await section.getByText('saw random crashes beyond').waitFor();
  });

  it('say what still meets the target', async () => {
    workbench.changeSettings({ 'framecast.targetFps': 30 });
    const plans = workbench.webview().locator('section.resolutions .plans');
    await expect
      .poll(() => plans.allInnerTexts(), { timeout: 60_000 })
      .toEqual([expect.stringMatching(/^Reaches 30 FPS up to \d+×\d+/)]);
    expect(await workbench.webview().locator('.changes').count()).toBe(0);
  });
});

describe('what to change', () => {
  it('stands under the verdict, and a click predicts it', async () => {
    workbench.changeSettings({ 'framecast.targetFps': 120 });
    const view = workbench.webview();
    const changes = view.locator('.changes > ul > li');
    await expect.poll(() => changes.count(), { timeout: 60_000 }).toBe(3);
    const box = await changes.last().boundingBox();
    expect(box!.y + box!.height).toBeLessThan(800);
    const first = changes.first();
    expect(await first.innerText()).toMatch(/^At \d+×\d+/);
    const promised = await first.locator('strong').innerText();
    await first.getByRole('button').click();
    await expect.poll(() => headline(view)).toBe(promised);
    await view.getByText(/eets 120 FPS/).waitFor();
    await view.getByRole('button', { name: 'Model’s own size' }).click();
    workbench.changeSettings({ 'framecast.targetFps': null });
    await expect.poll(() => headline(view)).toBe(await expected());
  });
});

describe('the method', () => {
  it('is in the details, with the other method, and says why it was chosen', async () => {
    const view = workbench.webview();
    await view.getByText('Details and method').click();
    const methods = view.locator('section', { has: view.getByRole('heading', { name: 'Method', exact: true }) });
    expect((await methods.innerText()).replace(/\s+/g, ' ')).toMatch(/Family fit \(Equation 2\) 86\.4 FPS/);
    expect(await methods.locator('.why').innerText()).toMatch(/^Using the .*: its error on held-out models is/);
  });
});

describe('precision', () => {
  it('has a figure for every runtime that the GPU has', async () => {
    const section = workbench.webview().locator('section', { hasText: 'Precision on Jetson Nano' });
    const text = (await section.innerText()).replace(/\s+/g, ' ');
    for (const runtime of ['TensorRT FP32', 'PyTorch FP16', 'PyTorch FP32']) {
      expect(text).toMatch(new RegExp(`${runtime} [\\d.]+ FPS`));
    }
    expect(text).not.toMatch(/TensorRT INT8 [\d.]+ FPS/);
  });
});

describe('concerns', () => {
  it('stand near the headline for a central-difference network', async () => {
    await workbench.openFile('anti-spoofing/cdcn.onnx');
    const view = workbench.webview();
    await view.getByText('central-difference convolutions run as two').first().waitFor();
  });
});
