import { posix } from 'node:path';
import * as vscode from 'vscode';
import { diffModels } from '../../../core/estimate/model-diff';
import { t } from '../../../core/language';
import { diffView } from '../../../core/present/diff-view';
import { diffPageMessages, diffPageState, type DiffPage } from '../../../protocol/diff-page';
import { chosenUris } from '../../models/chosen-models';
import { watchModelFile } from '../../services/file-watch';
import type { LandmarkLibrary } from '../../services/landmark-library';
import type { ModelService } from '../../services/model-service';
import { readSettings } from '../../services/settings';
import { modelEditorType } from '../model/model-editor';
import { registerTabs, type PageLogic, type Surface } from '../page-host';

/**
 * Registers the page that compares two models part by part, and its commands: *Select for Framecast Compare*, then
 * *Compare with Selected*, as VS Code has them for texts.
 */
export function registerDiffPages(
  extensionUri: vscode.Uri,
  service: ModelService,
  library: LandmarkLibrary,
): vscode.Disposable {
  let selected: vscode.Uri | null = null;
  const tabs = registerTabs(extensionUri, {
    bundle: 'diff',
    viewType: 'framecast.diff',
    title: t('Compare'),
    messages: diffPageMessages,
    state: diffPageState,
    keyOf: (state) => JSON.stringify(state),
    follows: library,
    start: (surface: Surface<DiffPage>, state: DiffPage['state']) => startPage(surface, state, service, library),
  });
  return vscode.Disposable.from(
    tabs,
    vscode.commands.registerCommand('framecast.selectForCompare', async (clicked: unknown) => {
      [selected = null] = chosenUris(clicked);
      await vscode.commands.executeCommand('setContext', 'framecast.hasSelected', selected !== null);
    }),
    vscode.commands.registerCommand('framecast.compareWithSelected', async (clicked: unknown, several: unknown) => {
      const uris = chosenUris(clicked, several);
      const [before, after] = uris.length === 2 ? uris : [selected ?? undefined, uris[0]];
      if (before === undefined || after === undefined) {
        await vscode.window.showInformationMessage(t('Choose Select for Framecast Compare on a model first.'));
        return;
      }
      tabs.show({ before: before.toString(), after: after.toString() });
    }),
  );
}

function startPage(
  surface: Surface<DiffPage>,
  state: DiffPage['state'],
  service: ModelService,
  library: LandmarkLibrary,
): PageLogic<DiffPage> {
  let models = state;
  const uris = (): readonly [vscode.Uri, vscode.Uri] => [
    vscode.Uri.parse(models.before),
    vscode.Uri.parse(models.after),
  ];
  const nameOf = (uri: vscode.Uri): string => posix.basename(uri.path);

  function refresh(): void {
    const [before, after] = uris();
    surface.setTitle(`${nameOf(before)} ↔ ${nameOf(after)}`);
    surface.latest(async (signal) => {
      const [one, other] = await Promise.all([service.analyse(before, signal), service.analyse(after, signal)]);
      const failed = [one, other].find((each) => !each.ok);
      if (failed?.ok === false) return surface.post({ type: 'error', sentence: failed.error.message });
      if (!one.ok || !other.ok) return;
      const { targetFps, ...query } = readSettings(after);
      for (const { value } of [one, other]) await service.prepare(value, [{}], signal, true);
      const diff = diffModels([one.value.profile, other.value.profile], query, targetFps, library.estimators);
      surface.post({
        type: 'diff',
        models,
        beforeName: nameOf(before),
        afterName: nameOf(after),
        ...diffView(diff, query),
      });
    });
  }

  const watchers = uris().map((uri) => watchModelFile(uri, refresh));
  return {
    refresh,
    receive: {
      swap: () => {
        models = { before: models.after, after: models.before };
        refresh();
      },
      open: async ({ which }) => {
        await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.parse(models[which]), modelEditorType);
      },
    },
    dispose: () => vscode.Disposable.from(...watchers).dispose(),
  };
}
