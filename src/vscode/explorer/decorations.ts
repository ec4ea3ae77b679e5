import * as vscode from 'vscode';
import { isUnfit } from '../../core/estimate/verdict';
import { isModelName } from '../../core/model-file-name';
import { explorerTooltip } from '../../core/present/one-line';
import { modelState, type ModelState } from '../models/model-rows';
import type { WorkspaceSummaries } from '../models/reading/workspace-summaries';
import { toAbortSignal } from '../services/cancellation';
import type { LandmarkLibrary } from '../services/landmark-library';
import { onDidChangeSettings, readSettings } from '../services/settings';
import { throughputBadge } from './badge';
import { isOnDisk } from '../services/on-disk';

/**
 * Says the predicted throughput of `.onnx` files in the Explorer and on tabs where the pointer rests on them, and colours
 * those that miss the target or do not run as exported. A number as a badge only if the setting asks for it.
 */
export function registerDecorations(summaries: WorkspaceSummaries, library: LandmarkLibrary): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri | undefined>();

  async function decorate(uri: vscode.Uri, signal: AbortSignal): Promise<vscode.FileDecoration | undefined> {
    const summary = await summaries.of(uri, {}, signal);
    const { targetFps, ...query } = readSettings(uri);
    const state = modelState(summary, query, targetFps, library.estimators);
    if (state.kind === 'model') {
      return new vscode.FileDecoration(badgeOf(uri, state), explorerTooltip(state), colourOf(state.verdict));
    }
    if (state.kind === 'waiting' || ['cancelled', 'unreadable'].includes(state.failure.code)) return undefined;
    return new vscode.FileDecoration('!', state.failure.message, new vscode.ThemeColor('list.warningForeground'));
  }

  const provider: vscode.FileDecorationProvider = {
    onDidChangeFileDecorations: changed.event,
    provideFileDecoration: (uri, token) => {
      if (!isOnDisk(uri) || !isModelName(uri.path)) return undefined;
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
    vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      for (const uri of uris) if (isModelName(uri.path)) changed.fire(uri);
    }),
    library.onDidChange(() => changed.fire(undefined)),
    vscode.window.registerFileDecorationProvider(provider),
  );
}

type Model = Extract<ModelState, { kind: 'model' }>;

/** The throughput, if badges are asked for: not beside the count of problems, which VS Code would write it to. */
function badgeOf(uri: vscode.Uri, { prediction, verdict }: Model): string | undefined {
  const isWanted = vscode.workspace.getConfiguration('framecast', uri).get<unknown>('explorerBadges') === true;
  if (!isWanted || prediction.estimate === null || isUnfit(verdict)) return undefined;
  if (vscode.languages.getDiagnostics(uri).length > 0) return undefined;
  return throughputBadge(prediction.estimate.throughputFps);
}

function colourOf(verdict: Model['verdict']): vscode.ThemeColor | undefined {
  if (isUnfit(verdict)) return new vscode.ThemeColor('framecast.doesNotRun');
  return verdict?.kind === 'misses' ? new vscode.ThemeColor('framecast.targetMissed') : undefined;
}
