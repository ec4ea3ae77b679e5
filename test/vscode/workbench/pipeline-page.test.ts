import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkbench, type Workbench } from '../harness/workbench';
import { overflowAt, violationsOf } from './accessible';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await openWorkbench({ theme: 'dark' });
  await workbench.openFile('pipeline.yaml');
  await workbench.runCommand('Framecast: Open Pipeline');
  await workbench.webview().getByRole('heading', { name: 'pipeline.yaml' }).waitFor();
});
afterAll(() => workbench.close());

describe('the page of a pipeline', () => {
  it('says what the pipeline reaches, where the time goes, and what would help', async () => {
    const view = workbench.webview();
    await expect.poll(() => view.locator('.fps').innerText()).toMatch(/^[\d.]+ FPS \([\d.]+ to [\d.]+\)$/);
    expect(await view.locator('.chip').innerText()).toMatch(/the camera's 30 FPS \(\d+%\)$/);
    const stages = await view.locator('section:has(#stages-title) tbody th').allInnerTexts();
    expect(stages.map((text) => text.split('\n')[0]?.trim())).toEqual(['detect', 'anti-spoofing', 'recognise']);
    expect(await view.locator('.changes li').count()).toBeGreaterThan(2);
    const gains = await view
      .locator('.changes rect')
      .evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().width));
    expect(gains).toEqual([...gains].sort((one, other) => other - one));
    // Bars begin in one place, with a button or without.
    const starts = await view
      .locator('.changes svg')
      .evaluateAll((bars) => bars.map((bar) => Math.round(bar.getBoundingClientRect().left)));
    expect(new Set(starts).size).toBe(1);
    const gained = await view.locator('.changes strong').allInnerTexts();
    expect(gained.filter((text) => !/^[\d.]+ FPS \(\+[\d.]+%\)$/.test(text))).toEqual([]);
    await view.locator('canvas').first().waitFor();
    expect(await violationsOf(workbench)).toEqual([]);
    await workbench.screenshot('pipeline-dark');
    expect(await overflowAt(workbench, 300)).toBeLessThanOrEqual(0);
    await workbench.screenshot('pipeline-narrow');
    await workbench.resize(1280, 800);
  });

  it('writes a change into the file and follows it', async () => {
    const view = workbench.webview();
    const before = await view.locator('.fps').innerText();
    const change = view.locator('.changes li', { hasText: 'as one batch' }).first();
    await change.getByRole('button').click();
    await expect.poll(() => view.locator('.fps').innerText()).not.toBe(before);
    await expect
      .poll(() => view.locator('section:has(#stages-title) tbody').innerText())
      .toContain('all faces as a batch');
  });
});

describe('a pipeline in the editor', () => {
  it('completes the paths of models, and marks a size at which a network cannot run', async () => {
    const { page } = workbench;
    const text = 'stages:\n  - model: faces/mobilefacenet.onnx\n    input: 113x97\n  - model: ';
    writeFileSync(join(workbench.folder, 'odd.pipeline.yaml'), text);
    await workbench.openFile('odd.pipeline.yaml');
    await page.locator('.squiggly-error').first().waitFor();
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Control+Space');
    await page.locator('.suggest-widget .monaco-list-row', { hasText: 'faces/ultraface_rfb.onnx' }).waitFor();
    await workbench.screenshot('pipeline-completion');
    await page.keyboard.press('Escape');
    await workbench.runCommand('View: Focus Problems');
    const problems = page.locator('.markers-panel-container .monaco-list-row');
    await problems.filter({ hasText: 'This network cannot run at the size asked for' }).waitFor();
    await workbench.screenshot('pipeline-problems');
  });
});
