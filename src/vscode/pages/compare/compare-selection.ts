import * as vscode from 'vscode';
import { t, wholeNumber } from '../../../core/language';
import { maxCompared } from '../../../protocol/compare-page';
import { askForModels, chosenUris } from '../../models/chosen-models';

/**
 * What a menu's command is for, the Explorer's or the Models view's: files and folders, none for the whole workspace.
 * Asks for files where there is no workspace; null if nothing is to be compared.
 */
export async function chosenRoots(clicked: unknown, selected: unknown): Promise<readonly vscode.Uri[] | null> {
  const uris = chosenUris(clicked, selected);
  if (uris.length > maxCompared) {
    await vscode.window.showWarningMessage(
      t('Up to {0} files can be compared. Compare their folder instead.', wholeNumber(maxCompared)),
    );
    return null;
  }
  if (uris.length > 0) return uris;
  if ((vscode.workspace.workspaceFolders ?? []).length > 0) return [];
  return (await askForModels(t('Compare Models'))) ?? null;
}
