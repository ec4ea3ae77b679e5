import { html, nothing, type TemplateResult } from 'lit-html';
import type { Choice, ModelMessage } from '../../src/protocol/model-page';
import type { Post } from './page';
import { sizeControls } from './size-controls';

/** Device and runtime, each a list to choose from, and a way to make the choice the default. */
export function pickers(message: ModelMessage, post: Post): TemplateResult {
  const { choice, devices } = message;
  const runtimes = devices.find((device) => device.id === choice.device)?.runtimes ?? [];
  const chooseDevice = (id: string): void => {
    const offered = devices.find((device) => device.id === id)?.runtimes ?? [];
    const runtime = offered.find((each) => each.id === choice.runtime) ?? offered[0];
    if (runtime) post({ type: 'choose', choice: { device: id, runtime: runtime.id } });
  };
  const chooseRuntime = (id: string): void =>
    post({ type: 'choose', choice: { device: choice.device, runtime: id as Choice['runtime'] } });
  return html`<div class="pickers">
    ${picker('Device', devices, choice.device, chooseDevice)}
    ${picker('Runtime', runtimes, choice.runtime, chooseRuntime)} ${sizeControls(message, post)}
    ${
      message.choiceIsDefault
        ? nothing
        : html`<button class="link" @click=${() => post({ type: 'useAsDefault' })}>Use as default</button>`
    }
  </div>`;
}

function picker(
  label: string,
  options: readonly { readonly id: string; readonly name: string }[],
  selected: string,
  choose: (id: string) => void,
): TemplateResult {
  return html`<label class="picker">
    <span>${label}</span>
    <select @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
      ${options.map(({ id, name }) => html`<option value=${id} .selected=${id === selected}>${name}</option>`)}
    </select>
  </label>`;
}
