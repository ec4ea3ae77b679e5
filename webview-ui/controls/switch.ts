import { html, type TemplateResult } from 'lit-html';

/** Buttons of which one is pressed: the options of a question. */
export function switchOf<Id>(
  label: string,
  options: readonly (readonly [id: Id, label: string])[],
  pressed: Id,
  choose: (id: Id) => void,
): TemplateResult {
  return html`<div class="switch" role="group" aria-label=${label}>
    ${options.map(([id, name]) => html`<button aria-pressed=${id === pressed} @click=${() => choose(id)}>${name}</button>`)}
  </div>`;
}
