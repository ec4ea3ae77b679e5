import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FrameLocator, Locator } from 'playwright-core';
import { openBrowserWorkbench, type BrowserWorkbench } from '../harness/browser-workbench';

describe('VS Code in a browser, with extensions in a web worker', () => {
  let workbench: BrowserWorkbench;
  beforeAll(async () => {
    workbench = await openBrowserWorkbench();
  });
  afterAll(() => workbench.close());

  const row = (name: string): Locator =>
    workbench.page
      .locator('.explorer-folders-view .monaco-list-row')
      .filter({ has: workbench.page.locator('.label-name', { hasText: new RegExp(`^${name}$`) }) });
  const webview = (): FrameLocator =>
    workbench.page
      .locator('iframe.webview.ready')
      .filter({ visible: true })
      .last()
      .contentFrame()
      .frameLocator('#active-frame');
  const run = async (title: string): Promise<void> => {
    await workbench.page.keyboard.press('F1');
    await workbench.page.locator('.quick-input-widget input').filter({ visible: true }).fill(`>${title}`);
    await workbench.page.locator('.quick-input-list .monaco-list-row.focused').filter({ hasText: title }).waitFor();
    await workbench.page.keyboard.press('Enter');
  };

  it('predicts a model, and plans for its target and boards', async () => {
    await row('resnet18.onnx').dblclick({ timeout: 60_000 });
    await webview().getByText('Measured: 86.1 FPS (paper)').waitFor({ timeout: 60_000 });
    await expect.poll(() => workbench.page.locator('.statusbar-item', { hasText: 'FPS' }).count()).toBe(1);

    await run('Framecast: Compare Boards');
    await webview().getByText('Jetson AGX Orin 64GB').first().waitFor();
  });

  it('compares the models of the workspace', async () => {
    await run('Framecast: Compare Models…');
    await webview().getByText('squeezenet1_1.onnx').filter({ visible: true }).first().waitFor();
  });

  it('adds up a pipeline', async () => {
    await row('pipeline.yaml').dblclick();
    await workbench.page.locator('.tab.active', { hasText: 'pipeline.yaml' }).waitFor();
    await run('Framecast: Open Pipeline');
    await webview().getByText('with 2 faces in a frame').waitFor();
  });

  it('says where a benchmark can be run, and has no view that needs one', async () => {
    await run('Framecast: Benchmark on Jetson…');
    await workbench.page.getByText('which a browser does not have').first().waitFor();
    await workbench.page.getByRole('tab', { name: 'Framecast' }).click();
    await workbench.page
      .getByRole('treeitem', { name: /squeezenet1_1/ })
      .first()
      .waitFor();
    expect(await workbench.page.locator('.pane-header', { hasText: 'Devices' }).count()).toBe(0);
  });
});
