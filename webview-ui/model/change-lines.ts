import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChangeView } from '../../src/core/present/change-view';
import type { ModelMessage } from '../../src/protocol/model-page';
import type { Post, View } from './view';
import { t } from '../../src/core/language';

/** Under a verdict that is not met: what to change, a button each, the unusual behind *More*. */
export function changeLines(message: ModelMessage, view: View, post: Post): TemplateResult | typeof nothing {
  const { verdict } = message.view;
  if (message.targetFps === null || verdict === null || (verdict.ratio ?? 1) >= 1) return nothing;
  return html`<div class="changes" aria-label=${t('What to change')} role="group">
    <h2>${t('What to change')}</h2>
    ${body(message, view, post)}
  </div>`;
}

function body(message: ModelMessage, { plans, hasFailed }: View, post: Post): TemplateResult {
  if (plans === null) {
    return html`<p class="empty" role="status">
      ${hasFailed ? t('This could not be computed.') : t('Looking for what would help…')}
    </p>`;
  }
  const { first = [], more = [], none = null } = plans.changes ?? {};
  return html`${none === null ? nothing : html`<p class="empty">${none}</p>`}
    <ul>
      ${first.map((change) => line(change, message, post))}
    </ul>
    ${
      more.length === 0
        ? nothing
        : html`<details>
            <summary>${t('More')}</summary>
            <ul>
              ${more.map((change) => line(change, message, post))}
            </ul>
          </details>`
    }`;
}

function line(view: ChangeView, message: ModelMessage, post: Post): TemplateResult {
  const { what, throughput, note } = view;
  const act = action(view, message, post);
  return html`<li>
    ${
      act === null
        ? html`<span class="change-what">${what}</span>`
        : html`<button class="link" title=${act.title} @click=${act.run}>${what}</button>`
    }
    <strong>${throughput}</strong>
    ${note === '' ? nothing : html`<span class="muted change-note">${note}</span>`}
  </li>`;
}

/** What a click does; null where there is nothing that the page could do. */
function action(
  { change }: ChangeView,
  { choice, size }: ModelMessage,
  post: Post,
): { readonly title: string; run(): void } | null {
  switch (change.kind) {
    case 'resolution': {
      const { size: image } = change;
      return {
        title: t('Predict at this size'),
        run: () => post({ type: 'resize', size: { ...size, image } }),
      };
    }
    case 'runtime': {
      const { runtime } = change.estimate;
      return {
        title: t('Predict with this runtime'),
        run: () => post({ type: 'choose', choice: { ...choice, runtime } }),
      };
    }
    case 'board': {
      const { device, runtime } = change.estimate;
      const powerMode = change.powerMode ?? undefined;
      return {
        title: t('Predict for this board'),
        run: () => post({ type: 'choose', choice: { device, runtime, powerMode } }),
      };
    }
    case 'member': {
      const { resolution } = change.estimate;
      return {
        title: t('Create {0} with random weights, to look at it and to measure it', change.member.name),
        run: () => post({ type: 'create', member: change.member.name, resolution }),
      };
    }
    case 'unpublished':
      return null;
  }
}
