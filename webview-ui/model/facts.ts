import { html, nothing, type TemplateResult } from 'lit-html';
import { formatCount, formatExactCount, formatMacs, formatShape, formatShare } from '../../src/core/figures';
import { fileSize } from '../../src/core/present/compare-text';
import type { ModelMessage } from '../../src/protocol/model-page';
import { t } from '../../src/core/language';

/** What the file holds, in figures. */
export function factsSection({ profile, fileBytes, isWithoutWeights, producer }: ModelMessage): TemplateResult {
  const { parameters, storedParameters, macs, input, opset } = profile;
  return html`<section aria-labelledby="facts">
    <h2 id="facts">${t('Model')}</h2>
    <dl class="facts">
      ${fact(t('Parameters'), formatCount(parameters), formatExactCount(parameters))}
      ${fact(t('Stored in the file'), formatCount(storedParameters), formatExactCount(storedParameters))}
      ${fact(t('Multiply–accumulates'), macs === null ? t('unknown') : formatMacs(macs))}
      ${input ? fact(t('Input'), input.shape ? formatShape(input.shape) : t('shape not specified'), input.name) : fact(t('Input'), t('none'))}
      ${fact(t('Opset'), opset === null ? t('not specified') : String(opset), producer)}
      ${fact(t('File size'), fileSize(fileBytes, isWithoutWeights))}
    </dl>
  </section>`;
}

/** Which family the graph belongs to, how sure that is, and what was seen. */
export function recognitionSection({ profile }: ModelMessage): TemplateResult | typeof nothing {
  const { family, confidence, evidence } = profile;
  if (evidence.length === 0) return nothing;
  return html`<section aria-labelledby="recognition">
    <h2 id="recognition">${family === null ? t('Unknown family') : t('Recognised as {0}', family)}</h2>
    ${
      family === null
        ? nothing
        : html`<p class="wrap recognition">
            <meter min="0" max="1" .value=${confidence} aria-label=${t('Confidence')}></meter>
            <span>${t('{0} of the graph explained', formatShare(confidence))}</span>
          </p>`
    }
    <ul class="evidence">
      ${evidence.map((sentence) => html`<li>${sentence}</li>`)}
    </ul>
  </section>`;
}

function fact(name: string, value: string, detail = ''): TemplateResult {
  return html`<div class="wrap fact">
    <dt>${name}</dt>
    <dd>
      <span class="value">${value}</span>
      ${detail === '' ? nothing : html`<span class="detail" title=${detail}>${detail}</span>`}
    </dd>
  </div>`;
}
