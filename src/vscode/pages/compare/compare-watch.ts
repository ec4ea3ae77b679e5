import * as vscode from 'vscode';
import { watchModelFile } from '../../services/file-watch';
import { isFolder } from '../../services/file-type';
import { isModelUri, searchedRoots } from './compare-files';

/** Exporters write in many steps, and often many files: wait for a pause. */
const pauseMs = 300;

/** So many files are looked at one by one, too, as watchers miss network disks and excluded folders. */
const maxLookedAt = 50;

export interface ComparedWatch {
  readonly roots: readonly vscode.Uri[];
  /** Whether a path is that of a folder with compared models in it; such a folder takes them along when it goes. */
  readonly hasModelsIn: (path: vscode.Uri) => boolean;
  readonly onDidChange: () => void;
}

/** Calls back after a model of the selection may have appeared, changed or gone; may call when nothing has changed. */
export function watchCompared({ roots, hasModelsIn, onDidChange }: ComparedWatch): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const notify = (): void => {
    clearTimeout(timer);
    timer = setTimeout(onDidChange, pauseMs);
  };
  const isOfInterest = (uri: vscode.Uri): boolean => isModelUri(uri) || hasModelsIn(uri);
  const watchAll = (): vscode.Disposable => vscode.Disposable.from(...watchers(roots, isOfInterest, notify));
  let watching = watchAll();
  const folders = vscode.workspace.onDidChangeWorkspaceFolders(() => {
    if (roots.length > 0) return;
    watching.dispose();
    watching = watchAll();
    notify();
  });
  return new vscode.Disposable(() => {
    clearTimeout(timer);
    folders.dispose();
    watching.dispose();
  });
}

function watchers(
  roots: readonly vscode.Uri[],
  isOfInterest: (uri: vscode.Uri) => boolean,
  notify: () => void,
): readonly vscode.Disposable[] {
  const files = roots.filter(isModelUri);
  const folders = searchedRoots(roots).filter((root) => !isModelUri(root));
  const parents = new Map(files.map((file) => vscode.Uri.joinPath(file, '..')).map((uri) => [uri.toString(), uri]));
  return [
    // All names, as a folder that comes or goes brings or takes its models without a word on each.
    ...folders.map((folder) => watchFolder(folder, '**', isOfInterest, notify)),
    ...(files.length <= maxLookedAt
      ? files.map((file) => watchModelFile(file, notify))
      : [...parents.values()].map((folder) => watchFolder(folder, '*', isOfInterest, notify))),
  ];
}

function watchFolder(
  folder: vscode.Uri,
  glob: string,
  isOfInterest: (uri: vscode.Uri) => boolean,
  notify: () => void,
): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, glob));
  const notifyOf = (uri: vscode.Uri): void => {
    if (isOfInterest(uri)) notify();
  };
  return vscode.Disposable.from(
    watcher,
    watcher.onDidChange((uri) => {
      if (isModelUri(uri)) notify();
    }),
    watcher.onDidDelete(notifyOf),
    watcher.onDidCreate(async (uri) => {
      if (isModelUri(uri) || (await isFolder(uri))) notify();
    }),
  );
}
