import * as vscode from 'vscode';
import { isBundledCampaign } from '../../../core/landmarks/landmark-set';
import { precisionAdvice } from '../../../core/present/precision-advice';
import { precisionView } from '../../../core/present/precision-chart';
import {
  parsePrecisionPageMessage,
  type PrecisionMessage,
  type PrecisionPageMessage,
} from '../../../protocol/precision-page';
import type { LandmarkLibrary } from '../../services/landmark-library';
import { registerPages, type Surface } from '../page-host';

export const precisionPanelType = 'framecast.precisionPage';

/** Registers the page of the paper's Figure 5, with the command that opens it. */
export function registerPrecisionPages(extensionUri: vscode.Uri, library: LandmarkLibrary): vscode.Disposable {
  const pages = registerPages<PrecisionPageMessage>(extensionUri, {
    bundle: 'precision',
    panelType: precisionPanelType,
    title: 'Precision',
    parse: parsePrecisionPageMessage,
    receive: (surface, message) => {
      if (message.type === 'ready') send([surface]);
      if (message.type === 'benchmark') void vscode.commands.executeCommand('framecast.benchmark');
    },
  });

  function send(surfaces: Iterable<Surface>): void {
    const { pairs, halves } = precisionView(library.landmarks, isBundledCampaign);
    const message: PrecisionMessage = { type: 'precision', pairs, halves, advice: precisionAdvice(null) };
    for (const surface of surfaces) surface.post(message);
  }

  return vscode.Disposable.from(
    pages,
    library.onDidChange(() => send(pages.listening)),
    vscode.commands.registerCommand('framecast.showPrecision', () => pages.show()),
  );
}
