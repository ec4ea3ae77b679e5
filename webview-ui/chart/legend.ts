import { html, svg, type TemplateResult } from 'lit-html';
import type { PointStyle } from 'chart.js';
import type { Palette } from './palette';

/** One line of a chart's key. */
export interface LegendEntry {
  readonly label: string;
  readonly mark: MarkShape;
  /** A CSS variable, such as `--chart-landmark`. */
  readonly colour: string;
  /** Filled, or outlined; lines are always lines. */
  readonly filled: boolean;
}

export type MarkShape = 'circle' | 'triangle' | 'square' | 'diamond' | 'cross' | 'line' | 'dashes' | 'interval' | 'bar';

/** The marks on a field of 16 × 16. */
const paths: Readonly<Record<MarkShape, string>> = {
  circle: 'M3 8a5 5 0 1 0 10 0a5 5 0 1 0-10 0z',
  triangle: 'M8 2l6 11H2z',
  square: 'M3 3h10v10H3z',
  diamond: 'M8 1l7 7-7 7-7-7z',
  cross: 'M3 3l10 10M13 3L3 13',
  line: 'M1 11C5 4 9 5 15 4',
  dashes: 'M0 8h4m2 0h4m2 0h4',
  interval: 'M1 8h14M1 4v8m14-8v8',
  bar: 'M1 4h14v8H1z',
};

const openMarks = new Set<MarkShape>(['line', 'dashes', 'interval', 'cross']);

/** Chart.js's names of the marks that points can have. */
export const pointStyles: Readonly<Record<'circle' | 'triangle' | 'square' | 'diamond' | 'cross', PointStyle>> = {
  circle: 'circle',
  triangle: 'triangle',
  square: 'rect',
  diamond: 'rectRot',
  cross: 'crossRot',
};

/** The key under a chart. The table says the same to those who do not see it. */
export function legendList(entries: readonly LegendEntry[]): TemplateResult {
  return html`<ul class="legend" aria-hidden="true">
    ${entries.map((entry) => {
      const { stroke, fill, width } = strokes(entry, (variable) => `var(${variable})`);
      return html`<li>
        <svg class="key" viewBox="0 0 16 16">
          ${svg`<path d=${paths[entry.mark]} stroke=${stroke} fill=${fill} stroke-width=${width} />`}
        </svg>
        ${entry.label}
      </li>`;
    })}
  </ul>`;
}

/**
 * Draws the key onto a picture, in as many rows as its width takes.
 *
 * @param place left and top edge, and the width that there is, in pixels
 * @returns the height that the rows take
 */
export function drawLegend(
  context: CanvasRenderingContext2D,
  entries: readonly LegendEntry[],
  palette: Palette,
  place: { readonly left: number; readonly top: number; readonly width: number },
): number {
  const [rowHeight, markWidth, gap] = [22, 22, 22];
  context.font = `13px ${palette.font}`;
  context.textBaseline = 'middle';
  let [x, y] = [place.left, place.top];
  for (const entry of entries) {
    const width = markWidth + context.measureText(entry.label).width;
    if (x > place.left && x + width > place.left + place.width) [x, y] = [place.left, y + rowHeight];
    drawMark(context, entry, palette, x, y + rowHeight / 2 - 7);
    context.fillStyle = palette.text;
    context.fillText(entry.label, x + markWidth, y + rowHeight / 2);
    x += width + gap;
  }
  return entries.length === 0 ? 0 : y + rowHeight - place.top;
}

function drawMark(
  context: CanvasRenderingContext2D,
  entry: LegendEntry,
  palette: Palette,
  left: number,
  top: number,
): void {
  const { stroke, fill, width } = strokes(entry, palette.colour);
  const path = new Path2D(paths[entry.mark]);
  context.save();
  context.translate(left, top);
  context.scale(14 / 16, 14 / 16);
  if (fill !== 'none') {
    context.fillStyle = fill;
    context.fill(path);
  }
  context.strokeStyle = stroke;
  context.lineWidth = width;
  context.stroke(path);
  context.restore();
}

function strokes({ mark, filled, colour }: LegendEntry, colourOf: (variable: string) => string) {
  const own = colourOf(colour);
  if (openMarks.has(mark)) return { stroke: own, fill: 'none', width: mark === 'line' || mark === 'dashes' ? 2.5 : 2 };
  return { stroke: own, fill: filled ? own : 'none', width: filled ? 1 : 2 };
}
