import type { Chart, Scale } from 'chart.js';
import { describe, expect, it } from 'vitest';
import { drawInterval, endWithIntervals, type IntervalLine } from '../../../../webview-ui/chart/interval-line';
import type { Palette } from '../../../../webview-ui/chart/palette';

describe('an axis of values with intervals', () => {
  it('has room for an interval of up to twice the highest value', () => {
    expect(endWithIntervals([100, 50], [{ highFps: 190 }, null])).toBe(190);
    expect(endWithIntervals([100, 50], [{ highFps: 110 }, { highFps: 130 }])).toBe(130);
    expect(endWithIntervals([100, 50], [{ highFps: 900 }, null])).toBe(200);
    expect(endWithIntervals([100], [null])).toBe(0);
    expect(endWithIntervals([], [])).toBe(0);
  });
});

/** Draws on an axis from 0 to 200, a pixel a unit; returns where lines went along and across it, and what was written. */
function drawn(interval: Partial<IntervalLine>, isHorizontal = true) {
  const lines: (readonly [number, number])[] = [];
  const written: { readonly text: string; readonly x: number; readonly y: number }[] = [];
  const nothing = (): void => undefined;
  const ctx = {
    save: nothing,
    restore: nothing,
    translate: nothing,
    rotate: nothing,
    beginPath: nothing,
    stroke: nothing,
    fillRect: nothing,
    moveTo: (along: number, across: number) => void lines.push([along, across]),
    lineTo: (along: number, across: number) => void lines.push([along, across]),
    measureText: (text: string) => ({ width: 6 * text.length }),
    fillText: (text: string, x: number, y: number) => void written.push({ text, x, y }),
  };
  const chart = { ctx, width: 300, height: 300 };
  const scale = {
    min: 0,
    max: 200,
    chart,
    isHorizontal: () => isHorizontal,
    getPixelForValue: (value: number) => (isHorizontal ? value : 200 - value),
  };
  const line = { low: 40, high: 120, highText: 'the end', at: 30, ...interval };
  drawInterval(chart as unknown as Chart, scale as unknown as Scale, line, { fontPixels: 13 } as Palette);
  return { lines, written };
}

describe('an interval', () => {
  it('ends in a stroke at both ends on the axis, and says nothing', () => {
    const { lines, written } = drawn({});
    expect(lines).toEqual([
      [40, 0],
      [120, 0],
      [40, -4],
      [40, 4],
      [120, -4],
      [120, 4],
    ]);
    expect(written).toEqual([]);
  });

  it('ends in an arrow with its figure where the axis ends before it', () => {
    const { lines, written } = drawn({ high: 500 });
    expect(lines.slice(-3)).toEqual([
      [193, -4],
      [200, 0],
      [193, 4],
    ]);
    expect(Math.max(...lines.map(([along]) => along))).toBe(200);
    // Before the arrow, on the line.
    expect(written).toEqual([{ text: 'the end', x: 200 - 7 - 4 - 42, y: 30 }]);
  });

  it('has its figure beside the arrow where it stands, within the chart', () => {
    expect(drawn({ high: 500 }, false).written).toEqual([{ text: 'the end', x: 38, y: 7 }]);
    expect(drawn({ high: 500, at: 280 }, false).written).toEqual([{ text: 'the end', x: 280 - 8 - 42, y: 7 }]);
  });

  it('leaves room for the mark that stands on it', () => {
    expect(drawn({ mark: { value: 80, pixels: 10 } }).lines.slice(0, 4)).toEqual([
      [40, 0],
      [70, 0],
      [90, 0],
      [120, 0],
    ]);
  });
});
