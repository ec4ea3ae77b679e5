import * as vscode from 'vscode';
import { byPath } from '../../core/present/compare';
import { fileType } from '../services/file-type';
import type { LandmarkLibrary } from '../services/landmark-library';
import { createYielder } from '../services/yield-to-event-loop';
import { onDidChangeSetting, onDidChangeSettings, readSettings, type Settings } from '../services/settings';
import { exclusionIn, searchFolder } from './search-folder';
import { modelState, type ModelRow } from './model-rows';
import { createModelSet, type SetProgress } from './model-set';
import { createPathChanges } from './reading/path-changes';
import type { WorkspaceSummaries } from './reading/workspace-summaries';

/** The models of the workspace with their predictions under the settings, always as the files are. */
export interface WorkspaceModels extends vscode.Disposable {
  /** By path. Empty until someone has asked for them. */
  readonly rows: readonly ModelRow<vscode.Uri>[];
  readonly progress: SetProgress;
  /** Whether someone has asked for them. */
  readonly isStarted: boolean;
  /** Whether the workspace has more models than are listed. */
  readonly isTruncated: boolean;
  readonly onDidChange: vscode.Event<void>;
  /** Begins to look for models; does nothing when that has begun already. */
  start(): void;
  /** Searches for models again. */
  search(): Promise<void>;
}

export function createWorkspaceModels(summaries: WorkspaceSummaries, library: LandmarkLibrary): WorkspaceModels {
  const changed = new vscode.EventEmitter<void>();
  const ended = new AbortController();
  const exclusions = new Map<string, (relative: string) => boolean>();
  /** Folders with listed models in them, at any depth. */
  let folders: ReadonlySet<string> = new Set();
  /** Models by the external files that they depend on. */
  let dependants: ReadonlyMap<string, readonly vscode.Uri[]> = new Map();
  let rows: readonly ModelRow<vscode.Uri>[] = [];
  let isStarted = false;
  let isStale = false;
  let updating: Promise<void> | null = null;

  const set = createModelSet<vscode.Uri>({
    width: summaries.width,
    find: async (onFound, signal, below) => {
      const within = below && vscode.workspace.getWorkspaceFolder(below);
      if (below !== undefined && within !== undefined) {
        return await searchFolder(within, relativeTo(within, below), onFound, signal);
      }
      const all = vscode.workspace.workspaceFolders ?? [];
      await Promise.all(all.map((folder) => searchFolder(folder, '', onFound, signal)));
    },
    summarise: (uri, signal) => summaries.of(uri, {}, signal),
  });

  /** Predicts what has changed in short stretches and tells those who listen; changes meanwhile are taken up after. */
  function update(): void {
    isStale = true;
    updating ??= (async () => {
      const yieldToEventLoop = createYielder(ended.signal);
      while (isStale) {
        isStale = false;
        const settings = new Map<string, Settings>();
        const next: ModelRow<vscode.Uri>[] = [];
        for (const { file, result } of set.models.values()) {
          await yieldToEventLoop();
          const folder = vscode.workspace.getWorkspaceFolder(file)?.uri;
          const scope = folder?.toString() ?? '';
          const { targetFps, ...query } = settings.get(scope) ?? readSettings(folder);
          if (!settings.has(scope)) await library.estimators.prepare(query, yieldToEventLoop);
          settings.set(scope, { targetFps, ...query });
          next.push({ file, ...pathOf(file), state: modelState(result, query, targetFps, library.estimators) });
        }
        rows = next.sort((one, other) => byPath(one.file.path, other.file.path));
        folders = foldersOf(set.models.keys());
        dependants = dependantsOf(rows);
        changed.fire();
      }
    })()
      .catch((error: unknown) => {
        if (!ended.signal.aborted) throw error;
      })
      .finally(() => (updating = null));
  }

  const changes = createPathChanges<vscode.Uri>({
    onGone: (isWithin) => set.drop(isWithin),
    onNew: (uris) => void lookInto(uris),
    onTooManyNew: () => void set.search(),
  });

  function take(uri: vscode.Uri): void {
    if (!isStarted || isExcludedUri(uri)) return;
    changes.settle(uri);
    set.take(uri);
  }

  function isExcludedUri(uri: vscode.Uri): boolean {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (folder === undefined) return true;
    const key = folder.uri.toString();
    const isExcluded = exclusions.get(key) ?? exclusionIn(folder);
    exclusions.set(key, isExcluded);
    return isExcluded(relativeTo(folder, uri));
  }

  function takeDependants(uri: vscode.Uri): void {
    if (dependants.size > 0) dependants.get(uri.toString())?.forEach(take);
  }

  async function lookInto(uris: readonly vscode.Uri[]): Promise<void> {
    for (const uri of uris) {
      const type = await fileType(uri);
      if (ended.signal.aborted || (type & vscode.FileType.Directory) === 0) continue;
      // Where a link leads, and whether that is listed anyway, shows in the whole alone.
      if ((type & vscode.FileType.SymbolicLink) !== 0) return await set.search();
      await set.search(uri);
    }
  }

  const models = vscode.workspace.createFileSystemWatcher('**/*.[oO][nN][nN][xX]');
  const all = vscode.workspace.createFileSystemWatcher('**');
  const subscriptions = vscode.Disposable.from(
    changed,
    set.onDidChange(update),
    models,
    models.onDidCreate(take),
    models.onDidChange(take),
    all,
    all.onDidCreate(takeDependants),
    all.onDidChange(takeDependants),
    all.onDidDelete(takeDependants),
    all.onDidCreate((uri) => {
      if (isStarted && !isExcludedUri(uri)) changes.came(uri);
    }),
    // A folder that replaces another, by two renames or a link, is reported as a change.
    all.onDidChange((uri) => {
      if (isStarted && folders.has(uri.toString())) changes.came(uri);
    }),
    all.onDidDelete((uri) => {
      if (isStarted) changes.went(uri);
    }),
    changes,
    onDidChangeSettings(() => isStarted && update()),
    library.onDidChange(() => isStarted && update()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => isStarted && void set.search()),
    onDidChangeSetting(['files.exclude', 'search.exclude'], () => {
      exclusions.clear();
      if (isStarted) void set.search();
    }),
  );

  return {
    get rows() {
      return rows;
    },
    get progress() {
      return set.progress;
    },
    get isStarted() {
      return isStarted;
    },
    get isTruncated() {
      return set.isTruncated;
    },
    onDidChange: changed.event,
    start: () => {
      if (isStarted) return;
      isStarted = true;
      void set.search();
    },
    search: async () => {
      isStarted = true;
      await set.search();
    },
    dispose: () => {
      ended.abort();
      set.dispose();
      subscriptions.dispose();
    },
  };
}

function relativeTo(folder: vscode.WorkspaceFolder, uri: vscode.Uri): string {
  const root = folder.uri.path.endsWith('/') ? folder.uri.path : `${folder.uri.path}/`;
  return uri.path.startsWith(root) ? uri.path.slice(root.length) : '';
}

/** External files that count for profiles, with their models. */
function dependantsOf(rows: readonly ModelRow<vscode.Uri>[]): ReadonlyMap<string, readonly vscode.Uri[]> {
  const found = new Map<string, vscode.Uri[]>();
  for (const { file, state } of rows) {
    for (const location of state.kind === 'model' ? state.summary.externalFiles : []) {
      const key = vscode.Uri.joinPath(file, '..', location).toString();
      found.set(key, [...(found.get(key) ?? []), file]);
    }
  }
  return found;
}

/** The folders that paths lie in, at any depth. */
function foldersOf(paths: Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const path of paths) {
    let end = path.lastIndexOf('/');
    while (end > 0 && !found.has(path.slice(0, end))) {
      found.add(path.slice(0, end));
      end = path.lastIndexOf('/', end - 1);
    }
  }
  return found;
}

/** Name and folder as the user knows them; with the workspace folder's name where there are several. */
export function pathOf(uri: vscode.Uri): { readonly name: string; readonly folder: string } {
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  const relative = vscode.workspace.asRelativePath(uri, several);
  const end = relative.lastIndexOf('/');
  return { name: relative.slice(end + 1), folder: end < 0 ? '' : relative.slice(0, end) };
}
