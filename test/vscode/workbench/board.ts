import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject } from 'vitest';
import type { Locator } from 'playwright-core';
import { modelChunks } from '../../../src/core/zoo/model-bytes';
import { referenceModel } from '../../../src/core/zoo/reference-model';
import { startStandIn, type StandIn, type StandInOptions } from '../../jetson/stand-in/stand-in';
import { openWorkbench, type Workbench, type WorkbenchOptions } from '../harness/workbench';

/** A stand-in device that the extension under test finds as host `board` in ~/.ssh/config. */
export async function startBoard(options: StandInOptions = {}): Promise<StandIn> {
  const standIn = await startStandIn(options);
  writeSshConfig(readFileSync(standIn.server.configFile, 'utf8'));
  return standIn;
}

/** Replaces the ~/.ssh/config of the extension under test. */
export function writeSshConfig(text: string): void {
  const folder = join(home(), '.ssh');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'config'), text, { mode: 0o600 });
}

/** Sets `framecast.devices` as the user of the machine has it, before a window is opened on the server of that folder. */
export function writeDevices(devices: readonly unknown[], dataFolder = inject('harness').dataFolder): void {
  const folder = join(dataFolder, 'data', 'Machine');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ 'framecast.devices': devices }));
}

/** Forgets the landmarks and benchmarks of earlier tests. */
export function forgetMeasurements(): void {
  rmSync(landmarksFile(), { force: true });
  const storage = join(inject('harness').dataFolder, 'data', 'User', 'globalStorage', 'framecast.framecast');
  rmSync(join(storage, 'benchmarks'), { recursive: true, force: true });
}

/** The lines of the extension's own landmark file. */
export function storedLandmarks(): readonly { readonly [field: string]: unknown }[] {
  try {
    const lines = readFileSync(landmarksFile(), 'utf8').split('\n');
    return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Record<string, unknown>);
  } catch {
    return []; // nothing is stored yet
  }
}

/** A window on a folder with networks that run for real and are small enough for a test. */
export async function openFolderOfModels(options: WorkbenchOptions = {}): Promise<Workbench> {
  return await openWorkbench({ theme: 'dark', ...options, folder: runnableModels() });
}

/** MobileNetV2 at three widths, and two networks of other families. */
function runnableModels(): string {
  const folder = mkdtempSync(join(inject('harness').scratch, 'runnable-'));
  const write = (name: string, family: string, settings: Record<string, string | number | number[]>): void => {
    const model = referenceModel({ family, settings });
    if (!model.ok) throw new Error(model.error.message);
    writeFileSync(join(folder, name), Buffer.concat([...modelChunks(model.value, 1)]));
  };
  write('mobilenet small.onnx', 'MobileNetV2', { width: 0.25 });
  write('mobilenet_v2.onnx', 'MobileNetV2', { width: 0.5 });
  write('mobilenet large.onnx', 'MobileNetV2', { width: 1 });
  write('squeezenet.onnx', 'SqueezeNet', {});
  write('mnasnet.onnx', 'MnasNet', { alpha: 0.5 });
  return folder;
}

/** Takes an entry of the quick pick or quick input that is open, by a part of its text. */
export async function pick({ page }: Workbench, text: string | RegExp): Promise<void> {
  const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();
  await row.waitFor();
  await row.click();
}

/** Answers the input box that is open. */
export async function answer({ page }: Workbench, title: string | RegExp, text: string | null): Promise<void> {
  const widget = page.locator('.quick-input-widget').filter({ visible: true, hasText: title });
  const box = widget.locator('input[type=text], input[type=password]').filter({ visible: true }).first();
  await box.waitFor();
  if (text !== null) await box.fill(text);
  await box.press('Enter');
}

/** The modal dialog that is open. */
export function dialog({ page }: Workbench): Locator {
  return page.locator('.monaco-dialog-box').filter({ visible: true });
}

/** Chooses an entry of an Explorer row's context menu. */
export async function chooseInExplorer(workbench: Workbench, paths: readonly string[], entry: string): Promise<void> {
  for (const [index, path] of paths.entries()) {
    const row = await workbench.explorerRow(path);
    const isSelected = async (): Promise<boolean> => (await row.getAttribute('aria-selected')) === 'true';
    // A click is lost now and then while the file of the one before is being opened.
    for (let attempt = 0; attempt < 5; attempt++) {
      await row.click({ modifiers: index === 0 ? [] : ['ControlOrMeta'] });
      await workbench.page.waitForTimeout(500);
      if (await isSelected()) break;
    }
    expect(await isSelected()).toBe(true);
    if (index === 0 && path.endsWith('.onnx')) await pageOf(workbench, path);
  }
  await (await workbench.explorerRow(paths.at(-1) ?? '')).click({ button: 'right' });
  const item = workbench.page.locator('.context-view .action-item').filter({ visible: true, hasText: entry }).first();
  await item.waitFor();
  // A menu takes no notice of a click that comes as soon as it is there.
  await workbench.page.waitForTimeout(400);
  await item.click();
  await item.waitFor({ state: 'hidden' });
}

/**
 * Waits until the page of a model that a click has opened is loaded. All webviews of this server share one origin, and
 * in VS Code a webview that starts while another one installs its service worker may wait for that for ever.
 */
async function pageOf({ page }: Workbench, path: string): Promise<void> {
  const name = path.split('/').at(-1) ?? path;
  await page.locator('.tab.active').filter({ hasText: name }).waitFor();
  const webview = page.locator('iframe.webview.ready').filter({ visible: true }).last();
  await webview.contentFrame().locator('#active-frame').waitFor();
}

/** Answers the question about what may spoil the figures, where the board has something that does. */
export async function continueIfAsked(workbench: Workbench, until: Locator): Promise<void> {
  const button = dialog(workbench).getByRole('button', { name: 'Continue' });
  await expect
    .poll(async () => (await button.isVisible()) || (await until.isVisible()), { timeout: 30_000 })
    .toBe(true);
  if (await button.isVisible()) await button.click();
}

const home = (): string => join(inject('harness').scratch, 'home');

function landmarksFile(): string {
  return join(home(), 'landmarks.jsonl');
}
