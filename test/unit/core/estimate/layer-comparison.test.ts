import { describe, expect, it } from 'vitest';
import type { LayerTime } from '../../../../src/core/estimate/graph-cost/explain';
import { compareLayers } from '../../../../src/core/estimate/layer-comparison';

let position = 0;
const kernel = (latencyMs: number, ...nodes: string[]): LayerTime => {
  const parts = { share: 0, arithmeticMs: 0, trafficMs: 0, launchMs: 0 };
  return { layer: { nodes }, position: position++, latencyMs, ...parts } as unknown as LayerTime;
};

const layer = (name: string, meanMs: number) => ({ name, meanMs });

describe('measured layers beside predicted kernels', () => {
  it('belong together by the nodes that TensorRT names, in the names of 8 and of 10', () => {
    const compared = compareLayers(
      [layer('Conv_0 + Relu_1', 2), layer('/layer1/conv/Conv + PWN(/layer1/act/Sigmoid, /layer1/act/Mul)', 3)],
      [kernel(1.5, 'Conv_0', 'Relu_1'), kernel(4, '/layer1/conv/Conv', '/layer1/act/Sigmoid', '/layer1/act/Mul')],
    );
    expect(compared).toEqual([
      expect.objectContaining({ measuredMs: 3, predictedMs: 4, fusion: 'as-assumed' }),
      { name: 'Conv_0 + Relu_1', measuredMs: 2, predictedMs: 1.5, fusion: 'as-assumed' },
    ]);
  });

  it('are marked where TensorRT fused them otherwise, in either direction', () => {
    const compared = compareLayers(
      [layer('Conv_0 || Conv_1', 2), layer('Conv_2', 1), layer('PWN(Relu_3)', 0.5)],
      [kernel(1, 'Conv_0'), kernel(1.2, 'Conv_1'), kernel(2, 'Conv_2', 'Relu_3')],
    );
    expect(compared).toEqual([
      { name: 'Conv_0 || Conv_1', measuredMs: 2, predictedMs: 2.2, fusion: 'otherwise' },
      { name: 'Conv_2; PWN(Relu_3)', measuredMs: 1.5, predictedMs: 2, fusion: 'otherwise' },
    ]);
  });

  it('are found in the names of Myelin and of regions, as far as these name nodes', () => {
    const compared = compareLayers(
      [
        layer('{ForeignNode[/norm/Sub.../head/MatMul + ONNXTRT_Broadcast_7]}', 5),
        layer('/qkv/MatMul+/qkv/Add_myl0_4', 4),
        layer('node_of_out', 3),
        layer('__myl_MeaSubMul_myl0_5', 2),
      ],
      // As the explanation lists them: the heaviest first.
      [
        kernel(1, '/norm/Sub'),
        kernel(2, '/norm/Div'),
        kernel(3, '/qkv/MatMul', '/qkv/Add'),
        kernel(4, '/head/MatMul'),
        kernel(5, 'out'),
        kernel(6, '/after'),
      ].reverse(),
    );
    expect(compared.map(({ measuredMs, predictedMs, fusion }) => [measuredMs, predictedMs, fusion])).toEqual([
      [5, 7, 'otherwise'],
      [4, 3, 'as-assumed'],
      [3, 5, 'as-assumed'],
      [2, null, 'unmatched'],
      [null, 6, 'not-measured'],
    ]);
  });

  it('are matched where nothing is predicted too', () => {
    const kernels = [{ layer: { nodes: ['Conv_0', 'Relu_1'] }, position: 0, latencyMs: null }];
    expect(compareLayers([layer('Conv_0 + Relu_1', 2)], kernels)).toEqual([
      { name: 'Conv_0 + Relu_1', measuredMs: 2, predictedMs: null, fusion: 'as-assumed' },
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
      { name: 'Conv_0', measuredMs: 1, predictedMs: null, fusion: 'unmatched' },
    ]);
  });
});
