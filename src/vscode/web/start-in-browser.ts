import * as vscode from 'vscode';
import { t } from '../../core/language';
import { failure } from '../../core/result';
import type { ModelThreads } from '../../files/reading/model-threads';
import { createWorkspaceSummaries } from '../models/reading/workspace-summaries';
import { reopenEarlyTabs } from '../pages/model/early-tabs';
import { registerAnywhere } from '../register-anywhere';
import { setKnownDevices } from '../services/known-devices';
import { createModelService } from '../services/model-service';
import { sayUnknownDevice } from '../services/own-boards';
import { onDidChangeSettings } from '../services/settings';
import { createBundledLibrary } from './bundled-library';

/**
 * Registers what needs neither SSH nor files that are shared with the command line; each other command says where it
 * works. Models are read in this worker, which is not the window's thread.
 */
export function startInBrowser(context: vscode.ExtensionContext): void {
  void vscode.commands.executeCommand('setContext', 'framecast.inBrowser', true);
  const library = createBundledLibrary();
  setKnownDevices(library.landmarks);
  sayUnknownDevice();
  context.subscriptions.push(
    library.onDidChange(() => setKnownDevices(library.landmarks)),
    onDidChangeSettings(sayUnknownDevice),
  );
  const service = createModelService(library, noThreads);
  const summaries = createWorkspaceSummaries(context, noThreads, '');
  registerAnywhere(context, { library, service, summaries });
  void registerOthers(context);
  void reopenEarlyTabs();
}

/** No file is on a disk here. */
const noFiles = () => Promise.resolve(failure<never>('unreadable', t('A browser cannot read files by path.')));

const noThreads: ModelThreads = {
  width: 1,
  summarise: noFiles,
  time: noFiles,
  network: noFiles,
  ceiling: noFiles,
  dispose: () => {},
};

/** Answers the commands that need SSH or files on a disk, so that a click is never without one. */
async function registerOthers(context: vscode.ExtensionContext): Promise<void> {
  const { contributes } = context.extension.packageJSON as {
    readonly contributes: {
      readonly commands: readonly { readonly command: string; readonly title: string }[];
    };
  };
  const registered = new Set(await vscode.commands.getCommands());
  for (const { command, title } of contributes.commands) {
    if (registered.has(command)) continue;
    context.subscriptions.push(
      vscode.commands.registerCommand(command, () =>
        vscode.window.showInformationMessage(
          t(
            '{0} needs files on a disk or SSH, which a browser does not have. Open the folder in VS Code on your computer.',
            title.replace(/…$/, ''),
          ),
        ),
      ),
    );
  }
}
