import { html, nothing, type TemplateResult } from 'lit-html';
import type { ModelMessage } from '../../src/protocol/model-page';
import { chartFrame } from '../chart/chart-frame';
import { familyChartSpec } from './chart';
import type { Post } from './view';
import { t } from '../../src/core/language';

/** The family's landmarks and fit with this model among them, as a chart and as a table; nothing where none was measured. */
export function chartSection(message: ModelMessage, post: Post): TemplateResult | typeof nothing {
  const { chart, choice, devices } = message;
  if (!chart) return nothing;
  const device = devices.find(({ id }) => id === choice.device);
  const runtime = device?.runtimes.find(({ id }) => id === choice.runtime)?.name ?? choice.runtime;
  const deployment = `${device?.name ?? choice.device}, ${runtime}`;
  return html`<section aria-labelledby="chart-title">
    <h2 id="chart-title">${t('Among the measured {0} models', chart.family)}</h2>
    <p class="subtitle">${deployment}</p>
    ${chartFrame(familyChartSpec(message, chart, deployment), post)}
  </section>`;
}
