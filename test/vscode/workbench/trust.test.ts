import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ensureVscodeServer } from '../../../scripts/setup/vscode-server.mjs';
import { installExtension } from '../../../scripts/vscode-server/installed-extension.mjs';
import { separateHome, startVscodeServer, type VscodeServer } from '../../../scripts/vscode-server/serve.mjs';
import type { StandIn } from '../../jetson/stand-in/stand-in';
import type { Workbench } from '../harness/workbench';
import {
  chooseInExplorer,
  dialog,
  forgetMeasurements,
  openFolderOfModels,
  startBoard,
  storedLandmarks,
  writeDevices,
} from './board';
import { showAlone } from './side-bar';

let board: StandIn;
let vscode: VscodeServer;
let workbench: Workbench;
beforeAll(async () => {
  forgetMeasurements();
  board = await startBoard({ tensorrt: '8.5' });
  const { scratch } = inject('harness');
  const dataFolder = mkdtempSync(join(scratch, 'restricted-'));
  const extensionsFolder = join(dataFolder, 'installed');
  mkdirSync(dataFolder, { recursive: true });
  const server = await ensureVscodeServer();
  if (!server) throw new Error('VS Code is missing; the lines above say why.');
  installExtension(server, extensionsFolder, dataFolder);
  installAssistant(extensionsFolder);
  const env = separateHome(scratch);
  vscode = await startVscodeServer({ server, dataFolder, extensionsFolder, env, asksForTrust: true });
  writeDevices([{ name: 'bench nano', host: 'board' }], dataFolder);
  workbench = await openFolderOfModels({
    server: { address: vscode.address, dataFolder },
    settings: { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' },
  });
});
afterAll(async () => {
  await workbench.close();
  await vscode.stop();
  await board.stop();
});

/** An extension that asks for a measurement as an assistant does, and shows what it is told. */
function installAssistant(extensionsFolder: string): void {
  const folder = join(extensionsFolder, 'test.assistant-1.0.0');
  mkdirSync(folder);
  const manifest = {
    publisher: 'test',
    name: 'assistant',
    version: '1.0.0',
    engines: { vscode: '^1.100.0' },
    main: './main.js',
    capabilities: { untrustedWorkspaces: { supported: true } },
    contributes: { commands: [{ command: 'assistant.measure', title: 'Assistant: Measure' }] },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const input = { models: ['squeezenet.onnx'], board: 'bench nano', trials: 5, confirmed: true };
  const main = `const { commands, lm, window } = require('vscode');
    exports.activate = () => commands.registerCommand('assistant.measure', async () => {
      const asked = { input: ${JSON.stringify(input)}, toolInvocationToken: undefined };
      const told = await lm.invokeTool('framecast_benchmark', asked).then(
        ({ content }) => content.map(({ value }) => value).join(),
        (error) => String(error.message),
      );
      void window.showInformationMessage('Told: ' + told);
    });`;
  writeFileSync(join(folder, 'main.js'), main);
  // So that VS Code looks at what is in the folder.
  rmSync(join(extensionsFolder, 'extensions.json'), { force: true });
}

const devices = () => workbench.page.locator('.pane').filter({ hasText: /^Devices/ });
const device = () => devices().locator('.monaco-list-row').filter({ hasText: 'bench nano' });
const notification = (text: string | RegExp) =>
  workbench.page.locator('.notification-list-item').filter({ visible: true, hasText: text }).first();

async function close(text: string): Promise<void> {
  await notification(text).hover();
  await notification(text).locator('.codicon-notifications-clear').click();
  await notification(text).waitFor({ state: 'hidden' });
}

describe('in a workspace that is not trusted', () => {
  let before: string;
  it('models are predicted', async () => {
    before = await board.server.log();
    await workbench.openFile('squeezenet.onnx');
    await workbench.webview().locator('.fps .number').waitFor();
  });

  it('the Devices view says why it shows no devices', async () => {
    await showAlone(workbench, 'Devices');
    await devices()
      .getByText('Devices need a trusted workspace because Framecast connects to them over SSH.')
      .waitFor();
    await devices().getByRole('button', { name: 'Manage Workspace Trust' }).waitFor();
    expect(await device().count()).toBe(0);
    await workbench.screenshot('trust-view');
  });

  it.each([
    ['Framecast: Benchmark on Jetson…', 'Benchmarks need a trusted workspace'],
    ['Framecast: Measure Landmark Ladder…', 'Benchmarks need a trusted workspace'],
    ['Framecast: Add Device…', 'Devices need a trusted workspace'],
    ['Framecast: Test Device Connection', 'Devices need a trusted workspace'],
    ['Framecast: Show Jobs and Files on the Board…', 'Devices need a trusted workspace'],
  ])('%s says that it needs trust', async (command, sentence) => {
    await workbench.runCommand(command);
    await notification(sentence).waitFor();
    expect(await notification(sentence).innerText()).toContain('Predictions work without it.');
    expect(await workbench.page.locator('.quick-input-widget').filter({ visible: true }).count()).toBe(0);
    await close(sentence);
  });

  it('the Explorer’s menu says so too, and an assistant is told, and the board never hears of it', async () => {
    await workbench.page.locator('.activitybar .action-label[aria-label^="Explorer"]').click();
    await chooseInExplorer(workbench, ['mnasnet.onnx'], 'Benchmark on Jetson…');
    await notification('Benchmarks need a trusted workspace').waitFor();
    await workbench.screenshot('trust-message');
    await workbench.runCommand('Assistant: Measure');
    await notification('Told: not-ready: Benchmarks need a trusted workspace').waitFor();
    expect(await dialog(workbench).count()).toBe(0);
    expect(await board.server.log()).toBe(before);
  });
});

it('works without a reload once the workspace is trusted', async () => {
  await notification('Benchmarks need a trusted workspace')
    .getByRole('button', { name: 'Manage Workspace Trust' })
    .click();
  const editor = workbench.page.locator('.workspace-trust-editor');
  await editor.waitFor();
  await editor.getByRole('button', { name: 'Trust', exact: true }).click();
  await workbench.page.locator('.activitybar .action-label[aria-label^="Framecast"]').click();
  await device().waitFor();
  await device().hover();
  await device().getByRole('button', { name: 'Test Device Connection' }).click();
  await expect.poll(() => device().innerText()).toMatch(/ready/);
  await workbench.screenshot('trust-granted');
});

it(
  'measures for an assistant once the user has agreed, whatever the assistant says',
  { timeout: 180_000 },
  async () => {
    const { page } = workbench;
    await workbench.runCommand('Assistant: Measure');
    await dialog(workbench).getByText('Measure squeezenet.onnx on bench nano?').waitFor();
    await workbench.screenshot('assistant-confirmation');
    await page.keyboard.press('Escape');
    await notification(/^Told: (?!not-ready)/).waitFor();
    const refused = await notification(/^Told: (?!not-ready)/).innerText();
    expect(refused).not.toContain('FPS');
    expect(storedLandmarks()).toEqual([]);

    await workbench.runCommand('Assistant: Measure');
    await dialog(workbench).getByText('Measure squeezenet.onnx on bench nano?').waitFor();
    await page.keyboard.press('Enter');
    await notification(/squeezenet, TensorRT FP16: [\d.]+ FPS measured .* 5 trials/).waitFor({ timeout: 120_000 });
    expect(storedLandmarks()).toMatchObject([{ model: 'squeezenet', device: 'stand-in' }]);
  },
);
