import * as vscode from 'vscode';
import { t } from '../../core/language';
import type { ModelRow, RowGroup } from './model-rows';

/** A heading, or a file under one. */
export type ModelNode =
  | { readonly kind: 'group'; readonly group: RowGroup<vscode.Uri> }
  | { readonly kind: 'model'; readonly row: ModelRow<vscode.Uri>; readonly groupId: string };

/**
 * The files and folders that a command is for: what a menu of the Explorer or of the Models view hands over, with the
 * selection, or what a link says.
 */
export function chosenUris(clicked: unknown, selected?: unknown): readonly vscode.Uri[] {
  const several = Array.isArray(selected) ? selected.flatMap(urisIn) : [];
  const uris = several.length > 0 ? several : urisIn(clicked);
  return [...new Map(uris.map((uri) => [uri.toString(), uri])).values()];
}

function urisIn(item: unknown): readonly vscode.Uri[] {
  if (item instanceof vscode.Uri) return [item];
  if (typeof item === 'string') return [vscode.Uri.parse(item, true)];
  if (typeof item !== 'object' || item === null || !('kind' in item)) return [];
  const node = item as ModelNode;
  if (node.kind === 'model') return [node.row.file];
  return node.kind === 'group' ? node.group.rows.map(({ file }) => file) : [];
}

/** Asks for ONNX files; undefined if the user gives up. */
export async function askForModels(title: string): Promise<readonly vscode.Uri[] | undefined> {
  return await vscode.window.showOpenDialog({ title, canSelectMany: true, filters: { [t('ONNX models')]: ['onnx'] } });
}

/** Asks for one ONNX file. */
export async function askForModel(title: string): Promise<vscode.Uri | undefined> {
  const picked = await vscode.window.showOpenDialog({ title, filters: { [t('ONNX models')]: ['onnx'] } });
  return picked?.[0];
}
