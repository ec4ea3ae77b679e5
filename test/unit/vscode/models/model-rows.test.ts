import { describe, expect, it } from 'vitest';
import type { Query } from '../../../../src/core/estimate/estimate';
import { createEstimators } from '../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { failure, type Result } from '../../../../src/core/result';
import { groupRows, missesTarget, modelState, type ModelRow } from '../../../../src/vscode/models/model-rows';
import type { ModelSummary } from '../../../../src/files/reading/model-summary';
import { summariseFile } from '../../../../src/files/reading/read-summary';

const nano: Query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' };
const estimators = createEstimators(bundledLandmarks);

async function row(path: string, folder: string, targetFps: number | null = null): Promise<ModelRow<string>> {
  const state = modelState(await summariseFile(path, {}), nano, targetFps, estimators);
  return { file: path, name: path.slice(path.lastIndexOf('/') + 1), folder, state };
}

const made = (name: string, result: Result<ModelSummary> | null): ModelRow<string> => ({
  file: name,
  name,
  folder: 'made',
  state: modelState(result, nano, 40, estimators),
});

const rows = [
  await row('samples/resnet18.onnx', '', 40),
  await row('samples/resnet152.onnx', '', 40),
  await row('samples/resnet50.onnx', 'nets/large', 40),
  await row('samples/squeezenet1_1.onnx', 'nets', 40),
  made('waiting.onnx', null),
  made('broken.onnx', failure('malformed', 'This file is broken.')),
];

const shown = (by: Partial<Parameters<typeof groupRows>[1]>): unknown =>
  groupRows(rows, { grouping: 'family', order: 'throughput', belowTargetOnly: false, ...by }, 'models').map((group) => [
    group.label,
    group.rows.map(({ name }) => name),
  ]);

describe('rows of the Models view', () => {
  it('stand under their families, the fastest first, and what has no family last', () => {
    expect(shown({})).toEqual([
      ['ResNet', ['resnet18.onnx', 'resnet50.onnx', 'resnet152.onnx']],
      ['SqueezeNet', ['squeezenet1_1.onnx']],
      ['Reading', ['waiting.onnx']],
      ['Not readable', ['broken.onnx']],
    ]);
  });

  it('are one list, the fastest first, where they are not grouped', () => {
    expect(shown({ grouping: 'none' })).toEqual([
      [
        'all',
        ['squeezenet1_1.onnx', 'resnet18.onnx', 'resnet50.onnx', 'resnet152.onnx', 'broken.onnx', 'waiting.onnx'],
      ],
    ]);
  });

  it('stand under their folders', () => {
    expect(shown({ grouping: 'folder', order: 'name' })).toEqual([
      ['made', ['broken.onnx', 'waiting.onnx']],
      ['models', ['resnet18.onnx', 'resnet152.onnx']],
      ['nets', ['squeezenet1_1.onnx']],
      ['nets/large', ['resnet50.onnx']],
    ]);
  });

  it('are those that miss the target where only they are wanted', () => {
    expect(rows.filter(missesTarget).map(({ name }) => name)).toEqual(['resnet152.onnx', 'resnet50.onnx']);
    expect(shown({ belowTargetOnly: true })).toEqual([['ResNet', ['resnet50.onnx', 'resnet152.onnx']]]);
  });

  it('miss no target where none is set', async () => {
    expect(missesTarget(await row('samples/resnet152.onnx', ''))).toBe(false);
  });
});
