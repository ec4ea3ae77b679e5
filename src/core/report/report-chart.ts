import { t } from '../language';
import { enteredFigure, imageSize, threeFigures } from '../figures';
import type { SweepPoint } from '../present/resolution-view';

/** Size of a chart in the units of its drawing. */
const width = 720;

/** Text as it may stand in HTML and SVG. */
export function escapeHtml(text: string): string {
  const entities = new Map([
    ['&', '&amp;'],
    ['<', '&lt;'],
    ['>', '&gt;'],
    ['"', '&quot;'],
    ["'", '&#39;'],
  ]);
  return text.replace(/[&<>"']/g, (character) => entities.get(character)!);
}

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** What stands behind the bar. */
  readonly text: string;
  /** Whether it is drawn as one that does not count. */
  readonly isFaint?: boolean;
}

/** Horizontal bars over one scale from 0, as SVG; `mark` is where a line crosses them all. */
export function barChart(
  title: string,
  bars: readonly Bar[],
  mark: { readonly value: number; readonly text: string } | null,
): string {
  const [left, right, row] = [240, 130, 26];
  const top = mark === null ? 4 : 22;
  const greatest = bars.reduce((most, { value }) => Math.max(most, value), mark?.value ?? 0) || 1;
  const scale = (width - left - right) / greatest;
  const height = top + bars.length * row + 4;
  const drawn = bars.map(({ name, value, text, isFaint }, index) => {
    const y = top + index * row;
    const length = Math.max(1, value * scale);
    return [
      `<text x="${left - 8}" y="${y + 17}" text-anchor="end">${escapeHtml(shortened(name, 36))}<title>${escapeHtml(name)}</title></text>`,
      `<rect class="${isFaint ? 'faint' : 'bar'}" x="${left}" y="${y + 4}" width="${round(length)}" height="${row - 8}" rx="2"/>`,
      `<text x="${round(left + length + 6)}" y="${y + 17}">${escapeHtml(text)}</text>`,
    ].join('');
  });
  const x = mark === null ? 0 : round(left + mark.value * scale);
  const line =
    mark === null
      ? ''
      : `<line class="target" x1="${x}" x2="${x}" y1="${top - 4}" y2="${height}"/><text x="${x}" y="12" text-anchor="middle">${escapeHtml(mark.text)}</text>`;
  return svg(title, height, drawn.join('') + line);
}

/** Throughput against the side of the input, as SVG, both axes from 0. */
export function sizeChart(title: string, points: readonly SweepPoint[], targetFps: number | null): string {
  const [left, right, top, bottom, height] = [60, 20, 14, 40, 280];
  const widest = points.at(-1)!.resolution;
  const fastest = points.reduce((most, { throughputFps }) => Math.max(most, throughputFps), targetFps ?? 0);
  const x = (side: number): number => round(left + (side / widest) * (width - left - right));
  const y = (fps: number): number => round(height - bottom - (fps / fastest) * (height - top - bottom));
  const path = points.map(({ resolution, throughputFps }) => `${x(resolution)},${y(throughputFps)}`).join(' ');
  const dots = points.map(
    ({ height, width, resolution, throughputFps }) =>
      `<circle cx="${x(resolution)}" cy="${y(throughputFps)}" r="2.5"><title>${imageSize(height, width)}: ${threeFigures(throughputFps)} FPS</title></circle>`,
  );
  const sides = [0.25, 0.5, 0.75, 1].map((share) => Math.round((share * widest) / 32) * 32);
  const xTicks = sides.map((side) => `<text x="${x(side)}" y="${height - 22}" text-anchor="middle">${side}</text>`);
  const yTicks = [0, 0.5, 1].map((share) => {
    const fps = share * fastest;
    return `<line class="grid" x1="${left}" x2="${width - right}" y1="${y(fps)}" y2="${y(fps)}"/><text x="${left - 8}" y="${y(fps) + 4}" text-anchor="end">${threeFigures(fps)}</text>`;
  });
  const target =
    targetFps === null
      ? ''
      : `<line class="target" x1="${left}" x2="${width - right}" y1="${y(targetFps)}" y2="${y(targetFps)}"/><text x="${width - right}" y="${y(targetFps) - 5}" text-anchor="end">${t('target {0}', `${enteredFigure(targetFps)} FPS`)}</text>`;
  const axes = `<text x="${(left + width - right) / 2}" y="${height - 4}" text-anchor="middle">${t('side of the square input in pixels')}</text><text x="4" y="11">FPS</text>`;
  return svg(title, height, [...yTicks, ...xTicks, `<polyline points="${path}"/>`, ...dots, target, axes].join(''));
}

function svg(title: string, height: number, content: string): string {
  return `<svg role="img" viewBox="0 0 ${width} ${height}" xmlns="http://www.w3.org/2000/svg"><title>${escapeHtml(title)}</title>${content}</svg>`;
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}

function shortened(text: string, most: number): string {
  return text.length > most
    ? `${text.slice(0, Math.floor(most / 3))}…${text.slice(-Math.ceil((2 * most) / 3) + 1)}`
    : text;
}
