import * as vscode from 'vscode';

/**
 * Resolves when VS Code has taken in all that it has been told: it does so in turn, and what it is asked here comes last.
 * Work that begins at once would hold back what has been told, which is sent when the extension is done.
 */
export async function takenIn(): Promise<void> {
  // Any question to VS Code itself would do; this one is short, and so is its answer.
  await vscode.languages.getLanguages();
}
