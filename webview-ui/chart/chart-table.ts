import { html, type TemplateResult } from 'lit-html';

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
  const alignment = (column: ChartColumn): string => (column.format === undefined ? '' : 'figure');
  return html`<table>
    <thead>
      <tr>
        ${columns.map((column) => html`<th scope="col" class=${alignment(column)}>${column.name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ cells, isOwn }) =>
          html`<tr class=${isOwn === true ? 'own' : ''}>
            ${columns.map((column, index) => {
              const text = cellText(cells[index] ?? null, column);
              return index === 0
                ? html`<th scope="row">${text}</th>`
                : html`<td class=${alignment(column)}>${text}</td>`;
            })}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function cellText(value: string | number | null, { format }: ChartColumn): string {
  if (value === null) return '–';
  return typeof value === 'number' ? (format ?? String)(value) : value;
}
