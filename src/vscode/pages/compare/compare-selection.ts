import * as vscode from 'vscode';
import { maxCompared } from '../../../protocol/compare-page';
import type { ModelNode } from '../../models/models-view';

/**
 * What a menu's command is for, the Explorer's or the Models view's: files and folders, none for the whole workspace.
 * Asks for files where there is no workspace; null if nothing is to be compared.
 */
export async function chosenRoots(clicked: unknown, selected: unknown): Promise<readonly vscode.Uri[] | null> {
  const several = Array.isArray(selected) ? selected.flatMap(urisIn) : [];
  const uris = new Map((several.length > 0 ? several : urisIn(clicked)).map((uri) => [uri.toString(), uri]));
  if (uris.size > maxCompared) {
    const most = maxCompared.toLocaleString('en-US');
    await vscode.window.showWarningMessage(`Up to ${most} files can be compared. Compare their folder instead.`);
    return null;
  }
  if (uris.size > 0) return [...uris.values()];
  if ((vscode.workspace.workspaceFolders ?? []).length > 0) return [];
  const filters = { 'ONNX models': ['onnx'] };
  const picked = await vscode.window.showOpenDialog({ title: 'Compare Models', filters, canSelectMany: true });
  return picked ?? null;
}

function urisIn(item: unknown): readonly vscode.Uri[] {
  if (item instanceof vscode.Uri) return [item];
  if (typeof item !== 'object' || item === null || !('kind' in item)) return [];
  const node = item as ModelNode;
  return node.kind === 'model' ? [node.row.file] : node.group.rows.map(({ file }) => file);
}
