/** Every page in each theme and at three widths, to be looked at: `npm run screenshots` writes them into pages/. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openWorkbench, type Theme, type Workbench } from '../harness/workbench';
import { chooseInExplorer } from '../workbench/board';
import { showAlone } from '../workbench/side-bar';

const widths = [1600, 1100, 700] as const;
const height = 950;
const folder = process.env['FRAMECAST_SCREENSHOTS'];

const settings = {
  'window.commandCenter': false,
  'editor.minimap.enabled': false,
  'framecast.targetFps': 60,
};

describe.each<Theme>(['light', 'dark', 'high-contrast'])('%s', (theme) => {
  let workbench: Workbench;
  beforeAll(async () => {
    if (folder !== undefined) mkdirSync(join(folder, 'pages'), { recursive: true });
    workbench = await openWorkbench({ theme, size: { width: widths[0], height }, settings });
  });
  afterAll(() => workbench.close());

  /** The open page at every width, without the side bar. */
  async function picture(name: string): Promise<void> {
    await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
    for (const width of widths) {
      await workbench.resize(width, height);
      await workbench.page.mouse.move(2, 2);
      await workbench.page.waitForTimeout(1200); // charts move into place
      await workbench.screenshot(`pages/${name}-${theme}-${width}`);
    }
    await workbench.resize(widths[0], height);
    await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
  }

  it('the page of a model, and its network', async () => {
    await workbench.openFile('resnet50.onnx');
    const view = workbench.webview();
    await view.locator('.changes li').first().waitFor({ timeout: 60_000 });
    await picture('model');
    await view.locator('section.network summary').first().click();
    await view.locator('.network-picture .box').first().waitFor({ timeout: 60_000 });
    await view.locator('.box').nth(3).click();
    await picture('network');
  });

  it('the page that compares boards', async () => {
    await workbench.openFile('resnet50.onnx');
    await workbench.webview().getByRole('button', { name: 'Compare Boards' }).click();
    await workbench.webview().locator('.boards tbody tr').first().waitFor({ timeout: 60_000 });
    await picture('boards');
  });

  it('the page that compares models', async () => {
    await workbench.runCommand('Framecast: Compare Models…');
    await workbench.webview().locator('table.comparison tbody tr').first().waitFor({ timeout: 60_000 });
    await picture('compare');
  });

  it.each([
    ['accuracy', 'Framecast: Show Accuracy vs. Throughput', 'canvas'],
    ['fit', 'Framecast: Show Fit', 'canvas'],
    ['fas', 'Framecast: Compare FAS Models', 'table tbody tr'],
    ['pipeline', 'Framecast: Open Pipeline', '.changes li'],
  ] as const)('the page of %s', async (name, command, part) => {
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand(command);
    await workbench.webview().locator(part).first().waitFor({ timeout: 60_000 });
    await picture(name);
  });

  it('two models part by part', async () => {
    await workbench.runCommand('View: Close All Editors');
    await chooseInExplorer(workbench, ['resnet50.onnx'], 'Select for Framecast Compare');
    await chooseInExplorer(workbench, ['resnet18.onnx'], 'Compare with Selected Model');
    await workbench.webview().locator('table').first().waitFor({ timeout: 60_000 });
    await picture('diff');
  });

  it('a file that is no model', async () => {
    writeFileSync(join(workbench.folder, 'torn.onnx'), 'no model');
    await workbench.openFile('torn.onnx');
    await workbench.webview().locator('[role=alert]').first().waitFor({ timeout: 60_000 });
    await picture('unreadable');
  });

  it('the views of the side bar, Problems and a hover', async () => {
    await workbench.runCommand('View: Close All Editors');
    await workbench.openFile('deploy.py');
    await workbench.runCommand('View: Focus Problems');
    await workbench.hover('mobilenet_v2_w0.5.onnx');
    await workbench.page.locator('.monaco-hover', { hasText: 'FPS' }).first().waitFor();
    await workbench.screenshot(`pages/code-${theme}-1600`);
    for (const view of ['Models', 'Devices', 'Landmarks', 'Face Anti-Spoofing'] as const) {
      await showAlone(workbench, view);
      await workbench.page.waitForTimeout(1200);
      await workbench.screenshot(`pages/view-${view.toLowerCase().replaceAll(' ', '-')}-${theme}-1600`);
    }
  });
});
