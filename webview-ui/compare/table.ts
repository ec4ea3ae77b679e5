import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { isUnfit, verdictWord, type Verdict } from '../../src/core/estimate/verdict';
import type { ComparedColumn } from '../../src/core/present/compare';
import {
  comparedText,
  frontMeaning,
  hasVerdicts,
  intervalTitle,
  sizesDiffer,
  sizesDifferSentence,
} from '../../src/core/present/compare-text';
import type { ComparisonRow } from '../../src/protocol/compare-page';
import { splitPath, targetText, type CompareView } from './view';

/** Rows that are drawn at first; thousands make a page slow. */
const firstRows = 200;

interface Column {
  readonly key: ComparedColumn;
  readonly title: string;
  /** Which way the first click sorts. */
  readonly descends: boolean;
  readonly isFigure: boolean;
}

const columns: readonly Column[] = [
  { key: 'file', title: 'Name', descends: false, isFigure: false },
  { key: 'throughput', title: 'Throughput', descends: true, isFigure: true },
  { key: 'latency', title: 'Latency', descends: false, isFigure: true },
  { key: 'parameters', title: 'Parameters', descends: true, isFigure: true },
  { key: 'macs', title: 'MACs', descends: false, isFigure: true },
  { key: 'memory', title: 'Peak memory', descends: false, isFigure: true },
  { key: 'bytes', title: 'File size', descends: false, isFigure: true },
  { key: 'model', title: 'Family and variant', descends: false, isFigure: false },
  { key: 'target', title: 'Verdict', descends: true, isFigure: false },
];

const marks: Readonly<Record<Verdict['kind'], string>> = {
  meets: '✓',
  misses: '✗',
  'does-not-run': '⊘',
  'runs-wrongly': '⊘',
};

/** @param rows in the order of the table */
export function comparisonTable(view: CompareView, rows: readonly ComparisonRow[]): TemplateResult {
  const shown = view.showsAll ? rows : rows.slice(0, firstRows);
  const { targetFps, models } = view.message;
  const ownSizes = sizesDiffer(models);
  const saysVerdicts = hasVerdicts(view.message, targetFps);
  return html`<table class="comparison" role="table" aria-label="Models">
      <thead role="rowgroup">
        <tr role="row">
          ${columns.filter(({ key }) => key !== 'target' || saysVerdicts).map((column) => headCell(column, view))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${repeat(
          shown,
          ({ id }) => id,
          (row) => tableRow(row, { ownSizes, saysVerdicts }, view),
        )}
      </tbody>
    </table>
    ${
      shown.length === rows.length
        ? nothing
        : html`<button class="link" @click=${() => view.showAll()}>
            Show all ${rows.length.toLocaleString('en-US')} models
          </button>`
    }
    ${key(rows)}`;
}

function headCell({ key, title, descends, isFigure }: Column, { sort, sortBy }: CompareView): TemplateResult {
  const isSorted = sort.column === key;
  const turn = (): void => sortBy({ column: key, descending: isSorted ? !sort.descending : descends });
  return html`<th
    scope="col"
    role="columnheader"
    class=${isFigure ? 'figure' : ''}
    aria-sort=${isSorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
  >
    <button class="sort" @click=${turn}>
      ${title}<span class="arrow" aria-hidden="true">${isSorted ? (sort.descending ? ' ↓' : ' ↑') : ''}</span>
    </button>
  </th>`;
}

function tableRow(
  row: ComparisonRow,
  { ownSizes, saysVerdicts }: { readonly ownSizes: boolean; readonly saysVerdicts: boolean },
  { message, post }: CompareView,
): TemplateResult {
  const text = comparedText(row);
  const { name, folder } = splitPath(row.file);
  const error = row.concerns.find(({ severity }) => severity === 'error');
  const figure = (title: string, content: unknown, ...details: (string | undefined)[]): TemplateResult =>
    html`<td role="cell" class="figure" data-column=${title}>
      ${content}${details.map((each) => (each === undefined ? nothing : html`<span class="row-detail">${each}</span>`))}
    </td>`;
  return html`<tr
    role="row"
    class=${[row.isOnFront ? 'is-front' : '', isUnfit(row.verdict) ? 'is-unfit' : ''].join(' ').trim()}
  >
    <th scope="row" role="rowheader">
      <span class="model-name">
        <button class="link" title=${row.file} @click=${() => post({ type: 'open', id: row.id })}>${name}</button>
        ${row.isOnFront ? html`<span class="front-mark" aria-label="on the Pareto front" role="img">◆</span>` : nothing}
      </span>
      ${folder === '' ? nothing : html`<span class="row-detail">${folder}</span>`}
      ${row.reason === null ? nothing : html`<span class="row-detail is-reason">${row.reason}</span>`}
      ${error === undefined ? nothing : html`<span class="row-detail is-reason">${error.message}</span>`}
    </th>
    ${figure(
      'Throughput',
      html`<strong>${text.throughput}${row.extrapolated ? ' *' : ''}</strong>`,
      row.interval === null ? undefined : text.interval,
      ownSizes && row.resolution !== null ? `at ${text.size}` : undefined,
    )}
    ${figure('Latency', text.latency)} ${figure('Parameters', text.parameters)} ${figure('MACs', text.macs)}
    ${figure('Peak memory', text.memory)} ${figure('File size', text.bytes)}
    <td role="cell" class="variant" data-column="Family and variant">
      ${text.model}
      ${
        row.family === null || text.model.startsWith(row.family)
          ? nothing
          : html`<span class="row-detail">${row.family}</span>`
      }
    </td>
    ${
      saysVerdicts
        ? html`<td
            role="cell"
            class="standing"
            data-column=${message.targetFps === null ? 'Verdict' : `Target ${targetText(message.targetFps)}`}
          >
            ${verdictCell(row)}
          </td>`
        : nothing
    }
  </tr>`;
}

function verdictCell({ verdict }: ComparisonRow): TemplateResult {
  if (verdict === null) return html`unknown`;
  return html`<span title=${verdict.sentence}
    ><span class=${`is-${verdict.kind}`} aria-hidden="true">${marks[verdict.kind]}</span> ${verdictWord(verdict)}</span
  >`;
}

/** What the marks of the table mean, those that it has. */
function key(rows: readonly ComparisonRow[]): TemplateResult | typeof nothing {
  const notes = [
    ...(rows.some(({ isOnFront }) => isOnFront) ? [`◆ ${frontMeaning}.`] : []),
    ...(rows.some(({ interval }) => interval !== null)
      ? [`Below the throughput: its ${intervalTitle(rows).toLowerCase()}.`]
      : []),
    ...(sizesDiffer(rows) ? [`${sizesDifferSentence}.`] : []),
    ...(rows.some(({ extrapolated }) => extrapolated)
      ? ['* Extrapolated beyond the landmarks (measured throughputs).']
      : []),
    'Peak memory: the minimum for an engine, i.e. weights and the largest set of simultaneous activations.',
  ];
  return html`<p class="table-key">${notes.join(' ')}</p>`;
}
