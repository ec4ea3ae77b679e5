import * as vscode from 'vscode';
import { createModelThreads } from '../files/reading/model-threads';
import type { ToolHostParts } from './assistants/tool-host';
import { registerCommands } from './commands/commands';
import { registerFirstUse } from './commands/first-use';
import { registerSaveReport } from './commands/save-report';
import { registerDiffPages } from './pages/diff/diff-pages';
import { registerBoardsPages } from './pages/boards/boards-pages';
import { registerComparePanels } from './pages/compare/compare-panels';
import { registerDecorations } from './explorer/decorations';
import { registerModelFolders } from './explorer/model-folders';
import { reopenEarlyTabs } from './pages/model/early-tabs';
import { setKnownDevices } from './services/known-devices';
import { registerHover } from './hover/hover';
import { registerJetson } from './boards/register-boards';
import { createLandmarkLibrary } from './services/landmark-library';
import { warnOfLandmarkProblems } from './services/landmark-warnings';
import { registerLandmarks } from './landmarks/register-landmarks';
import { registerModelEditors } from './pages/model/model-editor';
import { createModelInsights } from './pages/model/model-insights';
import { createModelService } from './services/model-service';
import { createWorkspaceSummaries } from './models/reading/workspace-summaries';
import { registerModels } from './models/register-models';
import { registerAccuracyPages } from './pages/accuracy/accuracy-pages';
import { registerFasPages } from './pages/fas/fas-pages';
import { registerPrecisionPages } from './pages/precision/precision-pages';
import { registerPipelinePages } from './pages/pipeline/pipeline-pages';
import { registerPipelineLanguage } from './pipelines/pipeline-language';
import { registerStatusBar } from './pages/model/status-bar';

/** Registers everything that the extension contributes, and returns what answers assistants. Called once. */
export function start(context: vscode.ExtensionContext): ToolHostParts {
  const library = createLandmarkLibrary();
  // First of those who follow, as the others ask what devices there are.
  setKnownDevices(library.landmarks);
  const offered = library.onDidChange(() => setKnownDevices(library.landmarks));
  const bundle = vscode.Uri.joinPath(context.extensionUri, 'dist', 'model-worker.js').fsPath;
  const threads = createModelThreads(bundle);
  const service = createModelService(library, threads);
  const summaries = createWorkspaceSummaries(context, threads, bundle);
  const editors = registerModelEditors(context.extensionUri, service, createModelInsights(library));
  context.subscriptions.push(
    library,
    offered,
    warnOfLandmarkProblems(library),
    editors,
    registerHover(service),
    summaries,
    threads,
    registerDecorations(summaries, library),
    registerModelFolders(),
    registerStatusBar(editors, service),
    registerCommands(editors, service),
    registerFirstUse(context, editors),
    registerSaveReport(editors, service, library),
    registerDiffPages(context.extensionUri, service, library),
    registerBoardsPages(context.extensionUri, editors, service, library),
    registerComparePanels(context.extensionUri, summaries, library),
    registerModels(context, summaries, service, library),
    registerLandmarks(context.extensionUri, library, service),
    registerFasPages(context.extensionUri, service, library),
    registerAccuracyPages(context, service, library),
    registerPrecisionPages(context.extensionUri, library),
    registerPipelinePages(context.extensionUri, service, library),
    registerPipelineLanguage(service),
  );
  const jetson = registerJetson({ context, editors, service, library });
  context.subscriptions.push(jetson);
  void reopenEarlyTabs();
  return { service, library, benchmarks: jetson.benchmarks, start: jetson.start };
}
