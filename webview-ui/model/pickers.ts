import { html, nothing, type TemplateResult } from 'lit-html';
import type { ModelMessage } from '../../src/protocol/model-page';
import { placePickers } from '../controls/place-pickers';
import type { Post } from './view';
import { sizeControls } from './size-controls';

/** Device and runtime, each a list to choose from, and a way to make the choice the default. */
export function pickers(message: ModelMessage, post: Post): TemplateResult {
  return html`<div class="pickers">
    ${placePickers(message.devices, message.choice, (choice) => post({ type: 'choose', choice }))}
    ${sizeControls(message, post)}
    ${
      message.choiceIsDefault
        ? nothing
        : html`<button class="link" @click=${() => post({ type: 'useAsDefault' })}>Use as default</button>`
    }
  </div>`;
}
