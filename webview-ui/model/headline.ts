import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { isUnfit, verdictOf, type Verdict } from '../../src/core/estimate/verdict';
import {
  certaintyTexts,
  intervalSentence,
  measuredSentence,
  methodName,
  methodSentence,
  operatingPointText,
} from '../../src/core/present/sentences';
import { formatFps, formatLatency, formatThroughput } from '../../src/core/figures';
import type { ModelMessage } from '../../src/protocol/model-page';
import type { Post } from './view';

type Estimate = NonNullable<ModelMessage['prediction']['estimate']>;

/** The number that the page is about, how sure it is, and whether it meets the target. */
export function headlineSection(message: ModelMessage, post: Post): TemplateResult {
  const { estimate, reason } = message.prediction;
  const measured = measuredSentence(message.prediction, estimate?.batch ?? message.size.batch ?? 1);
  const verdict = verdictOf(message.prediction, message.concerns, message.targetFps);
  if (!estimate) {
    return html`<section class="headline is-refused" aria-labelledby="refusal">
      <h2 id="refusal">No prediction for this model</h2>
      ${measured === null ? nothing : html`<p class="measured"><strong>${measured}</strong></p>`}
      ${verdict === null ? nothing : verdictChip(verdict)}
      <p class="sentence">${reason ?? 'No prediction available.'}</p>
    </section>`;
  }
  return html`<section class="headline" aria-label="Predicted throughput">
    <div class="answer">
      ${
        measured === null
          ? nothing
          : html`<p class="measured" title=${sourcesOf(message)}><strong>${measured}</strong></p>
              <p class="latency">Predicted:</p>`
      }
      <p class=${isUnfit(verdict) ? 'fps is-unfit' : 'fps'} aria-live="polite">
        <span class="number">${formatFps(estimate.throughputFps)}</span>
        <span class="unit">${estimate.batch === 1 ? 'FPS' : 'inputs/s'}</span>
      </p>
      <p class="latency"><strong>${formatLatency(estimate.latencyMs)}</strong> at ${operatingPointText(estimate)}</p>
      ${otherMethods(message)}
    </div>
    <div class="confidence">
      ${verdict === null ? nothing : verdictLine(verdict, message.targetFps, post)}
      ${rangeBar(estimate, message.targetFps)}
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

const cross = 'M4 4l8 8M12 4l-8 8';
const marks: Readonly<Record<Verdict['kind'], string>> = {
  meets: 'M3 8.5l3.5 3.5L13 4.5',
  misses: cross,
  'does-not-run': cross,
  'runs-wrongly': cross,
};

function verdictChip({ kind, isSure, certainty, sentence }: Verdict): TemplateResult {
  const title = certainty === null ? nothing : certaintyTexts[certainty];
  return html`<span class=${`chip is-${kind}${isSure ? '' : ' is-unsure'}`} title=${title}>
    <svg viewBox="0 0 16 16" aria-hidden="true"><path d=${marks[kind]} /></svg>${sentence}
  </span>`;
}

function verdictLine(verdict: Verdict, targetFps: number | null, post: Post): TemplateResult {
  return html`<p class="verdict">
    ${verdictChip(verdict)} ${targetFps === null ? nothing : targetLink('Change target', post)}
    ${verdict.certainty === 'measured' ? html`<span>by measurement</span>` : nothing}
  </p>`;
}

/** Where the measured figures are from, for those who ask. */
function sourcesOf({ prediction }: ModelMessage): string {
  return (prediction.measured ?? []).map(({ campaign, source }) => `${campaign}: ${source}`).join('\n');
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
