import * as vscode from 'vscode';
import { formatCount, formatFps } from '../../core/figures';
import { deviceName } from '../../core/landmarks/devices';
import { runtimeName } from '../../core/landmarks/landmark';
import { missesTarget, modelState, type ModelState } from '../models/model-rows';
import type { WorkspaceSummaries } from '../models/reading/workspace-summaries';
import { toAbortSignal } from '../services/cancellation';
import type { LandmarkLibrary } from '../services/landmark-library';
import { onDidChangeSettings, readSettings } from '../services/settings';
import { throughputBadge } from './badge';

/** Puts the predicted throughput on `.onnx` files in the Explorer and on tabs: a badge, and a sentence to hover on. */
export function registerDecorations(summaries: WorkspaceSummaries, library: LandmarkLibrary): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri | undefined>();

  async function decorate(uri: vscode.Uri, signal: AbortSignal): Promise<vscode.FileDecoration | undefined> {
    const summary = await summaries.of(uri, {}, signal);
    const { targetFps, ...query } = readSettings(uri);
    const state = modelState(summary, query, targetFps, library.estimators);
    if (state.kind === 'model') return describe(state);
    if (state.kind === 'waiting' || ['cancelled', 'unreadable'].includes(state.failure.code)) return undefined;
    return new vscode.FileDecoration('!', state.failure.message, new vscode.ThemeColor('list.warningForeground'));
  }

  const provider: vscode.FileDecorationProvider = {
    onDidChangeFileDecorations: changed.event,
    provideFileDecoration: (uri, token) => {
      if (uri.scheme !== 'file' || !/\.onnx$/i.test(uri.path)) return undefined;
      return decorate(uri, toAbortSignal(token));
    },
  };

  const watcher = vscode.workspace.createFileSystemWatcher('**/*.[oO][nN][nN][xX]');
  const refresh = (uri: vscode.Uri): void => changed.fire(uri);
  return vscode.Disposable.from(
    changed,
    watcher,
    watcher.onDidChange(refresh),
    watcher.onDidCreate(refresh),
    watcher.onDidDelete(refresh),
    onDidChangeSettings(() => changed.fire(undefined)),
    library.onDidChange(() => changed.fire(undefined)),
    vscode.window.registerFileDecorationProvider(provider),
  );
}

function describe(state: Extract<ModelState, { kind: 'model' }>): vscode.FileDecoration {
  const { profile, query, prediction, verdict } = state;
  const { estimate } = prediction;
  const board = `${deviceName(query.device)} (${runtimeName(query.runtime)})`;
  const what = [
    profile.variant ?? profile.family ?? 'unrecognised family',
    `${formatCount(profile.parameters)} parameters`,
  ];
  if (!estimate) return new vscode.FileDecoration(undefined, [`No prediction for ${board}`, ...what].join(' · '));
  const figure = `${formatFps(estimate.throughputFps)} FPS on ${board}`;
  return new vscode.FileDecoration(
    throughputBadge(estimate.throughputFps),
    [figure, ...(verdict ? [verdict.sentence] : []), ...what].join(' · '),
    missesTarget({ state }) ? new vscode.ThemeColor('framecast.targetMissed') : undefined,
  );
}
