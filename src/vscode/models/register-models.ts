import * as vscode from 'vscode';
import type { LandmarkLibrary } from '../services/landmark-library';
import type { ModelService } from '../services/model-service';
import { createModelHelp } from './model-help';
import { registerModelProblems } from './model-problems';
import { registerModelsView } from './models-view';
import { createWorkspaceModels } from './workspace-models';
import type { WorkspaceSummaries } from './reading/workspace-summaries';

/** Registers what shows the models of the whole workspace: the tree in the side bar, and the Problems panel. */
export function registerModels(
  context: vscode.ExtensionContext,
  summaries: WorkspaceSummaries,
  service: ModelService,
  library: LandmarkLibrary,
): vscode.Disposable {
  const models = createWorkspaceModels(summaries, library);
  return vscode.Disposable.from(
    registerModelsView(context, models),
    registerModelProblems(models, service, createModelHelp(library)),
    models,
  );
}
