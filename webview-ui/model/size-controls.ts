import { html, nothing, type TemplateResult } from 'lit-html';
import { maxBatch, maxPixels, type Size } from '../../src/protocol/page';
import type { ModelMessage } from '../../src/protocol/model-page';
import type { Post } from './view';

/** Lowest side that can be chosen: networks halve the image five times. */
const minPixels = 32;

const pixelStep = 32;

interface Field {
  readonly name: keyof Size;
  readonly label: string;
  readonly least: number;
  readonly most: number;
  readonly step: number;
}

const fields: readonly Field[] = [
  { name: 'resolution', label: 'Resolution', least: minPixels, most: maxPixels, step: pixelStep },
  { name: 'batch', label: 'Batch', least: 1, most: maxBatch, step: 1 },
];

/** Resolution and batch to predict for, the model's own unless changed, and a way back to those. */
export function sizeControls(message: ModelMessage, post: Post): TemplateResult {
  const { size } = message;
  const isOwn = size.resolution === null && size.batch === null;
  return html`${fields.map((field) => stepper(field, message, post))}
  ${
    isOwn
      ? nothing
      : html`<button
          class="link"
          title=${`Back to ${ownText(message)}`}
          @click=${() => post({ type: 'resize', size: { resolution: null, batch: null } })}
        >
          Model’s own size
        </button>`
  }`;
}

function stepper({ name, label, least, most, step }: Field, message: ModelMessage, post: Post): TemplateResult {
  const own = message.ownSize[name];
  const asked = message.size[name];
  const shown = asked ?? own;
  const ask = (value: number): void => {
    const clamped = Math.min(most, Math.max(least, value));
    post({ type: 'resize', size: { ...message.size, [name]: clamped === own ? null : clamped } });
  };
  /** The next multiple of the step, so that 225 goes to 256 and not to 257. */
  const move = (direction: 1 | -1): void => {
    const from = shown ?? 224;
    ask(direction === 1 ? (Math.floor(from / step) + 1) * step : (Math.ceil(from / step) - 1) * step);
  };
  const enter = (input: HTMLInputElement): void => {
    const value = parseWhole(input.value, least, most);
    input.setAttribute('aria-invalid', String(value === null));
    if (value !== null) ask(value);
  };
  const restore = (input: HTMLInputElement): void => {
    input.value = shown === null ? '' : String(shown);
    input.setAttribute('aria-invalid', 'false');
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') restore(event.target as HTMLInputElement);
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    move(event.key === 'ArrowUp' ? 1 : -1);
  };
  const hint = `Whole number from ${least} to ${most.toLocaleString('en-US')}${own === null ? '' : `; the model’s own is ${own}`}`;
  return html`<div class="picker">
    <label for=${`size-${name}`}>${label}</label>
    <div class="stepper">
      <button
        aria-label=${`Lower ${label.toLowerCase()}`}
        ?disabled=${(shown ?? most) <= least}
        @click=${() => move(-1)}
      >
        −
      </button>
      <input
        id=${`size-${name}`}
        class=${asked === null ? '' : 'is-changed'}
        inputmode="numeric"
        autocomplete="off"
        size="4"
        title=${hint}
        placeholder=${own === null ? 'not square' : String(own)}
        aria-describedby=${`size-${name}-hint`}
        .value=${shown === null ? '' : String(shown)}
        @change=${(event: Event) => enter(event.target as HTMLInputElement)}
        @keydown=${press}
      />
      <button
        aria-label=${`Raise ${label.toLowerCase()}`}
        ?disabled=${(shown ?? least) >= most}
        @click=${() => move(1)}
      >
        +
      </button>
    </div>
    <span class="stepper-hint" id=${`size-${name}-hint`}>${hint}</span>
  </div>`;
}

/** The number that was entered; null if it is not a whole number in the range. */
function parseWhole(text: string, least: number, most: number): number | null {
  const value = /^\d{1,6}$/.test(text.trim()) ? Number(text.trim()) : NaN;
  return value >= least && value <= most ? value : null;
}

function ownText({ ownSize }: ModelMessage): string {
  const { resolution, batch } = ownSize;
  return `${resolution === null ? 'the model’s own resolution' : `${resolution}×${resolution}`}, batch ${batch}`;
}
