import { html, nothing, type TemplateResult } from 'lit-html';
import { severityName } from '../../src/core/present/concern-summary';
import { t } from '../../src/core/language';
import { withCode } from '../controls/with-code';
import type { ModelMessage } from '../../src/protocol/model-page';
import type { Post } from './view';

/** What keeps the model from running on the chosen board, or slows it down there, and what mends it. */
export function concernsSection({ view, choice, devices, advice }: ModelMessage, post: Post) {
  const { concerns } = view;
  if (concerns.length === 0) return nothing;
  const device = devices.find(({ id }) => id === choice.device)?.name ?? choice.device;
  return html`<section class="concerns" aria-labelledby="concerns">
    <h2 id="concerns">${t('On {0}', device)}</h2>
    <ul>
      ${concerns.map(
        ({ severity, message, finding }) =>
          html`<li class="is-${severity}">
            <span class="severity">${severityName(severity)}</span>
            <span>${withCode(finding ?? message)}</span>
          </li>`,
      )}
    </ul>
    ${
      advice === null
        ? nothing
        : html`${remedy(t('Re-export'), advice.exportLine)} ${remedy(t('Or convert this file'), advice.convertCommand)}
            <p class="wrap remedy">
              <button class="secondary" @click=${() => post({ type: 'reexport' })}>
                ${t('Write an export script')}
              </button>
            </p>`
    }
  </section>`;
}

function remedy(label: string, command: string): TemplateResult {
  return html`<p class="wrap remedy">
    <span>${label}:</span>
    <code>${command}</code>
    <button
      class="link"
      aria-label=${t('Copy: {0}', label.toLowerCase())}
      @click=${() => void navigator.clipboard.writeText(command)}
    >
      ${t('Copy')}
    </button>
  </p>`;
}

/** Why the headline's method was chosen, and what the others say. */
export function methodsSection({ view }: ModelMessage): TemplateResult | typeof nothing {
  const { estimate, alternatives, why } = view;
  // Without a prediction, the reasons of all methods are at the top of the page already.
  if (estimate === null) return nothing;
  return html`<section aria-labelledby="methods">
    <h2 id="methods">${t('Method')}</h2>
    <ul class="alternatives">
      ${[estimate, ...alternatives].map((answer) =>
        answer.reason !== null
          ? html`<li>
              <span class="strong method-name">${answer.methodName}</span>
              <span class="strong method-answer is-none">${t('no estimate')}</span>
              <span class="muted method-basis">${answer.reason}</span>
            </li>`
          : html`<li>
              <span class="strong method-name">${answer.methodName}</span>
              <span class="strong method-answer">${answer.throughput}</span>
              <span class="muted method-basis"> ${answer.interval}. ${answer.how}. </span>
            </li>`,
      )}
    </ul>
    ${why === null ? nothing : html`<p class="why">${why}</p>`}
  </section>`;
}

/** The estimate's notes, the reader's warnings, and operators without a known cost. */
export function cautionsSection({ prediction, profile, warnings }: ModelMessage): TemplateResult | typeof nothing {
  const uncosted =
    profile.uncosted.length === 0
      ? []
      : [
          prediction.estimate === null
            ? t('No cost is known for {0}.', profile.uncosted.join(', '))
            : t('No cost is known for {0}; the graph-cost estimate leaves them out.', profile.uncosted.join(', ')),
        ];
  const cautions = [...(prediction.estimate?.notes ?? []), ...uncosted, ...warnings];
  if (cautions.length === 0) return nothing;
  return html`<section aria-labelledby="cautions">
    <h2 id="cautions">${t('Notes')}</h2>
    <ul class="cautions">
      ${cautions.map((caution) => html`<li>${caution}</li>`)}
    </ul>
  </section>`;
}
