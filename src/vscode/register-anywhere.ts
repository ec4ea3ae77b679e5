import type * as vscode from 'vscode';
import { registerCommands } from './commands/commands';
import { registerFirstUse } from './commands/first-use';
import { registerSaveReport } from './commands/save-report';
import { registerModelFolders } from './explorer/model-folders';
import { registerHover } from './hover/hover';
import type { WorkspaceSummaries } from './models/reading/workspace-summaries';
import { registerModelProblems } from './models/model-problems';
import { registerModelsView } from './models/models-view';
import { createWorkspaceModels } from './models/workspace-models';
import { registerAccuracyPages } from './pages/accuracy/accuracy-pages';
import { registerBoardsPages } from './pages/boards/boards-pages';
import { registerComparePanels } from './pages/compare/compare-panels';
import { registerDiffPages } from './pages/diff/diff-pages';
import { registerModelEditors, type ModelEditors } from './pages/model/model-editor';
import { createModelInsights } from './pages/model/model-insights';
import { registerStatusBar } from './pages/model/status-bar';
import { registerPipelinePages } from './pages/pipeline/pipeline-pages';
import { registerPrecisionPages } from './pages/precision/precision-pages';
import { registerPipelineLanguage } from './pipelines/pipeline-language';
import type { LandmarkLibrary } from './services/landmark-library';
import type { ModelService } from './services/model-service';

export interface Services {
  readonly library: LandmarkLibrary;
  readonly service: ModelService;
  readonly summaries: WorkspaceSummaries;
}

/** Registers what works wherever VS Code runs, also in a browser. Returns the editors of models, which others follow. */
export function registerAnywhere(
  context: vscode.ExtensionContext,
  { library, service, summaries }: Services,
): ModelEditors {
  const { extensionUri } = context;
  const editors = registerModelEditors(extensionUri, service, createModelInsights(library, service));
  const models = createWorkspaceModels(summaries, library);
  context.subscriptions.push(
    library,
    editors,
    registerHover(service),
    summaries,
    registerModelFolders(),
    registerStatusBar(editors, service),
    registerCommands(editors, service),
    registerFirstUse(context, editors),
    registerSaveReport(editors, service, library),
    registerDiffPages(extensionUri, service, library),
    registerBoardsPages(extensionUri, editors, service, library),
    registerComparePanels(extensionUri, summaries, library),
    registerModelsView(context, models),
    registerModelProblems(models, service, library),
    models,
    registerAccuracyPages(context, service, library),
    registerPrecisionPages(extensionUri, library),
    registerPipelinePages(extensionUri, service, library),
    registerPipelineLanguage(service),
  );
  return editors;
}
