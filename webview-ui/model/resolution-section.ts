import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { formatFps, formatThroughput } from '../../src/core/present/units';
import type { ModelMessage, ResolutionsMessage } from '../../src/protocol/model-page';
import type { View } from './view';

type Resolutions = ResolutionsMessage['view'];

/** Throughput and patches per second against resolution, with what was measured and what bounds it. */
export function resolutionSection(message: ModelMessage, { resolutions, plans }: View): TemplateResult {
  if (resolutions === null) {
    return html`<section aria-labelledby="resolution-title" aria-busy="true">
      <h2 id="resolution-title">Other resolutions</h2>
      <p class="empty" role="status">Computing…</p>
    </section>`;
  }
  const { points, bounds } = resolutions;
  const unit = resolutions.batch === 1 ? 'Frames' : 'Inputs';
  return html`<section class="resolutions" aria-labelledby="resolution-title">
    <h2 id="resolution-title">Other resolutions</h2>
    ${
      points.length === 0
        ? html`<p class="empty">The graph cost gives no answer here, so other resolutions cannot be predicted.</p>`
        : nothing
    }
    ${planSentences(message, plans)}
    ${
      points.length < 2
        ? nothing
        : html`<div class="chart-pair">
              ${chartFigure('throughput', `${unit} per second (logarithmic)`, message)}
              ${chartFigure('patches', '112 × 112 patches per second', message)}
            </div>
            ${legend(resolutions)}`
    }
    ${bounds.length === 0 ? nothing : html`<p class="advice">${bounds.join(' ')}</p>`}
    ${points.length < 2 ? nothing : table(resolutions)}
  </section>`;
}

function planSentences({ targetFps }: ModelMessage, plans: View['plans']): TemplateResult | typeof nothing {
  if (targetFps === null) return nothing;
  if (plans === null) return html`<p class="empty" role="status">Looking for what meets the target…</p>`;
  return html`<ul class="plans">
    ${plans.map((sentence) => html`<li>${sentence}</li>`)}
  </ul>`;
}

function chartFigure(series: 'throughput' | 'patches', title: string, message: ModelMessage): TemplateResult {
  return html`<div>
    <p class="chart-title">${title}</p>
    <div class="chart">
      <canvas
        role="img"
        data-series=${series}
        aria-label=${`${title} of ${message.fileName} against resolution; the table below has the figures`}
      ></canvas>
    </div>
  </div>`;
}

function legend({ measured, paper, asked }: Resolutions): TemplateResult {
  return html`<ul class="legend" aria-hidden="true">
    <li>${key('M1 4C5 5 9 12 15 13', 'curve')} Graph cost</li>
    ${asked === null ? nothing : html`<li>${key('M8 1l7 7-7 7-7-7z', 'model')} ${asked} × ${asked}</li>`}
    ${measured.length === 0 ? nothing : html`<li>${key('M3 8a5 5 0 1 0 10 0a5 5 0 1 0-10 0z', 'landmark')} measured</li>`}
    ${paper === null ? nothing : html`<li>${key('M8 2l6 11H2z', 'other')} measured by the paper, Table 4</li>`}
  </ul>`;
}

function key(path: string, kind: 'landmark' | 'other' | 'curve' | 'model'): TemplateResult {
  return html`<svg class="key is-${kind}" viewBox="0 0 16 16">${svg`<path d=${path} />`}</svg>`;
}

function table({ points, measured, paper, asked, batch }: Resolutions): TemplateResult {
  const rows = [
    ...points.map((point) => ({ ...point, source: point.resolution === asked ? 'predicted, asked for' : 'predicted' })),
    ...measured.map((point) => ({ ...point, source: `measured, ${point.source}` })),
    ...(paper === null ? [] : [paper]),
  ].sort((one, other) => one.resolution - other.resolution);
  return html`<details class="figures">
    <summary>Show resolutions as a table</summary>
    <table class="resolution-table">
      <thead>
        <tr>
          <th scope="col">Resolution</th>
          <th scope="col">Source</th>
          <th scope="col" class="figure">${batch === 1 ? 'FPS' : 'Inputs/s'}</th>
          <th scope="col" class="figure">Patches/s</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ resolution, source, throughputFps, patchesPerSecond }) =>
            html`<tr class=${source === 'predicted' ? '' : 'own'}>
              <th scope="row">${resolution} × ${resolution}</th>
              <td>${source}</td>
              <td class="figure">${formatFps(throughputFps)}</td>
              <td class="figure">${formatFps(patchesPerSecond)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </details>`;
}

/** What a point of the chart says when the mouse is on it. */
export function pointLabel(resolution: number, throughputFps: number, batch: number, source: string): string {
  return `${resolution} × ${resolution}: ${formatThroughput(throughputFps, batch)} ${source}`;
}
