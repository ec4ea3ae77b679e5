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
        const sides: Box[] = [
          { left: left + 9, right: left + 9 + width, top: top - 7, bottom: top + 7 },
          { left: left - width / 2, right: left + width / 2, top: top - 23, bottom: top - 9 },
          { left: left - width / 2, right: left + width / 2, top: top + 9, bottom: top + 23 },
          { left: left - 9 - width, right: left - 9, top: top - 7, bottom: top + 7 },
        ];
        const free = sides.find((box) => isWithin(box, chartArea) && !taken.some((other) => overlap(box, other)));
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

/** A vertical line at a throughput, with what it is. */
export function verticalLine(value: number, text: string, colour: string, palette: Palette): Plugin<'scatter'> {
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
      ctx.fillText(text, isLeft ? left - width - 5 : left + 5, chartArea.top + 2);
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

function isWithin(box: Box, area: Box): boolean {
  return box.left >= area.left && box.right <= area.right && box.top >= area.top && box.bottom <= area.bottom;
}
