import pLimit from 'p-limit';
import * as vscode from 'vscode';
import { targetVerdict } from '../../core/present/sentences';
import { formatCount, formatFps } from '../../core/figures';
import { deviceName } from '../../core/landmarks/devices';
import { runtimeName } from '../../core/landmarks/landmark';
import { throughputBadge } from './badge';
import { toAbortSignal } from '../services/cancellation';
import type { ModelAnalysis, ModelService } from '../services/model-service';
import { onDidChangeSettings, readSettings, type Settings } from '../services/settings';

/** Models that are read at a time for the Explorer, so that a folder of a thousand leaves room for the rest. */
const concurrentReads = 2;

/** Puts the predicted throughput on `.onnx` files in the Explorer and on tabs: a badge, and a sentence to hover on. */
export function registerDecorations(service: ModelService): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri | undefined>();
  const limit = pLimit(concurrentReads);

  async function decorate(uri: vscode.Uri, signal: AbortSignal): Promise<vscode.FileDecoration | undefined> {
    if (signal.aborted) return undefined;
    const result = await service.analyse(uri, signal);
    const settings = readSettings(uri);
    if (result.ok) return describe(service, result.value, settings);
    if (result.error.code === 'cancelled' || result.error.code === 'unreadable') return undefined;
    return new vscode.FileDecoration('!', result.error.message, new vscode.ThemeColor('list.warningForeground'));
  }

  const provider: vscode.FileDecorationProvider = {
    onDidChangeFileDecorations: changed.event,
    provideFileDecoration: (uri, token) => {
      if (uri.scheme !== 'file' || !/\.onnx$/i.test(uri.path)) return undefined;
      const signal = toAbortSignal(token);
      return limit(() => decorate(uri, signal));
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
    service.onDidChangePredictions(() => changed.fire(undefined)),
    vscode.window.registerFileDecorationProvider(provider),
  );
}

function describe(service: ModelService, analysis: ModelAnalysis, settings: Settings): vscode.FileDecoration {
  const { profile } = analysis;
  const { estimate } = service.predict(analysis, settings);
  const place = `${deviceName(settings.device)} (${runtimeName(settings.runtime)})`;
  const what = [
    profile.variant ?? profile.family ?? 'unrecognised family',
    `${formatCount(profile.parameters)} parameters`,
  ];
  if (!estimate) return new vscode.FileDecoration(undefined, [`No prediction for ${place}`, ...what].join(' · '));
  const verdict = settings.targetFps === null ? null : targetVerdict(estimate, settings.targetFps);
  const missed = verdict?.standing === 'missed' || verdict?.standing === 'unlikely';
  return new vscode.FileDecoration(
    throughputBadge(estimate.throughputFps),
    [`${formatFps(estimate.throughputFps)} FPS on ${place}`, ...(verdict ? [verdict.sentence] : []), ...what].join(
      ' · ',
    ),
    missed ? new vscode.ThemeColor('framecast.targetMissed') : undefined,
  );
}
