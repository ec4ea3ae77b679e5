import type { ChartDataset } from 'chart.js';
import { html, nothing, type TemplateResult } from 'lit-html';
import { formatLatency } from '../../src/core/figures';
import { shortName } from '../../src/core/text';
import type { Run, RunResult } from '../../src/protocol/benchmark-page';
import { chartFrame } from '../chart/chart-frame';
import type { ChartSpec } from '../chart/chart-spec';
import { axisStyle, type Palette } from '../chart/palette';
import type { PageContext } from './runs';

type Layers = NonNullable<RunResult['layers']>;
type Layer = Layers[number];

/** Bars that fit one look at the chart, and rows that the page shows at once; the chart's table has all. */
const maxBars = 12;
const maxRows = 15;

const fusionNames: Record<Layer['fusion'], string> = {
  'as-assumed': 'as assumed',
  otherwise: 'fused differently',
  unmatched: 'unmatched',
  'not-measured': 'not measured',
};

/** Measured and predicted time of each fused kernel, or the button that measures them. */
export function layersSection(
  run: Run,
  { layers }: RunResult,
  { post, selected }: PageContext,
): TemplateResult | typeof nothing {
  // PyTorch does not tell the times of layers.
  if (!run.runtime.startsWith('tensorrt')) return nothing;
  const measure = html`<button class="secondary" @click=${() => post({ type: 'layers', run: selected })}>
    ${layers ? 'Measure again' : 'Measure time per layer'}
  </button>`;
  if (!layers) {
    return html`<section class="layers" aria-labelledby="layers-title">
      <h2 id="layers-title">Time per layer</h2>
      <p class="subtitle">
        Measures this model again and then, in a pass of its own, the time of each layer of the engine. The profiler
        slows the network down, so that pass does not count towards the FPS.
      </p>
      <p class="accept">${measure}</p>
    </section>`;
  }
  return html`<section class="layers" aria-labelledby="layers-title">
    <div class="section-head">
      <h2 id="layers-title">Time per layer</h2>
      ${measure}
    </div>
    <p class="subtitle">${summary(layers)}</p>
    ${chartFrame(layersChart(run, layers), post)}
    <table class="layer-times">
      <thead>
        <tr>
          <th scope="col">Layer</th>
          <th scope="col" class="figure">Measured</th>
          <th scope="col" class="figure">Predicted</th>
          <th scope="col">Fusion</th>
        </tr>
      </thead>
      <tbody>
        ${layers.slice(0, maxRows).map(
          ({ name, measuredMs, predictedMs, fusion }) =>
            html`<tr class=${fusion === 'as-assumed' ? '' : 'is-marked'}>
              <th scope="row" title=${name}>${shortName(name)}</th>
              <td class="figure">${milliseconds(measuredMs)}</td>
              <td class="figure">${milliseconds(predictedMs)}</td>
              <td>${fusionNames[fusion]}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function summary(layers: Layers): string {
  const total = (kept: (layer: Layer) => boolean): number =>
    layers.filter(kept).reduce((sum, { measuredMs }) => sum + (measuredMs ?? 0), 0);
  const measured = layers.filter(({ measuredMs }) => measuredMs !== null);
  const otherwise = measured.filter(({ fusion }) => fusion === 'otherwise').length;
  const unmatched = measured.filter(({ fusion }) => fusion === 'unmatched').length;
  const parts = [
    `${formatLatency(total(() => true))} in total, measured with the profiler.`,
    ...(otherwise === 0
      ? []
      : [`${count(otherwise)} ${otherwise === 1 ? 'is' : 'are'} fused differently from what the prediction assumes.`]),
    ...(unmatched === 0
      ? []
      : [
          `${count(unmatched)} (${formatLatency(total(({ fusion }) => fusion === 'unmatched'))}) cannot be matched with a kernel of the model by name.`,
        ]),
  ];
  return parts.join(' ');
}

function count(layers: number): string {
  return layers === 1 ? '1 layer' : `${layers} layers`;
}

function milliseconds(value: number | null): string {
  return value === null ? '–' : formatLatency(value);
}

const series = [
  { label: 'Measured', colour: '--chart-landmark', of: ({ measuredMs }: Layer) => measuredMs },
  { label: 'Predicted', colour: '--chart-model', of: ({ predictedMs }: Layer) => predictedMs },
] as const;

/** Without a prediction for any layer, there are no empty bars for one. */
function seriesOf(layers: Layers) {
  return series.filter(({ of }) => layers.some((layer) => of(layer) !== null));
}

function layersChart(run: Run, layers: Layers): ChartSpec {
  return {
    id: 'layers',
    title: `Time per layer of ${run.model}`,
    subtitle: `${run.runtimeName}; the ${Math.min(layers.length, maxBars)} slowest of ${layers.length} rows, in milliseconds`,
    fileName: `layers ${run.model} ${run.runtime}`,
    configure: (palette) => configuration(layers.slice(0, maxBars), palette),
    legend: seriesOf(layers).map(({ label, colour }) => ({ label, mark: 'bar', colour, filled: true })),
    table: {
      columns: [
        { name: 'Layer' },
        { name: 'Measured (ms)', format: (value) => value.toPrecision(3) },
        { name: 'Predicted (ms)', format: (value) => value.toPrecision(3) },
        { name: 'Fusion' },
      ],
      rows: layers.map(({ name, measuredMs, predictedMs, fusion }) => ({
        cells: [name, measuredMs, predictedMs, fusionNames[fusion]],
      })),
    },
    tableTitle: `Show all ${layers.length} rows`,
  };
}

function configuration(layers: Layers, palette: Palette) {
  const axis = axisStyle(palette);
  return {
    type: 'bar' as const,
    data: {
      labels: layers.map(({ name, fusion }) => {
        const short = name.length > 32 ? `…${name.slice(-31)}` : name;
        return fusion === 'as-assumed' ? short : `${short} (${fusionNames[fusion]})`;
      }),
      datasets: seriesOf(layers).map(({ label, colour, of }): ChartDataset<'bar'> => ({
        data: layers.map((layer) => of(layer) ?? 0),
        backgroundColor: palette.colour(colour),
        label,
      })),
    },
    options: {
      indexAxis: 'y' as const,
      scales: {
        x: { title: axis.title('Milliseconds'), grid: axis.grid, ticks: axis.ticks },
        y: { grid: { display: false }, ticks: { ...axis.ticks, autoSkip: false } },
      },
    },
  };
}
