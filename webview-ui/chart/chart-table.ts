import type { TemplateResult } from 'lit-html';
import { figure, table } from '../controls/table';

/** What a chart draws, as a table: for those who do not see it, and for the clipboard. */
export interface ChartTable {
  readonly columns: readonly ChartColumn[];
  readonly rows: readonly ChartRow[];
}

export interface ChartColumn {
  readonly name: string;
  /** How the page writes a number of this column; the clipboard gets all of its digits. */
  readonly format?: (value: number) => string;
}

export interface ChartRow {
  /** A cell per column: numbers as they are, null if there is none. */
  readonly cells: readonly (string | number | null)[];
  /** Whether the row is what the page is about. */
  readonly isOwn?: boolean;
}

/** The table under a chart. Columns of numbers are right-aligned. */
export function chartTable({ columns, rows }: ChartTable): TemplateResult {
  return table(
    columns.map(({ name, format }) => (format === undefined ? name : figure(name))),
    rows.map(({ cells, isOwn }) => ({
      cells: columns.map((column, index) => cellText(cells[index] ?? null, column)),
      kind: isOwn === true ? 'own' : '',
    })),
  );
}

function cellText(value: string | number | null, { format }: ChartColumn): string {
  if (value === null) return '–';
  return typeof value === 'number' ? (format ?? String)(value) : value;
}
