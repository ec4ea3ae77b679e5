import { html, nothing, type TemplateResult } from 'lit-html';
import type { FasRate } from '../../src/core/fas/model';
import {
  isSameProtocol,
  paperAcer,
  paperHter,
  protocolText,
  table3Legend,
  throughputSource,
  type FasRow,
} from '../../src/core/fas/rows';
import { groupedNotes, type FasSortKey } from '../../src/core/fas/view';
import { enteredFigure, formatCount, formatFps, formatTarget } from '../../src/core/figures';
import { t, wholeNumber, withDecimalMark } from '../../src/core/language';
import { sortHead } from '../controls/table';
import { listedAtOnce, type FasView } from './view';
import { groupBy } from '../../src/core/group-by';

interface Column {
  readonly key: FasSortKey;
  readonly title: string;
  readonly descends: boolean;
}

function columns(): readonly Column[] {
  return [
    { key: 'name', title: t('Model'), descends: false },
    { key: 'throughput', title: 'FPS', descends: true },
    { key: 'parameters', title: t('Parameters'), descends: false },
    { key: 'hter', title: 'HTER', descends: false },
    { key: 'acer', title: 'ACER', descends: false },
  ];
}

const icons = {
  pin: 'M6 1.5h4l-.6 4.6L12 9v1.2H8.6V15h-1.2v-4.8H4V9l2.6-2.9z',
  hide: 'M1 8s2.6-4.5 7-4.5S15 8 15 8s-2.6 4.5-7 4.5S1 8 1 8zm7 2a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM2 14 14 2',
  edit: 'M2.5 13.5l.6-3L10.6 3l2.4 2.4-7.5 7.5zM9.2 4.4l2.4 2.4',
  remove: 'M3 4.5h10M6.5 4V2.5h3V4m-5 .5.6 9h5.8l.6-9',
} as const;

/**
 * The models, sorted, filtered and pinned as the user wants.
 *
 * @param rows those to show, in their order
 * @param fronts ids of those on a Pareto front of the metric that the chart shows
 */
export function tableSection(view: FasView, rows: readonly FasRow[], fronts: ReadonlySet<string>): TemplateResult {
  const { message, arrangement } = view;
  const notes = groupedNotes(rows);
  const numbers = noteNumbers(notes);
  const hidden = message.rows.filter(({ id }) => arrangement.hidden.includes(id)).length;
  return html`<section class="models" aria-labelledby="models-title">
    <div class="section-head">
      <h2 id="models-title">${t('Models')}</h2>
      <div class="actions">
        ${
          hidden === 0
            ? nothing
            : html`<button class="link" @click=${() => view.arrange({ hidden: [] })}>
                ${t('Show {0} hidden', hidden)}
              </button>`
        }
        <input
          type="search"
          class="filter"
          aria-label=${t('Filter the models')}
          placeholder=${t('Filter')}
          maxlength="200"
          .value=${arrangement.filter}
          @input=${(event: Event) => view.arrange({ filter: (event.target as HTMLInputElement).value })}
        />
      </div>
    </div>
    <table class="fas-table" role="table">
      <thead role="rowgroup">
        <tr role="row">
          ${columns().map((column) => headCell(column, view))}
          <th scope="col" role="columnheader"><span class="visually-hidden">${t('Actions')}</span></th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.slice(0, view.listed).map((row) => tableRow(row, view, fronts, numbers.get(row.id)?.map(({ number }) => number) ?? []))}
      </tbody>
    </table>
    ${rows.length <= view.listed ? nothing : unlisted(view, rows.length)}
    ${
      rows.length === 0
        ? html`<p class="empty" role="status">${t('No model matches the filter. Clear it to see all models.')}</p>`
        : nothing
    }
    ${notesList(notes)} ${key()}
  </section>`;
}

/** Numbers of the notes by the ids of the rows that they are about. */
function noteNumbers(notes: ReturnType<typeof groupedNotes>) {
  return groupBy(
    notes.flatMap(({ ids }, index) => ids.map((id) => ({ id, number: index + 1 }))),
    ({ id }) => id,
  );
}

function unlisted(view: FasView, count: number): TemplateResult {
  const more = Math.min(listedAtOnce, count - view.listed);
  return html`<p class="advice">
    ${t('Showing {0} of {1} models.', wholeNumber(view.listed), wholeNumber(count))}
    <button class="link" @click=${() => view.show({ listed: view.listed + more })}>${t('Show {0} more', more)}</button>
  </p>`;
}

function headCell(column: Column, { arrangement, arrange }: FasView): TemplateResult {
  const { sortBy, isDescending } = arrangement;
  const kind = column.key === 'name' ? '' : 'figure';
  return sortHead(column, kind, { by: sortBy, descends: isDescending }, ({ by, descends }) =>
    arrange({ sortBy: by, isDescending: descends }),
  );
}

function tableRow(row: FasRow, view: FasView, fronts: ReadonlySet<string>, numbers: readonly number[]): TemplateResult {
  const { arrangement, message, post } = view;
  const isPinned = arrangement.pinned.includes(row.id);
  return html`<tr role="row" class=${`${row.origin === 'own' ? 'own' : ''} ${isPinned ? 'is-pinned' : ''}`}>
    <th scope="row" role="rowheader">
      <span class="model-name">
        ${
          row.file === null
            ? row.name
            : html`<button class="link" @click=${() => post({ type: 'openModel', id: row.id })}>${row.name}</button>`
        }${row.marks.name}${
          numbers.length === 0
            ? nothing
            : html`<sup><span class="visually-hidden">${t('note')} </span>${numbers.join(', ')}</sup>`
        }
      </span>
      ${fronts.has(row.id) ? html`<span class="tag is-front" title=${t('No other model of this test is both faster and more accurate')}>${t('Pareto front')}</span>` : nothing}
      <span class="row-detail">${detailOf(row)}</span>
    </th>
    <td role="cell" class="figure" data-column="FPS">${throughputCell(row, message.targetFps)}</td>
    <td role="cell" class="figure" data-column=${t('Parameters')}>
      ${row.parameters === null ? none(t('no parameters known')) : formatCount(row.parameters)}
    </td>
    <td role="cell" class="figure" data-column="HTER">${rateCell(row.hter, paperHter)}</td>
    <td role="cell" class="figure" data-column="ACER">${rateCell(row.acer, paperAcer)}</td>
    <td role="cell" class="row-actions">
      ${rowButton(isPinned ? t('Unpin {0}', row.name) : t('Pin {0}', row.name), 'pin', isPinned, () =>
        view.arrange({ pinned: toggled(arrangement.pinned, row.id) }),
      )}
      ${rowButton(t('Hide {0}', row.name), 'hide', null, () =>
        view.arrange({ hidden: toggled(arrangement.hidden, row.id) }),
      )}
      ${
        row.origin === 'own'
          ? [
              rowButton(t('Change {0}', row.name), 'edit', null, () => post({ type: 'edit', id: row.id })),
              rowButton(t('Delete {0}', row.name), 'remove', null, () => post({ type: 'remove', id: row.id })),
            ]
          : nothing
      }
    </td>
  </tr>`;
}

function rowButton(label: string, name: keyof typeof icons, pressed: boolean | null, act: () => void) {
  return html`<button
    class="muted icon-button"
    aria-label=${label}
    title=${label}
    aria-pressed=${pressed ?? nothing}
    @click=${act}
  >
    <svg class="icon is-${name}" viewBox="0 0 16 16" aria-hidden="true"><path d=${icons[name]} /></svg>
  </button>`;
}

function detailOf(row: FasRow): string {
  const source = row.origin === 'paper' ? row.authors : throughputSource(row);
  return row.comment === '' ? source : `${source} · ${row.comment}`;
}

function throughputCell(row: FasRow, targetFps: number | null): TemplateResult {
  if (row.throughputFps === null) return none(t('no FPS known'));
  // Measured and typed figures are shown as they are; a prediction has no fourth digit.
  const figures = row.basis === 'predicted' ? formatFps(row.throughputFps) : enteredFigure(row.throughputFps);
  const figure = html`${figures}${row.marks.throughput}`;
  if (targetFps === null) return figure;
  const meets = row.throughputFps >= targetFps;
  const target = formatTarget(targetFps);
  return html`<span class=${meets ? 'meets' : 'misses'}>
      <span aria-hidden="true">${meets ? '✓' : '✗'}</span>
      <span class="visually-hidden">${meets ? t('meets {0}:', target) : t('misses {0}:', target)}</span>
    </span>
    ${figure}`;
}

/** A rate from another test than the paper's names that test, since the two are not comparable. */
function rateCell(rate: FasRate | null, paper: Omit<FasRate, 'percent'>): TemplateResult {
  if (rate === null) return none(t('no comparable rate'));
  const detail = isSameProtocol(rate, paper) ? nothing : html`<span class="row-detail">${protocolText(rate)}</span>`;
  return html`${t('{0}%', withDecimalMark(String(rate.percent)))}${detail}`;
}

function none(meaning: string): TemplateResult {
  return html`<span aria-hidden="true">–</span><span class="visually-hidden">${meaning}</span>`;
}

function notesList(notes: ReturnType<typeof groupedNotes>): TemplateResult | typeof nothing {
  if (notes.length === 0) return nothing;
  return html`<ol class="notes" aria-label=${t('Notes')}>
    ${notes.map(({ note, names }) => html`<li><strong>${firstOf(names)}:</strong> ${note}</li>`)}
  </ol>`;
}

function firstOf(names: readonly string[]): string {
  const most = 12;
  if (names.length <= most) return names.join(', ');
  return t('{0} and {1} others', names.slice(0, most).join(', '), wholeNumber(names.length - most));
}

function key(): TemplateResult {
  const { marks, source } = table3Legend();
  return html`<p class="advice muted table-key">
    ${marks.join('; ')}.
    ${t('HTER: {0}. ACER: {1}, unless another test is named. A dash means that no comparable rate is known.', protocolText(paperHter), protocolText(paperAcer))}<br />${source}
  </p>`;
}

function toggled(list: readonly string[], id: string): readonly string[] {
  return list.includes(id) ? list.filter((each) => each !== id) : [...list, id];
}
