import { html, nothing, type TemplateResult } from 'lit-html';
import { t } from '../../src/core/language';
import { comparedPrecisions, precisionComparisons } from '../../src/core/present/precision-chart';
import type { PrecisionMessage, PrecisionPage } from '../../src/protocol/precision-page';
import type { Post } from '../../src/protocol/page';
import { chartFrame } from '../chart/chart-frame';
import { switchOf } from '../controls/switch';
import { boardPickers } from '../controls/deployment-pickers';
import { precisionChartSpec } from './chart';

/** The whole page: measured and predicted networks of one board, or why there are none. */
export function precisionPage(message: PrecisionMessage, post: Post<PrecisionPage>): TemplateResult {
  const { pairs, predicted, halves, lack, advice, comparison } = message;
  const { low, high } = comparedPrecisions(comparison);
  const options = precisionComparisons.map((each) => {
    const names = comparedPrecisions(each);
    return [each, t('{0} and {1}', names.low, names.high)] as const;
  });
  return html`<main class="precision">
    <header class="title">
      <div class="title-text">
        <h1>${t('Precision')}</h1>
        <p class="subtitle">${subtitle(message)}</p>
      </div>
      <div class="pickers">
        ${boardPickers(message.devices, message.choice, (choice) => post({ type: 'choose', choice }))}
        <button class="secondary" @click=${() => post({ type: 'benchmark' })}>${t('Benchmark on Jetson…')}</button>
      </div>
    </header>
    <section aria-labelledby="chart-title">
      <div class="section-head">
        <h2 id="chart-title">${t('{0} against {1}', low, high)}</h2>
        ${switchOf(t('Precisions'), options, comparison, (each) => post({ type: 'compare', comparison: each }))}
      </div>
      ${pairs.length + predicted.length > 0 ? chartFrame(precisionChartSpec(message), post) : nothing}
      ${modesSentence(message)}
      ${lack === null ? nothing : html`<p class=${predicted.length > 0 ? 'advice' : 'empty'}>${lack}</p>`}
      ${halves.length === 0 ? nothing : halvesList(halves)}
    </section>
    ${
      advice.length === 0
        ? nothing
        : html`<section aria-labelledby="paper-title">
            <h2 id="paper-title">${t('What the paper says')}</h2>
            ${advice.map((sentence) => html`<p class="advice">${sentence}</p>`)}
          </section>`
    }
  </main>`;
}

/** That what was measured is of another power mode than what is predicted, where it is. */
function modesSentence({ pairs, predicted }: PrecisionMessage): TemplateResult | typeof nothing {
  const mode = predicted[0]?.powerMode ?? null;
  const measured = [...new Set(pairs.flatMap(({ powerMode }) => powerMode ?? []))];
  if (mode === null || measured.every((each) => each === mode)) return nothing;
  return html`<p class="advice">
    ${t('Filled points were measured in {0}; hollow ones are predicted for {1}.', measured.join(', '), mode)}
  </p>`;
}

function subtitle({ comparison }: PrecisionMessage): string {
  const { low, high } = comparedPrecisions(comparison);
  return comparison === 'fp16-fp32'
    ? t('How much faster models run in {0} than in {1}, as in Figure 5 of the paper.', low, high)
    : t('How much faster models run in {0} than in {1}.', low, high);
}

const maxHalvings = 12;

function halvesList(halves: PrecisionMessage['halves']): TemplateResult {
  return html`<p class="advice">${t('These measurements of yours lack the other precision:')}</p>
    <ul class="halves">
      ${halves
        .slice(0, maxHalvings)
        .map(
          ({ model, deviceName, missing }) =>
            html`<li>${t('{0} on {1}: measure it with {2}.', model, deviceName, missing)}</li>`,
        )}
      ${halves.length > maxHalvings ? html`<li>${t('And {0} more.', halves.length - maxHalvings)}</li>` : nothing}
    </ul>`;
}
