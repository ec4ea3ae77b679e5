import type { ChartDataset } from 'chart.js';
import { html, nothing, type TemplateResult } from 'lit-html';
import { formatLatency } from '../../src/core/figures';
import { t, withDecimalMark } from '../../src/core/language';
import { shortName } from '../../src/core/text';
import type { Run, RunResult } from '../../src/protocol/benchmark-page';
import { chartFrame } from '../chart/chart-frame';
import type { ChartSpec } from '../chart/chart-spec';
import { axisStyle, type Palette } from '../chart/palette';
import { figure, table } from '../controls/table';
import type { PageContext } from './runs';
import { compact } from '../../src/core/compact';

type Layers = NonNullable<RunResult['layers']>;
type Layer = Layers[number];

/** Bars that fit one look at the chart, and rows that the page shows at once; the chart's table has all. */
const maxBars = 12;
const maxRows = 15;

function fusionName(fusion: Layer['fusion']): string {
  switch (fusion) {
    case 'as-assumed':
      return t('as assumed');
    case 'otherwise':
      return t('fused differently');
    case 'unmatched':
      return t('unmatched');
    case 'not-measured':
      return t('not measured');
  }
}

/** Measured and predicted time of each fused kernel, or the button that measures them. */
export function layersSection(
  run: Run,
  { layers }: RunResult,
  { post, selected }: PageContext,
): TemplateResult | typeof nothing {
  // PyTorch does not tell the times of layers.
  if (!run.runtime.startsWith('tensorrt')) return nothing;
  const measure = html`<button class="secondary" @click=${() => post({ type: 'layers', run: selected })}>
    ${layers ? t('Measure again') : t('Measure time per layer')}
  </button>`;
  if (!layers) {
    return html`<section class="layers" aria-labelledby="layers-title">
      <h2 id="layers-title">${t('Time per layer')}</h2>
      <p class="subtitle">
        ${t('Measures this model again and then, in a pass of its own, the time of each layer of the engine. The profiler slows the network down, so that pass does not count towards the FPS.')}
      </p>
      <p class="accept">${measure}</p>
    </section>`;
  }
  return html`<section class="layers" aria-labelledby="layers-title">
    <div class="section-head">
      <h2 id="layers-title">${t('Time per layer')}</h2>
      ${measure}
    </div>
    <p class="subtitle">${summary(layers)}</p>
    ${chartFrame(layersChart(run, layers), post)}
    ${table(
      [t('Layer'), figure(t('Measured')), figure(t('Predicted')), t('Fusion')],
      layers.slice(0, maxRows).map(({ name, measuredMs, predictedMs, fusion }) => ({
        cells: [
          html`<span title=${name}>${shortName(name)}</span>`,
          milliseconds(measuredMs),
          milliseconds(predictedMs),
          fusionName(fusion),
        ],
        kind: fusion === 'as-assumed' ? '' : 'is-marked',
      })),
      'layer-times',
    )}
  </section>`;
}

function summary(layers: Layers): string {
  const total = (kept: (layer: Layer) => boolean): number =>
    layers.filter(kept).reduce((sum, { measuredMs }) => sum + (measuredMs ?? 0), 0);
  const measured = layers.filter(({ measuredMs }) => measuredMs !== null);
  const otherwise = measured.filter(({ fusion }) => fusion === 'otherwise').length;
  const unmatched = measured.filter(({ fusion }) => fusion === 'unmatched').length;
  const parts = compact([
    t('{0} in total, measured with the profiler.', formatLatency(total(() => true))),
    otherwise !== 0 &&
      t(
        '{0, plural, one {# layer is} other {# layers are}} fused differently from what the prediction assumes.',
        otherwise,
      ),
    unmatched !== 0 &&
      t(
        '{0, plural, one {# layer} other {# layers}} ({1}) cannot be matched with a kernel of the model by name.',
        unmatched,
        formatLatency(total(({ fusion }) => fusion === 'unmatched')),
      ),
  ]);
  return parts.join(' ');
}

function milliseconds(value: number | null): string {
  return value === null ? '–' : formatLatency(value);
}

const series = [
  { label: () => t('Measured'), colour: '--chart-landmark', of: ({ measuredMs }: Layer) => measuredMs },
  { label: () => t('Predicted'), colour: '--chart-model', of: ({ predictedMs }: Layer) => predictedMs },
] as const;

/** Without a prediction for any layer, there are no empty bars for one. */
function seriesOf(layers: Layers) {
  return series.filter(({ of }) => layers.some((layer) => of(layer) !== null));
}

function layersChart(run: Run, layers: Layers): ChartSpec {
  return {
    id: 'layers',
    title: t('Time per layer of {0}', run.model),
    subtitle: t(
      '{0}; the {1} slowest of {2} rows, in milliseconds',
      run.runtimeName,
      Math.min(layers.length, maxBars),
      layers.length,
    ),
    fileName: `layers ${run.model} ${run.runtime}`,
    configure: (palette) => configuration(layers.slice(0, maxBars), palette),
    legend: seriesOf(layers).map(({ label, colour }) => ({ label: label(), mark: 'bar', colour, filled: true })),
    table: () => ({
      columns: [
        { name: t('Layer') },
        { name: t('Measured (ms)'), format: (value) => withDecimalMark(value.toPrecision(3)) },
        { name: t('Predicted (ms)'), format: (value) => withDecimalMark(value.toPrecision(3)) },
        { name: t('Fusion') },
      ],
      rows: layers.map(({ name, measuredMs, predictedMs, fusion }) => ({
        cells: [name, measuredMs, predictedMs, fusionName(fusion)],
      })),
    }),
    tableTitle: t('Show all {0} rows', layers.length),
  };
}

function configuration(layers: Layers, palette: Palette) {
  const axis = axisStyle(palette);
  return {
    type: 'bar' as const,
    data: {
      labels: layers.map(({ name, fusion }) => {
        const short = name.length > 32 ? `…${name.slice(-31)}` : name;
        return fusion === 'as-assumed' ? short : `${short} (${fusionName(fusion)})`;
      }),
      datasets: seriesOf(layers).map(({ label, colour, of }): ChartDataset<'bar'> => ({
        data: layers.map((layer) => of(layer) ?? 0),
        backgroundColor: palette.colour(colour),
        label: label(),
      })),
    },
    options: {
      indexAxis: 'y' as const,
      scales: {
        x: { title: axis.title(t('Milliseconds')), grid: axis.grid, ticks: axis.ticks },
        y: { grid: { display: false }, ticks: { ...axis.ticks, autoSkip: false } },
      },
    },
  };
}
