import * as vscode from 'vscode';
import { boardName } from '../../core/landmarks/devices';
import type { ModelEditors } from '../pages/model/model-editor';
import { offered } from '../services/ask';
import { onDidChangeSettings, readSettings } from '../services/settings';
import { createSampleModel } from './new-reference-model';
import { t } from '../../core/language';

const askedKey = 'framecast.boardAsked';
const walkthroughsSetting = 'workbench.welcomePage.walkthroughs.openOnInstall';

/** Steps of the walkthrough that stay done in later windows. */
const lasting = ['hasShownModel', 'hasCompared'] as const;

/** Pages that put models side by side, or measure one. */
const comparingPages = ['framecast.compare', 'framecast.boardsPage', 'framecast.diff', 'framecast.benchmark'];

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

  const remember = (name: (typeof lasting)[number]): void => {
    if (context.globalState.get(`framecast.${name}`) === true) return;
    tell(name, true);
    void context.globalState.update(`framecast.${name}`, true);
  };

  // VS Code ticks a step when its context begins to hold, but never if it held when the walkthrough was first shown in
  // the window. So each step waits for its context in even or in odd rounds, and a walkthrough that comes up begins
  // the next round. Its tab is of a kind that extensions are not told.
  let isEvenRound = false;
  function tabsChanged({ opened, changed }: vscode.TabChangeEvent): void {
    const inputs = [...opened, ...changed].filter(({ isActive }) => isActive).map(({ input }) => input);
    if (inputs.some((input) => input instanceof vscode.TabInputWebview && isComparing(input))) remember('hasCompared');
    if (!inputs.includes(undefined)) return;
    isEvenRound = !isEvenRound;
    tell('isEvenRound', isEvenRound);
  }

  async function modelShown(): Promise<void> {
    if (editors.shown?.analysis == null) return;
    remember('hasShownModel');
    if (isSet('device') || context.globalState.get(askedKey) === true) return;
    if (vscode.workspace.getConfiguration().get(walkthroughsSetting) === false) return;
    await context.globalState.update(askedKey, true);
    const message = t(
      'Which board is it for? Framecast predicts for the {0} until you choose.',
      boardName(readSettings()),
    );
    const isWanted = await offered('Information', message, t('Choose Board…'));
    if (isWanted) await vscode.commands.executeCommand('framecast.switchDevice');
  }

  tellSettings();
  for (const name of lasting) tell(name, context.globalState.get(`framecast.${name}`) === true);
  return vscode.Disposable.from(
    vscode.commands.registerCommand('framecast.createSampleModel', () => createSampleModel(context.globalStorageUri)),
    onDidChangeSettings(tellSettings),
    vscode.window.tabGroups.onDidChangeTabs(tabsChanged),
    editors.onDidChangeShown(() => void modelShown()),
  );
}

/** VS Code puts words of its own before the type of a webview. */
function isComparing({ viewType }: vscode.TabInputWebview): boolean {
  return comparingPages.some((page) => viewType.endsWith(`-${page}`));
}

/** Whether the user or the workspace has set it, to whatever value. */
function isSet(name: string): boolean {
  const { globalValue, workspaceValue, workspaceFolderValue } =
    vscode.workspace.getConfiguration('framecast').inspect(name) ?? {};
  return [globalValue, workspaceValue, workspaceFolderValue].some((value) => value !== undefined);
}
