import { homedir } from 'node:os';
import { posix } from 'node:path';
import * as vscode from 'vscode';
import { resolveModelPath, type Surroundings } from './path-resolution';
import { fileType } from '../services/file-type';
import { isOnDisk } from '../services/on-disk';

/** The first file that a mentioned path may mean; null if there is none. */
export async function firstFile(
  mentioned: string,
  { surroundings, base }: MentionedIn,
  token?: vscode.CancellationToken,
): Promise<vscode.Uri | null> {
  for (const path of resolveModelPath(mentioned, surroundings)) {
    if (token?.isCancellationRequested) return null;
    const uri = base.with({ path });
    if (((await fileType(uri)) & vscode.FileType.File) !== 0) return uri;
  }
  return null;
}

/** Where a document is, and a URI on the same file system as the files that it mentions. */
export interface MentionedIn {
  readonly surroundings: Surroundings;
  readonly base: vscode.Uri;
}

export function surroundingsOf(document: vscode.TextDocument): MentionedIn {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const uri = document.uri.scheme === 'vscode-notebook-cell' ? notebookUri(document) : document.uri;
  const isSaved = uri !== null && uri.scheme !== 'untitled';
  const base = (isSaved ? uri : (folders[0]?.uri ?? vscode.Uri.file('/'))).with({ query: '', fragment: '' });
  const own = isSaved ? vscode.workspace.getWorkspaceFolder(uri) : undefined;
  const reachable = folders.filter(
    ({ uri: { scheme, authority } }) => scheme === base.scheme && authority === base.authority,
  );
  const ordered = [...reachable].sort((one, other) => Number(other === own) - Number(one === own));
  return {
    base,
    surroundings: {
      folder: isSaved ? posix.dirname(uri.path) : null,
      workspaceFolders: ordered.map((folder) => ({ name: folder.name, path: folder.uri.path })),
      home: isOnDisk(base) ? vscode.Uri.file(homedir()).path : null,
    },
  };
}

function notebookUri(document: vscode.TextDocument): vscode.Uri | null {
  const notebook = vscode.workspace.notebookDocuments.find((each) =>
    each.getCells().some((cell) => cell.document === document),
  );
  return notebook?.uri ?? null;
}
