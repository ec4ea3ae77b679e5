import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { formatCount, formatFps } from '../../src/core/present/units';
import type { ModelMessage } from '../../src/protocol/model-page';

/** The family's landmarks and fit with this model among them; a table says the same to those who do not see it. */
export function chartSection(message: ModelMessage): TemplateResult {
  const { chart, choice, devices } = message;
  const device = devices.find(({ id }) => id === choice.device);
  const place = `${device?.name ?? choice.device}, ${device?.runtimes.find(({ id }) => id === choice.runtime)?.name ?? choice.runtime}`;
  if (!chart) {
    return html`<section aria-labelledby="chart-title">
      <h2 id="chart-title">Measured relatives</h2>
      <p class="empty">
        ${
          message.profile.family === null
            ? 'Without a known family there are no relatives to draw.'
            : `There are no landmarks of the ${message.profile.family} family on ${place}${operatingPoint(message)}.`
        }
      </p>
    </section>`;
  }
  const campaigns = [...new Set(chart.landmarks.map((landmark) => landmark.campaign))];
  return html`<section aria-labelledby="chart-title">
    <h2 id="chart-title">Among the measured ${chart.family} models</h2>
    <p class="subtitle">${place}</p>
    <div class="chart">
      <canvas
        class="family"
        role="img"
        aria-label=${`Throughput of ${chart.family} models over their parameters; the table below has the figures`}
      ></canvas>
    </div>
    <ul class="legend" aria-hidden="true">
      ${campaigns.map(
        (campaign, index) =>
          html`<li>
            ${key(
              campaignShapes[index % campaignShapes.length] ?? '',
              campaign === chart.fittedCampaign ? 'landmark' : 'other',
            )}
            ${campaign}
          </li>`,
      )}
      ${chart.curve.length === 0 ? nothing : html`<li>${key('M1 11C5 4 9 5 15 4', 'curve')} Equation 2</li>`}
      ${ownKey(message)}
    </ul>
    ${table(message, chart)}
  </section>`;
}

/** At which input size and batch, where those are not the paper's. */
function operatingPoint({ prediction }: ModelMessage): string {
  const { resolution = 224, batch = 1 } = prediction.estimate ?? {};
  return resolution === 224 && batch === 1 ? '' : ` at ${resolution} × ${resolution} pixels, batch ${batch}`;
}

/** The shapes of the chart's markers, in the order of `campaignMarkers`. */
const campaignShapes = [
  'M3 8a5 5 0 1 0 10 0a5 5 0 1 0-10 0z',
  'M8 2l6 11H2z',
  'M3 3h10v10H3z',
  'M8 2l6 6-6 6-6-6z',
] as const;

function ownKey({ prediction }: ModelMessage): TemplateResult {
  if (!prediction.estimate) return html`<li>${key('M8 1v3m0 3v3m0 3v3', 'model')} this model, not predicted</li>`;
  const { interval } = prediction.estimate;
  return html`<li>${key('M8 1l7 7-7 7-7-7z', 'model')} this model${interval ? ', with its interval' : ''}</li>`;
}

function key(path: string, kind: 'landmark' | 'other' | 'curve' | 'model'): TemplateResult {
  return html`<svg class="key is-${kind}" viewBox="0 0 16 16">${svg`<path d=${path} />`}</svg>`;
}

function table({ profile, prediction }: ModelMessage, chart: NonNullable<ModelMessage['chart']>): TemplateResult {
  const rows = chart.landmarks.map((landmark) => ({ ...landmark, own: false }));
  if (prediction.estimate) {
    const { throughputFps } = prediction.estimate;
    rows.push({ model: 'This model', campaign: 'predicted', parameters: profile.parameters, throughputFps, own: true });
  }
  rows.sort((one, other) => one.parameters - other.parameters);
  return html`<details class="figures">
    <summary>Show as a table</summary>
    <table>
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col">Source</th>
          <th scope="col" class="figure">Parameters</th>
          <th scope="col" class="figure">FPS</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr class=${row.own ? 'own' : ''}>
              <th scope="row">${row.model}</th>
              <td>${row.campaign}</td>
              <td class="figure">${formatCount(row.parameters)}</td>
              <td class="figure">${formatFps(row.throughputFps)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </details>`;
}
