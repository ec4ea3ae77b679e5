import { html, nothing, svg, type TemplateResult } from 'lit-html';
import {
  intervalSentence,
  methodName,
  methodSentence,
  operatingPointText,
  targetVerdict,
} from '../../src/core/present/sentences';
import { formatFps, formatLatency, formatThroughput } from '../../src/core/figures';
import type { ModelMessage } from '../../src/protocol/model-page';
import type { Post } from './view';

type Estimate = NonNullable<ModelMessage['prediction']['estimate']>;

/** The number that the page is about, how sure it is, and whether it meets the target. */
export function headlineSection(message: ModelMessage, post: Post): TemplateResult {
  const { estimate, reason } = message.prediction;
  if (!estimate) {
    return html`<section class="headline is-refused" aria-labelledby="refusal">
      <h2 id="refusal">No prediction for this model</h2>
      <p class="sentence">${reason ?? 'No prediction available.'}</p>
    </section>`;
  }
  return html`<section class="headline" aria-label="Predicted throughput">
    <div class="answer">
      <p class="fps" aria-live="polite">
        <span class="number">${formatFps(estimate.throughputFps)}</span>
        <span class="unit">${estimate.batch === 1 ? 'FPS' : 'inputs/s'}</span>
      </p>
      <p class="latency"><strong>${formatLatency(estimate.latencyMs)}</strong> at ${operatingPointText(estimate)}</p>
      ${otherMethods(message)}
    </div>
    <div class="confidence">
      ${verdict(estimate, message.targetFps, post)} ${rangeBar(estimate, message.targetFps)}
      <p class="interval">${intervalSentence(estimate)}</p>
      <p class="method">
        ${estimate.extrapolated ? html`<span class="tag">Outside the measured range</span>` : nothing}
        ${methodSentence(estimate, message.profile.family)}
      </p>
      ${message.targetFps === null ? targetLink('Set a target', post) : nothing}
    </div>
  </section>`;
}

/** The other methods' estimates, and why they are not the headline. */
function otherMethods({ prediction }: ModelMessage): TemplateResult {
  const { alternatives, why } = prediction;
  return html`${alternatives.map(
    (other) =>
      html`<p class="other-method">
        ${methodName(other.method)}:
        ${
          'reason' in other
            ? html`<span title=${other.reason}>no estimate</span>`
            : html`<strong>${formatThroughput(other.throughputFps, other.batch)}</strong>`
        }
      </p>`,
  )}
  ${why ? html`<p class="why">${why}</p>` : nothing}`;
}

const marks = {
  met: 'M3 8.5l3.5 3.5L13 4.5',
  likely: 'M3 8.5l3.5 3.5L13 4.5',
  unlikely: 'M4 4l8 8M12 4l-8 8',
  missed: 'M4 4l8 8M12 4l-8 8',
};

function verdict(estimate: Estimate, targetFps: number | null, post: Post): TemplateResult | typeof nothing {
  if (targetFps === null) return nothing;
  const { standing, sentence } = targetVerdict(estimate, targetFps);
  return html`<p class="verdict">
    <span class="chip is-${standing}">
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d=${marks[standing]} /></svg>${sentence}
    </span>
    ${targetLink('Change target', post)}
  </p>`;
}

function targetLink(label: string, post: Post): TemplateResult {
  return html`<button class="link" @click=${() => post({ type: 'setTarget' })}>${label}</button>`;
}

/** The interval, the prediction and the target on one line from 0; the sentences around it say the same. */
function rangeBar(estimate: Estimate, targetFps: number | null): TemplateResult | typeof nothing {
  const { interval, throughputFps } = estimate;
  if (!interval) return nothing;
  const end = Math.max(interval.highFps, targetFps ?? 0) * 1.08;
  const at = (fps: number): string => `${((fps / end) * 100).toFixed(2)}%`;
  const width = `${(((interval.highFps - interval.lowFps) / end) * 100).toFixed(2)}%`;
  return html`<svg class="range" aria-hidden="true">
    <rect class="track" x="0" y="10" width="100%" height="4" rx="2" />
    <rect class="band" x=${at(interval.lowFps)} y="8" width=${width} height="8" rx="4" />
    <circle class="dot" cx=${at(throughputFps)} cy="12" r="6" />
    ${
      targetFps === null ? nothing : svg`<line class="target" x1=${at(targetFps)} x2=${at(targetFps)} y1="2" y2="22" />`
    }
  </svg>`;
}
