import { stat } from 'node:fs/promises';
import { posix } from 'node:path';
import * as vscode from 'vscode';
import { formatBytes } from '../../core/figures';
import { harmlessText } from '../../core/harmless-text';
import { memorySource } from '../../core/onnx/byte-source';
import { failure, success, type Result } from '../../core/result';
import { describeExternalFiles, emptyLinkIdentity } from '../../files/model-file';
import { openModelOnDisk, type ModelSource } from '../../files/read-model';
import { isOnDisk } from './on-disk';
import { t } from '../../core/language';

/** Largest file that is read whole, where no part of a file can be read alone. */
const maxWholeBytes = 256 * 1024 * 1024;

/**
 * Opens a model for reading: by file descriptor on a disk, so that a file of gigabytes costs kilobytes; elsewhere
 * (virtual workspaces) whole. Failure codes: unreadable, too-large.
 */
export async function openModelSource(uri: vscode.Uri): Promise<Result<ModelSource>> {
  return isOnDisk(uri) ? await openModelOnDisk(uri.fsPath) : await openWhole(uri);
}

/**
 * A text that stays the same while the file does: on a disk it also changes when another file takes the path's place.
 * Null where there is no file, as for a folder or a pipe.
 */
export async function fileIdentity(uri: vscode.Uri): Promise<string | null> {
  try {
    if (isOnDisk(uri)) {
      const stats = await stat(uri.fsPath, { bigint: true });
      const { ino, size, mtimeNs, ctimeNs } = stats;
      return stats.isFile() ? [ino, size, mtimeNs, ctimeNs].join(' ') : null;
    }
    const { type, size, mtime, ctime } = await vscode.workspace.fs.stat(uri);
    return (type & vscode.FileType.File) === 0 ? null : [size, mtime, ctime].join(' ');
  } catch {
    return null;
  }
}

/** The same for what a folder lists: a link that leads to no file is something, too. */
export async function entryIdentity(uri: vscode.Uri): Promise<string | null> {
  return (await fileIdentity(uri)) ?? (isOnDisk(uri) ? await emptyLinkIdentity(uri.fsPath) : null);
}

/**
 * The same for files beside a model, by the locations that it names: changes when one of them comes, goes or changes.
 * Empty where the model names none, and where they are not looked at.
 */
export async function identityOfExternalFiles(uri: vscode.Uri, locations: readonly string[]): Promise<string> {
  if (!isOnDisk(uri) || locations.length === 0) return '';
  const files = await describeExternalFiles(uri.fsPath, locations);
  const identities = files.map(async ({ state, path }) =>
    path === null ? state : await fileIdentity(vscode.Uri.file(path)),
  );
  return JSON.stringify(await Promise.all(identities));
}

/** Size from which reading a whole file is shown, as a slow connection takes seconds for it. */
const shownBytes = 4 * 1024 * 1024;

async function withProgress<T>(uri: vscode.Uri, bytes: number, reading: Thenable<T>): Promise<T> {
  if (bytes < shownBytes) return await reading;
  const title = t('Reading {0} ({1})', harmlessText(posix.basename(uri.path)), formatBytes(bytes));
  return await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => reading);
}

async function openWhole(uri: vscode.Uri): Promise<Result<ModelSource>> {
  try {
    const { type, size } = await vscode.workspace.fs.stat(uri);
    if ((type & vscode.FileType.File) === 0)
      return failure('unreadable', t('This is not a file. Choose an .onnx file.'));
    if (size > maxWholeBytes) {
      const megabytes = Math.round(maxWholeBytes / 1024 / 1024);
      return failure(
        'too-large',
        t('Files outside a local disk are read up to {0} MiB. Copy the model to a disk.', megabytes),
      );
    }
    const bytes = await withProgress(uri, size, vscode.workspace.fs.readFile(uri));
    return success({ ...memorySource(bytes), openExternal: undefined, close: () => Promise.resolve() });
  } catch (error) {
    const missing = error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
    const reason = error instanceof Error ? error.message : String(error);
    return failure(
      'unreadable',
      missing ? t('There is no such file. Check the path.') : t('The file cannot be read: {0}', reason),
    );
  }
}
