import { posix } from 'node:path';
import * as vscode from 'vscode';
import { exportScript } from '../../core/present/export-advice';
import type { ModelService } from '../services/model-service';

/** Opens a script, not yet saved, that exports a model again so that its board reads it. */
export async function writeExportScript(uri: vscode.Uri, service: ModelService): Promise<void> {
  const analysed = await service.analyse(uri);
  if (!analysed.ok) return void vscode.window.showErrorMessage(analysed.error.message);
  const content = exportScript(analysed.value.profile, posix.basename(uri.path));
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'python', content }));
}
