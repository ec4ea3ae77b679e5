import { html, nothing, render, svg, type TemplateResult } from 'lit-html';
import type { NetworkView } from '../../src/core/present/network-view';
import { centred, fitted, panned, zoomed, type Camera } from './camera';
import { kernelPanel, kernelTable } from './kernel-panel';
import { layOut, type Box, type Picture, type Wire } from './layout';
import { standaloneSvg } from './standalone-svg';
import { t } from '../../src/core/language';

/** Steps of colour from no time to the most. */
const heatSteps = 5;

/** Height of the picture's frame in pixels. */
const frameHeight = 460;

/** `<network-graph>`: the network after fusion as a graph that is zoomed, searched and looked into, and as a table. */
export class NetworkGraph extends HTMLElement {
  #network: NetworkView | null = null;
  #selected: string | null = null;
  #picture: Picture = { boxes: [], wires: [], width: 0, height: 0 };
  #expanded = new Set<number>();
  /** Place of the kernel that is looked at. */
  #kernel: number | null = null;
  #camera: Camera | null = null;
  #sought = '';
  #drag: { readonly x: number; readonly y: number; readonly camera: Camera } | null = null;

  get network(): NetworkView | null {
    return this.#network;
  }

  set network(network: NetworkView | null) {
    if (network === this.#network) return;
    this.#network = network;
    this.#expanded = new Set();
    this.#kernel = null;
    this.#camera = null;
    this.#layOut();
    this.#follow();
    this.#draw();
  }

  /** What the kernel writes that is to be looked at; null for none. */
  set selected(output: string | null) {
    if (output === this.#selected) return;
    this.#selected = output;
    this.#follow();
    this.#draw();
  }

  connectedCallback(): void {
    // Properties that were set before this bundle was loaded are the element's own, and hide those of the class.
    for (const name of ['network', 'selected'] as const) {
      if (!Object.hasOwn(this, name)) continue;
      const value: unknown = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
    this.#draw();
  }

  #follow(): void {
    const place = this.#network?.nodes.findIndex(({ output }) => output === this.#selected) ?? -1;
    if (place >= 0) this.#look(place);
  }

  #layOut(): void {
    if (this.#network) this.#picture = layOut(this.#network, this.#expanded);
  }

  /** Looks at a kernel: draws it by itself if it is in a collapsed block, and brings it into the middle. */
  #look(kernel: number): void {
    const block = this.#network?.blocks.find(
      ({ first, length, times }) => kernel >= first && kernel < first + length * times,
    );
    if (block !== undefined && kernel !== block.first && !this.#expanded.has(block.first)) this.#toggle(block.first);
    this.#kernel = kernel;
    const box = this.#boxOf(kernel);
    if (box !== undefined) this.#camera = centred(this.#seen(), box);
    this.#draw();
  }

  #toggle(first: number): void {
    if (!this.#expanded.delete(first)) this.#expanded.add(first);
    this.#layOut();
    this.#kernel = first;
    const box = this.#boxOf(first);
    if (box !== undefined) this.#camera = centred(this.#seen(), box);
    this.#draw();
  }

  #boxOf(kernel: number): Box | undefined {
    return this.#picture.boxes.find(
      ({ kernel: own, block }) =>
        own === kernel || (block !== null && kernel >= own && kernel < own + block.length * block.times),
    );
  }

  #frame(): { width: number; height: number } {
    return { width: Math.max(200, this.querySelector('.network-frame')?.clientWidth ?? 800), height: frameHeight };
  }

  #seen(): Camera {
    this.#camera ??= fitted(this.#picture, this.#frame());
    return this.#camera;
  }

  #move(camera: Camera): void {
    this.#camera = camera;
    this.#draw();
  }

  #zoom(by: number, about?: { readonly x: number; readonly y: number }): void {
    const { x, y, width, height } = this.#seen();
    this.#move(zoomed(this.#seen(), by, about ?? { x: x + width / 2, y: y + height / 2 }, this.#frame()));
  }

  #matches(): readonly number[] {
    const sought = this.#sought.trim().toLowerCase();
    if (sought === '' || this.#network === null) return [];
    return this.#network.nodes.flatMap(({ name, operators, facts }, place) => {
      const text = [name, operators, ...facts.map(([, value]) => value)].join('\n').toLowerCase();
      return text.includes(sought) ? [place] : [];
    });
  }

  #press(event: KeyboardEvent): void {
    const count = this.#network?.nodes.length ?? 0;
    const keys: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.#move(panned(this.#seen(), -0.15, 0)),
      ArrowRight: () => this.#move(panned(this.#seen(), 0.15, 0)),
      ArrowUp: () => this.#move(panned(this.#seen(), 0, -0.15)),
      ArrowDown: () => this.#move(panned(this.#seen(), 0, 0.15)),
      '+': () => this.#zoom(1.25),
      '=': () => this.#zoom(1.25),
      '-': () => this.#zoom(0.8),
      '0': () => this.#move(fitted(this.#picture, this.#frame())),
      PageDown: () => this.#look(Math.min(count - 1, (this.#kernel ?? -1) + 1)),
      PageUp: () => this.#look(Math.max(0, (this.#kernel ?? 1) - 1)),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]!();
  }

  #startDrag(event: PointerEvent): void {
    this.#drag = { x: event.clientX, y: event.clientY, camera: this.#seen() };
  }

  #dragTo(event: PointerEvent): void {
    if (this.#drag === null || event.buttons === 0) return;
    const { camera, x, y } = this.#drag;
    const perPixel = camera.width / this.#frame().width;
    const moved = { x: (event.clientX - x) * perPixel, y: (event.clientY - y) * perPixel };
    this.#move({ ...camera, x: camera.x - moved.x, y: camera.y - moved.y });
  }

  /** With Ctrl, as a pinch on a touchpad comes too; without it the page scrolls. */
  #wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const frame = this.querySelector('.network-frame')!.getBoundingClientRect();
    const { x, y, width } = this.#seen();
    const perPixel = width / frame.width;
    const about = { x: x + (event.clientX - frame.left) * perPixel, y: y + (event.clientY - frame.top) * perPixel };
    this.#zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, about);
  }

  #find(event: Event): void {
    this.#sought = (event.target as HTMLInputElement).value;
    this.#draw();
  }

  /** Looks at the next match after the kernel that is looked at. */
  #next(): void {
    const matches = this.#matches();
    const next = matches.find((place) => place > (this.#kernel ?? -1)) ?? matches[0];
    if (next !== undefined) this.#look(next);
  }

  #saveSvg(): void {
    const drawn = this.querySelector<SVGSVGElement>('.network-picture');
    if (drawn === null) return;
    const text = standaloneSvg(drawn, this.#picture);
    this.dispatchEvent(new CustomEvent('save-svg', { detail: text }));
  }

  #draw(): void {
    const network = this.#network;
    if (network === null || !this.isConnected) return;
    const matches = this.#matches();
    const { x, y, width, height } = this.#seen();
    render(
      html`<div class="wrap network-tools">
          <input
            type="search"
            aria-label=${t('Search the kernels')}
            placeholder=${t('Search names, operators, weights')}
            .value=${this.#sought}
            @input=${(event: Event) => this.#find(event)}
            @keydown=${(event: KeyboardEvent) => event.key === 'Enter' && this.#next()}
          />
          <span role="status">${this.#sought.trim() === '' ? '' : t('{0} found', matches.length)}</span>
          <span class="actions network-buttons">
            <button class="secondary" aria-label=${t('Zoom in')} @click=${() => this.#zoom(1.25)}>+</button>
            <button class="secondary" aria-label=${t('Zoom out')} @click=${() => this.#zoom(0.8)}>−</button>
            <button class="secondary" @click=${() => this.#move(fitted(this.#picture, this.#frame()))}>
              ${t('Fit')}
            </button>
            <button class="secondary" @click=${() => this.#saveSvg()}>${t('Save as SVG')}</button>
          </span>
        </div>
        <div class="network-body">
          <div
            class="network-frame"
            tabindex="0"
            role="application"
            aria-roledescription="graph"
            aria-label=${t('The network as a graph; the table below has the same data. Arrow keys move, plus and minus zoom, Page Up and Page Down go from kernel to kernel.')}
            @keydown=${(event: KeyboardEvent) => this.#press(event)}
            @wheel=${(event: WheelEvent) => this.#wheel(event)}
            @pointerdown=${(event: PointerEvent) => this.#startDrag(event)}
            @pointermove=${(event: PointerEvent) => this.#dragTo(event)}
            @pointerup=${() => (this.#drag = null)}
          >
            <svg
              class="network-picture"
              viewBox=${`${x} ${y} ${width} ${height}`}
              height=${frameHeight}
              aria-hidden="true"
            >
              ${this.#picture.wires.map((wire) => wirePath(wire, String(this.#kernel)))}
              ${this.#picture.boxes.map((box) => this.#box(box, matches))}
            </svg>
          </div>
          ${kernelPanel(network, this.#kernel, (kernel) => this.#look(kernel), this.#blockButton())}
        </div>
        <p class="muted heat-key" aria-hidden="true">
          ${t('Share of the time: less')}
          ${Array.from({ length: heatSteps }, (_, step) => html`<span class=${`heat-swatch heat-${step}`}></span>`)}
          ${t('more')}
        </p>
        ${kernelTable(network, (kernel) => this.#look(kernel))}`,
      this,
    );
  }

  #blockButton(): TemplateResult | typeof nothing {
    const kernel = this.#kernel;
    const block = this.#network?.blocks.find(
      ({ first, length, times }) => kernel !== null && kernel >= first && kernel < first + length * times,
    );
    if (block === undefined) return nothing;
    const label = this.#expanded.has(block.first)
      ? t('Collapse the repeated block')
      : t('Draw all {0} repetitions', block.times);
    return html`<button class="secondary" @click=${() => this.#toggle(block.first)}>${label}</button>`;
  }

  #box(box: Box, matches: readonly number[]): TemplateResult {
    const { kernel, block, share, title, detail } = box;
    const most = this.#network!.nodes.reduce((largest, node) => Math.max(largest, node.share), 0);
    const heat = share === 0 ? 0 : Math.min(heatSteps - 1, 1 + Math.floor((share / most) * (heatSteps - 1)));
    const end = block === null ? kernel + 1 : kernel + block.length * block.times;
    const isSought = matches.some((place) => place >= kernel && place < end);
    const isSelected = this.#kernel !== null && this.#kernel >= kernel && this.#kernel < end;
    const classes = ['box', `heat-${heat}`, block && 'is-block', isSought && 'is-sought', isSelected && 'is-selected'];
    const [left, top] = [box.x - box.width / 2, box.y - box.height / 2];
    return svg`<g class=${classes.filter(Boolean).join(' ')} @click=${() => this.#look(kernel)}
        @dblclick=${() => block && this.#toggle(block.first)}>
      <rect x=${left} y=${top} width=${box.width} height=${box.height} rx="5" />
      <text x=${box.x} y=${box.y - 4} text-anchor="middle">${cut(title)}</text>
      <text class="box-detail" x=${box.x} y=${box.y + 13} text-anchor="middle">${cut(detail)}</text>
    </g>`;
  }
}

function wirePath({ from, to, points }: Wire, selected: string): TemplateResult {
  const [start, ...rest] = points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`);
  const isSelected = from === selected || to === selected;
  return svg`<path class=${isSelected ? 'wire is-selected' : 'wire'} d=${`M${start}L${rest.join('L')}`} />`;
}

/** Characters that a box has room for. */
function cut(text: string): string {
  return text.length > 30 ? `${text.slice(0, 29)}…` : text;
}
