import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit-html';
import { t } from '../../src/core/language';
import type { CommonMessage } from '../../src/protocol/page';
import type { NoPipelineMessage, PipelineMessage, PipelinePageMessage } from '../../src/protocol/pipeline-page';
import { chartFrame } from '../chart/chart-frame';
import { placePickers } from '../controls/place-pickers';
import { facesChartSpec } from './chart';

type Post = (message: PipelinePageMessage | CommonMessage) => void;

/** The whole page: the answer, where the time goes, how it changes with the faces, and what would help. */
export function pipelinePage(message: PipelineMessage, post: Post): TemplateResult {
  const { view, file, path, faces, problems } = message;
  return html`<main class="pipeline">
    <header class="title">
      <div class="title-text">
        <h1>${file}</h1>
        ${path === file ? nothing : html`<p class="file-name" title=${path}>${path}</p>`}
      </div>
      <div class="pickers">
        ${placePickers(message.devices, message.choice, (choice) => post({ type: 'choose', choice }))}
        <button class="secondary" @click=${() => post({ type: 'openFile' })}>${t('Open File')}</button>
      </div>
    </header>
    ${problems.length === 0 ? nothing : problemsSection(problems, post)}
    <section class="answer" aria-label=${t('Predicted FPS of the pipeline')}>
      <p class="fps" aria-live="polite">${view.headline}</p>
      <p class="for">${t('with {0, plural, one {# face} other {# faces}} in a frame', faces)}</p>
      ${
        view.verdict === null
          ? nothing
          : html`<p class="verdict">
              <span class="chip ${view.keepsUp === false ? 'is-misses' : 'is-meets'}"
                >${view.keepsUp === false ? '✗' : '✓'} ${view.verdict}</span
              >
            </p>`
      }
      ${view.time === null ? nothing : html`<p class="time">${view.time}</p>`} ${timeBar(message)}
    </section>
    <section aria-labelledby="stages-title">
      <h2 id="stages-title">${t('Stages')}</h2>
      ${stagesTable(message, post)}
    </section>
    ${changesSection(message, post)}
    ${
      message.byFaces.length === 0
        ? nothing
        : html`<section aria-labelledby="faces-title">
            <h2 id="faces-title">${t('Faces in a frame')}</h2>
            ${chartFrame(facesChartSpec(message), post)}
          </section>`
    }
    <section aria-labelledby="notes-title">
      <h2 id="notes-title">${t('Notes')}</h2>
      <ul class="notes">
        ${view.notes.map((note) => html`<li>${note}</li>`)}
      </ul>
    </section>
  </main>`;
}

/** What the page shows of a file that holds no pipeline. */
export function noPipelinePage({ file, sentences }: NoPipelineMessage, post: Post): TemplateResult {
  return html`<main class="message">
    <h1>${t('No pipeline')}</h1>
    <p class="file-name">${file}</p>
    ${sentences.map((sentence) => html`<p class="sentence">${sentence}</p>`)}
    <button @click=${() => post({ type: 'openFile' })}>${t('Open File')}</button>
  </main>`;
}

function problemsSection(problems: PipelineMessage['problems'], post: Post): TemplateResult {
  return html`<section class="problems" aria-labelledby="problems-title">
    <h2 id="problems-title">${t('Problems in the file')}</h2>
    <ul>
      ${problems.map(
        ({ line, message }) =>
          html`<li>
            <button class="link" @click=${() => post({ type: 'openFile', line })}>${t('Line {0}', line)}</button>:
            ${message}
          </li>`,
      )}
    </ul>
  </section>`;
}

/** One bar for the whole frame, a part for each stage as wide as its share. The table says the same. */
function timeBar({ view }: PipelineMessage): TemplateResult {
  const drawn = view.stages.flatMap(({ name, share, shareOfTime, perFrame }, index) =>
    shareOfTime > 0 ? [{ name, share, shareOfTime, perFrame, index }] : [],
  );
  if (drawn.length === 0) return html``;
  let start = 0;
  const parts = drawn.map((part) => {
    const at = start;
    start += part.shareOfTime;
    return { ...part, at };
  });
  return html`<svg class="bar" viewBox="0 0 1000 28" preserveAspectRatio="none" aria-hidden="true">
      ${parts.map(({ at, shareOfTime, index, name, perFrame }) => barPart(at, shareOfTime, index, `${name}: ${perFrame}`))}
    </svg>
    <ul class="stage-key" aria-hidden="true">
      ${parts.map(({ name, share, index }) => html`<li><i class="stage-${index % 6}"></i>${name} ${share}</li>`)}
    </ul>`;
}

function stagesTable({ view }: PipelineMessage, post: Post): TemplateResult {
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">${t('Stage')}</th>
          <th scope="col" class="figure">${t('Input')}</th>
          <th scope="col">${t('Runs')}</th>
          <th scope="col" class="figure">${t('Each')}</th>
          <th scope="col" class="figure">${t('Per frame')}</th>
          <th scope="col" class="figure">${t('Share')}</th>
          <th scope="col" class="figure">${t('Memory')}</th>
        </tr>
      </thead>
      <tbody>
        ${view.stages.map(
          (stage, index) =>
            html`<tr>
                <th scope="row">
                  ${stage.name}
                  <button
                    class="link model"
                    title=${stage.model}
                    @click=${() => post({ type: 'openModel', stage: index })}
                  >
                    ${stage.model}
                  </button>
                </th>
                <td class="figure">${stage.input}</td>
                <td>${stage.runs}</td>
                <td class="figure">${stage.latency}</td>
                <td class="figure">${stage.perFrame}</td>
                <td class="figure">${stage.share}</td>
                <td class="figure">${stage.memory}</td>
              </tr>
              ${
                stage.problem === null
                  ? nothing
                  : html`<tr class="problem">
                      <td colspan="7">${stage.problem}</td>
                    </tr>`
              }`,
        )}
      </tbody>
    </table>
  </div>`;
}

function changesSection({ view }: PipelineMessage, post: Post): TemplateResult | typeof nothing {
  if (view.changes.length === 0) return nothing;
  return html`<section aria-labelledby="changes-title">
    <h2 id="changes-title">${t('What would help')}</h2>
    <ul class="changes">
      ${view.changes.map(
        ({ label, text, edit, shareOfLargest }, index) =>
          html`<li>
            <span class="label">${label}</span>
            <svg class="gain" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
              <rect width=${100 * shareOfLargest} height="8"></rect>
            </svg>
            <strong>${text}</strong>
            ${
              edit === null
                ? nothing
                : html`<button
                    class="secondary"
                    aria-label=${t('Apply to the file: {0}', label)}
                    @click=${() => post({ type: 'apply', change: index })}
                  >
                    ${t('Apply')}
                  </button>`
            }
          </li>`,
      )}
    </ul>
    <p class="empty">${t('Smaller inputs and skipped frames cost accuracy; check yours before you deploy.')}</p>
  </section>`;
}

function barPart(at: number, share: number, index: number, title: string): SVGTemplateResult {
  return svg`<rect class="stage-${index % 6}" x=${1000 * at} y="0" width=${Math.max(1, 1000 * share - 2)} height="28"><title>${title}</title></rect>`;
}
