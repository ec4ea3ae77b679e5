import { html, nothing, type TemplateResult } from 'lit-html';
import { groupBySize, sortCompared } from '../../src/core/present/compare';
import { comparedSummary, comparesAccuracy } from '../../src/core/present/compare-text';
import {
  maxCompared,
  type CompareExport,
  type ComparisonMessage,
  type ComparisonRow,
} from '../../src/protocol/compare-page';
import { chartFrame } from '../chart/chart-frame';
import { barsSpec, maxBars } from './bars';
import { controls } from './controls';
import { scatterSpec } from './scatter';
import { comparisonTable } from './table';
import { placeOf, targetText, type CompareView } from './view';

/** The page: device and size to compare for, the table, the charts, and what cannot be read. */
export function comparePage(view: CompareView): TemplateResult {
  const { message, sort } = view;
  const sorted = sortCompared(message.models, sort.column, sort.descending);
  const rows = view.isGrouped ? groupBySize(sorted).flatMap(({ models }) => models) : sorted;
  return html`<main class="compare">
    <header class="title">
      <div class="title-text">
        <p class="file-name">${placeOf(message)}</p>
        <h1>Compare ${message.what}</h1>
      </div>
      ${controls(view)}
    </header>
    ${progressLine(message)} ${rows.length === 0 ? emptyNote(message) : content(view, sorted, rows)}
    ${unreadSection(message)}
  </main>`;
}

/** @param sorted for the bars, which are of one order whatever the groups of the table */
function content(view: CompareView, sorted: readonly ComparisonRow[], rows: readonly ComparisonRow[]): TemplateResult {
  const { message, post } = view;
  const { targetFps } = message;
  const hasFigures = rows.some(({ throughputFps }) => throughputFps !== null);
  const bars = barsSpec(message, sorted);
  const axis = comparesAccuracy(message.models) ? view.axis : 'parameters';
  return html`${
      hasFigures
        ? html`<div class="charts">
            <section aria-labelledby="bars-title">
              <div class="section-head">
                <h2 id="bars-title">${targetFps === null ? 'FPS' : 'FPS against the target'}</h2>
                <button class="link" @click=${() => post({ type: 'setTarget' })}>
                  ${targetFps === null ? 'Set a target' : `Target: ${targetText(targetFps)}`}
                </button>
              </div>
              ${
                bars.left === 0
                  ? nothing
                  : html`<p class="subtitle">
                      The first ${maxBars} models; ${bars.left.toLocaleString('en-US')} more are not shown.
                    </p>`
              }
              <div class=${`bars is-of-${bars.height}`}>${chartFrame(bars.spec, post)}</div>
            </section>
            <section class="scatter" aria-labelledby="scatter-title">
              <div class="section-head">
                <h2 id="scatter-title">FPS against ${axis}</h2>
                ${comparesAccuracy(message.models) ? axisSwitch(view, axis) : nothing}
              </div>
              <p class="subtitle">${axis === 'accuracy' ? accuracyNote : parametersNote}</p>
              ${chartFrame(scatterSpec(message, axis), post)}
            </section>
          </div>`
        : nothing
    }
    <section class="models" aria-labelledby="models-title">
      <div class="section-head">
        <div>
          <h2 id="models-title">Models</h2>
          <p class="subtitle">${comparedSummary(message, targetFps)}</p>
        </div>
        ${exportButtons(view)}
      </div>
      ${comparisonTable(view, rows)}
    </section>`;
}

const parametersNote = 'Faster and smaller is better; parameters say nothing about accuracy.';
const accuracyNote =
  'Top-1 on ImageNet as published for standard networks. Your own training may reach another accuracy.';

function axisSwitch({ drawOver }: CompareView, axis: CompareView['axis']): TemplateResult {
  const option = (value: CompareView['axis'], label: string): TemplateResult =>
    html`<button aria-pressed=${axis === value} @click=${() => drawOver(value)}>${label}</button>`;
  return html`<div class="switch" role="group" aria-label="Draw FPS against">
    ${option('parameters', 'Parameters')} ${option('accuracy', 'Accuracy')}
  </div>`;
}

function exportButtons({ post, sort, isGrouped }: CompareView): TemplateResult {
  const button = (label: string, format: CompareExport['format'], to: CompareExport['to']): TemplateResult =>
    html`<button class="link" @click=${() => post({ type: 'export', format, to, sort, isGrouped })}>${label}</button>`;
  return html`<div class="exports" role="group" aria-label="Export the table">
    ${button('Copy as Markdown', 'markdown', 'clipboard')} ${button('Copy as CSV', 'csv', 'clipboard')}
    ${button('Save as Markdown…', 'markdown', 'file')} ${button('Save as CSV…', 'csv', 'file')}
  </div>`;
}

function progressLine({ progress, isTruncated }: ComparisonMessage): TemplateResult {
  const { isSearching, found, read } = progress;
  const isReading = isSearching || read < found;
  const sentences = [
    ...(isSearching ? ['Looking for models…'] : []),
    ...(!isSearching && read < found
      ? [`Read ${read.toLocaleString('en-US')} of ${found.toLocaleString('en-US')} models…`]
      : []),
    ...(isTruncated
      ? [`Only the first ${maxCompared.toLocaleString('en-US')} models are compared. Choose a smaller folder.`]
      : []),
  ];
  return html`<div class="progress" role="status" ?hidden=${sentences.length === 0}>
    <p>${sentences.join(' ')}</p>
    ${isReading && !isSearching ? html`<progress aria-label="Models read" max=${found} value=${read}></progress>` : nothing}
  </div>`;
}

function emptyNote({ progress, unreadable }: ComparisonMessage): TemplateResult | typeof nothing {
  if (progress.isSearching || progress.read < progress.found || unreadable.length > 0) return nothing;
  return html`<p class="empty">
    No .onnx files found. Export a model to this folder, or choose another folder in the Explorer.
  </p>`;
}

function unreadSection({ unreadable }: ComparisonMessage): TemplateResult | typeof nothing {
  if (unreadable.length === 0) return nothing;
  return html`<section class="unread" aria-labelledby="unread-title">
    <h2 id="unread-title">
      ${unreadable.length === 1 ? '1 file cannot be read' : `${unreadable.length} files cannot be read`}
    </h2>
    <ul>
      ${unreadable.map(({ file, message }) => html`<li><strong>${file}</strong>: ${message}</li>`)}
    </ul>
  </section>`;
}
