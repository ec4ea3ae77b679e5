import { posix } from 'node:path';
import * as vscode from 'vscode';
import { predictionCard } from '../../core/present/card';
import { predictionView } from '../../core/present/prediction-view';
import { formatThroughput } from '../../core/figures';
import type { ReferenceRequest } from '../../core/zoo/reference-model';
import { publishedMembers } from '../../core/zoo/published-members';
import type { Choice, DeviceOption } from '../../protocol/page';
import { isOwnDevice } from '../../core/landmarks/devices';
import { deviceOptions, isMeasured } from '../services/known-devices';
import { askForModel, chosenUris } from '../models/chosen-models';
import { modelEditorType, type ModelEditors, type ShownModel } from '../pages/model/model-editor';
import { writeExportScript } from './export-script';
import { createReferenceModel, newReferenceModel } from './new-reference-model';
import type { ModelService } from '../services/model-service';
import { readSettings, writeSettings } from '../services/settings';
import { t } from '../../core/language';

/** Registers what the Command Palette, menus and pages can ask for. */
export function registerCommands(editors: ModelEditors, service: ModelService): vscode.Disposable {
  const register = (name: string, run: (...parameters: unknown[]) => Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(`framecast.${name}`, run);
  return vscode.Disposable.from(
    register('openModel', (target) => openModel(target)),
    register('switchDevice', () => switchDevice(editors.shown, service)),
    register('switchRuntime', () => switchRuntime(editors.shown, service)),
    register('setTarget', () => setTarget(editors.shown?.uri)),
    register('copyAsMarkdown', (clicked, selected) =>
      copyAsMarkdown(chosenUris(clicked, selected), editors.shown, service),
    ),
    register('newReferenceModel', (wanted) => {
      const request = publishedRequest(wanted);
      return request === null ? newReferenceModel() : createReferenceModel(request);
    }),
    register('writeExportScript', async (target) => {
      const uri = chosenUris(target)[0] ?? editors.shown?.uri;
      if (uri) await writeExportScript(uri, service);
    }),
  );
}

/** Opens a model: the one given (a URI, or one that came through a link as JSON), else one that the user picks. */
async function openModel(target: unknown): Promise<void> {
  const uri = chosenUris(target)[0] ?? (await askForModel(t('Open Model')));
  if (uri) await vscode.commands.executeCommand('vscode.openWith', uri, modelEditorType);
}

/** A published network that a page asks for, by name and size; null where nothing of the kind is asked for. */
function publishedRequest(wanted: unknown): ReferenceRequest | null {
  if (typeof wanted !== 'object' || wanted === null || !('member' in wanted)) return null;
  const member = publishedMembers.find(({ name }) => name === wanted.member);
  if (member === undefined) return null;
  const resolution = 'resolution' in wanted && typeof wanted.resolution === 'number' ? wanted.resolution : undefined;
  return { family: member.family, settings: member.settings, resolution };
}

/** Every device with each of its runtimes, and what the open model would do there. */
async function switchDevice(shown: ShownModel | null, service: ModelService): Promise<void> {
  const current = shown?.choice ?? settingsChoice();
  const itemsOf = (devices: readonly DeviceOption[]): readonly ChoiceItem[] =>
    devices.flatMap((device) =>
      device.runtimes.flatMap(({ id, name, isSupported }) => {
        const choice = device.id === current.device ? { ...current, runtime: id } : { device: device.id, runtime: id };
        return isSupported ? [choiceItem(`${device.name}, ${name}`, choice, current, shown, service)] : [];
      }),
    );
  const all = deviceOptions(current);
  const own = itemsOf(all.filter(({ id }) => isOwnDevice(id)));
  const devices = all.filter(({ id }) => !isOwnDevice(id));
  const items = [
    ...(own.length === 0 ? [] : [separator(t('Your own boards')), ...own]),
    separator(t('Measured boards')),
    ...itemsOf(devices.filter(({ id }) => isMeasured(id))),
    separator(t('Boards known by their specification')),
    ...itemsOf(devices.filter(({ id }) => !isMeasured(id))),
  ];
  await pickChoice(items, t('Predict for which device and runtime?'), shown);
}

async function switchRuntime(shown: ShownModel | null, service: ModelService): Promise<void> {
  const current = shown?.choice ?? settingsChoice();
  const device = deviceOptions(current).find(({ id }) => id === current.device);
  const items = (device?.runtimes ?? []).flatMap(({ id, name, isSupported }) =>
    isSupported ? choiceItem(name, { ...current, runtime: id }, current, shown, service) : [],
  );
  await pickChoice(items, t('Predict for which runtime on {0}?', device?.name ?? current.device), shown);
}

function settingsChoice(): Choice {
  const { device, runtime, powerMode } = readSettings();
  return { device, runtime, powerMode };
}

function separator(label: string): ChoiceItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

interface ChoiceItem extends vscode.QuickPickItem {
  readonly choice?: Choice;
}

function choiceItem(
  label: string,
  choice: Choice,
  current: Choice,
  shown: ShownModel | null,
  service: ModelService,
): ChoiceItem {
  const isCurrent = choice.device === current.device && choice.runtime === current.runtime;
  return {
    label: `$(${isCurrent ? 'check' : 'blank'}) ${label}`,
    description: describe(choice, shown, service),
    choice,
  };
}

function describe(choice: Choice, shown: ShownModel | null, service: ModelService): string {
  if (!shown?.analysis) return '';
  const { estimate } = service.predict(shown.analysis, choice);
  return estimate ? formatThroughput(estimate.throughputFps, estimate.batch) : t('no prediction');
}

async function pickChoice(items: readonly ChoiceItem[], placeHolder: string, shown: ShownModel | null): Promise<void> {
  const picked = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true });
  if (picked?.choice) await writeSettings({ powerMode: undefined, ...picked.choice }, shown?.uri);
}

async function setTarget(scope: vscode.Uri | undefined): Promise<void> {
  const { targetFps } = readSettings(scope);
  const entered = await vscode.window.showInputBox({
    title: t('Target FPS'),
    prompt: t('Frames per second that a model must reach; leave empty for no target.'),
    value: targetFps === null ? '' : String(targetFps),
    validateInput: (text) => (parseTarget(text) === undefined ? t('Enter a number above 0, such as 30.') : undefined),
  });
  if (entered === undefined) return;
  const target = parseTarget(entered);
  if (target !== undefined) await writeSettings({ targetFps: target }, scope);
}

/** The target that was entered: null for none, undefined for what is no target. */
function parseTarget(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  const target = Number(text.trim().replace(',', '.'));
  return Number.isFinite(target) && target > 0 ? target : undefined;
}

/** Copies what the page that is shown says, and of other models what the settings predict. */
async function copyAsMarkdown(
  chosen: readonly vscode.Uri[],
  shown: ShownModel | null,
  service: ModelService,
): Promise<void> {
  const uris = chosen.length > 0 || shown === null ? chosen : [shown.uri];
  const cards: string[] = [];
  for (const uri of uris) {
    const { targetFps, ...settings } = readSettings(uri);
    const onPage = shown?.uri.toString() === uri.toString() ? shown : null;
    const read = await service.analyse(uri);
    const analysis = onPage?.analysis ?? (read.ok ? read.value : null);
    if (analysis === null) continue;
    const query = onPage?.query ?? settings;
    const view = predictionView(analysis.profile, query, service.predict(analysis, query), targetFps ?? undefined);
    const name = posix.basename(uri.path).replaceAll('`', "'");
    cards.push([`\`${name}\``, '', ...predictionCard(view), ''].join('\n'));
  }
  if (cards.length === 0) {
    await vscode.window.showInformationMessage(t('Open a model first to copy its prediction.'));
    return;
  }
  await vscode.env.clipboard.writeText(cards.join('\n'));
  vscode.window.setStatusBarMessage(t('$(check) Copied the prediction as Markdown'), 3000);
}
