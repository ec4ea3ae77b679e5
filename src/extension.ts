import type * as vscode from 'vscode';
import { createEstimators } from './core/estimate/predict';
import { bundledLandmarks } from './core/landmarks/campaigns';
import { registerCommands } from './vscode/commands';
import { registerDecorations } from './vscode/decorations';
import { reopenEarlyTabs } from './vscode/early-tabs';
import { registerHover } from './vscode/hover';
import { registerModelEditors } from './vscode/model-editor';
import { createModelInsights } from './vscode/model-insights';
import { createModelService } from './vscode/model-service';
import { registerStatusBar } from './vscode/status-bar';

/** Called by VS Code when the extension is needed for the first time. */
export function activate(context: vscode.ExtensionContext): void {
  const estimators = createEstimators(bundledLandmarks);
  const service = createModelService(estimators);
  const editors = registerModelEditors(context.extensionUri, service, createModelInsights(estimators));
  context.subscriptions.push(
    editors,
    registerHover(service),
    registerDecorations(service),
    registerStatusBar(editors, service),
    registerCommands(editors, service),
  );
  void reopenEarlyTabs();
}
