import * as vscode from 'vscode';
import { setOwnDevices } from '../../core/landmarks/devices';
import { readOwnBoards } from '../../core/landmarks/own-boards';

const setting = 'framecast.boards';

/** What was said of each wrong entry; it is said once. */
const said = new Set<string>();

/** Takes the boards of the setting for known from now on, and says once what is wrong with each that cannot be taken. */
export function takeOwnBoards(): void {
  const { boards, problems } = readOwnBoards(vscode.workspace.getConfiguration().get(setting, []), setting);
  setOwnDevices(boards);
  for (const problem of problems) {
    if (said.has(problem)) continue;
    said.add(problem);
    void warn(problem);
  }
}

async function warn(problem: string): Promise<void> {
  const open = 'Open Settings';
  const chosen = await vscode.window.showWarningMessage(problem, open);
  if (chosen === open) await vscode.commands.executeCommand('workbench.action.openSettingsJson');
}

export function onDidChangeBoards(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(setting)) listener();
  });
}
