import type { Plugin } from 'chart.js';
import type { Palette } from './palette';

/** A point that is to carry its name in the chart. */
export interface NamedPoint {
  readonly x: number;
  readonly y: number;
  readonly name: string;
}

/**
 * Writes names beside points, the first ones first, as long as they touch neither each other nor the edge. Those that
 * find no room stay without; the tooltip has them all.
 */
export function pointNames(points: readonly NamedPoint[], palette: Palette): Plugin<'scatter'> {
  return {
    id: 'pointNames',
    afterDatasetsDraw: ({ ctx, chartArea, scales }) => {
      const { x, y } = scales;
      if (!x || !y) return;
      const places = points.map((point) => ({
        name: point.name,
        left: x.getPixelForValue(point.x),
        top: y.getPixelForValue(point.y),
      }));
      // Names must not cover other points either.
      const taken: Box[] = places.map(({ left, top }) => ({
        left: left - 6,
        right: left + 6,
        top: top - 6,
        bottom: top + 6,
      }));
      ctx.save();
      ctx.font = `11px ${palette.font}`;
      ctx.fillStyle = palette.text;
      ctx.strokeStyle = palette.surface;
      ctx.lineWidth = 3;
      ctx.lineJoin = 'round';
      ctx.textBaseline = 'middle';
      for (const { name, left, top } of places) {
        const width = ctx.measureText(name).width;
        const centred = left - width / 2;
        // Near an edge of the chart, a name over or under its point moves inwards.
        const inside = Math.max(chartArea.left + 1, Math.min(chartArea.right - width - 1, centred));
        const sides: Box[] = [
          box(left + 12, width, top - 7),
          box(centred, width, top - 23),
          box(centred, width, top + 9),
          box(left - 12 - width, width, top - 7),
          box(inside, width, top - 23),
          box(inside, width, top + 9),
        ];
        const free = sides.find((side) => isWithin(side, chartArea) && !taken.some((other) => overlap(side, other)));
        if (free === undefined) continue;
        taken.push(free);
        // A rim in the colour of the ground lifts the name off lines that run under it.
        ctx.strokeText(name, free.left, (free.top + free.bottom) / 2);
        ctx.fillText(name, free.left, (free.top + free.bottom) / 2);
      }
      ctx.restore();
    },
  };
}

/**
 * A vertical line at a value of the horizontal axis, with what it is.
 *
 * @param row of its text, counted from the top, so that the texts of several lines do not cover each other
 */
export function verticalLine(
  value: number,
  text: string,
  colour: string,
  palette: Palette,
  row = 0,
): Plugin<'scatter'> {
  return {
    id: `line-${text}`,
    beforeDatasetsDraw: ({ ctx, scales, chartArea }) => {
      const { x } = scales;
      if (!x || value < x.min || value > x.max) return;
      const left = x.getPixelForValue(value);
      ctx.save();
      ctx.strokeStyle = colour;
      ctx.lineWidth = 1.5;
      ctx.setLineDash([6, 4]);
      ctx.beginPath();
      ctx.moveTo(left, chartArea.top);
      ctx.lineTo(left, chartArea.bottom);
      ctx.stroke();
      ctx.font = `11px ${palette.font}`;
      ctx.fillStyle = palette.text;
      ctx.textBaseline = 'top';
      const width = ctx.measureText(text).width;
      const isLeft = left + width + 6 > chartArea.right;
      ctx.fillText(text, isLeft ? left - width - 5 : left + 5, chartArea.top + 2 + 14 * row);
      ctx.restore();
    },
  };
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function overlap(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

function box(left: number, width: number, top: number): Box {
  return { left, right: left + width, top, bottom: top + 14 };
}

function isWithin(box: Box, area: Box): boolean {
  return box.left >= area.left && box.right <= area.right && box.top >= area.top && box.bottom <= area.bottom;
}
