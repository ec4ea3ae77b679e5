import { posix } from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../../core/language';
import { planBoards } from '../../../core/plan/plan-boards';
import { boardRows } from '../../../core/present/boards-view';
import { operatingPointText } from '../../../core/present/sentences';
import { runtimeName } from '../../../core/landmarks/landmark';
import { boardsPageMessages, boardsPageState, type BoardsPage } from '../../../protocol/boards-page';
import { ownSize } from '../../../protocol/page';
import type { LandmarkLibrary } from '../../services/landmark-library';
import type { ModelService } from '../../services/model-service';
import { readSettings } from '../../services/settings';
import { createYielder } from '../../services/yield-to-event-loop';
import type { ModelEditors } from '../model/model-editor';
import { sizedQuery } from '../page-choice';
import { registerTabs, type Surface } from '../page-host';

/** Registers the page that compares boards for a model, with the command that opens it. */
export function registerBoardsPages(
  extensionUri: vscode.Uri,
  editors: ModelEditors,
  service: ModelService,
  library: LandmarkLibrary,
): vscode.Disposable {
  function start(surface: Surface<BoardsPage>, state: BoardsPage['state']) {
    const uri = vscode.Uri.parse(state.uri);
    const fileName = posix.basename(uri.path);
    surface.setTitle(t('Boards for {0}', fileName));

    function refresh(): void {
      surface.latest(async (signal, post) => {
        const analysed = await service.analyse(uri, signal);
        signal.throwIfAborted();
        if (!analysed.ok) return post({ type: 'failed', fileName, message: analysed.error.message });
        const settings = readSettings(uri);
        const runtime = state.runtime ?? settings.runtime;
        const query = sizedQuery({ device: settings.device, runtime }, state.size);
        await service.prepare(analysed.value, [query], signal);
        const progress = { signal, pause: createYielder(signal) };
        const { profile } = analysed.value;
        const answers = await planBoards(profile, query, settings.targetFps, library.estimators, progress);
        signal.throwIfAborted();
        if (!answers.ok) return;
        const estimate = answers.value.find(({ prediction }) => prediction.estimate !== null)?.prediction.estimate;
        post({
          type: 'boards',
          fileName,
          runtime: runtimeName(runtime),
          operatingPoint: estimate ? operatingPointText(estimate) : '',
          targetFps: settings.targetFps,
          rows: boardRows(answers.value),
        });
      });
    }

    return {
      refresh,
      receive: { openModel: async () => await vscode.commands.executeCommand<void>('framecast.openModel', uri) },
    };
  }

  const tabs = registerTabs(extensionUri, {
    bundle: 'boards',
    viewType: 'framecast.boardsPage',
    title: t('Boards'),
    messages: boardsPageMessages,
    state: boardsPageState,
    keyOf: ({ uri, runtime, size }: BoardsPage['state']) => JSON.stringify([uri, runtime, size]),
    follows: library,
    start,
  });
  return vscode.Disposable.from(
    tabs,
    vscode.commands.registerCommand('framecast.compareBoards', (target: unknown) => {
      const { shown } = editors;
      const uri = target instanceof vscode.Uri ? target : shown?.uri;
      if (uri === undefined)
        return vscode.window.showInformationMessage(t('Open a model first to compare boards for it.'));
      const isShown = shown?.uri.toString() === uri.toString();
      const size = isShown ? shown.size : ownSize;
      const runtime = isShown ? shown.choice.runtime : null;
      return tabs.show({ uri: uri.toString(), runtime, size });
    }),
  );
}
