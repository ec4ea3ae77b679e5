/** Every page and view in each theme and at three widths, to be looked at: `npm run screenshots` writes them into pages/. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { StandIn } from '../../jetson/stand-in/stand-in';
import { openWorkbench, type Theme, type Workbench } from '../harness/workbench';
import {
  answer,
  chooseInExplorer,
  continueIfAsked,
  forgetMeasurements,
  openFolderOfModels,
  pick,
  startBoard,
  writeDevices,
} from '../workbench/board';
import { showAlone } from '../workbench/side-bar';

const themes: readonly Theme[] = ['light', 'dark', 'high-contrast'];
const widths = [1600, 1100, 700] as const;
const size = { width: widths[0], height: 950 };
const folder = process.env['FRAMECAST_SCREENSHOTS'];
/** A scene is opened once and pictured nine times. */
const timeout = 240_000;
const shown = { timeout: 60_000 };

const settings = {
  'window.commandCenter': false,
  'editor.minimap.enabled': false,
  'editor.cursorBlinking': 'solid',
  'framecast.targetFps': 60,
};

let workbench: Workbench;

/** Waits until the window looks the same twice: charts have moved into place, and colours have followed the theme. */
async function settled(): Promise<Buffer> {
  const { page } = workbench;
  let last = await page.screenshot();
  for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
    await page.waitForTimeout(250);
    const next = await page.screenshot();
    if (next.equals(last)) return next;
    last = next;
  }
  return last;
}

/** @param arrange brings back what goes with the theme or the size of the window, such as a hover */
async function pictures(name: string, arrange?: () => Promise<unknown>): Promise<void> {
  for (const theme of themes) {
    await workbench.setTheme(theme);
    for (const width of widths) {
      await workbench.resize(width, size.height);
      await arrange?.();
      const picture = await settled();
      if (folder !== undefined) writeFileSync(join(folder, 'pages', `${name}-${theme}-${width}.png`), picture);
    }
    await workbench.resize(size.width, size.height);
  }
}

/** The open page in the whole window. */
async function picturesOfPage(name: string): Promise<void> {
  await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
  await workbench.page.mouse.move(2, 2);
  await pictures(name);
  await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
}

/** Waits for a part of the open page, then takes its pictures. */
async function pageWith(part: string, name: string): Promise<void> {
  await workbench.webview().locator(part).first().waitFor(shown);
  await picturesOfPage(name);
}

if (folder !== undefined) mkdirSync(join(folder, 'pages'), { recursive: true });

describe('samples', { timeout, retry: 1 }, () => {
  beforeAll(async () => {
    workbench = await openWorkbench({ theme: 'light', size, settings });
    writeFileSync(join(workbench.folder, 'torn.onnx'), 'no model');
  });
  afterAll(() => workbench.close());

  it('the page of a model, and its network', async () => {
    await workbench.openFile('resnet50.onnx');
    await pageWith('.changes li', 'model');
    const view = workbench.webview();
    await view.locator('section.network summary').first().click();
    await view.locator('.network-picture .box').first().waitFor(shown);
    await view.locator('.box').nth(3).click();
    await picturesOfPage('network');
  });

  it('the pages of a network with notes on the board, and of one that was never measured', async () => {
    await workbench.openFile('anti-spoofing/minifasnet_v2.onnx');
    await pageWith('.fps', 'model-fas');
    await workbench.openFile('faces/iresnet50.onnx');
    await pageWith('.changes li', 'model-face');
  });

  it('the page that compares boards', async () => {
    await workbench.openFile('resnet50.onnx');
    await workbench.webview().getByRole('button', { name: 'Compare Boards' }).click();
    await pageWith('.boards tbody tr', 'boards');
  });

  it('the page of a pipeline', async () => {
    await workbench.openFile('pipeline.yaml');
    await workbench.runCommand('Framecast: Open Pipeline');
    await pageWith('.changes li', 'pipeline');
  });

  it.each([
    ['compare', 'Framecast: Compare Models…', 'table.comparison tbody tr'],
    ['accuracy', 'Framecast: Show Accuracy vs. FPS', 'canvas'],
    ['precision', 'Framecast: Compare Precisions', 'main'],
    ['fas', 'Framecast: Show Face Anti-Spoofing Models', 'table tbody tr'],
  ] as const)('the page of %s', async (name, command, part) => {
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand(command);
    await pageWith(part, name);
  });

  it('two models part by part', async () => {
    await workbench.runCommand('View: Close All Editors');
    await chooseInExplorer(workbench, ['resnet50.onnx'], 'Select for Framecast Compare');
    await chooseInExplorer(workbench, ['resnet18.onnx'], 'Compare with Selected Model');
    await pageWith('table', 'diff');
  });

  it('a file that is no model', async () => {
    await workbench.runCommand('View: Close All Editors');
    await workbench.openFile('torn.onnx');
    await pageWith('main.message .sentence', 'unreadable');
  });

  it('Problems and a hover', async () => {
    await workbench.runCommand('View: Close All Editors');
    await workbench.openFile('resnet50.onnx');
    await workbench.openFile('deploy.py');
    await workbench.runCommand('View: Focus Problems');
    await pictures('code', () => workbench.hover('resnet18.onnx'));
    await workbench.runCommand('View: Toggle Panel Visibility');
  });

  it('the walkthrough', async () => {
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand('Welcome: Open Walkthrough...');
    await workbench.page
      .locator('.quick-input-widget input')
      .filter({ visible: true })
      .fill('Get Started with Framecast');
    await workbench.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: 'Framecast' }).waitFor();
    await workbench.page.keyboard.press('Enter');
    for (const id of ['board', 'model', 'target', 'measure']) {
      const step = workbench.page.locator(`.getting-started-step[data-step-id$="#${id}"]`);
      // A click on the one that is open would close it.
      if (!(await step.getAttribute('class', shown))?.includes('expanded')) await step.click();
      await pictures(`walkthrough-${id}`);
    }
    await workbench.runCommand('View: Close All Editors');
  });

  it('the views of the side bar, and the page of fits', async () => {
    for (const view of ['Models', 'Landmarks', 'Face Anti-Spoofing'] as const) {
      await showAlone(workbench, view);
      await pictures(`view-${view.toLowerCase().replaceAll(' ', '-')}`);
      if (view !== 'Landmarks') continue;
      await workbench.runCommand('Framecast: Show Fit');
      await pageWith('canvas', 'fit');
      await workbench.runCommand('View: Close All Editors');
    }
  });
});

describe('a benchmark', { timeout, retry: 1 }, () => {
  let board: StandIn;
  beforeAll(async () => {
    forgetMeasurements();
    writeDevices([]);
    board = await startBoard({ tensorrt: '8.2' });
    workbench = await openFolderOfModels({ theme: 'light', size, settings });
  });
  afterAll(async () => {
    await workbench.close();
    await board.stop();
  });

  it('its page, and the view of its board', async () => {
    await chooseInExplorer(workbench, ['mobilenet small.onnx'], 'Benchmark on Jetson…');
    await pick(workbench, 'from ~/.ssh/config');
    await answer(workbench, 'Name of board', null);
    await pick(workbench, 'Start');
    const measured = workbench.webview().getByRole('heading', { level: 2, name: 'Measured on stand-in' });
    await continueIfAsked(workbench, measured);
    await measured.waitFor({ timeout: 120_000 });
    await picturesOfPage('benchmark');
    await showAlone(workbench, 'Devices');
    await pictures('view-devices');
  });
});
