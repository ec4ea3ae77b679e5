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
  type Scale,
  type TooltipItem,
} from 'chart.js';
import { formatCount, formatThroughput } from '../../src/core/present/units';
import type { ModelMessage } from '../../src/protocol/model-page';
import { readPalette, tooltipStyle, type Palette } from './palette';

Chart.register(ScatterController, LinearScale, LogarithmicScale, PointElement, LineElement, Tooltip);

/** A point that knows what to say when the mouse is on it. */
interface LabelledPoint extends Point {
  readonly label: string;
}

type FamilyChart = NonNullable<ModelMessage['chart']>;

/** The model of the page. */
interface OwnModel {
  readonly parameters: number;
  /** null where nothing is predicted for it. */
  readonly throughputFps: number | null;
  readonly interval: { readonly lowFps: number; readonly highFps: number } | null;
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
    chart = new Chart(canvas, configuration(message.chart, ownModel(message), readPalette()));
  };
  return { draw, remove, repaint: () => shown && draw(shown.canvas, shown.message) };
}

function configuration(series: FamilyChart, model: OwnModel, palette: Palette) {
  const campaigns = [...new Set(series.landmarks.map((landmark) => landmark.campaign))];
  const landmarks = campaigns.map((campaign, index): ChartDataset<'scatter'> => ({
    data: series.landmarks.filter((landmark) => landmark.campaign === campaign).map(landmarkPoint),
    pointStyle: campaignMarkers[index % campaignMarkers.length] ?? 'circle',
    pointRadius: 5,
    pointHoverRadius: 7,
    // Filled where the curve rests on them.
    backgroundColor: campaign === series.fittedCampaign ? palette.landmarks : palette.surface,
    borderColor: palette.landmarks,
    borderWidth: 1.5,
    order: 2,
  }));
  const { fittedRange } = series;
  const isContinued = (parameters: number | null): boolean =>
    parameters === null || fittedRange === null || parameters < fittedRange.min || parameters > fittedRange.max;
  const curve: ChartDataset<'scatter'> = {
    data: series.curve.map((point) => ({ x: point.parameters, y: point.throughputFps })),
    showLine: true,
    pointRadius: 0,
    pointHitRadius: 0,
    pointHoverRadius: 0,
    borderColor: palette.curve,
    borderWidth: 2,
    segment: {
      borderDash: ({ p0, p1 }) => (isContinued(p0.parsed.x) || isContinued(p1.parsed.x) ? [4, 4] : []),
    },
    order: 3,
  };
  const own: ChartDataset<'scatter'> = {
    data: ownPoints(model),
    pointStyle: 'rectRot',
    pointRadius: 10,
    pointHoverRadius: 12,
    // Hollow, as a landmark of the same network lies under it.
    backgroundColor: 'transparent',
    borderColor: palette.model,
    borderWidth: 2.5,
    order: 1,
  };
  const ticks = { color: palette.muted, font: { family: palette.font, size: 11 } };
  const grid = { color: palette.grid, drawTicks: false };
  return {
    type: 'scatter' as const,
    data: { datasets: [own, ...landmarks, curve] },
    plugins: [ownMarks(model, palette)],
    options: {
      animation: false as const,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: 'nearest' as const, intersect: true },
      layout: { padding: { top: 8, right: 12 } },
      scales: {
        x: {
          type: 'logarithmic' as const,
          ...logarithmicRange(shownParameters(series, model)),
          title: { display: true, text: 'Parameters (logarithmic)', color: palette.muted, font: ticks.font },
          grid,
          border: { color: palette.border },
          afterBuildTicks: (axis: Scale) => {
            axis.ticks = withRoom(roundValues(axis.min, axis.max), axis).map((value) => ({ value }));
          },
          ticks: {
            ...ticks,
            callback: (value: string | number) => axisLabel(Number(value)),
            maxRotation: 0,
            autoSkip: false,
          },
        },
        y: {
          type: 'linear' as const,
          beginAtZero: true,
          suggestedMax: suggestedTop(series, model),
          title: { display: true, text: 'Inputs per second', color: palette.muted, font: ticks.font },
          grid,
          border: { display: false },
          ticks: { ...ticks, maxTicksLimit: 7, padding: 6 },
        },
      },
      plugins: {
        tooltip: {
          ...tooltipStyle(palette),
          callbacks: { label: tooltipLines },
        },
      },
    },
  };
}

function ownModel({ profile, prediction }: ModelMessage): OwnModel {
  const { estimate } = prediction;
  return {
    parameters: profile.parameters,
    throughputFps: estimate?.throughputFps ?? null,
    interval: estimate?.interval ?? null,
  };
}

function landmarkPoint(landmark: FamilyChart['landmarks'][number]): LabelledPoint {
  return {
    x: landmark.parameters,
    y: landmark.throughputFps,
    label: `${landmark.model} (${landmark.campaign}): ${formatThroughput(landmark.throughputFps)} measured`,
  };
}

function ownPoints({ parameters, throughputFps }: OwnModel): LabelledPoint[] {
  if (throughputFps === null) return [];
  return [{ x: parameters, y: throughputFps, label: `This model: ${formatThroughput(throughputFps)} predicted` }];
}

function tooltipLines(item: TooltipItem<'scatter'>): string[] {
  const raw = item.raw as Partial<LabelledPoint>;
  return [raw.label ?? '', `${formatCount(raw.x ?? 0)} parameters`].filter((line) => line !== '');
}

/** Behind the model's own point its interval, as a bar with ends; without a prediction a line where it would be. */
function ownMarks({ parameters, throughputFps, interval }: OwnModel, palette: Palette): Plugin<'scatter'> {
  return {
    id: 'ownMarks',
    beforeDatasetsDraw: ({ ctx, scales }) => {
      const { x, y } = scales;
      if (!x || !y) return;
      const centre = x.getPixelForValue(parameters);
      ctx.save();
      ctx.strokeStyle = palette.model;
      ctx.lineWidth = 2;
      ctx.beginPath();
      if (throughputFps === null) {
        ctx.setLineDash([4, 4]);
        ctx.moveTo(centre, y.top);
        ctx.lineTo(centre, y.bottom);
      } else if (interval) {
        const own = y.getPixelForValue(throughputFps);
        const top = Math.max(y.getPixelForValue(interval.highFps), y.top);
        const bottom = Math.min(y.getPixelForValue(interval.lowFps), y.bottom);
        ctx.moveTo(centre, top);
        ctx.lineTo(centre, Math.max(own - 10, top));
        ctx.moveTo(centre, Math.min(own + 10, bottom));
        ctx.lineTo(centre, bottom);
        for (const end of [top, bottom].filter((each) => each > y.top && each < y.bottom)) {
          ctx.moveTo(centre - 6, end);
          ctx.lineTo(centre + 6, end);
        }
      }
      ctx.stroke();
      ctx.restore();
    },
  };
}

/** Room for the interval, unless it is so wide that it would press the landmarks to the ground. */
function suggestedTop({ landmarks }: FamilyChart, model: OwnModel): number {
  const highest = Math.max(...landmarks.map((landmark) => landmark.throughputFps), model.throughputFps ?? 0);
  return Math.min(model.interval?.highFps ?? 0, highest * 1.5);
}

function shownParameters({ landmarks }: FamilyChart, model: OwnModel): number[] {
  const measured = landmarks.map((landmark) => landmark.parameters);
  return [...measured, model.parameters];
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

/** Leaves out values whose labels would touch the one before. */
function withRoom(values: readonly number[], { min, max, chart }: Scale): number[] {
  const labelPixels = 46;
  const least = (labelPixels / Math.max(chart.width - labelPixels, labelPixels)) * Math.log(max / min);
  const kept: number[] = [];
  for (const value of values) {
    const last = kept.at(-1);
    if (last === undefined || Math.log(value / last) >= least) kept.push(value);
  }
  return kept;
}

/** `2 M`, `1.5 M`, `500 k`: round values without the zeros of a measured one. */
function axisLabel(parameters: number): string {
  return parameters < 1e6
    ? `${Number((parameters / 1e3).toPrecision(2))} k`
    : `${Number((parameters / 1e6).toPrecision(2))} M`;
}
