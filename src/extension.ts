import type * as vscode from 'vscode';
import { registerCommands } from './vscode/commands/commands';
import { registerComparePanels } from './vscode/pages/compare/compare-panels';
import { registerDecorations } from './vscode/explorer/decorations';
import { reopenEarlyTabs } from './vscode/pages/model/early-tabs';
import { setKnownDevices } from './vscode/services/known-devices';
import { registerHover } from './vscode/hover/hover';
import { registerJetson } from './vscode/boards/register-boards';
import { createLandmarkLibrary } from './vscode/services/landmark-library';
import { warnOfLandmarkProblems } from './vscode/services/landmark-warnings';
import { registerLandmarks } from './vscode/landmarks/register-landmarks';
import { registerModelEditors } from './vscode/pages/model/model-editor';
import { createModelInsights } from './vscode/pages/model/model-insights';
import { createModelService } from './vscode/services/model-service';
import { createWorkspaceSummaries } from './vscode/models/reading/workspace-summaries';
import { registerModels } from './vscode/models/register-models';
import { registerAccuracyPages } from './vscode/pages/accuracy/accuracy-pages';
import { registerFasPages } from './vscode/pages/fas/fas-pages';
import { registerPrecisionPages } from './vscode/pages/precision/precision-pages';
import { registerPipelinePages } from './vscode/pages/pipeline/pipeline-pages';
import { registerPipelineLanguage } from './vscode/pipelines/pipeline-language';
import { registerStatusBar } from './vscode/pages/model/status-bar';

/** Called by VS Code when the extension is needed for the first time. */
export function activate(context: vscode.ExtensionContext): void {
  const library = createLandmarkLibrary();
  // First of those who follow, as the others ask what devices there are.
  const offered = library.onDidChange(() => setKnownDevices(library.landmarks));
  const service = createModelService(library);
  const summaries = createWorkspaceSummaries(context);
  const editors = registerModelEditors(context.extensionUri, service, createModelInsights(library));
  context.subscriptions.push(
    library,
    offered,
    warnOfLandmarkProblems(library),
    editors,
    registerHover(service),
    summaries,
    registerDecorations(summaries, library),
    registerStatusBar(editors, service),
    registerCommands(editors, service),
    registerComparePanels(context.extensionUri, summaries, library),
    registerModels(context, summaries, service, library),
    registerLandmarks(context.extensionUri, library, service),
    registerFasPages(context.extensionUri, service, library),
    registerAccuracyPages(context, service, library),
    registerPrecisionPages(context.extensionUri, library),
    registerPipelinePages(context.extensionUri, service, library),
    registerPipelineLanguage(),
    registerJetson({ context, editors, service, library }),
  );
  void reopenEarlyTabs();
}
