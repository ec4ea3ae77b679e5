import { html, type TemplateResult } from 'lit-html';

/** A sentence in which commands stand between backticks, with the commands set off. */
export function withCode(sentence: string): (TemplateResult | string)[] {
  return sentence.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}
