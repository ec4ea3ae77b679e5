import { html, nothing, type TemplateResult } from 'lit-html';
import { inEnglish, t } from '../../src/core/language';
import { copyCsvOf, savePngOf, type ChartExportMessage } from '../../src/protocol/chart-export';
import { chartImage } from './chart-image';
import type { ChartSpec } from './chart-spec';
import { chartTable } from './chart-table';
import { legendList } from './legend';
import { liveChart } from './live-chart';

/** Sends a chart's picture or table to the extension, which has a disk and a clipboard. */
export type PostExport = (message: ChartExportMessage) => void;

/**
 * A chart with all that belongs to it: the canvas, whose points the arrow keys reach, the key, the buttons that save the
 * picture and copy the figures, and the table that says the same. Its style is in `chart.css`.
 */
export function chartFrame(spec: ChartSpec, post: PostExport): TemplateResult {
  const hint = `${spec.id}-hint`;
  return html`<div class="chart-frame" data-chart=${spec.id}>
    <div class="chart">
      <canvas
        class=${spec.canvasClass ?? ''}
        tabindex="0"
        role="application"
        aria-roledescription=${t('chart')}
        aria-label=${t('{0}; the table has the same data', spec.title)}
        aria-describedby=${hint}
        ${liveChart(spec)}
      ></canvas>
    </div>
    <p class="visually-hidden" id=${hint}>
      ${t('Use the arrow keys to move through the points and Escape to leave them.')}
    </p>
    <p class="visually-hidden chart-live" aria-live="polite"></p>
    ${spec.legend.length === 0 || spec.showsLegend === false ? nothing : legendList(spec.legend)}
    ${chartFoot(spec, post)}
  </div>`;
}

/** The buttons and the table of a chart; alone where the page draws the chart in its own way. */
export function chartFoot(spec: ChartSpec, post: PostExport): TemplateResult {
  const { table, tableTitle = t('Show as a table') } = spec;
  return html`<div class="chart-foot">
    ${
      tableTitle === null
        ? nothing
        : html`<details class="figures">
            <summary>${tableTitle}</summary>
            ${chartTable(table())}
          </details>`
    }
    <div class="actions chart-actions" role="group" aria-label=${t('Export: {0}', spec.title)}>
      <button class="link" @click=${() => void savePng(spec, post)}>${t('Save as PNG')}</button>
      <button class="link" @click=${() => post(csvMessage(spec))}>${t('Copy as CSV')}</button>
    </div>
  </div>`;
}

async function savePng(spec: ChartSpec, post: PostExport): Promise<void> {
  post(savePngOf(spec.fileName, await chartImage(spec)));
}

function csvMessage({ title, table }: ChartSpec): ChartExportMessage {
  const { columns, rows } = inEnglish(table);
  return copyCsvOf(
    title,
    columns.map(({ name }) => name),
    rows.map(({ cells }) => cells),
  );
}
