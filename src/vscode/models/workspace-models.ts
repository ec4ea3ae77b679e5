import * as vscode from 'vscode';
import { byPath } from '../../core/present/compare';
import { createBreather } from '../breather';
import { readSettings, onDidChangeSettings, type Settings } from '../settings';
import { diskLister, exclusionOf, findModels, type ListFolder } from './find-models';
import { modelState, type ModelRow, type SummaryPredictions } from './model-rows';
import { createModelSet, type SetProgress } from './model-set';
import type { WorkspaceSummaries } from './workspace-summaries';

/** The models of the workspace with their predictions under the settings, always as the files are. */
export interface WorkspaceModels extends vscode.Disposable {
  /** By path. Empty until someone has asked for them. */
  readonly rows: readonly ModelRow<vscode.Uri>[];
  readonly progress: SetProgress;
  /** Whether someone has asked for them. */
  readonly isStarted: boolean;
  /** Whether the workspace has more models than are listed. */
  readonly isCut: boolean;
  readonly onDidChange: vscode.Event<void>;
  /** Begins to look for models; does nothing when that has begun already. */
  start(): void;
  /** Looks for models anew. */
  search(): Promise<void>;
}

/** Folders that have come are looked into together, once no more come. */
const pauseMs = 300;

/** What goes together is taken away together. */
const soonMs = 50;

/** When more than so many paths have come at once, everything is looked through instead. */
const mostNewPaths = 200;

export function createWorkspaceModels(
  summaries: WorkspaceSummaries,
  predictions: SummaryPredictions,
  onDidChangePredictions: vscode.Event<void>,
): WorkspaceModels {
  const changed = new vscode.EventEmitter<void>();
  const ended = new AbortController();
  const exclusions = new Map<string, (relative: string) => boolean>();
  const newPaths = new Map<string, vscode.Uri>();
  const gone = new Set<string>();
  let goneTimer: NodeJS.Timeout | undefined;
  let rows: readonly ModelRow<vscode.Uri>[] = [];
  let isStarted = false;
  let isStale = false;
  let updating: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  const set = createModelSet<vscode.Uri>({
    width: summaries.width,
    find: async (onFound, signal) => {
      const folders = vscode.workspace.workspaceFolders ?? [];
      await Promise.all(folders.map((folder) => searchFolder(folder, '', onFound, signal)));
    },
    summarise: (uri, signal) => summaries.of(uri, {}, signal),
  });

  /** Predicts what has changed in short stretches and tells those who listen; changes meanwhile are taken up after. */
  function update(): void {
    isStale = true;
    updating ??= (async () => {
      const breathe = createBreather(ended.signal);
      while (isStale) {
        isStale = false;
        const settings = new Map<string, Settings>();
        const next: ModelRow<vscode.Uri>[] = [];
        for (const { file, result } of set.models.values()) {
          await breathe();
          const folder = vscode.workspace.getWorkspaceFolder(file)?.uri;
          const scope = folder?.toString() ?? '';
          const { targetFps, ...query } = settings.get(scope) ?? readSettings(folder);
          settings.set(scope, { targetFps, ...query });
          next.push({ file, ...placeOf(file), state: modelState(result, query, targetFps, predictions) });
        }
        rows = next.sort((one, other) => byPath(one.file.path, other.file.path));
        changed.fire();
      }
    })()
      .catch((error: unknown) => {
        if (!ended.signal.aborted) throw error;
      })
      .finally(() => (updating = null));
  }

  function take(uri: vscode.Uri): void {
    if (isStarted && !isExcludedUri(uri)) set.take(uri);
  }

  function isExcludedUri(uri: vscode.Uri): boolean {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (folder === undefined) return true;
    const key = folder.uri.toString();
    const isExcluded = exclusions.get(key) ?? exclusionIn(folder);
    exclusions.set(key, isExcluded);
    return isExcluded(relativeTo(folder, uri));
  }

  /** A folder that goes takes its models along, of which nobody tells; many that go are dropped at once. */
  function dropLater(uri: vscode.Uri): void {
    if (!isStarted) return;
    gone.add(uri.toString());
    goneTimer ??= setTimeout(() => {
      goneTimer = undefined;
      const paths = new Set(gone);
      gone.clear();
      set.drop((key) => isWithin(key, paths));
    }, soonMs);
  }

  /** What has come may be a folder with models in it, of which nobody tells. */
  function takeLater(uri: vscode.Uri): void {
    if (!isStarted || newPaths.size > mostNewPaths || isExcludedUri(uri)) return;
    newPaths.set(uri.toString(), uri);
    clearTimeout(timer);
    timer = setTimeout(() => void takeFolders(), pauseMs);
  }

  async function takeFolders(): Promise<void> {
    const uris = [...newPaths.values()];
    newPaths.clear();
    if (uris.length > mostNewPaths) return await set.search();
    for (const uri of uris) {
      const stat = await vscode.workspace.fs.stat(uri).then(
        (found) => found,
        () => null,
      );
      const folder = vscode.workspace.getWorkspaceFolder(uri);
      if (stat === null || folder === undefined || (stat.type & vscode.FileType.Directory) === 0) continue;
      await searchFolder(folder, relativeTo(folder, uri), take, ended.signal);
    }
  }

  const models = vscode.workspace.createFileSystemWatcher('**/*.[oO][nN][nN][xX]');
  const all = vscode.workspace.createFileSystemWatcher('**', false, true, false);
  const subscriptions = vscode.Disposable.from(
    changed,
    set.onDidChange(update),
    models,
    models.onDidCreate(take),
    models.onDidChange(take),
    all,
    all.onDidCreate(takeLater),
    all.onDidDelete(dropLater),
    onDidChangeSettings(() => isStarted && update()),
    onDidChangePredictions(() => isStarted && update()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => isStarted && void set.search()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      const concerns = event.affectsConfiguration('files.exclude') || event.affectsConfiguration('search.exclude');
      if (concerns) exclusions.clear();
      if (isStarted && concerns) void set.search();
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
    get isCut() {
      return set.isCut;
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
      clearTimeout(timer);
      clearTimeout(goneTimer);
      ended.abort();
      set.dispose();
      subscriptions.dispose();
    },
  };
}

/** Calls back for every model in a folder of the workspace, from a path below it. */
export async function searchFolder(
  folder: vscode.WorkspaceFolder,
  from: string,
  onFound: (uri: vscode.Uri) => void,
  signal: AbortSignal,
): Promise<void> {
  const list = folder.uri.scheme === 'file' ? diskLister(folder.uri.fsPath) : virtualLister(folder.uri);
  const onModel = (relative: string): void => onFound(vscode.Uri.joinPath(folder.uri, relative));
  await findModels({ list, isExcluded: exclusionIn(folder), onModel, signal }, from);
}

function exclusionIn(folder: vscode.WorkspaceFolder): (relative: string) => boolean {
  const settings = vscode.workspace.getConfiguration(undefined, folder.uri);
  const patterns = ['files.exclude', 'search.exclude'].map((name) => settings.get<Record<string, unknown>>(name));
  return exclusionOf(...patterns);
}

function relativeTo(folder: vscode.WorkspaceFolder, uri: vscode.Uri): string {
  const root = folder.uri.path.endsWith('/') ? folder.uri.path : `${folder.uri.path}/`;
  return uri.path.startsWith(root) ? uri.path.slice(root.length) : '';
}

function virtualLister(root: vscode.Uri): ListFolder {
  return async (relative) => {
    const entries = await vscode.workspace.fs.readDirectory(
      relative === '' ? root : vscode.Uri.joinPath(root, relative),
    );
    return entries.flatMap(([name, type]) => {
      if ((type & vscode.FileType.Directory) !== 0) return { name, kind: 'folder' as const };
      return (type & vscode.FileType.File) === 0 ? [] : { name, kind: 'file' as const };
    });
  };
}

/** Whether the path itself or a folder that it lies in is one of these. */
function isWithin(key: string, paths: ReadonlySet<string>): boolean {
  for (let end = key.length; end > 0; end = key.lastIndexOf('/', end - 1)) {
    if (paths.has(key.slice(0, end))) return true;
  }
  return false;
}

/** Name and folder as the user knows them; with the workspace folder's name where there are several. */
export function placeOf(uri: vscode.Uri): { readonly name: string; readonly folder: string } {
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  const relative = vscode.workspace.asRelativePath(uri, several);
  const end = relative.lastIndexOf('/');
  return { name: relative.slice(end + 1), folder: end < 0 ? '' : relative.slice(0, end) };
}
