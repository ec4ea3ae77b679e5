import { html, nothing, type TemplateResult } from 'lit-html';
import { fasMetrics } from '../../src/core/fas/model';
import { t, wholeNumber } from '../../src/core/language';
import { metricName } from '../../src/core/fas/rows';
import { arrangedRows, fasScatter } from '../../src/core/fas/view';
import { chartFrame } from '../chart/chart-frame';
import { switchOf } from '../controls/switch';
import { formSection } from './form';
import { scatterSpec } from './scatter';
import { tableSection } from './table';
import { noNotice, type FasView } from './view';

/** The whole page, which is the side bar's view, too. */
export function fasPage(view: FasView): TemplateResult {
  const { message, arrangement, metric, form, notice } = view;
  const rows = arrangedRows(message.rows, arrangement);
  const scatter = fasScatter(rows, metric);
  const fronts = new Set(scatter.groups.flatMap(({ front }) => front.map(({ id }) => id)));
  const metrics = fasMetrics.map((each) => [each, metricName(each)] as const);
  return html`<main class="fas">
    ${header(view)} ${message.problems.length === 0 ? nothing : problemsNote(message.problems)}
    ${notice.sentences.length === 0 ? nothing : noticeBox(view)} ${form === null ? nothing : formSection(view, form)}
    <section class="scatter" aria-labelledby="scatter-title">
      <div class="section-head">
        <h2 id="scatter-title">${t('FPS against error rate')}</h2>
        ${switchOf(t('Error rate'), metrics, metric, (each) => view.show({ metric: each }))}
      </div>
      ${
        scatter.groups.length === 0
          ? html`<p class="empty">${t('No model shown has both an FPS figure and {0}.', metricName(metric))}</p>`
          : chartFrame(scatterSpec(scatter, rows, message.targetFps), view.post)
      }
      ${scatter.sentences.map((sentence) => html`<p class="advice">${sentence}</p>`)}
    </section>
    ${tableSection(view, rows, fronts)}
  </main>`;
}

function header({ message, post, show }: FasView): TemplateResult {
  const byHand = (): void => show({ form: { draft: null, id: null, fields: {}, about: [], problems: [] } });
  return html`<header class="title">
    <div class="title-text">
      ${
        message.place === 'view'
          ? html`<h1 class="visually-hidden">${t('Face anti-spoofing models')}</h1>`
          : html`<h1>${t('Face anti-spoofing models')}</h1>
              <p class="subtitle">${t('Table 3 of the paper, with your own models added.')}</p>`
      }
    </div>
    <div class="actions">
      <button class="primary" @click=${() => post({ type: 'addFromFile' })}>${t('Add from File…')}</button>
      <button class="secondary" @click=${byHand}>${t('Add by Hand')}</button>
      <button class="secondary" @click=${() => post({ type: 'importCsv' })}>${t('Import CSV…')}</button>
      <button class="link" @click=${() => post({ type: 'setTarget' })}>
        ${message.targetFps === null ? t('Set a target') : t('Change target')}
      </button>
      ${
        message.place === 'view'
          ? html`<button class="link" @click=${() => post({ type: 'openPage' })}>${t('Open as page')}</button>`
          : nothing
      }
    </div>
  </header>`;
}

function problemsNote(problems: readonly string[]): TemplateResult {
  return html`<section class="note is-caution" aria-label=${t('Problems')}>
    <ul>
      ${problems.slice(0, 20).map((problem) => html`<li>${problem}</li>`)}
      ${problems.length > 20 ? html`<li>${t('And {0} more.', wholeNumber(problems.length - 20))}</li>` : nothing}
    </ul>
  </section>`;
}

function noticeBox({ notice, show, post }: FasView): TemplateResult {
  return html`<section class="note is-notice" aria-label=${t('Last change')}>
    <div role="status">
      <ul>
        ${notice.sentences.map((sentence) => html`<li>${sentence}</li>`)}
      </ul>
    </div>
    <div class="actions">
      ${notice.canUndo ? html`<button class="link" @click=${() => post({ type: 'undo' })}>${t('Undo')}</button>` : nothing}
      <button class="link" @click=${() => show({ notice: noNotice })}>${t('Dismiss')}</button>
    </div>
  </section>`;
}
