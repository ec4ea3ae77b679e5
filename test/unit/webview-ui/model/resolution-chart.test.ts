import { describe, expect, it } from 'vitest';
import type { ResolutionsMessage } from '../../../../src/protocol/model-page';
import { resolutionChartSpec } from '../../../../webview-ui/model/resolution-chart';
import type { Palette } from '../../../../webview-ui/chart/palette';

const point = (side: number, throughputFps: number) => {
  return { height: side, width: side, resolution: side, throughputFps, latencyMs: 1000 / throughputFps };
};
const resolutions: ResolutionsMessage['view'] = {
  batch: 1,
  asked: { height: 224, width: 224 },
  points: [point(112, 90), point(224, 30), point(448, 8)],
  measured: [],
  paper: null,
  bounds: [],
};
const palette = { fontPixels: 13, strong: '#000' } as Palette;

/** The names of the plugins that draw on the chart, and the ends of its axis of figures. */
function drawnWith(targetFps: number | null) {
  const { plugins = [], options } = resolutionChartSpec(resolutions, targetFps, 'a.onnx').configure(palette);
  const { min, max } = options?.scales?.['y'] as { readonly min: number; readonly max: number };
  return { plugins: plugins.map(({ id }) => id), min, max };
}

const labels = (targetFps: number | null) =>
  resolutionChartSpec(resolutions, targetFps, 'a.onnx').legend.map(({ label }) => label);

describe('the chart of FPS over resolution', () => {
  it('has the target as a line, on an axis that reaches it, and in its key', () => {
    expect(drawnWith(60).plugins).toEqual(['lineAcross']);
    expect(labels(60)).toEqual(['predicted', '224×224', 'target, 60 FPS']);
    const above = drawnWith(240);
    expect(above.max).toBeGreaterThan(240);
    expect(above.min).toBeLessThan(8);
    expect(drawnWith(2).min).toBeLessThan(2);
  });

  it('has no such line without a target', () => {
    expect(drawnWith(null).plugins).toEqual([]);
    expect(labels(null)).toEqual(['predicted', '224×224']);
  });
});
