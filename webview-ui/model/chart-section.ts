import { html, type TemplateResult } from 'lit-html';
import { operatingPointText, paperPointText } from '../../src/core/present/sentences';
import type { ModelMessage } from '../../src/protocol/model-page';
import { chartFrame } from '../chart/chart-frame';
import { familyChartSpec } from './chart';
import type { Post } from './view';

/** The family's landmarks and fit with this model among them, as a chart and as a table. */
export function chartSection(message: ModelMessage, post: Post): TemplateResult {
  const { chart, choice, devices } = message;
  const device = devices.find(({ id }) => id === choice.device);
  const place = `${device?.name ?? choice.device}, ${device?.runtimes.find(({ id }) => id === choice.runtime)?.name ?? choice.runtime}`;
  if (!chart) {
    return html`<section aria-labelledby="chart-title">
      <h2 id="chart-title">Measured models of this family</h2>
      <p class="empty">
        ${
          message.profile.family === null
            ? 'Unknown family: no measured models to compare with.'
            : `No ${message.profile.family} model has been measured on ${place}${operatingPoint(message)}.`
        }
      </p>
    </section>`;
  }
  return html`<section aria-labelledby="chart-title">
    <h2 id="chart-title">Among the measured ${chart.family} models</h2>
    <p class="subtitle">${place}</p>
    ${chartFrame(familyChartSpec(message, chart, place), post)}
  </section>`;
}

/** The input size and batch, if they are not the paper's. */
function operatingPoint({ prediction }: ModelMessage): string {
  const text = prediction.estimate === null ? paperPointText : operatingPointText(prediction.estimate);
  return text === paperPointText ? '' : ` at ${text}`;
}
