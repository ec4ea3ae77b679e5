import { posix } from 'node:path';
import * as vscode from 'vscode';
import { csvText } from '../../core/csv';
import type { ChartExportMessage } from '../../protocol/chart-export';
import { t } from '../../core/language';

/** Saves a chart's image where the user says, or copies its data. */
export async function exportChart(message: ChartExportMessage): Promise<void> {
  if (message.type === 'savePng') {
    const fileName = `${plainFileName(message.fileName)}.png`;
    return await saveAs(t('Save Chart as PNG'), { [t('PNG images')]: ['png'] }, fileName, message.png);
  }
  if (message.type === 'saveSvg') {
    const fileName = `${plainFileName(message.fileName)}.svg`;
    const content = new TextEncoder().encode(message.svg);
    return await saveAs(t('Save as SVG'), { [t('SVG images')]: ['svg'] }, fileName, content);
  }
  await vscode.env.clipboard.writeText(csvText(message.columns, message.rows));
  vscode.window.setStatusBarMessage(t('$(check) Copied the data as CSV'), 3000);
}

/** Asks where to save a file, and writes it; says whether that worked. */
export async function saveAs(
  title: string,
  filters: Record<string, string[]>,
  fileName: string,
  content: Uint8Array,
): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const defaultUri = folder && vscode.Uri.joinPath(folder, fileName);
  const target = await vscode.window.showSaveDialog({ title, filters, defaultUri });
  if (target === undefined) return;
  try {
    await vscode.workspace.fs.writeFile(target, content);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await vscode.window.showErrorMessage(t('Could not save {0}: {1}. Choose another location.', fileName, reason));
    return;
  }
  vscode.window.setStatusBarMessage(t('$(check) Saved {0}', posix.basename(target.path)), 3000);
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
