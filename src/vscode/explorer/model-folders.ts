import path from 'node:path';
import * as vscode from 'vscode';

/** Enough to know the folders of; in a larger workspace the menu is missing in some. */
const maxModels = 5000;
/** Files come and go many at a time. */
const pauseMs = 1000;

/**
 * Tells menus which folders have models in them, at any depth: the context `framecast.modelFolders`, their paths as
 * `resourcePath` has them.
 */
export function registerModelFolders(): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    const models = await vscode.workspace.findFiles('**/*.[oO][nN][nN][xX]', undefined, maxModels);
    const folders = new Set<string>();
    for (const model of models) {
      const root = vscode.workspace.getWorkspaceFolder(model)?.uri.fsPath;
      let folder = path.dirname(model.fsPath);
      while (root !== undefined && !folders.has(folder) && folder.length >= root.length) {
        folders.add(folder);
        folder = path.dirname(folder);
      }
    }
    await vscode.commands.executeCommand('setContext', 'framecast.modelFolders', [...folders]);
  };
  const lookSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void look();
    }, pauseMs);
  };
  void look();
  const watcher = vscode.workspace.createFileSystemWatcher('**/*.[oO][nN][nN][xX]', false, true, false);
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(lookSoon),
    watcher.onDidDelete(lookSoon),
    vscode.workspace.onDidChangeWorkspaceFolders(lookSoon),
    new vscode.Disposable(() => clearTimeout(timer)),
  );
}
