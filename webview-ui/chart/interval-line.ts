import type { Chart, Scale } from 'chart.js';
import { chartFont, chartLineHeight, type Palette } from './palette';

/** An interval as it is drawn along the axis of values. */
export interface IntervalLine {
  readonly low: number;
  readonly high: number;
  /** The upper end in words, written where the axis ends before it. */
  readonly highText: string;
  /** Where it is drawn across the axis of values, in pixels. */
  readonly at: number;
  /** A mark that stands on it: nothing is drawn nearer to its value than these pixels. */
  readonly mark?: { readonly value: number; readonly pixels: number };
}

/** Half the length of the stroke across an end, and half the width of an arrow. */
const half = 4;
const arrowPixels = 7;

/**
 * The upper end of an axis of values with room for their intervals, up to twice the highest value: one that is wider
 * would press all values together, and is drawn with an arrow.
 */
export function endWithIntervals(
  values: readonly number[],
  intervals: readonly ({ readonly highFps: number } | null)[],
): number {
  const highest = Math.max(0, ...intervals.map((interval) => interval?.highFps ?? 0));
  return Math.min(highest, 2 * Math.max(0, ...values));
}

/**
 * Draws an interval in the present stroke, as a line with a stroke across each end. One that goes on beyond the axis ends
 * in an arrow, beside which its upper end is written.
 *
 * @param scale the axis of values
 */
export function drawInterval({ ctx }: Chart, scale: Scale, interval: IntervalLine, palette: Palette): void {
  const { low, high, at, mark } = interval;
  const isAcross = scale.isHorizontal();
  /** From here on, the first coordinate rises with the value, in pixels from anywhere. */
  const along = (value: number): number => (isAcross ? 1 : -1) * scale.getPixelForValue(value);
  const [start, end] = [along(Math.max(low, scale.min)), along(Math.min(high, scale.max))];
  if (low > scale.max || high < scale.min) return;
  ctx.save();
  ctx.translate(isAcross ? 0 : at, isAcross ? at : 0);
  if (!isAcross) ctx.rotate(-Math.PI / 2);
  ctx.beginPath();
  ctx.moveTo(start, 0);
  if (mark !== undefined) {
    ctx.lineTo(Math.max(start, along(mark.value) - mark.pixels), 0);
    ctx.moveTo(Math.min(end, along(mark.value) + mark.pixels), 0);
  }
  ctx.lineTo(end, 0);
  if (low >= scale.min) strokeAcross(ctx, start);
  if (high <= scale.max) strokeAcross(ctx, end);
  else {
    ctx.moveTo(end - arrowPixels, -half);
    ctx.lineTo(end, 0);
    ctx.lineTo(end - arrowPixels, half);
  }
  ctx.stroke();
  ctx.restore();
  if (high > scale.max) writeEnd(ctx, scale, interval, palette);
}

function strokeAcross(ctx: CanvasRenderingContext2D, at: number): void {
  ctx.moveTo(at, -half);
  ctx.lineTo(at, half);
}

/** Writes the upper end on a line that lies, before its arrow; and beside the arrow of one that stands. */
function writeEnd(ctx: CanvasRenderingContext2D, scale: Scale, { at, highText }: IntervalLine, palette: Palette): void {
  ctx.save();
  ctx.font = `${chartFont(palette).size}px ${palette.font}`;
  ctx.textBaseline = 'middle';
  const end = scale.getPixelForValue(scale.max);
  const [width, height] = [ctx.measureText(highText).width, chartLineHeight(palette)];
  const beside = at + 2 * half;
  const [x, y] = scale.isHorizontal()
    ? [end - arrowPixels - 4 - width, at]
    : [beside + width > scale.chart.width ? at - 2 * half - width : beside, end + height / 2];
  ctx.fillStyle = palette.surface;
  ctx.fillRect(x - 3, y - height / 2, width + 6, height);
  ctx.fillStyle = palette.text;
  ctx.fillText(highText, x, y);
  ctx.restore();
}
