import type { Plugin } from 'chart.js';
import { trialHistogram, type HistogramBin } from '../../src/core/present/trial-histogram';
import { formatTrialTime } from '../../src/core/figures';
import { t, wholeNumber, withDecimalMark } from '../../src/core/language';
import type { Run, RunResult } from '../../src/protocol/benchmark-page';
import type { ChartSpec } from '../chart/chart-spec';
import { axisStyle, chartFont, chartLineHeight, type Palette } from '../chart/palette';

/** The trial times of a run as bars, with the median and the time that 99% of the trials stay within. */
export function trialChart(run: Run, { trialTimesMs, statistics, deviceName }: RunResult): ChartSpec {
  const bins = trialHistogram(trialTimesMs);
  return {
    id: 'trials',
    title: t('Trial times of {0}', run.model),
    subtitle: `${deviceName}, ${run.runtimeName}, ${trialsText(statistics.trials)}`,
    fileName: `trials ${run.model} ${run.runtime}`,
    canvasClass: 'trials',
    legend: [
      { label: t('Trials'), mark: 'bar', colour: '--chart-landmark', filled: true },
      { label: t('Median, and 99% of trials'), mark: 'dashes', colour: '--chart-model', filled: false },
    ],
    table: () => ({
      columns: [
        { name: t('From (ms)'), format: (value) => withDecimalMark(value.toPrecision(4)) },
        { name: t('To (ms)'), format: (value) => withDecimalMark(value.toPrecision(4)) },
        { name: t('Trials'), format: wholeNumber },
      ],
      rows: bins.map(({ fromMs, toMs, trials }) => ({ cells: [fromMs, toMs, trials] })),
    }),
    configure: (palette) => configuration(bins, statistics, palette),
  };
}

function configuration(bins: readonly HistogramBin[], statistics: RunResult['statistics'], palette: Palette) {
  const { ticks, title, grid } = axisStyle(palette);
  return {
    type: 'bar' as const,
    data: {
      labels: axisLabels(bins),
      datasets: [
        {
          data: bins.map(({ trials }) => trials),
          backgroundColor: palette.landmarks,
          borderColor: palette.surface,
          borderWidth: { left: 1, right: 1 },
          borderSkipped: false as const,
          barPercentage: 1,
          categoryPercentage: 1,
          // All trials alike are one bar, which must not fill the whole chart.
          maxBarThickness: 120,
        },
      ],
    },
    plugins: [marks(bins, statistics, palette)],
    options: {
      interaction: { mode: 'index' as const, intersect: false },
      layout: { padding: { top: 6 + chartLineHeight(palette), right: 12 } },
      scales: {
        x: {
          type: 'category' as const,
          title: title(t('Milliseconds per trial')),
          grid: { display: false },
          border: { color: palette.border },
          ticks: { ...ticks, maxRotation: 0, autoSkipPadding: 12 },
        },
        y: {
          type: 'linear' as const,
          beginAtZero: true,
          title: title(t('Trials')),
          grid,
          border: { display: false },
          ticks: { ...ticks, precision: 0, maxTicksLimit: 6, padding: 6 },
        },
      },
      plugins: {
        tooltip: {
          callbacks: {
            label: ({ dataIndex }: { readonly dataIndex: number }) => {
              const bin = bins[dataIndex];
              return bin ? barLabel(bin) : '';
            },
          },
        },
      },
    },
  };
}

/** The middle of every bar in milliseconds, with as many decimals as it takes to tell neighbours apart. */
function axisLabels(bins: readonly HistogramBin[]): string[] {
  const width = (bins[0]?.toMs ?? 0) - (bins[0]?.fromMs ?? 0);
  const decimals = width > 0 ? Math.min(Math.max(1 - Math.floor(Math.log10(width)), 0), 5) : 2;
  return bins.map(({ fromMs, toMs }) => withDecimalMark(((fromMs + toMs) / 2).toFixed(decimals)));
}

function barLabel({ fromMs, toMs, trials }: HistogramBin): string {
  const range =
    fromMs === toMs ? formatTrialTime(fromMs) : t('{0} to {1}', formatTrialTime(fromMs), formatTrialTime(toMs));
  return `${trialsText(trials)}: ${range}`;
}

function trialsText(trials: number): string {
  return t('{0, plural, one {# trial} other {# trials}}', trials);
}

/** Dashed lines at the median and at the time that 99% of trials stay within. */
function marks(
  bins: readonly HistogramBin[],
  { medianMs, p99Ms }: RunResult['statistics'],
  palette: Palette,
): Plugin<'bar'> {
  const first = bins[0]?.fromMs ?? 0;
  const last = bins.at(-1)?.toMs ?? 0;
  return {
    id: 'marks',
    afterDatasetsDraw: ({ ctx, scales, chartArea }) => {
      const { x, y } = scales;
      if (!x || !y) return;
      // The bars share the axis evenly, from the shortest time to the longest.
      const place = (ms: number): number =>
        last > first ? x.left + ((ms - first) / (last - first)) * x.width : x.left + x.width / 2;
      const [median, p99] = [place(medianMs), place(p99Ms)];
      ctx.save();
      ctx.strokeStyle = palette.model;
      ctx.fillStyle = palette.text;
      ctx.font = `${chartFont(palette).size}px ${palette.font}`;
      ctx.textBaseline = 'alphabetic';
      ctx.lineWidth = 2;
      ctx.setLineDash([4, 4]);
      for (const at of [median, p99]) {
        ctx.beginPath();
        ctx.moveTo(at, y.top);
        ctx.lineTo(at, y.bottom);
        ctx.stroke();
      }
      const name = (text: string, at: number, align: CanvasTextAlign): void => {
        ctx.textAlign = align;
        ctx.fillText(text, at, y.top - 6);
      };
      // Each name is on the outer side of its line while there is room, so that the two never meet.
      const isLeft = median - chartArea.left > 48;
      name(t('median'), median, isLeft ? 'right' : 'left');
      if (isLeft || p99 - median > 90) name(t('{0}%', 99), p99, chartArea.right - p99 > 34 ? 'left' : 'right');
      ctx.restore();
    },
  };
}
