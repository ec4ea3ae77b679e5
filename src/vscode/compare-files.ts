import { posix } from 'node:path';
import * as vscode from 'vscode';
import { mostCompared } from '../protocol/compare-page';

/** The models of a selection. */
export interface FoundModels {
  readonly files: readonly vscode.Uri[];
  /** Whether there are more than are compared. */
  readonly isCut: boolean;
}

/** Both cases, as file systems that tell them apart have both. */
const modelPattern = '**/*.[oO][nN][nN][xX]';

/**
 * The models of files and folders, each once. A file that was chosen itself stays in even when it is gone, so that the
 * page can say so.
 *
 * @param roots none stand for all folders of the workspace
 */
export async function findComparedModels(
  roots: readonly vscode.Uri[],
  token: vscode.CancellationToken,
): Promise<FoundModels> {
  const files = new Map<string, vscode.Uri>();
  for (const root of searchedRoots(roots)) {
    if (token.isCancellationRequested || files.size > mostCompared) break;
    for (const uri of await modelsOf(root, roots.length === 0, token)) files.set(uri.toString(), uri);
  }
  const all = [...files.values()];
  return { files: all.slice(0, mostCompared), isCut: all.length > mostCompared };
}

/** Where models are looked for. */
export function searchedRoots(roots: readonly vscode.Uri[]): readonly vscode.Uri[] {
  return roots.length > 0 ? roots : (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
}

/** Whether a file is taken for a model by its name. */
export function isModelUri(uri: vscode.Uri): boolean {
  return /\.onnx$/i.test(uri.path);
}

export async function isFolder(uri: vscode.Uri): Promise<boolean> {
  return await vscode.workspace.fs.stat(uri).then(
    ({ type }) => (type & vscode.FileType.Directory) !== 0,
    () => false,
  );
}

/** What is compared, in words: `resnet18.onnx`, `3 files`, `folder nets`, `the workspace`. */
export function nameOfRoots(roots: readonly vscode.Uri[]): string {
  const [first] = roots;
  if (first === undefined) return 'the workspace';
  if (roots.length === 1)
    return isModelUri(first) ? posix.basename(first.path) : `folder ${posix.basename(first.path)}`;
  return roots.every(isModelUri) ? `${roots.length} files` : `${roots.length} files and folders`;
}

async function modelsOf(
  root: vscode.Uri,
  isWorkspace: boolean,
  token: vscode.CancellationToken,
): Promise<readonly vscode.Uri[]> {
  if (!isWorkspace && !(await isFolder(root))) return isModelUri(root) ? [root] : [];
  const pattern = new vscode.RelativePattern(root, modelPattern);
  return await vscode.workspace.findFiles(pattern, '**/node_modules/**', mostCompared + 1, token);
}
