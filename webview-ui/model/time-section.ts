import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { timeRows, type TimeGrouping, type TimeRow } from '../../src/core/present/time-breakdown';
import { operatingPointText } from '../../src/core/present/sentences';
import { formatLatency, formatShare } from '../../src/core/figures';
import { t } from '../../src/core/language';
import type { ModelMessage } from '../../src/protocol/model-page';
import { chartFoot } from '../chart/chart-frame';
import { switchOf } from '../controls/switch';
import { partName, timeChartSpec, timeParts } from './time-chart';
import type { Post, View } from './view';

/** Rows that are shown before the user asks for all. */
const fewRows = 15;

/** How the time can be grouped: the name on the switch, and of the column. */
const groupings = (): readonly { readonly id: TimeGrouping; readonly label: string; readonly column: string }[] => [
  { id: 'kind', label: t('By kind'), column: t('Kind') },
  { id: 'kernel', label: t('By kernel'), column: t('Kernel') },
  { id: 'stage', label: t('By output size'), column: t('Output size') },
];

/** Predicted milliseconds, heaviest first: a table with a bar in each row, which sums to the latency. */
export function timeSection(message: ModelMessage, view: View, post: Post): TemplateResult {
  const { prediction } = message;
  if (!message.time.ok) {
    return html`<section aria-labelledby="time-title">
      <h2 id="time-title">${t('Where the time goes')}</h2>
      <p class="empty">${message.time.error}</p>
    </section>`;
  }
  const time = message.time.value;
  const all = timeRows(time, view.grouping);
  const rows = view.showsAll ? all : timeRows(time, view.grouping, fewRows);
  // The row that sums up the rest gets no bar: it would dwarf the others.
  const longest = Math.max(...rows.filter(({ role }) => role !== 'rest').map(({ latencyMs }) => latencyMs));
  return html`<section class="time" aria-labelledby="time-title">
    <div class="section-head">
      <h2 id="time-title">${t('Where the time goes')}</h2>
      ${switches(view)}
    </div>
    <p class="subtitle">
      ${t('{0} at {1}. {2}', formatLatency(time.latencyMs), operatingPointText(prediction.estimate ?? time), time.bound)}
    </p>
    <ul class="legend" aria-hidden="true">
      ${timeParts.map(({ name }) => html`<li><span class="swatch is-${name}"></span>${partName(name)}</li>`)}
    </ul>
    <table class="bars" role="table">
      <thead>
        <tr role="row">
          <th scope="col" role="columnheader">${groupings().find(({ id }) => id === view.grouping)?.column}</th>
          <th scope="col" role="columnheader" class="bar-column">
            <span class="visually-hidden">${t('Arithmetic, memory traffic, launch')}</span>
          </th>
          <th scope="col" role="columnheader" class="figure">${t('Time')}</th>
          <th scope="col" role="columnheader" class="figure">${t('Share')}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => timeRow(row, longest, view))}
      </tbody>
      <tfoot>
        <tr role="row">
          <th scope="row" role="rowheader">${t('Latency')}</th>
          <td role="cell" class="bar-column"></td>
          <td role="cell" class="figure">${formatLatency(time.latencyMs)}</td>
          <td role="cell" class="figure">${formatShare(1)}</td>
        </tr>
      </tfoot>
    </table>
    ${
      all.length > fewRows + 2
        ? html`<button
            class="link"
            aria-expanded=${view.showsAll}
            @click=${() => view.change({ showsAll: !view.showsAll })}
          >
            ${view.showsAll ? t('Show the heaviest only') : t('Show all {0}', all.length - 1)}
          </button>`
        : nothing
    }
    ${chartFoot(timeChartSpec(message.fileName, time, view.grouping, rows, all), post)}
  </section>`;
}

function switches(view: View): TemplateResult {
  const options = groupings().map(({ id, label }) => [id, label] as const);
  return switchOf(t('Group the time'), options, view.grouping, (grouping) => view.change({ grouping }));
}

function timeRow(row: TimeRow, longest: number, view: View): TemplateResult {
  const shown = timeParts.map(({ name, of }) => ({ name, ms: of(row) })).filter(({ ms }) => ms > 0);
  const said = shown.map(({ name, ms }) => `${partName(name)} ${formatLatency(ms)}`).join(', ');
  const several = row.role === 'kernels' && row.kernels > 1 ? t('{0} kernels', row.kernels) : '';
  const detail = row.detail || several;
  return html`<tr role="row" class=${row.role === 'kernels' ? '' : 'is-sum'}>
    <th scope="row" role="rowheader">
      ${rowName(row, view)} ${detail === '' ? nothing : html`<span class="row-detail">${detail}</span>`}
    </th>
    <td role="cell" class="bar-column">
      ${row.role === 'rest' ? nothing : bar(shown, longest)}
      <span class="visually-hidden">${said}</span>
    </td>
    <td role="cell" class="figure">${formatLatency(row.latencyMs)}</td>
    <td role="cell" class="figure">${row.share < 0.005 ? `<${formatShare(0.01)}` : formatShare(row.share)}</td>
  </tr>`;
}

/** A kernel's name shows it in the network. */
function rowName({ name, output }: TimeRow, view: View): TemplateResult {
  if (output === null) return html`<span class="row-name" title=${name}>${name}</span>`;
  return html`<button
    class="link row-name"
    title=${t('{0}: show it in the network', name)}
    @click=${() => view.openNetwork(true, output)}
  >
    ${name}
  </button>`;
}

function bar(shown: readonly { readonly name: string; readonly ms: number }[], longest: number): TemplateResult {
  let start = 0;
  const segments = shown.map(({ name, ms }) => {
    const segment = { name, x: (start / longest) * 100, width: (ms / longest) * 100 };
    start += ms;
    return segment;
  });
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    ${segments.map(
      ({ name, x, width }) =>
        svg`<rect class="is-${name}" x=${x.toFixed(3)} y="0" width=${width.toFixed(3)} height="10" />`,
    )}
  </svg>`;
}
