import { posix } from 'node:path';
import * as vscode from 'vscode';
import { anySignal } from '../../../core/any-signal';
import { t, wholeNumber } from '../../../core/language';
import { isModelName } from '../../../core/model-file-name';
import { byPath } from '../../../core/present/compare';
import { maxCompared } from '../../../protocol/compare-page';
import { searchFolder } from '../../models/search-folder';
import { isFolder } from '../../services/file-type';

/** The models of a selection. */
export interface FoundModels {
  readonly files: readonly vscode.Uri[];
  /** Whether there are more than are compared. */
  readonly isTruncated: boolean;
}

/**
 * The models of files and folders, each once and by path. A file that was chosen itself stays in even when it is gone,
 * so that the page can say so. What the settings exclude is left out, except in a folder that was chosen itself.
 *
 * @param roots none stand for all folders of the workspace
 * @param signal ends the search early; what was found until then is returned
 */
export async function findComparedModels(roots: readonly vscode.Uri[], signal: AbortSignal): Promise<FoundModels> {
  const files = new Map<string, vscode.Uri>();
  const enough = new AbortController();
  const either = anySignal([signal, enough.signal]);
  for (const root of searchedRoots(roots)) {
    if (either.aborted) break;
    if (roots.length > 0 && !(await isFolder(root))) {
      if (isModelUri(root)) files.set(root.toString(), root);
      continue;
    }
    const take = (uri: vscode.Uri): void => {
      files.set(uri.toString(), uri);
      if (files.size > maxCompared) enough.abort();
    };
    await searchFolder({ uri: root, name: '', index: 0 }, '', take, either);
  }
  const all = [...files.values()].sort((one, other) => byPath(one.path, other.path));
  return { files: all.slice(0, maxCompared), isTruncated: all.length > maxCompared };
}

/** Where models are looked for. */
export function searchedRoots(roots: readonly vscode.Uri[]): readonly vscode.Uri[] {
  return roots.length > 0 ? roots : (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
}

/** Whether a file is taken for a model by its name. */
export function isModelUri(uri: vscode.Uri): boolean {
  return isModelName(uri.path);
}

/** What is compared, in words: `resnet18.onnx`, `3 files`, `folder nets`, `the workspace`. */
export function nameOfRoots(roots: readonly vscode.Uri[]): string {
  const [first] = roots;
  if (first === undefined) return t('the workspace');
  if (roots.length === 1)
    return isModelUri(first) ? posix.basename(first.path) : t('folder {0}', posix.basename(first.path));
  return roots.every(isModelUri)
    ? t('{0} files', wholeNumber(roots.length))
    : t('{0} files and folders', wholeNumber(roots.length));
}
