import * as vscode from 'vscode';

/** What a URI leads to; Unknown if that is nothing. */
export async function fileType(uri: vscode.Uri): Promise<vscode.FileType> {
  return await vscode.workspace.fs.stat(uri).then(
    ({ type }) => type,
    () => vscode.FileType.Unknown,
  );
}

export async function isFolder(uri: vscode.Uri): Promise<boolean> {
  return ((await fileType(uri)) & vscode.FileType.Directory) !== 0;
}
