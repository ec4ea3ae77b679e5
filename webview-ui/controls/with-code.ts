import { html, type TemplateResult } from 'lit-html';

/** A sentence with its commands, which are between backticks, set as code. */
export function withCode(sentence: string): (TemplateResult | string)[] {
  return sentence.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}
