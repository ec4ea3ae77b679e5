import { severityName } from '../../src/core/present/concern-summary';
import { t } from '../../src/core/language';
import { html, nothing, type TemplateResult } from 'lit-html';
import type { BenchmarkMessage } from '../../src/protocol/benchmark-page';
import { withCode } from '../controls/with-code';
import { resultSections } from './result';
import { runsSection, type PageContext } from './runs';
import { stagesSection } from './stages';

/** The page of a benchmark, from its first moment to its result. */
export function benchmarkPage(message: BenchmarkMessage, context: PageContext): TemplateResult {
  const { device, runs } = message;
  const run = runs[context.selected];
  const isUnderWay = ['queued', 'running', 'interrupted'].includes(message.state);
  return html`<main class="model benchmark">
    <header class="title">
      <div class="title-text">
        <p class="file-name" title=${device.destination}>
          ${t('Benchmark on {0}', device.name)}
          ${device.destination === device.name ? nothing : html`<span>(${device.destination})</span>`}
        </p>
        <h1>${message.title}</h1>
        <p class="standing is-${message.state}" role="status">${withCode(message.sentence)}</p>
      </div>
      ${actions(message, context)}
    </header>
    ${runs.length === 1 && run && run.failure?.message !== message.sentence ? failureSection(run) : nothing}
    ${run?.result && !isUnderWay ? nothing : stagesSection(message.stages)}
    ${run?.result ? nothing : concernsSection(message)} ${runs.length > 1 ? runsSection(runs, context) : nothing}
    ${runs.length > 1 && run ? failureSection(run) : nothing}
    ${run?.result ? resultSections(run, run.result, concernsSection(message), context) : nothing}
    ${run?.result && !isUnderWay ? stagesSection(message.stages) : nothing} ${logSection(context)}
  </main>`;
}

/** The page of a benchmark that no longer exists. */
export function gonePage(sentence: string): TemplateResult {
  return html`<main class="message">
    <h1>${t('Benchmark not found')}</h1>
    <p class="sentence" role="alert">${sentence}</p>
  </main>`;
}

function actions({ state, stopping, stages, runs }: BenchmarkMessage, { post }: PageContext): TemplateResult {
  if (state === 'queued' || state === 'running') {
    return html`<div class="actions">
      <button class="secondary" ?disabled=${stopping} @click=${() => post({ type: 'cancel' })}>
        ${stopping ? t('Stopping…') : t('Cancel')}
      </button>
    </div>`;
  }
  const withoutWeights = runs.findIndex(({ failure }) => failure?.code === 'missing-weights');
  return html`<div class="actions">
    ${
      withoutWeights >= 0
        ? html`<button class="primary" @click=${() => post({ type: 'chooseWeights', run: withoutWeights })}>
            ${t('Choose weights…')}
          </button>`
        : nothing
    }
    ${
      state === 'interrupted'
        ? html`<button class="primary" @click=${() => post({ type: 'resume' })}>${t('Reconnect')}</button>`
        : nothing
    }
    <button class="secondary" @click=${() => post({ type: 'again' })}>${t('Run again')}</button>
    ${
      stages.some(({ id, state }) => state === 'failed' && (id === 'connect' || id === 'probe'))
        ? html`<button class="secondary" @click=${() => post({ type: 'testConnection' })}>
            ${t('Test connection')}
          </button>`
        : nothing
    }
  </div>`;
}

function concernsSection({ concerns }: BenchmarkMessage): TemplateResult | typeof nothing {
  if (concerns.length === 0) return nothing;
  return html`<section class="concerns" aria-labelledby="concerns-title">
    <h2 id="concerns-title">${t('Found before the run')}</h2>
    <ul>
      ${concerns.map(
        ({ severity, message }) =>
          html`<li class="is-${severity}">
            <span class="severity">${severityName(severity)}</span>
            <span>${withCode(message)}</span>
          </li>`,
      )}
    </ul>
  </section>`;
}

/** Why a run has no result. */
function failureSection({ failure }: BenchmarkMessage['runs'][number]): TemplateResult | typeof nothing {
  if (!failure) return nothing;
  return html`<section class="run-failure" aria-labelledby="failure-title">
    <h2 id="failure-title">${t('No result')}</h2>
    <p>${withCode(failure.message)}</p>
    <p class="code"><code>${failure.code}</code></p>
  </section>`;
}

function logSection({ post }: PageContext): TemplateResult {
  // The lines are put there by log.ts; the template must not hold any.
  return html`<section class="log-section" aria-labelledby="log-title">
    <div class="section-head">
      <h2 id="log-title">${t('Board log')}</h2>
      <div class="actions">
        <button class="link log-end" hidden>${t('Jump to end')}</button>
        <button class="link" @click=${() => post({ type: 'openLog' })}>${t('Open in editor')}</button>
      </div>
    </div>
    <pre class="strong log" tabindex="0" role="log" aria-live="off" aria-labelledby="log-title"></pre>
  </section>`;
}
