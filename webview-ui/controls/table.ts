import { html, type TemplateResult } from 'lit-html';

interface Column {
  readonly name: string;
  readonly kind: string;
}

export interface TableRow {
  /** The first heads the row, and the last takes the columns that are left. */
  readonly cells: readonly (string | number | TemplateResult)[];
  readonly kind?: string;
}

/** A column of numbers. */
export function figure(name: string, kind = ''): Column {
  return { name, kind: `figure ${kind}`.trim() };
}

/** A table. Its roles stay what they are where a narrow page shows the rows as blocks. */
export function table(heads: readonly (string | Column)[], rows: readonly TableRow[], kind = ''): TemplateResult {
  const columns = heads.map((head) => (typeof head === 'string' ? { name: head, kind: '' } : head));
  const span = (index: number, count: number) =>
    index === count - 1 && count < columns.length ? columns.length - index : 1;
  return html`<table class=${kind} role="table">
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map((column) => html`<th scope="col" role="columnheader" class=${column.kind}>${column.name}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        ({ cells, kind: ofRow = '' }) =>
          html`<tr role="row" class=${ofRow}>
            ${cells.map((cell, index) =>
              index === 0
                ? html`<th scope="row" role="rowheader" colspan=${span(index, cells.length)}>${cell}</th>`
                : html`<td role="cell" class=${columns[index]?.kind ?? ''} colspan=${span(index, cells.length)}>
                    ${cell}
                  </td>`,
            )}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

export interface Sorting<Key> {
  readonly by: Key;
  readonly descends: boolean;
}

/** The head of a column that sorts the table: first in its own direction, then the other way round. */
export function sortHead<Key extends string>(
  { key, title, descends }: { readonly key: Key; readonly title: string; readonly descends: boolean },
  kind: string,
  now: Sorting<Key>,
  sort: (sorting: Sorting<Key>) => void,
): TemplateResult {
  const isSorted = now.by === key;
  const [order, arrow] = !isSorted ? ['none', ''] : now.descends ? ['descending', ' ↓'] : ['ascending', ' ↑'];
  return html`<th scope="col" role="columnheader" class=${kind} aria-sort=${order}>
    <button class="sort" @click=${() => sort({ by: key, descends: isSorted ? !now.descends : descends })}>
      ${title}<span class="arrow" aria-hidden="true">${arrow}</span>
    </button>
  </th>`;
}
