import * as vscode from 'vscode';
import { isModelName } from '../../../core/model-file-name';
import { modelEditorType } from './model-editor';

/**
 * Reopens models that were opened before VS Code knew this extension's editor, which happens in a window that is just
 * starting: they are shown as "binary file". A model that the user chose to see as text is left alone, since a text
 * editor shows it.
 */
export async function reopenEarlyTabs(): Promise<void> {
  for (const { viewColumn } of vscode.window.tabGroups.all) {
    // Looked up each time: VS Code forgets its tab objects when tabs change.
    const group = vscode.window.tabGroups.all.find((each) => each.viewColumn === viewColumn);
    const tab = group?.activeTab;
    if (!group || !tab || !(tab.input instanceof vscode.TabInputText) || !isModelWithoutText(tab.input.uri)) continue;
    const { uri } = tab.input;
    const options = { viewColumn, preview: tab.isPreview, preserveFocus: !group.isActive };
    if (await vscode.window.tabGroups.close(tab, true)) {
      await vscode.commands.executeCommand('vscode.openWith', uri, modelEditorType, options);
    }
  }
}

function isModelWithoutText(uri: vscode.Uri): boolean {
  const asText = vscode.window.visibleTextEditors.some((editor) => editor.document.uri.toString() === uri.toString());
  return isModelName(uri.path) && !asText;
}
