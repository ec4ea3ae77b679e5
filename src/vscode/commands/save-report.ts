import { posix } from 'node:path';
import * as vscode from 'vscode';
// eslint-disable-next-line boundaries/no-unknown-dependencies -- the one place that says the version
import { version } from '../../../package.json';
import { modelNameOf } from '../../core/model-file-name';
import { sweptSizes } from '../../core/present/resolution-view';
import { reportedModel, reportOf, type ReportedModel } from '../../core/report/report';
import { reportHtml } from '../../core/report/report-html';
import { reportMarkdown } from '../../core/report/report-markdown';
import { chosenUris } from '../models/chosen-models';
import type { ModelEditors } from '../pages/model/model-editor';
import { toAbortSignal } from '../services/cancellation';
import type { LandmarkLibrary } from '../services/landmark-library';
import type { ModelService } from '../services/model-service';
import { readSettings } from '../services/settings';
import { t } from '../../core/language';

/** *Save Report…*: one HTML or Markdown file of the models of a menu, or of the one that is open. */
export function registerSaveReport(
  editors: ModelEditors,
  service: ModelService,
  library: LandmarkLibrary,
): vscode.Disposable {
  return vscode.commands.registerCommand('framecast.saveReport', async (clicked: unknown, selected: unknown) => {
    const chosen = chosenUris(clicked, selected);
    const { shown } = editors;
    const uris = chosen.length > 0 ? chosen : shown === null ? [] : [shown.uri];
    const [first] = uris;
    if (first === undefined) {
      await vscode.window.showInformationMessage(t('Open a model first to save a report of it.'));
      return;
    }
    const name = uris.length === 1 ? modelNameOf(posix.basename(first.path)) : 'models';
    const target = await vscode.window.showSaveDialog({
      title: t('Save Report'),
      filters: { [t('HTML file')]: ['html'], Markdown: ['md'] },
      defaultUri: vscode.Uri.joinPath(first, '..', `${name}-report.html`),
    });
    if (target === undefined) return;
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: t('Writing the report'),
      cancellable: true,
    };
    await vscode.window.withProgress(options, async (_, token) => {
      const text = await reportText(uris, /\.md$/i.test(target.path), toAbortSignal(token));
      if (text !== null) await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
    });
  });

  async function reportText(
    uris: readonly vscode.Uri[],
    isMarkdown: boolean,
    signal: AbortSignal,
  ): Promise<string | null> {
    const { targetFps, ...query } = readSettings(uris[0]);
    const { estimators } = library;
    const models: ReportedModel[] = [];
    const unreadable: { file: string; message: string }[] = [];
    for (const uri of uris) {
      const file = vscode.workspace.asRelativePath(uri);
      const analysis = await service.analyse(uri, signal);
      if (signal.aborted) return null;
      if (!analysis.ok) {
        unreadable.push({ file, message: analysis.error.message });
        continue;
      }
      const { profile, fileBytes } = analysis.value;
      const sizes = sweptSizes(profile, query, estimators.landmarks);
      await service.prepare(analysis.value, sizes, signal);
      await service.prepare(analysis.value, [{}], signal, true);
      models.push(reportedModel({ file, fileBytes, profile }, query, targetFps, estimators));
    }
    const date = new Date().toISOString().slice(0, 10);
    const report = reportOf(models, unreadable, { query, targetFps, estimators }, { version, date });
    return isMarkdown ? reportMarkdown(report) : reportHtml(report);
  }
}
