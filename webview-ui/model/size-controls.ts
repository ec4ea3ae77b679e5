import { t, wholeNumber } from '../../src/core/language';
import { html, nothing, type TemplateResult } from 'lit-html';
import { imageSize } from '../../src/core/figures';
import { isSameSize, maxSide, parseImageSize, type ImageSize } from '../../src/core/image-size';
import { maxBatch, ownSize as none } from '../../src/protocol/page';
import type { ModelMessage } from '../../src/protocol/model-page';
import type { Post } from './view';

/** Resolution and batch to predict for, the model's own unless changed, and a way back to those. */
export function sizeControls(message: ModelMessage, post: Post): TemplateResult {
  const { size } = message;
  const isOwn = size.image === null && size.batch === null;
  return html`${stepper(resolutionField(message, post))} ${stepper(batchField(message, post))}
  ${
    isOwn
      ? nothing
      : html`<button
          class="link"
          title=${t('Back to {0}', ownText(message))}
          @click=${() => post({ type: 'resize', size: none })}
        >
          ${t('Model’s own size')}
        </button>`
  }`;
}

interface Field {
  readonly name: string;
  readonly label: string;
  readonly lowerLabel: string;
  readonly raiseLabel: string;
  readonly text: string;
  readonly isChanged: boolean;
  readonly placeholder: string;
  readonly hint: string;
  /** Asks for what was entered; false if it makes no sense. */
  enter(text: string): boolean;
  /** null where there is nothing further in that direction. */
  readonly lower: (() => void) | null;
  readonly raise: (() => void) | null;
}

/** Steps through the sizes at which the network runs. */
function resolutionField({ size, ownSize, nearbySizes }: ModelMessage, post: Post): Field {
  const own = ownSize.image;
  const shown = size.image ?? own;
  const ask = (image: ImageSize): void =>
    post({ type: 'resize', size: { ...size, image: own !== null && isSameSize(image, own) ? null : image } });
  const pixels = ({ height, width }: ImageSize): number => height * width;
  const at = shown ?? nearbySizes[0] ?? { height: 0, width: 0 };
  const smaller = nearbySizes.filter((other) => pixels(other) < pixels(at)).at(-1);
  const larger = nearbySizes.find((other) => pixels(other) > pixels(at));
  return {
    name: 'resolution',
    label: t('Resolution'),
    lowerLabel: t('Lower resolution'),
    raiseLabel: t('Raise resolution'),
    text: shown === null ? '' : sideText(shown),
    isChanged: size.image !== null,
    placeholder: own === null ? '640x480' : sideText(own),
    hint:
      own === null
        ? t('Width x height in pixels, such as 640x480, or one side, up to {0}', wholeNumber(maxSide))
        : t(
            'Width x height in pixels, such as 640x480, or one side, up to {0}; the model’s own is {1}',
            wholeNumber(maxSide),
            sideText(own),
          ),
    enter: (text) => {
      const image = parseImageSize(text);
      if (image !== null) ask(image);
      return image !== null;
    },
    lower: smaller === undefined ? null : () => ask(smaller),
    raise: larger === undefined ? null : () => ask(larger),
  };
}

function batchField({ size, ownSize }: ModelMessage, post: Post): Field {
  const shown = size.batch ?? ownSize.batch;
  const ask = (batch: number): void =>
    post({ type: 'resize', size: { ...size, batch: batch === ownSize.batch ? null : batch } });
  return {
    name: 'batch',
    label: t('Batch'),
    lowerLabel: t('Lower batch'),
    raiseLabel: t('Raise batch'),
    text: String(shown),
    isChanged: size.batch !== null,
    placeholder: String(ownSize.batch),
    hint: t('Whole number from 1 to {0}; the model’s own is {1}', wholeNumber(maxBatch), ownSize.batch),
    enter: (text) => {
      const batch = /^\d{1,6}$/.test(text.trim()) ? Number(text.trim()) : 0;
      const isValid = batch >= 1 && batch <= maxBatch;
      if (isValid) ask(batch);
      return isValid;
    },
    lower: shown <= 1 ? null : () => ask(shown - 1),
    raise: shown >= maxBatch ? null : () => ask(shown + 1),
  };
}

/** `224`, or `640×480` if it is not square. */
function sideText({ height, width }: ImageSize): string {
  return height === width ? String(height) : imageSize(height, width);
}

function stepper(field: Field): TemplateResult {
  const { name, label, lowerLabel, raiseLabel, text, isChanged, placeholder, hint, enter, lower, raise } = field;
  const say = (input: HTMLInputElement): void => input.setAttribute('aria-invalid', String(!enter(input.value)));
  const press = (event: KeyboardEvent): void => {
    const input = event.target as HTMLInputElement;
    if (event.key === 'Escape') {
      input.value = text;
      input.setAttribute('aria-invalid', 'false');
    }
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    (event.key === 'ArrowUp' ? raise : lower)?.();
  };
  return html`<div class="picker">
    <label for=${`size-${name}`}>${label}</label>
    <div class="stepper">
      <button aria-label=${lowerLabel} ?disabled=${lower === null} @click=${() => lower?.()}>−</button>
      <input
        id=${`size-${name}`}
        class=${isChanged ? 'is-changed' : ''}
        inputmode=${name === 'batch' ? 'numeric' : 'text'}
        autocomplete="off"
        size=${Math.max(4, text.length)}
        title=${hint}
        placeholder=${placeholder}
        aria-describedby=${`size-${name}-hint`}
        .value=${text}
        @change=${(event: Event) => say(event.target as HTMLInputElement)}
        @keydown=${press}
      />
      <button aria-label=${raiseLabel} ?disabled=${raise === null} @click=${() => raise?.()}>+</button>
    </div>
    <span class="visually-hidden" id=${`size-${name}-hint`}>${hint}</span>
  </div>`;
}

function ownText({ ownSize: { image, batch } }: ModelMessage): string {
  return t(
    '{0}, batch {1}',
    image === null ? t('the model’s own resolution') : imageSize(image.height, image.width),
    batch,
  );
}
