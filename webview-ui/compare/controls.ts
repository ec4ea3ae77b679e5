import { html, nothing, type TemplateResult } from 'lit-html';
import { maxBatch, maxPixels } from '../../src/protocol/page';
import type { ComparisonMessage } from '../../src/protocol/compare-page';
import { placePickers } from '../controls/place-pickers';
import type { CompareView } from './view';

/** Device, runtime, resolution and batch of all models. */
export function controls({ message, post }: CompareView): TemplateResult {
  const { size } = message;
  return html`<div class="pickers">
    ${placePickers(message.devices, message.choice, (choice) => post({ type: 'choose', choice }))}
    ${sizeField('resolution', 'Resolution', { least: 32, most: maxPixels }, message, post)}
    ${sizeField('batch', 'Batch', { least: 1, most: maxBatch }, message, post)}
    ${
      size.resolution === null && size.batch === null
        ? nothing
        : html`<button class="link" @click=${() => post({ type: 'resize', size: { resolution: null, batch: null } })}>
            Models’ own sizes
          </button>`
    }
  </div>`;
}

/** A whole number for all models; empty for each model's own. */
function sizeField(
  name: 'resolution' | 'batch',
  label: string,
  { least, most }: { readonly least: number; readonly most: number },
  { size }: ComparisonMessage,
  post: CompareView['post'],
): TemplateResult {
  const hint = `Whole number from ${least} to ${most.toLocaleString('en-US')}; empty for each model’s own`;
  const enter = (input: HTMLInputElement): void => {
    const text = input.value.trim();
    const value = text === '' ? null : /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    const isValid = value === null || (value >= least && value <= most);
    input.setAttribute('aria-invalid', String(!isValid));
    if (isValid && value !== size[name]) post({ type: 'resize', size: { ...size, [name]: value } });
  };
  return html`<div class="picker">
    <label for=${`size-${name}`}>${label}</label>
    <input
      id=${`size-${name}`}
      class="size-field"
      inputmode="numeric"
      autocomplete="off"
      placeholder="own"
      title=${hint}
      aria-describedby=${`size-${name}-hint`}
      aria-invalid="false"
      .value=${size[name] === null ? '' : String(size[name])}
      @change=${(event: Event) => enter(event.target as HTMLInputElement)}
    />
    <span class="visually-hidden" id=${`size-${name}-hint`}>${hint}</span>
  </div>`;
}
