import { describe, expect, it } from 'vitest';
import type { Estimate, Query } from '../../../../src/core/estimate/estimate';
import { comparedModel, compareModels } from '../../../../src/core/present/compare';
import { barLabel, barsTable, pointLabel, pointsTable } from '../../../../webview-ui/compare/chart-text';
import { profileOfFile } from '../../core/present/models';

const query: Query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' };
const estimate: Estimate = {
  ...query,
  resolution: 112,
  batch: 1,
  throughputFps: 80,
  latencyMs: 12.5,
  method: 'landmark-fit',
  interval: { level: 0.9, lowFps: 70, highFps: 90 },
  landmarks: 9,
  campaigns: ['paper'],
  crossValidatedError: 0.05,
  extrapolated: false,
  basis: '',
  certainty: 'inside',
  powerMode: null,
  notes: [],
};
const profile = await profileOfFile('test/fixtures/exported/resnet18.folded.onnx');
const prediction = { estimate, reason: null, why: null, alternatives: [] };
const file = { file: 'a.onnx', ok: true, fileBytes: 9, profile, prediction } as const;
const [row] = compareModels([{ id: 'a', ...comparedModel(file, query, 60) }], []).models;

describe('what the charts of a comparison say', () => {
  it('has the input of each model where inputs differ', () => {
    expect(barLabel(row!, true)).toEqual(['a.onnx: 80.0 FPS (70.0–90.0) at 112×112', 'Meets 60 FPS (133%)']);
    expect(pointLabel(row!, true)[0]).toBe('a.onnx: 80.0 FPS at 112×112');
    const bars = barsTable([row!], true);
    expect(bars.columns.map(({ name }) => name)).toEqual([
      'Model',
      'Input',
      'FPS',
      'At least (FPS)',
      'At most (FPS)',
      'Verdict',
    ]);
    expect(bars.rows).toEqual([{ cells: ['a.onnx', '112×112', 80, 70, 90, 'met'] }]);
    const points = pointsTable([row!], true);
    expect(points.columns.map(({ name }) => name)).toEqual([
      'Model',
      'Input',
      'Parameters',
      'FPS',
      'Top-1 (%)',
      'Faster and smaller',
    ]);
    expect(points.rows).toEqual([{ cells: ['a.onnx', '112×112', 11_689_512, 80, 69.758, 'yes'] }]);
  });

  it('is without it where all are judged at one', () => {
    expect(barLabel(row!, false)).toEqual(['a.onnx: 80.0 FPS (70.0–90.0)', 'Meets 60 FPS (133%)']);
    expect(pointLabel(row!, false)[0]).toBe('a.onnx: 80.0 FPS');
    expect(barsTable([row!], false).rows).toEqual([{ cells: ['a.onnx', 80, 70, 90, 'met'] }]);
    expect(pointsTable([row!], false).rows).toEqual([{ cells: ['a.onnx', 11_689_512, 80, 69.758, 'yes'] }]);
  });
});
