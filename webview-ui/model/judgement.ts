import { html, nothing, type TemplateResult } from 'lit-html';
import { intervalSentence, methodName, methodSentence } from '../../src/core/present/sentences';
import { formatThroughput } from '../../src/core/figures';
import type { ModelMessage } from '../../src/protocol/model-page';

/** What keeps the model from running on the chosen board, or slows it down there. */
export function concernsSection({ concerns, choice, devices }: ModelMessage): TemplateResult | typeof nothing {
  if (concerns.length === 0) return nothing;
  const commands = new Set(concerns.flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy.command])));
  const device = devices.find(({ id }) => id === choice.device)?.name ?? choice.device;
  return html`<section class="concerns" aria-labelledby="concerns">
    <h2 id="concerns">On ${device}</h2>
    <ul>
      ${concerns.map(
        ({ severity, message }) =>
          html`<li class="is-${severity}">
            <span class="severity">${severity === 'error' ? 'Error' : 'Warning'}</span>
            <span>${message}</span>
          </li>`,
      )}
    </ul>
    ${[...commands].map(
      (command) =>
        html`<p class="remedy">
          <code>${command}</code>
          <button class="link" @click=${() => void navigator.clipboard.writeText(command)}>Copy command</button>
        </p>`,
    )}
  </section>`;
}

/** The other methods' estimates, or why they have none. */
export function alternativesSection({ prediction, profile }: ModelMessage): TemplateResult | typeof nothing {
  // Without a prediction, the reasons of all methods are at the top of the page already.
  const { estimate, alternatives } = prediction;
  if (alternatives.length === 0 || estimate === null) return nothing;
  return html`<section aria-labelledby="alternatives">
    <h2 id="alternatives">Other estimate</h2>
    <ul class="alternatives">
      ${alternatives.map((other) =>
        'reason' in other
          ? html`<li>
              <span class="method-name">${methodName(other.method)}</span>
              <span class="method-answer is-none">no estimate</span>
              <span class="method-basis">${other.reason}</span>
            </li>`
          : html`<li>
              <span class="method-name">${methodName(other.method)}</span>
              <span class="method-answer">${formatThroughput(other.throughputFps, other.batch)}</span>
              <span class="method-basis"> ${intervalSentence(other)}. ${methodSentence(other, profile.family)}. </span>
            </li>`,
      )}
    </ul>
  </section>`;
}

/** The estimate's notes, the reader's warnings, and operators without a known cost. */
export function cautionsSection({ prediction, profile, warnings }: ModelMessage): TemplateResult | typeof nothing {
  const uncosted =
    profile.uncosted.length === 0
      ? []
      : [
          prediction.estimate === null
            ? `No cost is known for ${profile.uncosted.join(', ')}.`
            : `No cost is known for ${profile.uncosted.join(', ')}; the graph-cost estimate leaves them out.`,
        ];
  const cautions = [...(prediction.estimate?.notes ?? []), ...uncosted, ...warnings];
  if (cautions.length === 0) return nothing;
  return html`<section aria-labelledby="cautions">
    <h2 id="cautions">Notes</h2>
    <ul class="cautions">
      ${cautions.map((caution) => html`<li>${caution}</li>`)}
    </ul>
  </section>`;
}
