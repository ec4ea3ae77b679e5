import * as vscode from 'vscode';
import type { Estimators } from '../../core/estimate/estimators';
import type { ModelService } from '../services/model-service';
import { createModelHelp } from './model-help';
import { registerModelProblems } from './model-problems';
import { createSummaryPredictions } from './model-rows';
import { registerModelsView } from './models-view';
import { createWorkspaceModels } from './workspace-models';
import { createWorkspaceSummaries } from './reading/workspace-summaries';

/** Registers what shows the models of the whole workspace: the tree in the side bar, and the Problems panel. */
export function registerModels(
  context: vscode.ExtensionContext,
  service: ModelService,
  estimators: Estimators,
): vscode.Disposable {
  const summaries = createWorkspaceSummaries(context);
  const predictions = createSummaryPredictions(estimators);
  const models = createWorkspaceModels(summaries, predictions, service.onDidChangePredictions);
  return vscode.Disposable.from(
    registerModelsView(context, models),
    registerModelProblems(models, service, createModelHelp(estimators)),
    models,
    summaries,
  );
}
