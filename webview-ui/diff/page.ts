import { html, nothing, type TemplateResult } from 'lit-html';
import { t, wholeNumber } from '../../src/core/language';
import type { DiffRow } from '../../src/core/present/diff-view';
import type { DiffMessage, DiffPage } from '../../src/protocol/diff-page';
import { table } from '../controls/table';
import type { Post } from '../../src/protocol/page';

/** The whole page: the answer, then tables of what differs; those that would be empty are left out. */
export function diffPage(message: DiffMessage, post: Post<DiffPage>): TemplateResult {
  const { headline, deployment, beforeName, afterName, facts, kinds, operators, kernels, otherKernels, concerns } =
    message;
  const open = (which: 'before' | 'after', name: string) =>
    html`<button class="secondary" @click=${() => post({ type: 'open', which })}>${t('Open {0}', name)}</button>`;
  const names = [beforeName, afterName] as const;
  return html`<main class="diff">
    <header class="title">
      <div class="title-text">
        <h1>${beforeName} → ${afterName}</h1>
        <p class="subtitle"><strong>${headline}</strong> ${t('on {0}', deployment)}</p>
      </div>
      ${open('before', beforeName)} ${open('after', afterName)}
      <button class="secondary" @click=${() => post({ type: 'swap' })}>${t('Swap')}</button>
    </header>
    ${
      concerns.length === 0
        ? nothing
        : html`<ul>
            ${concerns.map((sentence) => html`<li>${sentence}</li>`)}
          </ul>`
    }
    ${section('facts', t('Figures'), t('Figure'), facts, names)}
    ${section('kinds', t('Time by kind'), t('Kind'), kinds, names)}
    ${section('operators', t('Operators'), t('Operator'), operators, names)}
    ${section('kernels', t('Kernels gained and lost'), t('Kernel'), kernels, names)}
    ${otherKernels === 0 ? nothing : html`<p>${t('And {0} more.', wholeNumber(otherKernels))}</p>`}
  </main>`;
}

function section(
  id: string,
  title: string,
  subject: string,
  rows: readonly DiffRow[],
  [before, after]: readonly [string, string],
): TemplateResult | typeof nothing {
  if (rows.length === 0) return nothing;
  return html`<section aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${table(
      [subject, before, after, t('Difference')],
      rows.map((row) => ({ cells: [row.name, row.before, row.after, row.change] })),
    )}
  </section>`;
}
