import type { Uri } from 'vscode';

/**
 * Whether a file is on a disk that this process can reach by path. In a browser, a folder of the user's machine also
 * has the scheme `file`, but only VS Code can read it.
 */
export function isOnDisk(uri: Uri): boolean {
  return uri.scheme === 'file' && hasNode;
}

/** Whether this is Node.js rather than the web worker of a browser. */
const hasNode = typeof process === 'object' && typeof process.versions?.node === 'string';

/** A file as a user would write it elsewhere: its path, or its address if it is not among the machine's files. */
export function pathText(uri: Uri): string {
  return uri.scheme === 'file' ? uri.fsPath : uri.toString();
}
