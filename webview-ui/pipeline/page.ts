import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit-html';
import { t } from '../../src/core/language';
import type { NoPipelineMessage, PipelineMessage, PipelinePage } from '../../src/protocol/pipeline-page';
import { figure, table, type TableRow } from '../controls/table';
import type { Post as PostOf } from '../../src/protocol/page';
import { chartFrame } from '../chart/chart-frame';
import { deploymentPickers } from '../controls/deployment-pickers';
import { facesChartSpec } from './chart';

type Post = PostOf<PipelinePage>;

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
        ${deploymentPickers(message.devices, message.choice, (choice) => post({ type: 'choose', choice }))}
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
    <ul class="wrap stage-key" aria-hidden="true">
      ${parts.map(({ name, share, index }) => html`<li><i class="stage-${index % 6}"></i>${name} ${share}</li>`)}
    </ul>`;
}

function stagesTable({ view }: PipelineMessage, post: Post): TemplateResult {
  const rows = view.stages.flatMap((stage, index): TableRow[] => [
    {
      cells: [
        html`${stage.name}
          <button class="link model" title=${stage.model} @click=${() => post({ type: 'openModel', stage: index })}>
            ${stage.model}
          </button>`,
        stage.input,
        stage.runs,
        stage.latency,
        stage.perFrame,
        stage.share,
        stage.memory,
      ],
    },
    ...(stage.problem === null ? [] : [{ cells: [stage.problem], kind: 'problem' }]),
  ]);
  const heads = [
    t('Stage'),
    figure(t('Input')),
    t('Runs'),
    ...[t('Each'), t('Per frame'), t('Share'), t('Memory')].map((name) => figure(name)),
  ];
  return html`<div class="scroll">${table(heads, rows)}</div>`;
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
