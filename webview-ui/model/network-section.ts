import { html, nothing } from 'lit-html';
import type { ModelMessage } from '../../src/protocol/model-page';
import { saveSvgOf } from '../../src/protocol/chart-export';
import type { Post, View } from './view';
import { t } from '../../src/core/language';

/** The network as a graph, which is read and laid out when it is opened. */
export function networkSection(message: ModelMessage, view: View, post: Post) {
  const { network, networkIsOpen, kernel } = view;
  return html`<section class="network" aria-labelledby="network-title">
    <details
      ?open=${networkIsOpen}
      @toggle=${(event: Event) => view.openNetwork((event.target as HTMLDetailsElement).open)}
    >
      <summary><h2 id="network-title">${t('Network')}</h2></summary>
      ${
        !networkIsOpen
          ? nothing
          : network === null
            ? html`<p class="empty" role="status">${t('Drawing the network…')}</p>`
            : network.ok
              ? html`<network-graph
                  .network=${network.value}
                  .selected=${kernel}
                  @save-svg=${({ detail }: CustomEvent<string>) =>
                    post(saveSvgOf(`${message.fileName}-network`, detail))}
                ></network-graph>`
              : html`<p class="empty">${network.error}</p>`
      }
    </details>
  </section>`;
}
