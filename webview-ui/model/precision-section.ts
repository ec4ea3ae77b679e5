import { html, nothing, type TemplateResult } from 'lit-html';
import { formatThroughput } from '../../src/core/figures';
import type { ModelMessage } from '../../src/protocol/model-page';
import type { Post } from './view';
import { t } from '../../src/core/language';

/** The same model with the device's other runtimes, and what the paper says about those without a figure. */
export function precisionSection(
  { precisions, choice, devices, prediction, ownSize, size }: ModelMessage,
  post: Post,
): TemplateResult {
  const device = devices.find(({ id }) => id === choice.device);
  const isSupported = (runtime: RuntimeId): boolean =>
    device?.runtimes.find(({ id }) => id === runtime)?.isSupported !== false;
  const batch = prediction.estimate?.batch ?? size.batch ?? ownSize.batch;
  return html`<section aria-labelledby="precision">
    <h2 id="precision">${t('Precision on {0}', device?.name ?? choice.device)}</h2>
    <dl class="facts">
      ${precisions.runtimes.map(
        ({ id, name, throughputFps }) =>
          html`<div class="wrap fact ${id === choice.runtime ? 'is-chosen' : ''}">
            <dt>
              ${name}${id === choice.runtime ? html` <span class="visually-hidden">${t('(chosen)')}</span>` : nothing}
            </dt>
            <dd>
              ${
                throughputFps === null
                  ? isSupported(id)
                    ? html`<span class="detail">${t('no prediction')}</span> ${measureButton(id, name, post)}`
                    : html`<span class="detail">${t('not in this GPU')}</span>`
                  : html`<span class="value">${formatThroughput(throughputFps, batch)}</span>`
              }
            </dd>
          </div>`,
      )}
    </dl>
    ${precisions.advice.map((sentence) => html`<p class="advice">${sentence}</p>`)}
  </section>`;
}

type RuntimeId = ModelMessage['precisions']['runtimes'][number]['id'];

/** A benchmark can fill the gap for runtimes that need only the ONNX file. */
function measureButton(runtime: RuntimeId, name: string, post: Post): TemplateResult | typeof nothing {
  if (runtime !== 'tensorrt-fp16' && runtime !== 'tensorrt-fp32') return nothing;
  return html`<button
    class="link"
    aria-label=${t('Measure with {0} on a board', name)}
    @click=${() => post({ type: 'measure', runtime })}
  >
    ${t('Measure')}
  </button>`;
}
