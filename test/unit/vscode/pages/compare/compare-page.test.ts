import { describe, expect, it } from 'vitest';
import type { Estimate, Query } from '../../../../../src/core/estimate/estimate';
import { comparedModel, compareModels } from '../../../../../src/core/present/compare';
import {
  maxCompared,
  parseComparePageMessage,
  parseCompareState,
  parseComparisonMessage,
  type ComparisonMessage,
} from '../../../../../src/protocol/compare-page';
import { ownSize } from '../../../../../src/protocol/insight';
import { splitPath, targetText } from '../../../../../webview-ui/compare/view';
import { profileOfFile } from '../../../core/present/models';

const query: Query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' };
const estimate: Estimate = {
  ...{ ...query, resolution: 224, batch: 1, throughputFps: 80, latencyMs: 12.5, method: 'landmark-fit' },
  ...{ interval: { level: 0.9, lowFps: 70, highFps: 90 }, landmarks: 9, campaigns: ['paper'] },
  ...{ crossValidatedError: 0.05, extrapolated: false, notes: [] },
};

async function message(): Promise<ComparisonMessage> {
  const profile = await profileOfFile('test/fixtures/exported/resnet18.folded.onnx');
  const prediction = { estimate, reason: null, why: null, alternatives: [] };
  const file = { file: 'nets/a.onnx', ok: true, fileBytes: 9, profile, prediction } as const;
  return {
    ...{ type: 'comparison', what: 'the workspace', roots: [], choice: query, choiceIsDefault: true, size: ownSize },
    devices: [
      {
        id: 'jetson-nano',
        name: 'Jetson Nano',
        hasLandmarks: true,
        runtimes: [{ id: 'tensorrt-fp16', name: 'TensorRT FP16' }],
      },
    ],
    ...{ targetFps: 60, progress: { isSearching: false, found: 2, read: 2 }, isTruncated: false },
    ...compareModels(
      [{ id: 'file:///nets/a.onnx', ...comparedModel(file, query, 60) }],
      [{ id: 'file:///b.onnx', file: 'b.onnx', code: 'truncated', message: 'The file ends early.' }],
    ),
  };
}

describe('messages to the page', () => {
  it('come through as VS Code passes them on, as JSON', async () => {
    const sent = await message();
    expect(parseComparisonMessage(JSON.parse(JSON.stringify(sent)))).toEqual(sent);
    expect(sent.models[0]).toMatchObject({ isOnFront: true, standing: 'met', family: 'ResNet' });
  });

  it('are refused where they are none', async () => {
    const sent = await message();
    const [row] = sent.models;
    for (const broken of [
      null,
      { ...sent, type: 'model' },
      { ...sent, models: [{ ...row, throughputFps: -1 }] },
      { ...sent, models: [{ ...row, id: undefined }] },
      { ...sent, targetFps: Number.NaN },
    ]) {
      expect(parseComparisonMessage(broken)).toBeNull();
    }
  });
});

describe('messages from the page', () => {
  const sort = { column: 'latency', descending: false } as const;

  it.each([
    { type: 'ready' },
    { type: 'choose', choice: query },
    { type: 'resize', size: { resolution: 112, batch: null } },
    { type: 'open', id: 'file:///a.onnx' },
    { type: 'export', format: 'csv', to: 'file', sort },
  ])('come through: $type', (sent) => {
    expect(parseComparePageMessage(JSON.parse(JSON.stringify(sent)))).toEqual(sent);
  });

  it.each([
    ['no object', 'ready'],
    ['an unknown type', { type: 'run' }],
    ['a runtime that there is not', { type: 'choose', choice: { ...query, runtime: 'tensorflow' } }],
    ['a resolution beyond all bounds', { type: 'resize', size: { resolution: 1e9, batch: null } }],
    ['a column that there is not', { type: 'export', format: 'csv', to: 'file', sort: { ...sort, column: 'x' } }],
    ['a URI of a megabyte', { type: 'open', id: 'x'.repeat(1e6) }],
  ])('are refused: %s', (_name, sent) => {
    expect(parseComparePageMessage(sent)).toBeNull();
  });
});

describe('what a page keeps over a reload', () => {
  const kept = {
    roots: ['file:///nets'],
    choice: { device: 'jetson-nano', runtime: 'pytorch-fp16' },
    size: { resolution: 112, batch: 4 },
    sort: { column: 'parameters', descending: true },
  };

  it('comes back', () => {
    expect(parseCompareState(kept)).toEqual(kept);
  });

  it('comes back as far as it is whole', () => {
    const first = { column: 'throughput', descending: true };
    expect(parseCompareState({ ...kept, size: 'large', choice: { device: 1 }, sort: null })).toEqual({
      ...{ roots: kept.roots, choice: null, size: ownSize, sort: first },
    });
    const whole = { roots: [], choice: null, size: ownSize, sort: first };
    expect(parseCompareState(undefined)).toEqual(whole);
    expect(parseCompareState({ roots: [1] })).toEqual(whole);
    expect(parseCompareState({ roots: Array.from({ length: maxCompared + 1 }, () => 'file:///a') })).toEqual(whole);
  });
});

describe('words of the page', () => {
  it('have paths in two parts', () => {
    expect(splitPath('nets/small/a.onnx')).toEqual({ name: 'a.onnx', folder: 'nets/small' });
    expect(splitPath('a.onnx')).toEqual({ name: 'a.onnx', folder: '' });
    expect(splitPath('C:\\nets\\a.onnx')).toEqual({ name: 'a.onnx', folder: 'C:\\nets' });
  });

  it('have a target without the digits of a division', () => {
    expect(targetText(100 / 3)).toBe('33.33 FPS');
  });
});
