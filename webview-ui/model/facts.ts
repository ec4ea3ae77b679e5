import { html, nothing, type TemplateResult } from 'lit-html';
import { formatCount, formatExactCount, formatMacs, formatShape, formatShare } from '../../src/core/figures';
import { fileSize } from '../../src/core/present/compare-text';
import type { ModelMessage } from '../../src/protocol/model-page';

/** What the file holds, in figures. */
export function factsSection({ profile, fileBytes, isWithoutWeights, producer }: ModelMessage): TemplateResult {
  const { parameters, storedParameters, macs, input, opset } = profile;
  return html`<section aria-labelledby="facts">
    <h2 id="facts">Model</h2>
    <dl class="facts">
      ${fact('Parameters', formatCount(parameters), formatExactCount(parameters))}
      ${fact('Stored in the file', formatCount(storedParameters), formatExactCount(storedParameters))}
      ${fact('Multiply–accumulates', macs === null ? 'unknown' : formatMacs(macs))}
      ${input ? fact('Input', input.shape ? formatShape(input.shape) : 'shape not specified', input.name) : fact('Input', 'none')}
      ${fact('Opset', opset === null ? 'not specified' : String(opset), producer)}
      ${fact('File size', fileSize(fileBytes, isWithoutWeights))}
    </dl>
  </section>`;
}

/** Which family the graph belongs to, how sure that is, and what was seen. */
export function recognitionSection({ profile }: ModelMessage): TemplateResult | typeof nothing {
  const { family, confidence, evidence } = profile;
  if (evidence.length === 0) return nothing;
  return html`<section aria-labelledby="recognition">
    <h2 id="recognition">${family === null ? 'Unknown family' : `Recognised as ${family}`}</h2>
    ${
      family === null
        ? nothing
        : html`<p class="recognition">
            <meter min="0" max="1" .value=${confidence} aria-label="Confidence"></meter>
            <span>${formatShare(confidence)} of the graph explained</span>
          </p>`
    }
    <ul class="evidence">
      ${evidence.map((sentence) => html`<li>${sentence}</li>`)}
    </ul>
  </section>`;
}

function fact(name: string, value: string, detail = ''): TemplateResult {
  return html`<div class="fact">
    <dt>${name}</dt>
    <dd>
      <span class="value">${value}</span>
      ${detail === '' ? nothing : html`<span class="detail" title=${detail}>${detail}</span>`}
    </dd>
  </div>`;
}
