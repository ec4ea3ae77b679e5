import { describe, expect, it } from 'vitest';
import type { LayerTime } from '../../../../src/core/estimate/graph-cost/explain';
import { compareLayers } from '../../../../src/core/estimate/layer-comparison';

const kernel = (latencyMs: number, ...nodes: string[]): LayerTime =>
  ({ layer: { nodes }, latencyMs, share: 0, arithmeticMs: 0, trafficMs: 0, launchMs: 0 }) as unknown as LayerTime;

const layer = (name: string, meanMs: number) => ({ name, meanMs });

describe('measured layers beside predicted kernels', () => {
  it('belong together by the nodes that TensorRT names, in the names of 8 and of 10', () => {
    const compared = compareLayers(
      [layer('Conv_0 + Relu_1', 2), layer('/layer1/conv/Conv + PWN(/layer1/act/Sigmoid, /layer1/act/Mul)', 3)],
      [kernel(1.5, 'Conv_0', 'Relu_1'), kernel(4, '/layer1/conv/Conv', '/layer1/act/Sigmoid', '/layer1/act/Mul')],
    );
    expect(compared).toEqual([
      expect.objectContaining({ measuredMs: 3, predictedMs: 4, isFusedAsAssumed: true }),
      { name: 'Conv_0 + Relu_1', measuredMs: 2, predictedMs: 1.5, isFusedAsAssumed: true },
    ]);
  });

  it('are marked where TensorRT fused them otherwise, in either direction', () => {
    const compared = compareLayers(
      [layer('Conv_0 || Conv_1', 2), layer('Conv_2', 1), layer('PWN(Relu_3)', 0.5)],
      [kernel(1, 'Conv_0'), kernel(1.2, 'Conv_1'), kernel(2, 'Conv_2', 'Relu_3')],
    );
    expect(compared).toEqual([
      { name: 'Conv_0 || Conv_1', measuredMs: 2, predictedMs: 2.2, isFusedAsAssumed: false },
      { name: 'Conv_2; PWN(Relu_3)', measuredMs: 1.5, predictedMs: 2, isFusedAsAssumed: false },
    ]);
  });

  it('keep what has no counterpart', () => {
    const compared = compareLayers(
      [layer('Reformatting CopyNode for Input Tensor 0 to Conv_0', 0.1), layer('Conv_0', 1)],
      [kernel(1, 'Conv_0'), kernel(0.2, 'Softmax_9')],
    );
    expect(compared.map(({ measuredMs, predictedMs }) => [measuredMs, predictedMs])).toEqual([
      [1, 1],
      [0.1, null],
      [null, 0.2],
    ]);
    expect(compareLayers([layer('Conv_0', 1)], [])).toEqual([
      { name: 'Conv_0', measuredMs: 1, predictedMs: null, isFusedAsAssumed: false },
    ]);
  });
});
