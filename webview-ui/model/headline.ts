import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { formatLatency } from '../../src/core/figures';
import { isUnfit, type Verdict } from '../../src/core/estimate/verdict';
import { certaintyText } from '../../src/core/present/sentences';
import { t } from '../../src/core/language';
import type { RangeView } from '../../src/core/present/prediction-view';
import type { ModelMessage } from '../../src/protocol/model-page';
import { changeLines } from './change-lines';
import type { Post, View } from './view';

/** The answer: whether the model meets the target, the figure and how sure it is, and what to change. */
export function headlineSection(message: ModelMessage, view: View, post: Post): TemplateResult {
  const { estimate, measured, measuredSources, verdict, reason, range, operatingPoint } = message.view;
  if (estimate === null) {
    return html`<section class="headline is-refused" aria-labelledby="refusal">
      <h2 id="refusal">${t('No prediction for this model')}</h2>
      ${measured === null ? nothing : html`<p class="measured"><strong>${measured}</strong></p>`}
      ${verdict === null ? nothing : verdictChip(verdict)}
      <p class="sentence">${reason ?? t('No prediction available.')}</p>
    </section>`;
  }
  return html`<section class="headline" aria-label=${t('Predicted FPS')}>
    <div class="answer">
      ${
        measured === null
          ? nothing
          : html`<p class="measured" title=${measuredSources.join('\n')}><strong>${measured}</strong></p>
              <p class="latency">${t('Predicted:')}</p>`
      }
      <p class=${isUnfit(verdict) ? 'fps is-unfit' : 'fps'} aria-live="polite">
        <span class="number">${estimate.number}</span>
        <span class="unit">${estimate.unit}</span>
      </p>
      <p class="latency"><strong>${estimate.latency}</strong>${budget(message)} ${t('at {0}', operatingPoint ?? '')}</p>
    </div>
    <div class="confidence">
      ${verdict === null ? nothing : verdictLine(verdict, message.targetFps, post)}
      ${range === null ? nothing : rangeBar(range)}
      <p class="interval">${estimate.interval}</p>
      <p class="muted method">
        ${estimate.extrapolated ? html`<span class="tag">${t('Outside the measured range')}</span>` : nothing}
        ${estimate.basis} ${measureLink(message, post)}
      </p>
      ${message.targetFps === null ? targetLink(t('Set a target'), post) : nothing}
    </div>
    ${changeLines(message, view, post)}
  </section>`;
}

/** ` of 16.7 ms`: what the target leaves for a frame, if a frame is what runs at once. */
function budget({ targetFps, size }: ModelMessage): string {
  return targetFps === null || size.batch !== 1 ? '' : ` ${t('of {0}', formatLatency(1000 / targetFps))}`;
}

/** The way to make the figure surer; a benchmark needs only the ONNX file with TensorRT. */
function measureLink({ choice: { runtime } }: ModelMessage, post: Post): TemplateResult | typeof nothing {
  if (!runtime.startsWith('tensorrt')) return nothing;
  return html`<button class="link" @click=${() => post({ type: 'measure', runtime })}>${t('Measure')}</button>`;
}

const cross = 'M4 4l8 8M12 4l-8 8';
const marks: Readonly<Record<Verdict['kind'], string>> = {
  meets: 'M3 8.5l3.5 3.5L13 4.5',
  misses: cross,
  'does-not-run': cross,
  'runs-wrongly': cross,
};

function verdictChip({ kind, isSure, certainty, sentence }: Verdict): TemplateResult {
  const title = certainty === null ? nothing : certaintyText(certainty);
  return html`<span class=${`chip is-${kind}${isSure ? '' : ' is-unsure'}`} title=${title}>
    <svg viewBox="0 0 16 16" aria-hidden="true"><path d=${marks[kind]} /></svg>${sentence}
  </span>`;
}

function verdictLine(verdict: Verdict, targetFps: number | null, post: Post): TemplateResult {
  return html`<p class="verdict">
    ${verdictChip(verdict)} ${targetFps === null ? nothing : targetLink(t('Change target'), post)}
    ${verdict.certainty === 'measured' ? html`<span>${t('by measurement')}</span>` : nothing}
  </p>`;
}

function targetLink(label: string, post: Post): TemplateResult {
  return html`<button class="link" @click=${() => post({ type: 'setTarget' })}>${label}</button>`;
}

/** The interval, the prediction and the target on one line from 0, with its scale; the sentences around it say the same. */
function rangeBar({ fps, lowFps, highFps, targetFps, endFps, ticks }: RangeView): TemplateResult {
  const at = (value: number): string => `${((value / endFps) * 100).toFixed(2)}%`;
  return html`<svg class="range" aria-hidden="true">
    <rect class="track" x="0" y="10" width="100%" height="4" rx="2" />
    <rect class="band" x=${at(lowFps)} y="8" width=${at(highFps - lowFps)} height="8" rx="4" />
    <circle class="dot" cx=${at(fps)} cy="12" r="6" />
    ${targetFps === null ? nothing : svg`<line class="target" x1=${at(targetFps)} x2=${at(targetFps)} y1="2" y2="22" />`}
    ${ticks.map(
      ({ fps: value, label, isTarget }) =>
        svg`<text class=${isTarget ? 'tick is-target' : 'tick'} x=${at(value)} y="36"
          text-anchor=${value === 0 ? 'start' : 'middle'}>${label}</text>`,
    )}
  </svg>`;
}
