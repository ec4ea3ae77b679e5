import path from 'node:path';
import * as vscode from 'vscode';
import { isRuntime, type Runtime } from '../../core/landmarks/landmark';
import { t } from '../../core/language';
import { isModelName } from '../../core/model-file-name';
import type { ModelEditors } from '../pages/model/model-editor';
import { askForModels, chosenUris } from '../models/chosen-models';
import { searchFolder } from '../models/search-folder';
import { chooseBenchmark, type BenchmarkChoice } from './benchmark-choice';
import type { BenchmarkPlan } from './benchmark-record';
import type { DeviceMonitor } from '../boards/device-monitor';
import { readSavedDevices } from '../boards/device-settings';
import type { DeviceNode } from '../boards/devices-view';
import { requireTrust } from '../boards/trust';
import { isOnDisk } from '../services/on-disk';
import { runWizard } from '../services/wizard';

/** What a page or a menu asks to benchmark. */
interface Asked {
  readonly uris: readonly vscode.Uri[];
  readonly deviceName?: string;
  readonly runtimes?: readonly Runtime[];
}

export interface BenchmarkCommandParts {
  readonly editors: ModelEditors;
  readonly monitor: DeviceMonitor;
  readonly memory: vscode.Memento;
  /** Runs it, and shows its page. */
  start(plan: BenchmarkPlan): void;
}

/**
 * `Benchmark on Jetson…`: the models of the selection, of the active editor, or those that the user picks; on a device
 * of the view, or one that the user picks.
 */
export function registerBenchmarkCommand(parts: BenchmarkCommandParts): vscode.Disposable {
  return vscode.commands.registerCommand('framecast.benchmark', async (target: unknown, selection: unknown) => {
    if (!(await requireTrust('benchmarks'))) return;
    const asked = await completed(askedFor(target, selection), parts.editors);
    const models = asked.uris.filter((uri) => isModelName(uri.path));
    if (models.length === 0) {
      if (asked.uris.length > 0)
        void vscode.window.showErrorMessage(t('None of these files is an ONNX model. Choose .onnx files.'));
      return;
    }
    const remote = models.find((uri) => !isOnDisk(uri));
    if (remote) {
      void vscode.window.showErrorMessage(
        t(
          '{0} is not on a local disk, so it cannot be sent to a board. Save a local copy and benchmark that.',
          path.posix.basename(remote.path),
        ),
      );
      return;
    }
    const modelPaths = [...new Set(models.map(({ fsPath }) => fsPath))];
    const device = readSavedDevices().devices.find(({ name }) => name === asked.deviceName);
    const title =
      modelPaths.length === 1
        ? modelNameOf(modelPaths[0] ?? '')
        : t('{0, plural, one {# model} other {# models}}', modelPaths.length);
    const choice = await chooseBenchmark(
      { title, modelPaths, device, runtimes: asked.runtimes },
      parts.memory,
      parts.monitor,
    );
    if (choice) parts.start(planOf(modelPaths, choice));
  });
}

/** Every model with every runtime, model by model. */
function planOf(modelPaths: readonly string[], choice: BenchmarkChoice): BenchmarkPlan {
  const { device, runtimes, trials, warmupRuns, batch } = choice;
  const runs = modelPaths.flatMap((modelPath) =>
    runtimes.map((runtime) => ({
      modelPath,
      modelName: modelNameOf(modelPath),
      runtime,
      trials,
      warmupRuns,
      batch: batch ?? undefined,
    })),
  );
  return { device, runs };
}

/** The name of a file without its ending, as landmarks have it. */
function modelNameOf(modelPath: string): string {
  return path.parse(modelPath).name;
}

/** Models to pick from: enough for a list that people can search. */
const maxOffered = 2000;

async function workspaceModels(): Promise<readonly vscode.Uri[]> {
  const found: vscode.Uri[] = [];
  const enough = new AbortController();
  const take = (uri: vscode.Uri): void => void (found.push(uri) === maxOffered && enough.abort());
  for (const folder of vscode.workspace.workspaceFolders ?? []) await searchFolder(folder, '', take, enough.signal);
  return found.slice(0, maxOffered);
}

/** What VS Code hands over: a file and the selection from a menu, a device of the view, or what a page asks. */
function askedFor(target: unknown, selection: unknown): Asked {
  const chosen = chosenUris(target, selection);
  if (chosen.length > 0) return { uris: chosen };
  if (typeof target !== 'object' || target === null) return { uris: [] };
  if (isDeviceNode(target)) return { uris: [], deviceName: target.device.name };
  const { uri, runtime } = target as { readonly uri?: unknown; readonly runtime?: unknown };
  return {
    uris: uri instanceof vscode.Uri ? [uri] : [],
    ...(typeof runtime === 'string' && isRuntime(runtime) ? { runtimes: [runtime] } : {}),
  };
}

function isDeviceNode(target: object): target is Extract<DeviceNode, { kind: 'device' }> {
  return 'kind' in target && target.kind === 'device' && 'device' in target;
}

/** Without files: the model of the active editor, else those that the user picks. */
async function completed(asked: Asked, editors: ModelEditors): Promise<Asked> {
  if (asked.uris.length > 0) return asked;
  const { shown } = editors;
  // From a device's menu the open model is only one of many, so the user picks.
  if (shown && asked.deviceName === undefined) return { ...asked, uris: [shown.uri] };
  const found = await workspaceModels();
  if (found.length === 0) return { ...asked, uris: (await askForModels(t('Benchmark on Jetson'))) ?? [] };
  const items: { label: string; uri: vscode.Uri | null; picked: boolean }[] = found
    .map((uri) => ({
      label: vscode.workspace.asRelativePath(uri),
      uri,
      picked: uri.toString() === shown?.uri.toString(),
    }))
    .sort((one, another) => Number(another.picked) - Number(one.picked) || (one.label < another.label ? -1 : 1));
  items.push({ label: t('$(folder-opened) Browse…'), uri: null, picked: false });
  const picked = await runWizard(t('Benchmark on Jetson'), (wizard) =>
    wizard.pickMany(items, {
      prompt: t('Which models?'),
      complaint: (chosen) => (chosen.length === 0 ? t('Choose at least one model') : null),
    }),
  );
  if (picked === undefined) return { ...asked, uris: [] };
  const uris = picked.flatMap(({ uri }) => (uri === null ? [] : [uri]));
  return {
    ...asked,
    uris: picked.some(({ uri }) => uri === null)
      ? [...uris, ...((await askForModels(t('Benchmark on Jetson'))) ?? [])]
      : uris,
  };
}
