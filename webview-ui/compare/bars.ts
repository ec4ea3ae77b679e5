import type { Chart, Plugin } from 'chart.js';
import { modelNameOf } from '../../src/core/model-file-name';
import { intervalTitle, sizesDiffer } from '../../src/core/present/compare-text';
import { isUnfit } from '../../src/core/estimate/verdict';
import { formatFps, formatTarget } from '../../src/core/figures';
import { t } from '../../src/core/language';
import type { ComparisonMessage, ComparisonRow } from '../../src/protocol/compare-page';
import { lineAcross } from '../chart/axes';
import type { ChartSpec } from '../chart/chart-spec';
import { drawInterval, endWithIntervals } from '../chart/interval-line';
import { axisStyle, type Palette } from '../chart/palette';
import { barLabel, barsTable } from './chart-text';
import { placeOf, splitPath } from './view';

/** Bars at most: more would be too thin to tell apart. */
export const maxBars = 30;

/** A bar per model, as long as its throughput, and the target as a line. */
export function barsSpec(
  message: ComparisonMessage,
  rows: readonly ComparisonRow[],
): { readonly spec: ChartSpec; readonly left: number; readonly height: 'few' | 'some' | 'many' } {
  const { targetFps } = message;
  const predicted = rows.filter(({ throughputFps }) => throughputFps !== null);
  const drawn = predicted.slice(0, maxBars);
  const ownSizes = sizesDiffer(message.models);
  const spec: ChartSpec = {
    id: 'bars',
    title: targetFps === null ? t('FPS of models') : t('FPS of models against {0}', formatTarget(targetFps)),
    subtitle: placeOf(message),
    fileName: `comparison-fps-${placeOf(message)}`,
    configure: (palette) => configuration(drawn, { targetFps, ownSizes }, palette),
    legend: [
      ...(drawn.some(({ interval }) => interval !== null)
        ? [{ label: intervalTitle(drawn), mark: 'interval', colour: '--page-strong', filled: false } as const]
        : []),
      ...(targetFps === null
        ? [{ label: t('predicted'), mark: 'bar', colour: '--chart-landmark', filled: true } as const]
        : [
            { label: t('meets the target, at least probably'), mark: 'bar', colour: '--good', filled: true } as const,
            { label: t('misses the target'), mark: 'bar', colour: '--bad', filled: false } as const,
            ...(drawn.some(({ verdict }) => isUnfit(verdict))
              ? [{ label: t('does not run as exported'), mark: 'bar', colour: '--page-muted', filled: false } as const]
              : []),
            {
              label: t('target, {0}', formatTarget(targetFps)),
              mark: 'dashes',
              colour: '--page-strong',
              filled: false,
            } as const,
          ]),
    ],
    table: () => barsTable(drawn, ownSizes),
  };
  const height = drawn.length <= 6 ? 'few' : drawn.length <= 14 ? 'some' : 'many';
  return { spec, left: predicted.length - drawn.length, height };
}

interface Drawing {
  readonly targetFps: number | null;
  /** Whether each model has to say its input size. */
  readonly ownSizes: boolean;
}

function configuration(rows: readonly ComparisonRow[], { targetFps, ownSizes }: Drawing, palette: Palette) {
  const { ticks, title, grid } = axisStyle(palette);
  const colourOf = ({ verdict }: ComparisonRow): string => {
    if (verdict === null) return palette.landmarks;
    if (isUnfit(verdict)) return palette.muted;
    return verdict.kind === 'meets' ? palette.good : palette.bad;
  };
  return {
    type: 'bar' as const,
    data: {
      labels: rows.map(({ file }) => splitPath(file).name),
      datasets: [
        {
          data: rows.map(({ throughputFps }) => throughputFps!),
          // Hollow bars miss the target or do not run, so that colour is not all that tells them.
          backgroundColor: rows.map((row) =>
            row.verdict === null || row.verdict.kind === 'meets' ? colourOf(row) : palette.surface,
          ),
          borderColor: rows.map(colourOf),
          borderWidth: 1.5,
          borderSkipped: false as const,
          maxBarThickness: 22,
          categoryPercentage: 0.85,
          barPercentage: 0.85,
        },
      ],
    },
    plugins: [
      intervals(rows, palette),
      ...(targetFps === null ? [] : [lineAcross('x', targetFps, palette.strong, true)]),
    ],
    options: {
      indexAxis: 'y' as const,
      interaction: { mode: 'nearest' as const, axis: 'y' as const, intersect: false },
      scales: {
        x: {
          type: 'linear' as const,
          beginAtZero: true,
          suggestedMax: suggestedEnd(rows, targetFps),
          title: title('FPS'),
          grid,
          border: { color: palette.border },
          ticks: { ...ticks, maxTicksLimit: 7, maxRotation: 0 },
        },
        y: {
          type: 'category' as const,
          grid: { display: false },
          border: { color: palette.border },
          ticks: {
            ...ticks,
            autoSkip: false,
            callback(this: { readonly chart: Chart }, _value: string | number, index: number): string {
              const name = modelNameOf(splitPath(rows[index]?.file ?? '').name);
              return shortened(name, Math.max(10, Math.floor(this.chart.width / 22)));
            },
          },
        },
      },
      plugins: {
        tooltip: {
          callbacks: {
            label: ({ dataIndex }: { readonly dataIndex: number }) => {
              const row = rows[dataIndex];
              return row === undefined ? [] : barLabel(row, ownSizes);
            },
          },
        },
      },
    },
  };
}

/** Room for the target and for the intervals. */
function suggestedEnd(rows: readonly ComparisonRow[], targetFps: number | null): number {
  const figures = rows.map(({ throughputFps }) => throughputFps!);
  const intervals = rows.map(({ interval }) => interval);
  return Math.max((targetFps ?? 0) * 1.05, endWithIntervals(figures, intervals));
}

/** The middle of a name says least: the end often tells versions apart. */
function shortened(name: string, most: number): string {
  if (name.length <= most) return name;
  const end = Math.floor((most - 1) / 2);
  return `${name.slice(0, most - 1 - end)}…${name.slice(name.length - end)}`;
}

/** The interval of each model over its bar. */
function intervals(rows: readonly ComparisonRow[], palette: Palette): Plugin<'bar'> {
  return {
    id: 'intervals',
    afterDatasetsDraw: (chart) => {
      const { ctx, scales } = chart;
      const { x, y } = scales;
      if (!x || !y) return;
      ctx.save();
      ctx.strokeStyle = palette.strong;
      ctx.lineWidth = 1.25;
      rows.forEach(({ interval }, index) => {
        if (interval === null) return;
        const { lowFps: low, highFps: high } = interval;
        drawInterval(chart, x, { low, high, highText: formatFps(high), at: y.getPixelForValue(index) }, palette);
      });
      ctx.restore();
    },
  };
}
