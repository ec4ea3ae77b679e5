import { posix } from 'node:path';
import * as vscode from 'vscode';
import { sortCompared, type Comparison } from '../../../core/present/compare';
import { comparisonCsv, comparisonMarkdown, type ComparisonContext } from '../../../core/present/compare-export';
import type { CompareExport } from '../../../protocol/compare-page';

const formats = {
  csv: { name: 'CSV', filter: 'CSV tables', extension: 'csv', text: comparisonCsv },
  markdown: { name: 'Markdown', filter: 'Markdown', extension: 'md', text: comparisonMarkdown },
} as const;

/** Copies or saves a comparison as text, in the order that its table has on the page. */
export async function exportComparison(
  { format, to, sort }: CompareExport,
  comparison: Comparison,
  context: ComparisonContext,
): Promise<void> {
  const { name, filter, extension, text } = formats[format];
  const models = sortCompared(comparison.models, sort.column, sort.descending);
  const content = text({ ...comparison, models }, context);
  if (to === 'file') return await save(content, filter, extension);
  await vscode.env.clipboard.writeText(content);
  vscode.window.setStatusBarMessage(`$(check) Copied the comparison as ${name}`, 3000);
}

async function save(content: string, filter: string, extension: string): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: 'Save Comparison',
    filters: { [filter]: [extension] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, `comparison.${extension}`) }),
  });
  if (target === undefined) return;
  try {
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(content));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await vscode.window.showErrorMessage(`The comparison could not be saved: ${reason}. Choose another place.`);
    return;
  }
  vscode.window.setStatusBarMessage(`$(check) Saved ${posix.basename(target.path)}`, 3000);
}
