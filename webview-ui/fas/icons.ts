import { html, type TemplateResult } from 'lit-html';

const paths = {
  pin: 'M6 1.5h4l-.6 4.6L12 9v1.2H8.6V15h-1.2v-4.8H4V9l2.6-2.9z',
  hide: 'M1 8s2.6-4.5 7-4.5S15 8 15 8s-2.6 4.5-7 4.5S1 8 1 8zm7 2a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM2 14 14 2',
  edit: 'M2.5 13.5l.6-3L10.6 3l2.4 2.4-7.5 7.5zM9.2 4.4l2.4 2.4',
  remove: 'M3 4.5h10M6.5 4V2.5h3V4m-5 .5.6 9h5.8l.6-9',
} as const;

/** A small drawing on a button, which has the words in its label. */
export function icon(name: keyof typeof paths): TemplateResult {
  return html`<svg class="icon is-${name}" viewBox="0 0 16 16" aria-hidden="true"><path d=${paths[name]} /></svg>`;
}
