import {
  Chart,
  LinearScale,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
  type ChartDataset,
  type Point,
  type Scale,
  type TooltipItem,
} from 'chart.js';
import { formatFps } from '../../src/core/present/units';
import type { ResolutionsMessage } from '../../src/protocol/model-page';
import { readPalette, tooltipStyle, type Palette } from './palette';
import { pointLabel } from './resolution-section';

Chart.register(ScatterController, LinearScale, LogarithmicScale, PointElement, LineElement, Tooltip);

type Resolutions = ResolutionsMessage['view'];
type Series = 'throughput' | 'patches';

interface LabelledPoint extends Point {
  readonly label: string;
}

/** The two charts of the resolution section. */
export interface ResolutionCharts {
  /** Draws on every canvas of the section that is on the page. */
  draw(resolutions: Resolutions | null): void;
  remove(): void;
}

export function createResolutionCharts(): ResolutionCharts {
  let charts: Chart[] = [];
  const remove = (): void => {
    charts.forEach((chart) => chart.destroy());
    charts = [];
  };
  return {
    remove,
    draw: (resolutions) => {
      remove();
      if (resolutions === null) return;
      const palette = readPalette();
      for (const series of ['throughput', 'patches'] as const) {
        const canvas = document.querySelector<HTMLCanvasElement>(`canvas[data-series="${series}"]`);
        if (canvas) charts.push(new Chart(canvas, configuration(resolutions, series, palette)));
      }
    },
  };
}

function configuration({ points, measured, paper, asked, batch }: Resolutions, series: Series, palette: Palette) {
  const valueOf = (point: { throughputFps: number; patchesPerSecond: number }): number =>
    series === 'throughput' ? point.throughputFps : point.patchesPerSecond;
  const place = (
    point: Resolutions['points'][number] | Resolutions['measured'][number],
    source: string,
  ): LabelledPoint => ({
    x: point.resolution,
    y: valueOf(point),
    label:
      series === 'throughput'
        ? pointLabel(point.resolution, point.throughputFps, batch, source)
        : `${point.resolution} × ${point.resolution}: ${formatFps(point.patchesPerSecond)} patches/s ${source}`,
  });
  const curve: ChartDataset<'scatter'> = {
    data: points.map((point) => place(point, 'predicted')),
    showLine: true,
    pointRadius: 0,
    pointHitRadius: 6,
    pointHoverRadius: 4,
    pointBackgroundColor: palette.landmarks,
    borderColor: palette.landmarks,
    borderWidth: 2,
    order: 4,
  };
  const marks = (data: LabelledPoint[], style: Partial<ChartDataset<'scatter'>>): ChartDataset<'scatter'> => ({
    data,
    pointRadius: 5,
    pointHoverRadius: 7,
    borderWidth: 1.5,
    borderColor: palette.landmarks,
    ...style,
  });
  const own = points.filter((point) => point.resolution === asked).map((point) => place(point, 'predicted'));
  const all = [...points, ...measured, ...(paper === null ? [] : [paper])].map(valueOf);
  const ticks = { color: palette.muted, font: { family: palette.font, size: 11 } };
  const grid = { color: palette.grid, drawTicks: false };
  return {
    type: 'scatter' as const,
    data: {
      datasets: [
        marks(own, {
          ...{ pointStyle: 'rectRot', pointRadius: 10, pointHoverRadius: 12, borderWidth: 2.5, order: 1 },
          ...{ backgroundColor: 'transparent', borderColor: palette.model },
        }),
        marks(paper === null ? [] : [place(paper, paper.source)], {
          ...{ pointStyle: 'triangle', pointRadius: 6, backgroundColor: palette.surface, order: 2 },
        }),
        marks(
          measured.map((point) => place(point, `measured, ${point.source}`)),
          { pointStyle: 'circle', backgroundColor: palette.landmarks, order: 3 },
        ),
        curve,
      ],
    },
    options: {
      animation: false as const,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: 'nearest' as const, intersect: true },
      layout: { padding: { top: 8, right: 12 } },
      scales: {
        x: {
          type: 'linear' as const,
          min: Math.min(112, ...points.map(({ resolution }) => resolution)) - 48,
          max: Math.max(...points.map(({ resolution }) => resolution), paper?.resolution ?? 0) + 32,
          title: { display: true, text: 'Side of the input in pixels', color: palette.muted, font: ticks.font },
          grid,
          border: { color: palette.border },
          afterBuildTicks: (axis: Scale) => {
            axis.ticks = sideTicks(axis).map((value) => ({ value }));
          },
          ticks: { ...ticks, maxRotation: 0, autoSkip: false, callback: (value: string | number) => String(value) },
        },
        y:
          series === 'throughput'
            ? {
                type: 'logarithmic' as const,
                min: Math.min(...all) / 1.4,
                max: Math.max(...all) * 1.4,
                grid,
                border: { display: false },
                afterBuildTicks: (axis: Scale) => {
                  axis.ticks = logarithmicTicks(axis.min, axis.max).map((value) => ({ value }));
                },
                ticks: { ...ticks, padding: 6, callback: (value: string | number) => axisLabel(Number(value)) },
              }
            : {
                type: 'linear' as const,
                beginAtZero: true,
                grid,
                border: { display: false },
                ticks: {
                  ...ticks,
                  maxTicksLimit: 7,
                  padding: 6,
                  callback: (value: string | number) => axisLabel(Number(value)),
                },
              },
      },
      plugins: {
        tooltip: {
          ...tooltipStyle(palette),
          callbacks: { label: (item: TooltipItem<'scatter'>) => (item.raw as Partial<LabelledPoint>).label ?? '' },
        },
      },
    },
  };
}

/** Round sides, as many as there is room for. */
function sideTicks({ min, max, width }: Scale): number[] {
  const labelPixels = 52;
  const wanted = (max - min) / Math.max(2, Math.floor(width / labelPixels));
  const step = [32, 64, 128, 256, 512, 1024, 2048].find((candidate) => candidate >= wanted) ?? 4096;
  const ticks: number[] = [];
  for (let side = Math.ceil(min / step) * step; side <= max; side += step) if (side > 0) ticks.push(side);
  return ticks;
}

/** 1, 2 and 5 of every decade within a range; where that is more than eight, the decades alone. */
function logarithmicTicks(min: number, max: number): number[] {
  const decades = Array.from(
    { length: Math.ceil(Math.log10(max)) - Math.floor(Math.log10(min)) + 1 },
    (_, index) => 10 ** (Math.floor(Math.log10(min)) + index),
  );
  const within = (values: number[]): number[] => values.filter((value) => value >= min && value <= max);
  const fine = within(decades.flatMap((decade) => [decade, 2 * decade, 5 * decade]));
  return fine.length <= 8 ? fine : within(decades);
}

function axisLabel(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 3 });
}
