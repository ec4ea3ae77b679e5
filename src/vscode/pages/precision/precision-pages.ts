import * as vscode from 'vscode';
import { isBundledCampaign } from '../../../core/landmarks/landmark-set';
import { precisionAdvice } from '../../../core/present/precision-advice';
import { precisionView } from '../../../core/present/precision-chart';
import { precisionPageMessages, type PrecisionHostMessage } from '../../../protocol/precision-page';
import { noState } from '../../../protocol/page';
import type { LandmarkLibrary } from '../../services/landmark-library';
import { registerTabs, type Surface } from '../page-host';

/** Registers the page of the paper's Figure 5, with the command that opens it. */
export function registerPrecisionPages(extensionUri: vscode.Uri, library: LandmarkLibrary): vscode.Disposable {
  const tabs = registerTabs(extensionUri, {
    bundle: 'precision',
    viewType: 'framecast.precisionPage',
    title: 'Precision',
    messages: precisionPageMessages,
    state: noState,
    start: (surface: Surface<PrecisionHostMessage>) => ({
      refresh: () => {
        const view = precisionView(library.landmarks, isBundledCampaign);
        surface.post({ type: 'precision', ...view, advice: precisionAdvice(null) });
      },
      receive: async () => await vscode.commands.executeCommand('framecast.benchmark'),
    }),
  });
  return vscode.Disposable.from(
    tabs,
    library.onDidChange(() => tabs.forEach((page) => page.refresh())),
    vscode.commands.registerCommand('framecast.showPrecision', () => tabs.show({})),
  );
}
