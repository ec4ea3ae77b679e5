import * as vscode from 'vscode';
import { boardName } from '../../core/landmarks/devices';
import type { ModelEditors } from '../pages/model/model-editor';
import { onDidChangeSettings, readSettings } from '../services/settings';
import { createSampleModel } from './new-reference-model';

const askedKey = 'framecast.boardAsked';
const walkthroughsSetting = 'workbench.welcomePage.walkthroughs.openOnInstall';

/**
 * What only the first minutes need: samples in one click, the question which board it is, and what the walkthrough ticks
 * its steps by. The board is asked once, when the first model is open and no setting names one; who has turned off that
 * extensions introduce themselves is not asked at all.
 */
export function registerFirstUse(context: vscode.ExtensionContext, editors: ModelEditors): vscode.Disposable {
  const tell = (name: string, value: boolean): void =>
    void vscode.commands.executeCommand('setContext', `framecast.${name}`, value);
  const tellSettings = (): void => {
    tell('isBoardChosen', isSet('device'));
    tell('hasTarget', readSettings().targetFps !== null);
  };

  async function modelShown(): Promise<void> {
    if (editors.shown?.analysis == null) return;
    tell('hasShownModel', true);
    if (isSet('device') || context.globalState.get(askedKey) === true) return;
    if (vscode.workspace.getConfiguration().get(walkthroughsSetting) === false) return;
    await context.globalState.update(askedKey, true);
    const choose = 'Choose Board…';
    const message = `Which board is it for? Framecast predicts for the ${boardName(readSettings())} until you choose.`;
    const answer = await vscode.window.showInformationMessage(message, choose);
    if (answer === choose) await vscode.commands.executeCommand('framecast.switchDevice');
  }

  tellSettings();
  return vscode.Disposable.from(
    vscode.commands.registerCommand('framecast.createSampleModel', () => createSampleModel(context.globalStorageUri)),
    onDidChangeSettings(tellSettings),
    editors.onDidChangeShown(() => void modelShown()),
  );
}

/** Whether the user or the workspace has set it, to whatever value. */
function isSet(name: string): boolean {
  const { globalValue, workspaceValue, workspaceFolderValue } =
    vscode.workspace.getConfiguration('framecast').inspect(name) ?? {};
  return [globalValue, workspaceValue, workspaceFolderValue].some((value) => value !== undefined);
}
