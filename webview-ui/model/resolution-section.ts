import { html, nothing } from 'lit-html';
import type { ModelMessage } from '../../src/protocol/model-page';
import { chartFrame } from '../chart/chart-frame';
import { chartTable } from '../chart/chart-table';
import { legendList } from '../chart/legend';
import { resolutionChartSpec } from './resolution-chart';
import type { Post, View } from './view';
import { t } from '../../src/core/language';

/** FPS against resolution, with what was measured, what meets the target and what bounds it. */
export function resolutionSection(message: ModelMessage, { resolutions, plans, hasFailed }: View, post: Post) {
  if (resolutions === null) {
    return html`<section aria-labelledby="resolution-title" aria-busy=${hasFailed ? 'false' : 'true'}>
      <h2 id="resolution-title">${t('Other resolutions')}</h2>
      <p class="empty" role="status">${hasFailed ? t('Could not be computed.') : t('Computing…')}</p>
    </section>`;
  }
  const { points, bounds } = resolutions;
  if (points.length === 0) return nothing;
  const spec = resolutionChartSpec(resolutions, message.targetFps, message.fileName);
  const charted = points.length > 1;
  return html`<section class="resolutions" aria-labelledby="resolution-title">
    <h2 id="resolution-title">${t('Other resolutions')}</h2>
    ${planSentence(message, plans, hasFailed)} ${charted ? [chartFrame(spec, post), legendList(spec.legend)] : nothing}
    ${bounds.length === 0 ? nothing : html`<p class="advice">${bounds.join(' ')}</p>`}
    ${
      charted
        ? html`<details class="figures">
            <summary>${t('Show resolutions as a table')}</summary>
            ${chartTable(spec.table())}
          </details>`
        : nothing
    }
  </section>`;
}

function planSentence({ targetFps }: ModelMessage, plans: View['plans'], hasFailed: boolean) {
  if (targetFps === null) return nothing;
  if (plans !== null)
    return plans.resolution === null ? nothing : html`<p class="strong plans">${plans.resolution}</p>`;
  return hasFailed
    ? html`<p class="empty">${t('What meets the target could not be computed.')}</p>`
    : html`<p class="empty" role="status">${t('Searching for what meets the target…')}</p>`;
}
