import * as vscode from 'vscode';

/** Asks before something that cannot be undone, in a dialog. */
export async function confirmed(question: string, detail: string, button: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, button)) === button;
}

/** Says something with a button; whether the user pressed it. */
export async function offered(kind: 'Information' | 'Warning' | 'Error', sentence: string, button: string) {
  return (await vscode.window[`show${kind}Message`](sentence, button)) === button;
}
