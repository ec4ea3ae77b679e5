import { html, nothing, type TemplateResult } from 'lit-html';
import type { CommonMessage } from '../../src/protocol/page';
import type { PrecisionMessage, PrecisionPageMessage } from '../../src/protocol/precision-page';
import { chartFrame } from '../chart/chart-frame';
import { precisionChartSpec } from './chart';

/** The whole page: a chart if there are pairs, else what to measure. */
export function precisionPage(
  message: PrecisionMessage,
  post: (message: PrecisionPageMessage | CommonMessage) => void,
): TemplateResult {
  const { pairs, halves, advice } = message;
  return html`<main class="precision">
    <header class="title">
      <div class="title-text">
        <h1>Precision</h1>
        <p class="subtitle">How much faster models run in FP16 than in FP32, as in Figure 5 of the paper.</p>
      </div>
      <button class="secondary" @click=${() => post({ type: 'benchmark' })}>Benchmark on Jetson…</button>
    </header>
    <section aria-labelledby="chart-title">
      <h2 id="chart-title">FP16 against FP32</h2>
      ${
        pairs.length > 0
          ? chartFrame(precisionChartSpec(pairs), post)
          : html`<p class="empty">
              No model has been measured in both precisions yet. The published measurements included in Framecast are
              FP16 only, and the paper gives no numbers for its figure. Measure a model on your board with TensorRT FP16
              and TensorRT FP32: each pair becomes a point here.
            </p>`
      }
      ${halves.length === 0 ? nothing : halvesList(halves)}
    </section>
    <section aria-labelledby="paper-title">
      <h2 id="paper-title">What the paper says</h2>
      ${advice.map((sentence) => html`<p class="advice">${sentence}</p>`)}
    </section>
  </main>`;
}

const maxHalvings = 12;

function halvesList(halves: PrecisionMessage['halves']): TemplateResult {
  return html`<p class="advice">These measurements of yours lack the other precision:</p>
    <ul class="halves">
      ${halves
        .slice(0, maxHalvings)
        .map(
          ({ model, deviceName, missing }) =>
            html`<li><strong>${model}</strong> on ${deviceName}: measure it with ${missing}.</li>`,
        )}
      ${halves.length > maxHalvings ? html`<li>And ${halves.length - maxHalvings} more.</li>` : nothing}
    </ul>`;
}
