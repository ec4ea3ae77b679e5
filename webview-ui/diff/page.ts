import { html, nothing, type TemplateResult } from 'lit-html';
import type { DiffRow } from '../../src/core/present/diff-view';
import type { DiffMessage, DiffPageMessage } from '../../src/protocol/diff-page';
import type { CommonMessage } from '../../src/protocol/page';

/** The whole page: the answer, then tables of what differs; those that would be empty are left out. */
export function diffPage(
  message: DiffMessage,
  post: (message: DiffPageMessage | CommonMessage) => void,
): TemplateResult {
  const { headline, place, beforeName, afterName, facts, kinds, operators, kernels, otherKernels, concerns } = message;
  const open = (which: 'before' | 'after', name: string) =>
    html`<button class="secondary" @click=${() => post({ type: 'open', which })}>Open ${name}</button>`;
  const names = [beforeName, afterName] as const;
  return html`<main class="diff">
    <header class="title">
      <div class="title-text">
        <h1>${beforeName} → ${afterName}</h1>
        <p class="subtitle"><strong>${headline}</strong> on ${place}</p>
      </div>
      ${open('before', beforeName)} ${open('after', afterName)}
      <button class="secondary" @click=${() => post({ type: 'swap' })}>Swap</button>
    </header>
    ${
      concerns.length === 0
        ? nothing
        : html`<ul>
            ${concerns.map((sentence) => html`<li>${sentence}</li>`)}
          </ul>`
    }
    ${table('facts', 'Figures', 'Figure', facts, names)} ${table('kinds', 'Time by kind', 'Kind', kinds, names)}
    ${table('operators', 'Operators', 'Operator', operators, names)}
    ${table('kernels', 'Kernels gained and lost', 'Kernel', kernels, names)}
    ${otherKernels === 0 ? nothing : html`<p>And ${otherKernels} more.</p>`}
  </main>`;
}

function table(
  id: string,
  title: string,
  subject: string,
  rows: readonly DiffRow[],
  [before, after]: readonly [string, string],
): TemplateResult | typeof nothing {
  if (rows.length === 0) return nothing;
  return html`<section aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">${subject}</th>
          <th scope="col">${before}</th>
          <th scope="col">${after}</th>
          <th scope="col">Change</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              <th scope="row">${row.name}</th>
              <td>${row.before}</td>
              <td>${row.after}</td>
              <td>${row.change}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}
