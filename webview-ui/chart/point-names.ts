import type { Chart, Plugin } from 'chart.js';
import { chartFont, chartLineHeight, type Palette } from './palette';

/** A point that is to carry its name in the chart. */
export interface NamedPoint {
  readonly x: number;
  readonly y: number;
  readonly name: string;
}

/** So many points may carry names; of more, none would find room. */
const maxNames = 300;

/**
 * Writes names next to points, the first ones first, as long as they touch neither each other nor the edge. Those that
 * find no room stay without; the tooltip has them all.
 */
export function pointNames(points: readonly NamedPoint[], palette: Palette): Plugin<'scatter'> {
  return {
    id: 'pointNames',
    afterDatasetsDraw: (chart) => {
      const { ctx, chartArea, scales } = chart;
      const { x, y } = scales;
      if (!x || !y) return;
      const places = points.slice(0, maxNames).map((point) => ({
        name: point.name,
        left: x.getPixelForValue(point.x),
        top: y.getPixelForValue(point.y),
      }));
      const taken: Box[] = [...pointBoxes(chart)];
      ctx.save();
      ctx.font = `${chartFont(palette).size}px ${palette.font}`;
      ctx.fillStyle = palette.text;
      ctx.strokeStyle = palette.surface;
      ctx.lineWidth = 3;
      ctx.lineJoin = 'round';
      ctx.textBaseline = 'middle';
      const height = chartLineHeight(palette);
      for (const { name, left, top } of places) {
        const width = ctx.measureText(name).width;
        const centred = left - width / 2;
        // Near an edge of the chart, a name over or under its point moves inwards.
        const inside = Math.max(chartArea.left + 1, Math.min(chartArea.right - width - 1, centred));
        const box = (from: number, above: number): Box => {
          return { left: from, right: from + width, top: above, bottom: above + height };
        };
        const sides: Box[] = [
          box(left + 12, top - height / 2),
          box(centred, top - height - 9),
          box(centred, top + 9),
          box(left - 12 - width, top - height / 2),
          box(inside, top - height - 9),
          box(inside, top + 9),
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

/** What the points of all data sets cover, whether they carry a name or not; names must not cover them. */
function pointBoxes(chart: Chart<'scatter'>): readonly Box[] {
  return chart.getSortedVisibleDatasetMetas().flatMap(({ data }) =>
    data.flatMap((element) => {
      const radius = Number((element.options as { readonly radius?: unknown }).radius);
      if (!(radius > 0)) return [];
      const { x, y } = element.getProps(['x', 'y']) as { readonly x: number; readonly y: number };
      const reach = radius + 1;
      return [{ left: x - reach, right: x + reach, top: y - reach, bottom: y + reach }];
    }),
  );
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
