import * as vscode from 'vscode';
import { createModelThreads, type ModelThreads } from '../files/reading/model-threads';
import type { ToolHostParts } from './assistants/tool-host';
import { registerJetson } from './boards/register-boards';
import { registerDecorations } from './explorer/decorations';
import { registerLandmarkCommands } from './landmarks/landmark-commands';
import { registerLandmarksView } from './landmarks/landmarks-view';
import { registerFitPanels } from './pages/fit/fit-panels';
import { createWorkspaceSummaries } from './models/reading/workspace-summaries';
import { registerFasPages } from './pages/fas/fas-pages';
import { reopenEarlyTabs } from './pages/model/early-tabs';
import { registerAnywhere } from './register-anywhere';
import { setKnownDevices } from './services/known-devices';
import { createLandmarkLibrary } from './services/landmark-library';
import { warnOfLandmarkProblems } from './services/landmark-warnings';
import { createModelService } from './services/model-service';
import { sayUnknownDevice } from './services/own-boards';
import { onDidChangeSettings } from './services/settings';

/** Registers everything that the extension contributes, and returns what answers assistants. Called once. */
export function start(context: vscode.ExtensionContext): ToolHostParts {
  const library = createLandmarkLibrary();
  // First of those who follow, as the others ask what devices there are.
  setKnownDevices(library.landmarks);
  const offered = library.onDidChange(() => setKnownDevices(library.landmarks));
  void library.ready.then(sayUnknownDevice);
  const settings = onDidChangeSettings(sayUnknownDevice);
  const bundle = vscode.Uri.joinPath(context.extensionUri, 'dist', 'model-worker.js').fsPath;
  const createThreads = (): ModelThreads => {
    const created = createModelThreads(bundle);
    context.subscriptions.push(created);
    return created;
  };
  const threads = createThreads();
  const service = createModelService(library, threads);
  const summaries = createWorkspaceSummaries(context, threads, bundle);
  const editors = registerAnywhere(context, { library, service, summaries });
  const fits = registerFitPanels(context.extensionUri, library);
  const jetson = registerJetson({ context, editors, service, library });
  context.subscriptions.push(
    offered,
    settings,
    warnOfLandmarkProblems(library),
    registerDecorations(summaries, library),
    fits,
    registerLandmarksView(library),
    registerLandmarkCommands(library, service, fits),
    registerFasPages(context.extensionUri, service, library),
    jetson,
  );
  void reopenEarlyTabs();
  return { service, library, createThreads, benchmarks: jetson.benchmarks, start: jetson.start };
}
