import { unwatchFile, watchFile } from 'node:fs';
import * as vscode from 'vscode';
import { isModelName } from '../../core/model-file-name';
import { isOnDisk } from './on-disk';

/** Files are also looked at in this rhythm, as watchers miss network disks and folders that the user has excluded. */
const lookEveryMs = 1000;
/** An exporter writes in many steps: wait for a pause. */
const pauseMs = 150;
/** Files that come or go beside a model may hold its weights. They are not waited for, as they may go on coming. */
const besideMs = 1000;

/**
 * Calls back after a file may have changed, was replaced, deleted or created. May call when nothing has changed; the
 * file need not exist.
 */
export function watchModelFile(uri: vscode.Uri, onDidChange: () => void): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const notify = (): void => {
    clearTimeout(timer);
    timer = setTimeout(onDidChange, pauseMs);
  };
  let besideTimer: NodeJS.Timeout | undefined;
  // The whole folder, as the file's name could contain what a pattern takes for a wildcard.
  const folder = vscode.Uri.joinPath(uri, '..');
  const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '*'));
  const notifyOf = (changed: vscode.Uri): void => {
    if (changed.toString() === uri.toString()) notify();
  };
  const notifyOfBeside = (changed: vscode.Uri): void => {
    notifyOf(changed);
    if (isModelName(changed.path)) return;
    besideTimer ??= setTimeout(() => {
      besideTimer = undefined;
      onDidChange();
    }, besideMs);
  };
  const events = [
    watcher.onDidChange(notifyOf),
    watcher.onDidCreate(notifyOfBeside),
    watcher.onDidDelete(notifyOfBeside),
  ];
  if (isOnDisk(uri)) watchFile(uri.fsPath, { interval: lookEveryMs, persistent: false }, notify);
  return new vscode.Disposable(() => {
    clearTimeout(timer);
    clearTimeout(besideTimer);
    if (isOnDisk(uri)) unwatchFile(uri.fsPath, notify);
    vscode.Disposable.from(watcher, ...events).dispose();
  });
}
