import { html, nothing, type TemplateResult } from 'lit-html';
import { imageSize } from '../../src/core/figures';
import { t, wholeNumber } from '../../src/core/language';
import { maxSide, parseImageSize } from '../../src/core/image-size';
import { maxBatch, ownSize, type Size } from '../../src/protocol/page';
import { deploymentPickers } from '../controls/deployment-pickers';
import type { CompareView } from './view';

/** Device, power mode, runtime, resolution and batch of all models. */
export function controls({ message, post }: CompareView): TemplateResult {
  const { size } = message;
  const { image, batch } = size;
  const resize = (change: Partial<Size>): void => post({ type: 'resize', size: { ...size, ...change } });
  return html`<div class="pickers">
    ${deploymentPickers(message.devices, message.choice, (choice) => post({ type: 'choose', choice }))}
    ${sizeField({
      name: 'resolution',
      label: t('Resolution'),
      hint: t(
        'Width x height in pixels, such as 640x480, or one side, up to {0}; empty for each model’s own',
        wholeNumber(maxSide),
      ),
      text:
        image === null
          ? ''
          : image.height === image.width
            ? String(image.height)
            : imageSize(image.height, image.width),
      enter: (text) => {
        const entered = text === '' ? null : parseImageSize(text);
        if (text !== '' && entered === null) return false;
        resize({ image: entered });
        return true;
      },
    })}
    ${sizeField({
      name: 'batch',
      label: t('Batch'),
      hint: t('Whole number from 1 to {0}; empty for each model’s own', wholeNumber(maxBatch)),
      text: batch === null ? '' : String(batch),
      enter: (text) => {
        const entered = text === '' ? null : /^\d{1,6}$/.test(text) ? Number(text) : 0;
        if (entered !== null && (entered < 1 || entered > maxBatch)) return false;
        resize({ batch: entered });
        return true;
      },
    })}
    ${
      image === null && batch === null
        ? nothing
        : html`<button class="link" @click=${() => post({ type: 'resize', size: ownSize })}>
            ${t('Models’ own sizes')}
          </button>`
    }
  </div>`;
}

interface SizeField {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly text: string;
  /** Asks for what was entered; false if it makes no sense. */
  enter(text: string): boolean;
}

/** A number or size for all models; empty for each model's own. */
function sizeField({ name, label, hint, text, enter }: SizeField): TemplateResult {
  const change = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const entered = input.value.trim();
    const isValid = entered === text || enter(entered);
    input.setAttribute('aria-invalid', String(!isValid));
  };
  return html`<div class="picker">
    <label for=${`size-${name}`}>${label}</label>
    <input
      id=${`size-${name}`}
      class="size-field"
      autocomplete="off"
      placeholder=${t('own')}
      title=${hint}
      aria-describedby=${`size-${name}-hint`}
      aria-invalid="false"
      .value=${text}
      @change=${change}
    />
    <span class="visually-hidden" id=${`size-${name}-hint`}>${hint}</span>
  </div>`;
}
