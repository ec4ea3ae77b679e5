import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { t } from '../../src/core/language';
import type { Stage } from '../../src/protocol/benchmark-page';

function names(): Record<Stage['id'], string> {
  return {
    connect: t('Connect'),
    probe: t('Inspect the board'),
    preflight: t('Check'),
    upload: t('Send the model'),
    wait: t('Wait for the board'),
    build: t('Build the engine'),
    time: t('Measure'),
    collect: t('Collect results'),
    save: t('Save the landmark'),
  };
}

function stateNames(): Record<Stage['state'], string> {
  return {
    waiting: t('waiting'),
    running: t('running'),
    done: t('done'),
    skipped: t('not needed'),
    failed: t('failed'),
    cancelled: t('cancelled'),
  };
}

/** The stages of the benchmark with their state; without those that never began, as an earlier one was the last. */
export function stagesSection(all: readonly Stage[]): TemplateResult {
  const last = all.findIndex(({ state }) => state === 'failed' || state === 'cancelled');
  const stages = all.filter(({ state }, index) => last < 0 || index <= last || state !== 'cancelled');
  return html`<section class="stages" aria-labelledby="stages-title">
    <h2 id="stages-title" class="visually-hidden">${t('Steps')}</h2>
    <ol>
      ${stages.map(
        (stage) =>
          html`<li class="stage is-${stage.state}" aria-current=${stage.state === 'running' ? 'step' : nothing}>
            ${mark(stage.state)}
            <div class="stage-text">
              <p class="stage-name">
                ${names()[stage.id]} <span class="visually-hidden">(${stateNames()[stage.state]})</span>
              </p>
              ${stage.detail === '' ? nothing : html`<p class="stage-detail">${stage.detail}</p>`}
              ${
                stage.state === 'running' && stage.share !== null
                  ? html`<progress
                      max="1"
                      .value=${stage.share}
                      aria-label=${t('Progress of: {0}', names()[stage.id])}
                    ></progress>`
                  : nothing
              }
            </div>
          </li>`,
      )}
    </ol>
  </section>`;
}

/** States differ in shape, not only in colour. */
const marks: Record<Stage['state'], TemplateResult> = {
  waiting: svg`<circle cx="8" cy="8" r="5" />`,
  running: svg`<circle cx="8" cy="8" r="6" /><circle class="dot" cx="8" cy="8" r="3" />`,
  done: svg`<path d="M3 8.5l3.4 3.4L13 5" />`,
  skipped: svg`<path d="M4 8h8" />`,
  failed: svg`<path d="M4 4l8 8m0-8l-8 8" />`,
  cancelled: svg`<circle cx="8" cy="8" r="6" /><path d="M4 12L12 4" />`,
};

function mark(state: Stage['state']): TemplateResult {
  return html`<svg class="stage-mark" viewBox="0 0 16 16" aria-hidden="true">${marks[state]}</svg>`;
}
