import type { Chart, Plugin, Scale } from 'chart.js';
import { currentLanguage, withDecimalMark } from '../../src/core/language';
import { axisStyle, type Palette } from './palette';

/** A logarithmic axis over values above 0, with round ticks. */
export function logarithmicAxis(values: readonly number[], title: string, palette: Palette) {
  const axis = axisStyle(palette);
  return {
    type: 'logarithmic' as const,
    ...logarithmicRange(values),
    title: axis.title(title),
    grid: axis.grid,
    border: { color: palette.border },
    afterBuildTicks: (scale: Scale) => roundTicks(scale),
    ticks: {
      ...axis.ticks,
      maxRotation: 0,
      autoSkip: false,
      callback: (value: string | number) => axisLabel(Number(value)),
    },
  };
}

/** A linear axis of which only the grid is drawn. */
export function linearAxis(title: string, palette: Palette) {
  const axis = axisStyle(palette);
  return {
    type: 'linear' as const,
    title: axis.title(title),
    grid: axis.grid,
    border: { display: false },
    ticks: { ...axis.ticks, maxTicksLimit: 7, padding: 6 },
  };
}

/** A dashed line across the chart at a value of an axis, below what is drawn or over it. */
export function lineAcross(
  axis: 'x' | 'y',
  value: number,
  colour: string,
  isOver = false,
): Plugin<'scatter'> & Plugin<'bar'> {
  const draw = ({ ctx, scales, chartArea: { left, right, top, bottom } }: Chart): void => {
    const scale = scales[axis];
    if (!scale || scale.min > value || scale.max < value) return;
    const at = scale.getPixelForValue(value);
    ctx.save();
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.5;
    ctx.setLineDash([6, 4]);
    ctx.beginPath();
    ctx.moveTo(axis === 'x' ? at : left, axis === 'x' ? top : at);
    ctx.lineTo(axis === 'x' ? at : right, axis === 'x' ? bottom : at);
    ctx.stroke();
    ctx.restore();
  };
  return { id: 'lineAcross', [isOver ? 'afterDatasetsDraw' : 'beforeDatasetsDraw']: draw };
}

/** The range of a logarithmic axis over values above 0, with a little air on both sides. */
function logarithmicRange(values: readonly number[]): { min: number; max: number } {
  const min = Math.min(...values);
  const max = Math.max(...values);
  const air = Math.max(1.15, (max / min) ** 0.06);
  return { min: min / air, max: max * air };
}

/** Ticks of a logarithmic axis at round values, as many as there is room for; for Chart.js's `afterBuildTicks`. */
function roundTicks(axis: Scale): void {
  axis.ticks = withRoom(roundValues(axis.min, axis.max), axis).map((value) => ({ value }));
}

/** Round numbers within a range: as fine as it takes for three, and never more than eight. */
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
function withRoom(values: readonly number[], axis: Scale): number[] {
  const { min, max, chart } = axis;
  const { size = 11 } =
    (axis.options as { readonly ticks?: { readonly font?: { readonly size?: number } } }).ticks?.font ?? {};
  const [labelPixels, length] = axis.isHorizontal() ? [4.2 * size, chart.width] : [1.8 * size, chart.height];
  const least = (labelPixels / Math.max(length - labelPixels, labelPixels)) * Math.log(max / min);
  const kept: number[] = [];
  for (const value of values) {
    const last = kept.at(-1);
    if (last === undefined || Math.log(value / last) >= least) kept.push(value);
  }
  return kept;
}

/** `2 M`, `1.5 M`, `500 k`, `20`, `0.5`: round values without the zeros of a measured one. */
export function axisLabel(value: number): string {
  const round = (scaled: number): string => withDecimalMark(String(Number(scaled.toPrecision(2))));
  if (value >= 1e6) return `${round(value / 1e6)} M`;
  return value >= 10_000
    ? `${round(value / 1e3)} k`
    : Number(value.toPrecision(3)).toLocaleString(currentLanguage().locale);
}
