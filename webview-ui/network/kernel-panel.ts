import { html, nothing, type TemplateResult } from 'lit-html';
import { formatLatency, formatShare } from '../../src/core/figures';
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
    return html`<div class="kernel"><p class="empty">Choose a kernel to see what it is made of.</p></div>`;
  }
  const readers = nodes.flatMap(({ sources }, place) => (sources.includes(kernel) ? [place] : []));
  return html`<div class="kernel" aria-live="polite">
    <h3>${node.name}</h3>
    <p>${node.operators}</p>
    ${blockButton}
    <dl>
      ${fact('Time', timeText(node))} ${node.shape === '' ? nothing : fact('Writes', node.shape)}
      ${node.facts.map(([name, value]) => fact(name, value))}
    </dl>
    ${neighbours('Reads from', node.sources, nodes, look)} ${neighbours('Read by', readers, nodes, look)}
  </div>`;
}

/** The same as a table, which also lets every kernel be chosen. */
export function kernelTable({ nodes, kernels }: NetworkView, look: Look): TemplateResult {
  return html`<details class="figures">
    <summary>Show the kernels as a table</summary>
    ${nodes.length < kernels ? html`<p class="empty">The first ${nodes.length} of ${kernels} kernels.</p>` : nothing}
    <div class="table-frame">
      <table>
        <thead>
          <tr>
            <th scope="col">Kernel</th>
            <th scope="col">Operators</th>
            <th scope="col">Writes</th>
            <th scope="col">Reads from</th>
            <th scope="col" class="figure">Time</th>
            <th scope="col" class="figure">Share</th>
          </tr>
        </thead>
        <tbody>
          ${nodes.map(
            (node, place) =>
              html`<tr>
                <th scope="row"><button class="link" @click=${() => look(place)}>${node.name}</button></th>
                <td>${node.operators}</td>
                <td>${node.shape}</td>
                <td>${node.sources.map((source) => nodes[source]?.name ?? '').join(', ')}</td>
                <td class="figure">${node.latencyMs === null ? '–' : formatLatency(node.latencyMs)}</td>
                <td class="figure">${shareText(node.share)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
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
const mostNeighbours = 8;

function neighbours(label: string, places: readonly number[], nodes: readonly NetworkNode[], look: Look) {
  if (places.length === 0) return nothing;
  const more = places.length - mostNeighbours;
  return html`<p class="neighbours">
    ${label}:
    ${places
      .slice(0, mostNeighbours)
      .map((place) => html`<button class="link" @click=${() => look(place)}>${nodes[place]?.name ?? ''}</button> `)}
    ${more > 0 ? `and ${more} more` : nothing}
  </p>`;
}

function timeText({ latencyMs, share, bound }: NetworkNode): string {
  if (latencyMs === null) return 'none of its own, or not known';
  return `${formatLatency(latencyMs)}, ${shareText(share)} of the whole${bound === null ? '' : `, ${bound}-bound`}`;
}

function shareText(share: number): string {
  return share > 0 && share < 0.005 ? '<1%' : formatShare(share);
}
