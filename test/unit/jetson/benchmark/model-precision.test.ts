import { describe, expect, it } from 'vitest';
import type { Model } from '../../../../src/core/onnx/model';
import { modelPrecision } from '../../../../src/jetson/benchmark/model-precision';

const tensor = (dataType: number, elements: number) => ({ dataType, elements });

function model(weights: readonly object[], nodes: readonly object[] = []): Model {
  return {
    graph: { nodes, initializers: new Map(weights.map((each, index) => [`w${index}`, each])) },
  } as unknown as Model;
}

const node = (opType: string, value?: object) => ({
  opType,
  attributes: new Map(value === undefined ? [] : [['value', { kind: 'tensor', value }]]),
});

describe('the precision of a model', () => {
  it('is that of most of its weights, whether stored or constants of the graph', () => {
    expect(modelPrecision(model([tensor(1, 1000), tensor(7, 5000)]))).toBe('fp32');
    expect(modelPrecision(model([tensor(10, 1000), tensor(1, 4)]))).toBe('fp16');
    expect(modelPrecision(model([tensor(1, 4)], [node('Constant', tensor(10, 1000))]))).toBe('fp16');
    expect(modelPrecision(model([]))).toBe('fp32');
  });

  it('is INT8 where it quantises, whatever its weights are stored as', () => {
    expect(modelPrecision(model([tensor(1, 1000)], [node('QuantizeLinear')]))).toBe('int8');
  });
});
