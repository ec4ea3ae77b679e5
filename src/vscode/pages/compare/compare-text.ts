import * as vscode from 'vscode';
import { groupBySize, sortCompared, type Comparison } from '../../../core/present/compare';
import { comparisonCsv, comparisonMarkdown, type ComparisonContext } from '../../../core/present/compare-export';
import { t } from '../../../core/language';
import type { CompareExport } from '../../../protocol/compare-page';
import { saveAs } from '../chart-export';

const formats = {
  csv: { name: 'CSV', filter: () => t('CSV tables'), extension: 'csv', text: comparisonCsv },
  markdown: { name: 'Markdown', filter: () => 'Markdown', extension: 'md', text: comparisonMarkdown },
} as const;

/** Copies or saves a comparison as text, in the order that its table has on the page. */
export async function exportComparison(
  { format, to, sort, isGrouped }: CompareExport,
  comparison: Comparison,
  context: ComparisonContext,
): Promise<void> {
  const { name, filter, extension, text } = formats[format];
  const sorted = sortCompared(comparison.models, sort.column, sort.descending);
  const models = isGrouped ? groupBySize(sorted).flatMap((group) => group.models) : sorted;
  const content = text({ ...comparison, models }, context);
  if (to === 'file') {
    const bytes = new TextEncoder().encode(content);
    return await saveAs(t('Save Comparison'), { [filter()]: [extension] }, `comparison.${extension}`, bytes);
  }
  await vscode.env.clipboard.writeText(content);
  vscode.window.setStatusBarMessage(t('$(check) Copied the comparison as {0}', name), 3000);
}
