import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { isUnfit, verdictLabel, type Verdict } from '../../src/core/estimate/verdict';
import { formatTarget } from '../../src/core/figures';
import { t, wholeNumber } from '../../src/core/language';
import { groupBySize, type ComparedColumn } from '../../src/core/present/compare';
import {
  comparedText,
  accuracyFrontMark,
  accuracyFrontMeaning,
  comparesAccuracy,
  frontMark,
  frontMeaning,
  frontSentences,
  hasVerdicts,
  intervalTitle,
  sizesDiffer,
  sizesDifferSentence,
} from '../../src/core/present/compare-text';
import type { ComparisonRow } from '../../src/protocol/compare-page';
import { sortHead } from '../controls/table';
import { withCode } from '../controls/with-code';
import { splitPath, type CompareView } from './view';

/** Rows that are drawn at first; thousands make a page slow. */
const firstRows = 200;

interface Column {
  readonly key: ComparedColumn;
  readonly title: string;
  /** Which way the first click sorts. */
  readonly descends: boolean;
  readonly isFigure: boolean;
}

function allColumns(): readonly Column[] {
  return [
    { key: 'file', title: t('Name'), descends: false, isFigure: false },
    { key: 'throughput', title: 'FPS', descends: true, isFigure: true },
    { key: 'target', title: t('Verdict'), descends: true, isFigure: false },
    { key: 'latency', title: t('Latency'), descends: false, isFigure: true },
    { key: 'parameters', title: t('Parameters'), descends: true, isFigure: true },
    { key: 'macs', title: 'MACs', descends: false, isFigure: true },
    { key: 'memory', title: t('Peak memory'), descends: false, isFigure: true },
    { key: 'bytes', title: t('File size'), descends: false, isFigure: true },
    { key: 'accuracy', title: 'Top-1', descends: true, isFigure: true },
    { key: 'model', title: t('Family and variant'), descends: false, isFigure: false },
  ];
}

const marks: Readonly<Record<Verdict['kind'], string>> = {
  meets: '✓',
  misses: '✗',
  'does-not-run': '⊘',
  'runs-wrongly': '⊘',
};

/** @param rows in the order of the table */
export function comparisonTable(view: CompareView, rows: readonly ComparisonRow[]): TemplateResult {
  const wanted = filtered(rows, view.filter);
  const shown = view.showsAll ? wanted : wanted.slice(0, firstRows);
  const messages = messagesOf(shown);
  const { targetFps, models } = view.message;
  const ownSizes = sizesDiffer(models);
  const isGrouped = ownSizes && view.isGrouped;
  const groups = isGrouped ? groupBySize(shown) : [{ size: null, models: shown }];
  const saysVerdicts = hasVerdicts(view.message, targetFps);
  const saysAccuracy = comparesAccuracy(models);
  const shownCells = { ownSizes: ownSizes && !isGrouped, saysVerdicts, saysAccuracy, messages };
  const shownColumns = allColumns().filter(
    ({ key }) => (key !== 'target' || saysVerdicts) && (key !== 'accuracy' || saysAccuracy),
  );
  return html`<div class="wrap filter">
      <input
        type="search"
        aria-label=${t('Filter the models')}
        placeholder=${t('Filter by name, family or verdict')}
        .value=${view.filter}
        @input=${(event: Event) => view.change({ filter: (event.target as HTMLInputElement).value })}
      />
      ${
        ownSizes
          ? html`<label class="check">
              <input
                type="checkbox"
                .checked=${view.isGrouped}
                @change=${(event: Event) => view.change({ isGrouped: (event.target as HTMLInputElement).checked })}
              />
              ${t('Group by input size')}
            </label>`
          : nothing
      }
      <span role="status"
        >${view.filter.trim() === '' ? '' : t('{0} of {1} models', wholeNumber(wanted.length), wholeNumber(rows.length))}</span
      >
    </div>
    <div class="table-frame">
      <table class="comparison" role="table" aria-label=${t('Models')}>
        <thead role="rowgroup">
          <tr role="row">
            ${shownColumns.map((column) => headCell(column, view))}
          </tr>
        </thead>
        ${groups.map(
          ({ size, models: members }) =>
            html`<tbody role="rowgroup">
              ${isGrouped ? groupHead(size, members.length, shownColumns.length) : nothing}
              ${repeat(
                members,
                ({ id }) => id,
                (row) => tableRow(row, shownCells, view),
              )}
            </tbody>`,
        )}
      </table>
    </div>
    ${
      shown.length === wanted.length
        ? nothing
        : html`<button class="link" @click=${() => view.change({ showsAll: true })}>
            ${t('Show all {0} models', wholeNumber(wanted.length))}
          </button>`
    }
    ${messageList(messages)} ${tableKey(rows)}`;
}

/** Rows whose name, family or verdict has all words of the filter. */
function filtered(rows: readonly ComparisonRow[], filter: string): readonly ComparisonRow[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return rows;
  return rows.filter(({ file, variant, family, verdict }) => {
    const parts = [file, variant ?? '', family ?? '', verdict === null ? '' : verdictLabel(verdict)];
    const text = parts.join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** What rows have to say, each sentence once, in the order in which it comes first. */
function messagesOf(rows: readonly ComparisonRow[]): readonly string[] {
  return [...new Set(rows.flatMap(messagesOfRow))];
}

function messagesOfRow({ reason, concerns }: ComparisonRow): readonly string[] {
  const error = concerns.find(({ severity }) => severity === 'error');
  return [...(reason === null ? [] : [reason]), ...(error === undefined ? [] : [error.message])];
}

function messageList(messages: readonly string[]): TemplateResult | typeof nothing {
  if (messages.length === 0) return nothing;
  return html`<ol class="messages" aria-label=${t('Notes on the models')}>
    ${messages.map((message, index) => html`<li id=${`message-${index + 1}`}>${withCode(message)}</li>`)}
  </ol>`;
}

function headCell(column: Column, { sort, change }: CompareView): TemplateResult {
  const kind = column.isFigure ? `figure is-${column.key}` : `is-${column.key}`;
  return sortHead(column, kind, { by: sort.column, descends: sort.descending }, ({ by, descends }) =>
    change({ sort: { column: by, descending: descends } }),
  );
}

function groupHead(size: string | null, count: number, width: number): TemplateResult {
  const title = size === null ? t('No prediction') : t('Input {0}', size);
  return html`<tr role="row" class="group">
    <th scope="rowgroup" role="rowheader" colspan=${width}>
      ${title} <span class="count">${t('{0, plural, one {# model} other {# models}}', count)}</span>
    </th>
  </tr>`;
}

/** What the cells of the table have, and the messages that their notes refer to. */
interface ShownCells {
  readonly ownSizes: boolean;
  readonly saysVerdicts: boolean;
  readonly saysAccuracy: boolean;
  readonly messages: readonly string[];
}

function tableRow(
  row: ComparisonRow,
  { ownSizes, saysVerdicts, saysAccuracy, messages }: ShownCells,
  { message, post }: CompareView,
): TemplateResult {
  const text = comparedText(row);
  const { name, folder } = splitPath(row.file);
  const figure = (
    key: ComparedColumn,
    title: string,
    content: unknown,
    ...details: (string | undefined)[]
  ): TemplateResult =>
    html`<td role="cell" class=${`figure is-${key}`} data-column=${title}>
      ${content}${details.map((each) => (each === undefined ? nothing : html`<span class="row-detail">${each}</span>`))}
    </td>`;
  return html`<tr
    role="row"
    class=${[row.isOnFront ? 'is-front' : '', isUnfit(row.verdict) ? 'is-unfit' : ''].join(' ').trim()}
  >
    <th scope="row" role="rowheader">
      <span class="model-name">
        <button class="link" title=${row.file} @click=${() => post({ type: 'open', id: row.id })}>${name}</button>
        ${row.isOnFront ? mark(frontMark, frontMeaning()) : nothing}
        ${row.isOnAccuracyFront && saysAccuracy ? mark(accuracyFrontMark, accuracyFrontMeaning()) : nothing}
      </span>
      ${folder === '' ? nothing : html`<span class="row-detail">${folder}</span>`}
      ${messagesOfRow(row).map(
        (message) =>
          html`<span class="muted row-note" title=${message}
            ><span aria-hidden="true">⚠</span> ${t('see note {0}', messages.indexOf(message) + 1)}</span
          >`,
      )}
    </th>
    ${figure(
      'throughput',
      'FPS',
      html`<strong>${text.throughput}${row.extrapolated ? ' *' : ''}</strong>`,
      row.interval === null ? undefined : text.interval,
      ownSizes && row.resolution !== null ? t('at {0}', text.size) : undefined,
    )}
    ${
      saysVerdicts
        ? html`<td
            role="cell"
            class="standing"
            data-column=${message.targetFps === null ? t('Verdict') : t('Target {0}', formatTarget(message.targetFps))}
          >
            ${verdictCell(row)}
          </td>`
        : nothing
    }
    ${figure('latency', t('Latency'), text.latency)} ${figure('parameters', t('Parameters'), text.parameters)}
    ${figure('macs', 'MACs', text.macs)} ${figure('memory', t('Peak memory'), text.memory)}
    ${figure('bytes', t('File size'), text.bytes)}
    ${saysAccuracy ? figure('accuracy', 'Top-1', text.accuracy) : nothing}
    <td role="cell" class="variant is-model" data-column=${t('Family and variant')}>
      ${text.model}
      ${
        row.family === null || text.model.startsWith(row.family)
          ? nothing
          : html`<span class="row-detail">${row.family}</span>`
      }
    </td>
  </tr>`;
}

function mark(sign: string, meaning: string): TemplateResult {
  return html`<span class="front-mark" title=${meaning} aria-label=${meaning} role="img">${sign}</span>`;
}

function verdictCell({ verdict }: ComparisonRow): TemplateResult {
  if (verdict === null) return html`${t('unknown')}`;
  return html`<span title=${verdict.sentence}
    ><span class=${`is-${verdict.kind}`} aria-hidden="true">${marks[verdict.kind]}</span> ${verdictLabel(verdict)}</span
  >`;
}

/** What the marks of the table mean, those that it has. */
function tableKey(rows: readonly ComparisonRow[]): TemplateResult | typeof nothing {
  const notes = [
    ...frontSentences(rows).map((sentence) => `${sentence}.`),
    ...(rows.some(({ interval }) => interval !== null) ? [t('Below the FPS: {0}.', intervalTitle(rows))] : []),
    ...(sizesDiffer(rows) ? [`${sizesDifferSentence()}.`] : []),
    ...(rows.some(({ extrapolated }) => extrapolated) ? [`* ${t('Outside the measured range')}.`] : []),
    t('Peak memory: the minimum for an engine, i.e. weights and the largest set of simultaneous activations.'),
  ];
  return html`<p class="muted table-key">${notes.join(' ')}</p>`;
}
