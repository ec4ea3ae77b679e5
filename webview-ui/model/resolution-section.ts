import { html, nothing, type TemplateResult } from 'lit-html';
import type { ModelMessage } from '../../src/protocol/model-page';
import { chartFrame } from '../chart/chart-frame';
import { chartTable } from '../chart/chart-table';
import { legendList } from '../chart/legend';
import { resolutionChartSpec, type ResolutionSeries } from './resolution-chart';
import type { Post, View } from './view';

/** Throughput and patches per second against resolution, with what was measured and what bounds it. */
export function resolutionSection(
  message: ModelMessage,
  { resolutions, plans, hasFailed }: View,
  post: Post,
): TemplateResult {
  if (resolutions === null) {
    return html`<section aria-labelledby="resolution-title" aria-busy=${hasFailed ? 'false' : 'true'}>
      <h2 id="resolution-title">Other resolutions</h2>
      <p class="empty" role="status">${hasFailed ? 'Could not be computed.' : 'Computing…'}</p>
    </section>`;
  }
  const { points, bounds } = resolutions;
  return html`<section class="resolutions" aria-labelledby="resolution-title">
    <h2 id="resolution-title">Other resolutions</h2>
    ${
      points.length === 0
        ? html`<p class="empty">No graph-cost estimate is available here, so other resolutions cannot be predicted.</p>`
        : nothing
    }
    ${planSentences(message, plans, hasFailed)} ${points.length < 2 ? nothing : charts(message, resolutions, post)}
    ${bounds.length === 0 ? nothing : html`<p class="advice">${bounds.join(' ')}</p>`}
    ${
      points.length < 2
        ? nothing
        : html`<details class="figures">
            <summary>Show resolutions as a table</summary>
            ${chartTable(specOf('throughput', message, resolutions).table)}
          </details>`
    }
  </section>`;
}

function planSentences(
  { targetFps }: ModelMessage,
  plans: View['plans'],
  hasFailed: boolean,
): TemplateResult | typeof nothing {
  if (targetFps === null) return nothing;
  if (plans === null && hasFailed) return html`<p class="empty">What meets the target could not be computed.</p>`;
  if (plans === null) return html`<p class="empty" role="status">Searching for what meets the target…</p>`;
  return html`<ul class="plans">
    ${plans.map((sentence) => html`<li>${sentence}</li>`)}
  </ul>`;
}

function charts(message: ModelMessage, resolutions: NonNullable<View['resolutions']>, post: Post): TemplateResult {
  const specs = (['throughput', 'patches'] as const).map((series) => specOf(series, message, resolutions));
  return html`<div class="chart-pair">
      ${specs.map(
        (spec, index) =>
          html`<div>
            <p class="chart-title">${titleOf(index === 0 ? 'throughput' : 'patches', resolutions.batch)}</p>
            ${chartFrame(spec, post)}
          </div>`,
      )}
    </div>
    ${legendList(specs[0]?.legend ?? [])}`;
}

function specOf(series: ResolutionSeries, { fileName }: ModelMessage, resolutions: NonNullable<View['resolutions']>) {
  return resolutionChartSpec(resolutions, series, { title: titleOf(series, resolutions.batch), fileName });
}

function titleOf(series: ResolutionSeries, batch: number): string {
  if (series === 'patches') return '112 × 112 patches per second';
  return `${batch === 1 ? 'Frames' : 'Inputs'} per second (logarithmic)`;
}
