import { posix } from 'node:path';
import * as vscode from 'vscode';
import { csvText } from '../../files/csv';
import type { ChartExportMessage } from '../../protocol/chart-export';

/** Saves a chart's image where the user says, or copies its data. */
export async function exportChart(message: ChartExportMessage): Promise<void> {
  if (message.type === 'savePng') return await savePng(message.fileName, message.png);
  await vscode.env.clipboard.writeText(csvText(message.columns, message.rows));
  vscode.window.setStatusBarMessage('$(check) Copied the data as CSV', 3000);
}

async function savePng(name: string, png: Uint8Array): Promise<void> {
  const fileName = `${plainFileName(name)}.png`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: 'Save Chart as PNG',
    filters: { 'PNG images': ['png'] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, fileName) }),
  });
  if (target === undefined) return;
  try {
    await vscode.workspace.fs.writeFile(target, png);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await vscode.window.showErrorMessage(`Could not save the image: ${reason}. Choose another location.`);
    return;
  }
  vscode.window.setStatusBarMessage(`$(check) Saved ${posix.basename(target.path)}`, 3000);
}

/** A name that every file system takes. */
function plainFileName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  return plain === '' ? 'chart' : plain;
}
