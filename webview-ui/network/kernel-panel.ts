import { html, nothing, type TemplateResult } from 'lit-html';
import { formatLatency, formatShare } from '../../src/core/figures';
import { t } from '../../src/core/language';
import { boundWord } from '../../src/core/present/time-breakdown';
import { figure, table } from '../controls/table';
import type { NetworkNode, NetworkView } from '../../src/core/present/network-view';

type Look = (kernel: number) => void;

/** What a kernel is: its nodes, attributes, shapes, weights, time and neighbours. */
export function kernelPanel(
  { nodes }: NetworkView,
  kernel: number | null,
  look: Look,
  blockButton: TemplateResult | typeof nothing,
): TemplateResult {
  const node = kernel === null ? undefined : nodes[kernel];
  if (node === undefined || kernel === null) {
    return html`<div class="kernel"><p class="empty">${t('Choose a kernel to see what it is made of.')}</p></div>`;
  }
  const readers = nodes.flatMap(({ sources }, place) => (sources.includes(kernel) ? [place] : []));
  return html`<div class="kernel" aria-live="polite">
    <h3>${node.name}</h3>
    <p>${node.operators}</p>
    ${blockButton}
    <dl>
      ${fact(t('Time'), timeText(node))} ${node.shape === '' ? nothing : fact(t('Writes'), node.shape)}
      ${node.facts.map(([name, value]) => fact(name, value))}
    </dl>
    ${neighbours(t('Reads from'), node.sources, nodes, look)} ${neighbours(t('Read by'), readers, nodes, look)}
  </div>`;
}

/** The same as a table, which also lets every kernel be chosen. */
export function kernelTable({ nodes, kernels }: NetworkView, look: Look): TemplateResult {
  return html`<details class="figures">
    <summary>${t('Show the kernels as a table')}</summary>
    ${nodes.length < kernels ? html`<p class="empty">${t('The first {0} of {1} kernels.', nodes.length, kernels)}</p>` : nothing}
    <div class="table-frame">
      ${table(
        [t('Kernel'), t('Operators'), t('Writes'), t('Reads from'), figure(t('Time')), figure(t('Share'))],
        nodes.map((node, place) => ({
          cells: [
            html`<button class="link" @click=${() => look(place)}>${node.name}</button>`,
            node.operators,
            node.shape,
            node.sources.map((source) => nodes[source]?.name ?? '').join(', '),
            node.latencyMs === null ? '–' : formatLatency(node.latencyMs),
            shareText(node.share),
          ],
        })),
      )}
    </div>
  </details>`;
}

function fact(name: string, value: string): TemplateResult {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

/** Neighbours that are listed: some kernels have hundreds. */
const maxNeighbours = 8;

function neighbours(label: string, places: readonly number[], nodes: readonly NetworkNode[], look: Look) {
  if (places.length === 0) return nothing;
  const more = places.length - maxNeighbours;
  return html`<p class="neighbours">
    ${label}:
    ${places
      .slice(0, maxNeighbours)
      .map((place) => html`<button class="link" @click=${() => look(place)}>${nodes[place]?.name ?? ''}</button> `)}
    ${more > 0 ? t('and {0} more', more) : nothing}
  </p>`;
}

function timeText({ latencyMs, share, bound }: NetworkNode): string {
  if (latencyMs === null) return t('none of its own, or not known');
  const text = t('{0}, {1} of the whole', formatLatency(latencyMs), shareText(share));
  if (bound === null) return text;
  return `${text}, ${boundWord(bound)}`;
}

function shareText(share: number): string {
  return share > 0 && share < 0.005 ? `<${formatShare(0.01)}` : formatShare(share);
}
