import { html, nothing, type TemplateResult } from 'lit-html';
import type { FailedMessage, ModelMessage } from '../../src/protocol/model-page';
import { chartSection } from './chart-section';
import { factsSection, recognitionSection } from './facts';
import { headlineSection } from './headline';
import { alternativesSection, cautionsSection, concernsSection } from './judgement';
import { placePickers } from '../controls/place-pickers';
import { precisionSection } from './precision-section';
import { resolutionSection } from './resolution-section';
import { sizeControls } from './size-controls';
import { timeSection } from './time-section';
import type { Post, View } from './view';

/** The whole page for a model that could be read. */
export function modelPage(message: ModelMessage, post: Post, view: View): TemplateResult {
  return html`
    ${message.gone ? goneBanner(message) : nothing}
    <main class=${message.gone ? 'model is-gone' : 'model'}>
      <header class="title">
        <div class="title-text">
          <p class="file-name" title=${message.fileName}>${message.fileName}</p>
          ${variantHeading(message)}
        </div>
        ${pickers(message, post)}
      </header>
      ${headlineSection(message, post)} ${concernsSection(message)}
      <div class="columns">
        <div class="column">
          ${chartSection(message, post)} ${alternativesSection(message)}
          ${message.chart ? nothing : precisionSection(message, post)}
        </div>
        <div class="column">
          ${factsSection(message)} ${message.chart ? precisionSection(message, post) : recognitionSection(message)}
        </div>
      </div>
      ${message.prediction.estimate ? [timeSection(message, view, post), resolutionSection(message, view, post)] : nothing}
      ${
        message.chart
          ? html`<div class="columns">
              <div class="column">${cautionsSection(message)}</div>
              <div class="column">${recognitionSection(message)}</div>
            </div>`
          : cautionsSection(message)
      }
      <footer>
        <button class="secondary" @click=${() => post({ type: 'copy' })}>Copy as Markdown</button>
      </footer>
    </main>
  `;
}

/** The page while a file is read for the first time. */
export function readingPage(fileName: string): TemplateResult {
  return html`<main class="message" aria-busy="true">
    <p class="file-name">${fileName}</p>
    <p role="status">Reading the model…</p>
  </main>`;
}

/** The page for a file that cannot be read as a model: what is wrong with it. */
export function failedPage({ fileName, failure }: FailedMessage): TemplateResult {
  return html`<main class="message">
    ${failureMark}
    <p class="file-name" title=${fileName}>${fileName}</p>
    <h1>${failureTitle(failure.code)}</h1>
    <p class="sentence" role="alert">${failure.message}</p>
    <p class="code">
      <code>${failure.code}</code>
      ${failure.offset === undefined ? nothing : html`<span>at byte ${failure.offset.toLocaleString('en-US')}</span>`}
    </p>
    <p class="hint">The page reloads when the file changes.</p>
  </main>`;
}

const failureMark = html`<svg class="failure-mark" viewBox="0 0 48 48" aria-hidden="true">
  <path d="M12 4h17l9 9v31H12z" />
  <path d="M29 4v9h9" />
  <path d="M25 21v11m0 5v.5" />
</svg>`;

function failureTitle(code: string): string {
  switch (code) {
    case 'unreadable':
      return 'The file cannot be read';
    case 'empty':
      return 'The file is empty';
    case 'truncated':
      return 'The file is incomplete';
    case 'not-onnx':
      return 'This is not an ONNX model';
    case 'malformed':
      return 'The file is damaged';
    case 'invalid-graph':
      return 'The model has no usable graph';
    case 'too-large':
      return 'The model is too large to read';
    case 'internal':
      return 'Framecast failed on this model';
    default:
      return 'The model cannot be shown';
  }
}

function goneBanner({ fileName }: ModelMessage): TemplateResult {
  return html`<p class="banner" role="alert">
    <strong>File not found.</strong> ${fileName} was moved or deleted; its last contents are shown. The page reloads
    when the file returns.
  </p>`;
}

/** `ResNet-18` in large type, followed by its layout `[2,2,2,2] basic` in small type. */
function variantHeading({ profile }: ModelMessage): TemplateResult {
  const title = profile.variant ?? profile.family ?? 'Unrecognised architecture';
  const split = title.search(/ [[(]/);
  const name = split > 0 ? title.slice(0, split) : title;
  const detail = split > 0 ? title.slice(split + 1) : '';
  return html`<h1>${name}${detail === '' ? nothing : html` <span class="variant-detail">${detail}</span>`}</h1>`;
}

/** Device and runtime, each a list to choose from, and a way to make the choice the default. */
function pickers(message: ModelMessage, post: Post): TemplateResult {
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
