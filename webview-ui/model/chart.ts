import {
  Chart,
  LinearScale,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
  type ChartDataset,
  type Plugin,
  type Point,
  type PointStyle,
  type TooltipItem,
} from 'chart.js';
import { formatCount, formatFps } from '../../src/core/present/units';
import type { ModelMessage } from '../../src/protocol/model-page';

Chart.register(ScatterController, LinearScale, LogarithmicScale, PointElement, LineElement, Tooltip);

/** A point that knows what to say when the mouse is on it. */
interface LabelledPoint extends Point {
  readonly label: string;
}

interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly surface: string;
  readonly border: string;
  readonly landmarks: string;
  readonly curve: string;
  readonly model: string;
  readonly font: string;
}

/** One marker shape per campaign, so that campaigns differ without colour too. */
export const campaignMarkers: readonly PointStyle[] = ['circle', 'triangle', 'rect', 'rectRot'];

/** The chart of a page: landmarks, their fit, and the model among them. */
export interface ModelChart {
  draw(canvas: HTMLCanvasElement | null, message: ModelMessage): void;
  /** Draws again with the colours of the theme as it is now. */
  repaint(): void;
  remove(): void;
}

export function createModelChart(): ModelChart {
  let shown: { readonly canvas: HTMLCanvasElement; readonly message: ModelMessage } | null = null;
  let chart: Chart | null = null;
  const remove = (): void => {
    chart?.destroy();
    chart = null;
    shown = null;
  };
  const draw = (canvas: HTMLCanvasElement | null, message: ModelMessage): void => {
    remove();
    if (!canvas || !message.chart) return;
    shown = { canvas, message };
    chart = new Chart(canvas, configuration(message, message.chart, readPalette()));
  };
  return { draw, remove, repaint: () => shown && draw(shown.canvas, shown.message) };
}

function configuration(message: ModelMessage, series: NonNullable<ModelMessage['chart']>, palette: Palette) {
  const { estimate } = message.prediction;
  const campaigns = [...new Set(series.landmarks.map((landmark) => landmark.campaign))];
  const landmarks = campaigns.map((campaign, index): ChartDataset<'scatter'> => ({
    data: series.landmarks
      .filter((landmark) => landmark.campaign === campaign)
      .map((landmark): LabelledPoint => ({
        x: landmark.parameters,
        y: landmark.throughputFps,
        label: `${landmark.model} (${landmark.campaign}): ${formatFps(landmark.throughputFps)} FPS measured`,
      })),
    pointStyle: campaignMarkers[index % campaignMarkers.length] ?? 'circle',
    pointRadius: 5,
    pointHoverRadius: 7,
    backgroundColor: palette.landmarks,
    borderColor: palette.surface,
    borderWidth: 1,
    order: 2,
  }));
  const curve: ChartDataset<'scatter'> = {
    data: series.curve.map((point) => ({ x: point.parameters, y: point.throughputFps })),
    showLine: true,
    pointRadius: 0,
    pointHitRadius: 0,
    pointHoverRadius: 0,
    borderColor: palette.curve,
    borderWidth: 2,
    order: 3,
  };
  const point: LabelledPoint[] = estimate
    ? [
        {
          x: message.profile.parameters,
          y: estimate.throughputFps,
          label: `This model: ${formatFps(estimate.throughputFps)} FPS predicted`,
        },
      ]
    : [];
  const model: ChartDataset<'scatter'> = {
    data: point,
    pointStyle: 'rectRot',
    pointRadius: 8,
    pointHoverRadius: 10,
    backgroundColor: palette.model,
    borderColor: palette.surface,
    borderWidth: 2,
    order: 1,
  };
  const ticks = { color: palette.muted, font: { family: palette.font, size: 11 } };
  const grid = { color: palette.grid, drawTicks: false };
  return {
    type: 'scatter' as const,
    data: { datasets: [model, ...landmarks, curve] },
    plugins: [intervalWhiskers(message, palette)],
    options: {
      animation: false as const,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: 'nearest' as const, intersect: true },
      layout: { padding: { top: 8, right: 12 } },
      scales: {
        x: {
          type: 'logarithmic' as const,
          ...logarithmicRange([...series.landmarks.map((landmark) => landmark.parameters), message.profile.parameters]),
          title: { display: true, text: 'Parameters (logarithmic)', color: palette.muted, font: ticks.font },
          grid,
          border: { color: palette.border },
          afterBuildTicks: (axis: { min: number; max: number; ticks: { value: number }[] }) => {
            axis.ticks = roundValues(axis.min, axis.max).map((value) => ({ value }));
          },
          ticks: { ...ticks, callback: (value: string | number) => formatCount(Number(value)), maxRotation: 0 },
        },
        y: {
          type: 'linear' as const,
          beginAtZero: true,
          title: { display: true, text: 'Inputs per second', color: palette.muted, font: ticks.font },
          grid,
          border: { display: false },
          ticks: { ...ticks, maxTicksLimit: 7, padding: 6 },
        },
      },
      plugins: {
        tooltip: {
          backgroundColor: palette.surface,
          borderColor: palette.border,
          borderWidth: 1,
          bodyColor: palette.text,
          bodyFont: { family: palette.font, size: 12 },
          padding: 10,
          cornerRadius: 4,
          displayColors: false,
          callbacks: { label: tooltipLines },
        },
      },
    },
  };
}

function tooltipLines(item: TooltipItem<'scatter'>): string[] {
  const raw = item.raw as Partial<LabelledPoint>;
  return [raw.label ?? '', `${formatCount(item.parsed.x ?? 0)} parameters`].filter((line) => line !== '');
}

/** The prediction interval as a bar with ends, behind the model's own point. */
function intervalWhiskers(message: ModelMessage, palette: Palette): Plugin<'scatter'> {
  return {
    id: 'intervalWhiskers',
    beforeDatasetsDraw: ({ ctx, scales }) => {
      const interval = message.prediction.estimate?.interval;
      const { x, y } = scales;
      if (!interval || !x || !y) return;
      const centre = x.getPixelForValue(message.profile.parameters);
      const top = Math.max(y.getPixelForValue(interval.highFps), y.top);
      const bottom = Math.min(y.getPixelForValue(interval.lowFps), y.bottom);
      ctx.save();
      ctx.strokeStyle = palette.model;
      ctx.lineWidth = 2;
      ctx.beginPath();
      ctx.moveTo(centre, top);
      ctx.lineTo(centre, bottom);
      for (const end of [top, bottom]) {
        ctx.moveTo(centre - 6, end);
        ctx.lineTo(centre + 6, end);
      }
      ctx.stroke();
      ctx.restore();
    },
  };
}

/** The range of a logarithmic axis, with a little air on both sides. */
function logarithmicRange(values: readonly number[]): { min: number; max: number } {
  const min = Math.min(...values);
  const max = Math.max(...values);
  const air = Math.max(1.15, (max / min) ** 0.06);
  return { min: min / air, max: max * air };
}

/** Round numbers within a range for a logarithmic axis: as fine as it takes for three, and never more than eight. */
function roundValues(min: number, max: number): number[] {
  const finest = Array.from({ length: 90 }, (_, index) => 1 + index / 10);
  for (const steps of [[1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 8], finest]) {
    const values: number[] = [];
    for (let power = Math.floor(Math.log10(min)); power <= Math.log10(max); power++) {
      values.push(...steps.map((step) => step * 10 ** power).filter((value) => value >= min && value <= max));
    }
    if (values.length >= 3) return values.filter((_, index) => index % Math.ceil(values.length / 8) === 0);
  }
  return [min, max];
}

function readPalette(): Palette {
  const style = getComputedStyle(document.body);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    text: read('--page-text'),
    muted: read('--page-muted'),
    grid: read('--chart-grid'),
    surface: read('--page-surface'),
    border: read('--page-border'),
    landmarks: read('--chart-landmark'),
    curve: read('--chart-curve'),
    model: read('--chart-model'),
    font: style.fontFamily,
  };
}
