import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkbench, type Workbench } from '../harness/workbench';
import { overflowAt } from './accessible';
import { chooseFile } from './file-dialog';
import { showAlone } from './side-bar';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await openWorkbench({ theme: 'dark', settings: { 'files.simpleDialog.enable': true } });
  await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await workbench.openFile('resnet18.onnx');
  await workbench.webview().locator('section.resolutions canvas').first().waitFor();
  await workbench.webview().getByText('Details and method').click();
});
afterAll(() => workbench.close());

const clipboard = (): Promise<string> => workbench.page.evaluate('navigator.clipboard.readText()');

/** A number that is another one as soon as any pixel of a chart is. */
async function colours(selector: string): Promise<number> {
  return await workbench
    .webview()
    .locator(selector)
    .evaluate((element) => {
      const canvas = element as unknown as {
        width: number;
        height: number;
        getContext(kind: '2d'): { getImageData(x: number, y: number, w: number, h: number): { data: Uint8Array } };
      };
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return new Uint32Array(data.buffer).reduce((sum, pixel) => (sum * 31 + pixel) % 1_000_000_007, 7);
    });
}

describe('the charts of a model’s page', () => {
  it('have a picture and figures each, the time’s bars too', async () => {
    const groups = workbench.webview().locator('.chart-actions');
    const labels = await groups.evaluateAll((all) =>
      all.map((group) => (group as unknown as { getAttribute(name: string): string }).getAttribute('aria-label')),
    );
    expect(labels).toEqual([
      expect.stringMatching(/^Export: Where the time goes/),
      expect.stringMatching(/^Export: FPS of resnet18\.onnx over resolution/),
      expect.stringMatching(/^Export: FPS of ResNet models/),
    ]);
  });

  it('let the arrow keys move through their points, and read them out', async () => {
    const view = workbench.webview();
    const canvas = view.locator('canvas.family');
    const live = view.locator('[data-chart="family"] .chart-live');
    const said: string[] = [];
    await canvas.focus();
    await canvas.press('Home');
    for (let step = 0; step < 10; step++) {
      await expect.poll(() => live.innerText()).toMatch(new RegExp(`, ${step + 1} of 1\\d$`));
      said.push(await live.innerText());
      await canvas.press('ArrowRight');
    }
    expect(said.filter((text) => text.startsWith('This model: '))).toHaveLength(1);
    expect(said).toEqual(
      expect.arrayContaining([expect.stringMatching(/^resnet50 \(paper\): 32\.0 FPS measured, 25\.56 M parameters/)]),
    );
    await canvas.press('Escape');
    await expect.poll(() => live.innerText()).toBe('');
  });

  it('copy where the time goes with all kernels and all digits', async () => {
    const view = workbench.webview();
    await view.getByRole('button', { name: 'By kernel' }).click();
    await view
      .getByRole('group', { name: 'Export: Where the time goes' })
      .getByRole('button', { name: 'Copy as CSV' })
      .click();
    await expect.poll(clipboard).toMatch(/^Name,Detail,Time \(ms\),Share,Arithmetic \(ms\),Memory traffic \(ms\)/);
    const rows = (await clipboard()).trim().split('\n').slice(1);
    expect(rows.length).toBeGreaterThan(20);
    const latency = rows.reduce((sum, row) => sum + Number(/,(\d+\.\d+),\d/.exec(row)?.[1] ?? Number.NaN), 0);
    const shown = await view.locator('section.time tfoot td:nth-child(3)').innerText();
    expect(Math.abs(latency - Number.parseFloat(shown)) / latency).toBeLessThan(0.005);
  });

  it('save bars that the page draws in its own way', async () => {
    const view = workbench.webview();
    await view
      .getByRole('group', { name: 'Export: Where the time goes' })
      .getByRole('button', { name: 'Save as PNG' })
      .click();
    const file = join(workbench.folder, 'time.png');
    await chooseFile(workbench, file);
    await expect.poll(() => existsSync(file) && readFileSync(file).length).toBeGreaterThan(1000);
    const bytes = readFileSync(file);
    expect([bytes.subarray(1, 4).toString(), bytes.readUInt32BE(16)]).toEqual(['PNG', 2032]);
  });

  it('take the colours of another theme at once', async () => {
    const dark = await colours('canvas.family');
    await workbench.setTheme('light');
    await expect.poll(() => colours('canvas.family')).not.toBe(dark);
    await workbench.setTheme('dark');
    await expect.poll(() => colours('canvas.family')).toBe(dark);
  });
});

describe('the page of a model', () => {
  it('is saved as a report of one file, and copied as Markdown', async () => {
    await workbench.runCommand('Framecast: Save Report…');
    const file = join(workbench.folder, 'to hand on.html');
    await chooseFile(workbench, file);
    await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8')).toContain('</html>');
    const report = readFileSync(file, 'utf8');
    expect(report).toMatch(/<h2>resnet18\.onnx<\/h2>[^]*FPS on Jetson Nano, TensorRT FP16/);
    expect(report).not.toMatch(/<script|src=|href=/);
    await workbench.runCommand('Framecast: Copy Prediction as Markdown');
    await expect.poll(clipboard).toMatch(/^`resnet18\.onnx`[^]*FPS/);
  });

  it('switches the board by its keys', async () => {
    const { page } = workbench;
    await workbench.webview().getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Control+b');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Jetson AGX Xavier' }).first().waitFor();
    await page.keyboard.press('Escape');
  });
});

describe('the chart of landmarks and fits', () => {
  const fit = () => workbench.webview().locator('[data-chart="fit"]');

  it('lets the arrow keys move through its points, whichever fits are drawn', async () => {
    // The command is among those of the view.
    await showAlone(workbench, 'Landmarks');
    await workbench.runCommand('Framecast: Show Fit');
    const view = workbench.webview();
    await fit().locator('canvas').waitFor();
    for (const shown of ['One fit per family', 'One fit for all']) {
      await view.getByRole('button', { name: shown }).click();
      await view.locator('[aria-pressed="true"]', { hasText: shown }).waitFor();
      await fit().locator('canvas').focus();
      await fit().locator('canvas').press('Home');
      await expect
        .poll(() => fit().locator('.chart-live').innerText())
        .toMatch(/^squeezenet1_[01] .*M parameters, [\d.]+ FPS.*, 1 of 38$/);
      await fit().locator('canvas').press('Escape');
    }
    await view.locator('.legend').getByText('one fit for all').waitFor();
  });

  it('copies its figures and saves its picture', async () => {
    await fit().getByRole('button', { name: 'Copy as CSV' }).click();
    await expect.poll(clipboard).toMatch(/^Model,Family,Campaign,Parameters,FPS[^]*resnet50,ResNet,paper,25557032,32/);
    await fit().getByRole('button', { name: 'Save as PNG' }).click();
    const file = join(workbench.folder, 'fit.png');
    await chooseFile(workbench, file);
    await expect.poll(() => existsSync(file) && readFileSync(file).length).toBeGreaterThan(1000);
    const bytes = readFileSync(file);
    expect([bytes.subarray(1, 4).toString(), bytes.readUInt32BE(16)]).toEqual(['PNG', 2032]);
  });

  it('says the same in a table, and fits narrow and wide pages', async () => {
    await fit().locator('summary').click();
    expect(await fit().locator('tbody tr').count()).toBe(38);
    for (const width of [300, 1600]) expect(await overflowAt(workbench, width)).toBeLessThanOrEqual(0);
  });
});
