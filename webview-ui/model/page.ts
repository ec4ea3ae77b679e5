import { html, nothing, type TemplateResult } from 'lit-html';
import { formatMacs, formatShape } from '../../src/core/figures';
import { t, wholeNumber } from '../../src/core/language';
import { stageText, type WorkProgress } from '../../src/core/work-progress';
import type { FailedMessage, ModelMessage } from '../../src/protocol/model-page';
import { chartSection } from './chart-section';
import { factsSection, recognitionSection } from './facts';
import { headlineSection } from './headline';
import { cautionsSection, concernsSection, methodsSection } from './judgement';
import { networkSection } from './network-section';
import { deploymentPickers } from '../controls/deployment-pickers';
import { precisionSection } from './precision-section';
import { resolutionSection } from './resolution-section';
import { sizeControls } from './size-controls';
import { timeSection } from './time-section';
import type { Post, View } from './view';

/** The whole page for a model that could be read: the answer, what to change, what takes the time, and the rest folded. */
export function modelPage(message: ModelMessage, post: Post, view: View): TemplateResult {
  const { estimate } = message.prediction;
  return html`
    ${message.gone ? goneBanner(message) : nothing}
    <main class=${message.gone ? 'model is-gone' : 'model'}>
      <header class="title">
        <div class="title-text">
          <h1 title=${message.fileName}>${message.fileName}</h1>
          ${modelChips(message)}
        </div>
        ${pickers(message, post)}
      </header>
      ${headlineSection(message, view, post)} ${concernsSection(message, post)}
      ${estimate ? timeSection(message, view, post) : nothing} ${networkSection(message, view, post)}
      ${estimate ? resolutionSection(message, view, post) : nothing}
      <details class="more" ?open=${estimate === null}>
        <summary>${t('Details and method')}</summary>
        <div class="columns">
          <div class="column">
            ${factsSection(message)} ${recognitionSection(message)} ${precisionSection(message, post)}
          </div>
          <div class="column">${methodsSection(message)} ${cautionsSection(message)}</div>
        </div>
        ${chartSection(message, post)}
      </details>
      <footer class="actions">
        <button class="secondary" @click=${() => post({ type: 'compareBoards' })}>${t('Compare Boards')}</button>
        <button class="secondary" @click=${() => post({ type: 'copy' })}>${t('Copy as Markdown')}</button>
      </footer>
    </main>
  `;
}

/** The page while a file is read for the first time. */
export function readingPage(fileName: string, progress: WorkProgress | null): TemplateResult {
  return html`<main class="message" aria-busy="true">
    <p class="file-name">${fileName}</p>
    <p role="status">${progress === null ? t('Reading the model…') : stageText(progress.stage)}</p>
    ${
      progress === null
        ? nothing
        : html`<progress aria-label=${t('Reading the model…')} value=${progress.share}></progress>`
    }
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
      ${failure.offset === undefined ? nothing : html`<span>${t('at byte {0}', wholeNumber(failure.offset))}</span>`}
    </p>
    <p class="hint">${t('The page reloads when the file changes.')}</p>
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
      return t('The file cannot be read');
    case 'empty':
      return t('The file is empty');
    case 'truncated':
      return t('The file is incomplete');
    case 'not-onnx':
      return t('This is not an ONNX model');
    case 'malformed':
      return t('The file is damaged');
    case 'invalid-graph':
      return t('The model has no usable graph');
    case 'too-large':
      return t('The model is too large to read');
    case 'internal':
      return t('Framecast failed on this model');
    default:
      return t('The model cannot be shown');
  }
}

function goneBanner({ fileName }: ModelMessage): TemplateResult {
  return html`<p class="banner" role="alert">
    <strong>${t('File not found.')}</strong>
    ${t('{0} was moved or deleted; its last contents are shown. The page reloads when the file returns.', fileName)}
  </p>`;
}

/** What the model is, as chips: `ResNet-18 [2,2,2,2] basic`, `11.69 M parameters`, `1.81 GMAC`, `1 × 3 × 224 × 224`. */
function modelChips({ view, profile }: ModelMessage): TemplateResult {
  const { variant, parameters } = view.model;
  const { macs } = profile;
  const shape = profile.input?.shape;
  const chips = [
    profile.family === null ? t('unknown family') : variant,
    t('{0} parameters', parameters),
    ...(macs === null ? [] : [formatMacs(macs)]),
    ...(shape ? [formatShape(shape)] : []),
  ];
  return html`<ul class="wrap muted model-chips" aria-label=${t('About the model')}>
    ${chips.map((chip) => html`<li>${chip}</li>`)}
  </ul>`;
}

/** Device and runtime, each a list to choose from, and a way to make the choice the default. */
function pickers(message: ModelMessage, post: Post): TemplateResult {
  return html`<div class="pickers">
    ${deploymentPickers(message.devices, message.choice, (choice) => post({ type: 'choose', choice }))}
    ${sizeControls(message, post)}
    ${
      message.choiceIsDefault
        ? nothing
        : html`<span class="hint">
            ${t('On this page only.')}
            <button class="link" @click=${() => post({ type: 'useAsDefault' })}>${t('Use as default')}</button>
          </span>`
    }
  </div>`;
}
