import { html, nothing, type TemplateResult } from 'lit-html';
import { groupBySize, sortCompared } from '../../src/core/present/compare';
import { formatTarget } from '../../src/core/figures';
import { t, wholeNumber } from '../../src/core/language';
import { comparedSummary, comparesAccuracy, unreadSentence } from '../../src/core/present/compare-text';
import {
  maxCompared,
  type CompareExport,
  type ComparisonMessage,
  type ComparisonRow,
} from '../../src/protocol/compare-page';
import { chartFrame } from '../chart/chart-frame';
import { switchOf } from '../controls/switch';
import { barsSpec, maxBars } from './bars';
import { controls } from './controls';
import { scatterSpec } from './scatter';
import { comparisonTable } from './table';
import { placeOf, type CompareView } from './view';

/** The page: device and size to compare for, the table, the charts, and what cannot be read. */
export function comparePage(view: CompareView): TemplateResult {
  const { message, sort } = view;
  const sorted = sortCompared(message.models, sort.column, sort.descending);
  const rows = view.isGrouped ? groupBySize(sorted).flatMap(({ models }) => models) : sorted;
  return html`<main class="compare">
    <header class="title">
      <div class="title-text">
        <p class="file-name">${placeOf(message)}</p>
        <h1>${t('Compare {0}', message.what)}</h1>
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
                <h2 id="bars-title">${targetFps === null ? 'FPS' : t('FPS against the target')}</h2>
                <button class="link" @click=${() => post({ type: 'setTarget' })}>
                  ${targetFps === null ? t('Set a target') : t('Target: {0}', formatTarget(targetFps))}
                </button>
              </div>
              ${
                bars.left === 0
                  ? nothing
                  : html`<p class="subtitle">
                      ${t('The first {0} models; {1} more are not shown.', maxBars, wholeNumber(bars.left))}
                    </p>`
              }
              <div class=${`bars is-of-${bars.height}`}>${chartFrame(bars.spec, post)}</div>
            </section>
            <section class="scatter" aria-labelledby="scatter-title">
              <div class="section-head">
                <h2 id="scatter-title">
                  ${axis === 'accuracy' ? t('FPS against accuracy') : t('FPS against parameters')}
                </h2>
                ${comparesAccuracy(message.models) ? axisSwitch(view, axis) : nothing}
              </div>
              <p class="subtitle">${axisNote(axis)}</p>
              ${chartFrame(scatterSpec(message, axis), post)}
            </section>
          </div>`
        : nothing
    }
    <section class="models" aria-labelledby="models-title">
      <div class="section-head">
        <div>
          <h2 id="models-title">${t('Models')}</h2>
          <p class="subtitle">${comparedSummary(message, targetFps)}</p>
        </div>
        ${exportButtons(view)}
      </div>
      ${comparisonTable(view, rows)}
    </section>`;
}

function axisNote(axis: CompareView['axis']): string {
  return axis === 'accuracy'
    ? t('Top-1 on ImageNet as published for standard networks. Your own training may reach another accuracy.')
    : t('Faster and smaller is better; parameters say nothing about accuracy.');
}

function axisSwitch({ change }: CompareView, shown: CompareView['axis']): TemplateResult {
  const axes = [
    ['parameters', t('Parameters')],
    ['accuracy', t('Accuracy')],
  ] as const;
  return switchOf(t('Draw FPS against'), axes, shown, (axis) => change({ axis }));
}

function exportButtons({ post, sort, isGrouped }: CompareView): TemplateResult {
  const button = (label: string, format: CompareExport['format'], to: CompareExport['to']): TemplateResult =>
    html`<button class="link" @click=${() => post({ type: 'export', format, to, sort, isGrouped })}>${label}</button>`;
  return html`<div class="actions" role="group" aria-label=${t('Export the table')}>
    ${button(t('Copy as Markdown'), 'markdown', 'clipboard')} ${button(t('Copy as CSV'), 'csv', 'clipboard')}
    ${button(t('Save as Markdown…'), 'markdown', 'file')} ${button(t('Save as CSV…'), 'csv', 'file')}
  </div>`;
}

function progressLine({ progress, isTruncated }: ComparisonMessage): TemplateResult {
  const { isSearching, found, read, underWay } = progress;
  const isReading = isSearching || read < found;
  const sentences = [
    ...(isSearching ? [t('Looking for models…')] : []),
    ...(!isSearching && read < found ? [t('Read {0} of {1} models…', wholeNumber(read), wholeNumber(found))] : []),
    ...(isTruncated
      ? [t('Only the first {0} models are compared. Choose a smaller folder.', wholeNumber(maxCompared))]
      : []),
  ];
  return html`<div class="muted progress" role="status" ?hidden=${sentences.length === 0}>
    <p>${sentences.join(' ')}</p>
    ${isReading && !isSearching ? html`<progress aria-label=${t('Models read')} max=${found} value=${read + underWay}></progress>` : nothing}
  </div>`;
}

function emptyNote({ progress, unreadable }: ComparisonMessage): TemplateResult | typeof nothing {
  if (progress.isSearching || progress.read < progress.found || unreadable.length > 0) return nothing;
  return html`<p class="empty">
    ${t('No .onnx files found. Export a model to this folder, or choose another folder in the Explorer.')}
  </p>`;
}

function unreadSection({ unreadable }: ComparisonMessage): TemplateResult | typeof nothing {
  if (unreadable.length === 0) return nothing;
  return html`<section class="unread" aria-labelledby="unread-title">
    <h2 id="unread-title">${unreadSentence(unreadable.length)}</h2>
    <ul>
      ${unreadable.map(({ file, message }) => html`<li><strong>${file}</strong>: ${message}</li>`)}
    </ul>
  </section>`;
}
