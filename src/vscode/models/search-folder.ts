import * as vscode from 'vscode';
import { diskLister, exclusionOf, findModels, type ListFolder } from '../../files/find-models';
import { isOnDisk } from '../services/on-disk';

/** Calls back for every model in a folder of the workspace, from a path below it. */
export async function searchFolder(
  folder: vscode.WorkspaceFolder,
  from: string,
  onFound: (uri: vscode.Uri) => void,
  signal: AbortSignal,
): Promise<void> {
  const list = isOnDisk(folder.uri) ? diskLister(folder.uri.fsPath) : virtualLister(folder.uri);
  const onModel = (relative: string): void => onFound(vscode.Uri.joinPath(folder.uri, relative));
  await findModels({ list, isExcluded: exclusionIn(folder), onModel, signal }, from);
}

/** Whether the settings exclude a file or folder, by its path in a workspace folder. */
export function exclusionIn(folder: vscode.WorkspaceFolder): (relative: string) => boolean {
  const settings = vscode.workspace.getConfiguration(undefined, folder.uri);
  const patterns = ['files.exclude', 'search.exclude'].map((name) => settings.get<Record<string, unknown>>(name));
  return exclusionOf(...patterns);
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
