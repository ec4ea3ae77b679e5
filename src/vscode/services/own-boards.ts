import * as vscode from 'vscode';
import { harmlessText } from '../../core/harmless-text';
import { defaultDevice, deviceName, setOwnDevices } from '../../core/landmarks/devices';
import { readOwnBoards } from '../../core/landmarks/own-boards';
import { offered } from './ask';
import { isKnownDevice } from './known-devices';
import { onDidChangeSetting } from './settings';
import { t } from '../../core/language';

const setting = 'framecast.boards';

/** What was said of each wrong entry; it is said once. */
const said = new Set<string>();

/** Takes the boards of the setting for known from now on, and says once what is wrong with each that cannot be taken. */
export function takeOwnBoards(): void {
  const { boards, problems } = readOwnBoards(vscode.workspace.getConfiguration().get(setting, []), setting);
  setOwnDevices(boards);
  problems.forEach(sayOnce);
}

/**
 * Says once that `framecast.device` names a board that nobody knows, such as one whose description cannot be taken:
 * predictions are then for the default one. To be called once all boards are known that files name.
 */
export function sayUnknownDevice(): void {
  const named: unknown = vscode.workspace.getConfiguration().get('framecast.device');
  if (typeof named !== 'string' || isKnownDevice(named)) return;
  const shown = harmlessText(named.slice(0, 60));
  sayOnce(
    t(
      'framecast.device is "{0}", a board that neither Framecast nor {1} knows. Predictions are for {2}.',
      shown,
      setting,
      deviceName(defaultDevice),
    ),
  );
}

function sayOnce(problem: string): void {
  if (said.has(problem)) return;
  said.add(problem);
  void warn(problem);
}

async function warn(problem: string): Promise<void> {
  const isWanted = await offered('Warning', problem, t('Open Settings'));
  if (isWanted) await vscode.commands.executeCommand('workbench.action.openSettingsJson');
}

export function onDidChangeBoards(listener: () => void): vscode.Disposable {
  return onDidChangeSetting([setting], listener);
}
