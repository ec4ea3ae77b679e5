import type { Chart, ChartConfiguration } from 'chart.js';
import { noChange, type ElementPart } from 'lit-html';
import { AsyncDirective } from 'lit-html/async-directive.js';
import { directive, PartType, type PartInfo } from 'lit-html/directive.js';
import { currentLanguage } from '../../src/core/language';
import type * as Engine from './chart-engine';
import type { ChartSpec } from './chart-spec';
import { isDrawn, moveOnKey, pointLines, select, selectionOf, selectionRing } from './keyboard';
import { readPalette, tooltipStyle, type Palette } from './palette';

/** null until a chart is drawn: it is two thirds of what a page loads, and no figure waits for it. */
let engine: typeof Engine | null = null;

/** Loads Chart.js. */
export async function chartEngine(): Promise<typeof Engine> {
  return (engine ??= await import('./chart-engine'));
}

/** Draws a chart on its canvas, again for every theme, and lets the keyboard move through its points. */
export const liveChart = directive(
  class extends AsyncDirective {
    private canvas: HTMLCanvasElement | null = null;
    private spec: ChartSpec | null = null;
    private chart: Chart | null = null;
    private readonly redraw = (): void => this.draw();

    constructor(part: PartInfo) {
      super(part);
      if (part.type !== PartType.ELEMENT) throw new Error('A chart is drawn on a canvas element.');
    }

    override update({ element }: ElementPart, [spec]: [ChartSpec]): typeof noChange {
      if (this.canvas === null) {
        this.canvas = element as HTMLCanvasElement;
        this.canvas.addEventListener('keydown', (event) => this.chart && moveOnKey(this.chart, event));
        this.canvas.addEventListener('blur', () => this.chart && select(this.chart, null));
        themeListeners.add(this.redraw);
      }
      this.spec = spec;
      // The canvas is not on the page yet when it is rendered for the first time, and then has no size.
      queueMicrotask(this.redraw);
      return noChange;
    }

    // Only its parameters matter: what pages pass. Everything happens in `update`.
    render(spec: ChartSpec): typeof noChange {
      this.spec = spec;
      return noChange;
    }

    protected override disconnected(): void {
      themeListeners.delete(this.redraw);
      this.chart?.destroy();
      this.chart = null;
    }

    protected override reconnected(): void {
      themeListeners.add(this.redraw);
      queueMicrotask(this.redraw);
    }

    private draw(): void {
      const { canvas, spec } = this;
      if (canvas === null || spec === null || !this.isConnected) return;
      if (engine === null) return void chartEngine().then(this.redraw);
      const selected = this.chart && selectionOf(this.chart);
      this.chart?.destroy();
      const palette = readPalette();
      this.chart = new engine.Chart(canvas, completed(spec, palette, { onPage: true }));
      if (selected && isDrawn(this.chart, selected)) select(this.chart, selected);
    }
  },
);

/** A chart's configuration with what all charts have in common. */
export function completed(spec: ChartSpec, palette: Palette, place: { readonly onPage: boolean }): ChartConfiguration {
  const configuration = spec.configure(palette) as ChartConfiguration;
  const { options = {} } = configuration;
  return {
    ...configuration,
    plugins: [...(configuration.plugins ?? []), selectionRing(palette)],
    options: {
      layout: { padding: { top: 8, right: 12 } },
      interaction: { mode: 'nearest', intersect: true },
      ...options,
      locale: currentLanguage().locale,
      animation: false,
      responsive: place.onPage,
      maintainAspectRatio: false,
      plugins: {
        ...options.plugins,
        tooltip: {
          ...tooltipStyle(palette),
          ...options.plugins?.tooltip,
          callbacks: { title: () => '', label: ({ raw }) => pointLines(raw), ...options.plugins?.tooltip?.callbacks },
        },
      },
    },
  };
}

/** One observer for all charts: the theme changes by the body's class and by the variables on the root element. */
const themeListeners = new Set<() => void>();
let isRedrawing = false;
const themeObserver = new MutationObserver(() => {
  if (isRedrawing) return;
  isRedrawing = true;
  queueMicrotask(() => {
    isRedrawing = false;
    themeListeners.forEach((redraw) => redraw());
  });
});
themeObserver.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
themeObserver.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
