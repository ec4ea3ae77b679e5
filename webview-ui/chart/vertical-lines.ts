import type { Plugin } from 'chart.js';
import { chartFont, chartLineHeight, type Palette } from './palette';

/** A dashed line at a value of the horizontal axis, with what it is. */
export interface VerticalLine {
  readonly value: number;
  readonly text: string;
  readonly colour: string;
}

/** Between the names and the plot; half of the highest tick's label is above the plot. */
const gap = 6;
/** More names than these would take the chart's room; lines without one are told by the key and the table. */
const maxRows = 4;

/** The chart's layout with room above the plot for the names of lines. */
export function layoutWithNames(lines: readonly VerticalLine[], palette: Palette) {
  return {
    padding: {
      top: (lines.length === 0 ? 8 : 8 + gap) + chartLineHeight(palette) * Math.min(lines.length, maxRows),
      right: 12,
    },
  };
}

/** Draws lines with their names above the plot, where they cover no points; needs `layoutWithNames`. */
export function verticalLines(lines: readonly VerticalLine[], palette: Palette): Plugin<'scatter'> {
  const rowHeight = chartLineHeight(palette);
  return {
    id: 'verticalLines',
    beforeDatasetsDraw: ({ ctx, scales, chartArea, width }) => {
      const { x } = scales;
      if (!x) return;
      const rows: { readonly left: number; readonly right: number }[][] = [];
      ctx.save();
      ctx.font = `${chartFont(palette).size}px ${palette.font}`;
      ctx.textBaseline = 'bottom';
      ctx.lineWidth = 1.5;
      for (const { value, text, colour } of lines) {
        if (value < x.min || value > x.max) continue;
        const at = x.getPixelForValue(value);
        const name = shortened(text, width - 4, (part) => ctx.measureText(part).width);
        const length = ctx.measureText(name).width;
        // Centred over its line, as far as the edges of the chart let it be.
        const left = Math.max(2, Math.min(width - length - 2, at - length / 2));
        const place = { left: left - 6, right: left + length + 6 };
        const isFree = (row: number): boolean =>
          (rows[row] ?? []).every((other) => other.right <= place.left || place.right <= other.left);
        const row = [...Array(maxRows).keys()].find(isFree);
        if (row !== undefined) {
          (rows[row] ??= []).push(place);
          ctx.fillStyle = palette.text;
          ctx.fillText(name, left, chartArea.top - gap - rowHeight * row);
        }
        ctx.strokeStyle = colour;
        ctx.setLineDash([6, 4]);
        ctx.beginPath();
        ctx.moveTo(at, chartArea.top);
        ctx.lineTo(at, chartArea.bottom);
        ctx.stroke();
      }
      ctx.restore();
    },
  };
}

/** A text that is too long for its room, with an ellipsis in the middle: names of files differ at both ends. */
function shortened(text: string, room: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= room) return text;
  for (let kept = text.length - 1; kept > 1; kept--) {
    const head = Math.ceil(kept / 2);
    const short = `${text.slice(0, head)}…${text.slice(text.length - (kept - head))}`;
    if (widthOf(short) <= room) return short;
  }
  return '…';
}
