import { expect, it } from 'vitest';
import type { Model, Node, Tensor } from '../../../../src/core/onnx/model';
import { profiled } from './profiled';
import { loadFixture } from './fixtures';

/** Face networks pool with a depthwise convolution as large as the last feature map. */
async function withDepthwisePooling(kernel: number): Promise<Model> {
  const model = await loadFixture('mobilenet_v2.folded.onnx');
  const { graph } = model;
  const dims = [1280, 1, kernel, kernel];
  const elements = 1280 * kernel * kernel;
  const weight: Tensor = {
    name: 'pooling',
    dims,
    elements,
    dataType: 1,
    payload: { kind: 'absent' },
    values: null,
    sparse: false,
    storedElements: elements,
  };
  const pooling = (node: Node): Node => ({
    ...node,
    opType: 'Conv',
    inputs: [node.inputs[0] ?? '', 'pooling'],
    attributes: new Map([['group', { kind: 'int', value: 1280 }]]),
  });
  const nodes = graph.nodes.map((node) => (node.opType === 'GlobalAveragePool' ? pooling(node) : node));
  const initializers = new Map([...graph.initializers, ['pooling', weight] as const]);
  return { ...model, graph: { ...graph, nodes, initializers } };
}

it('recognises MobileNetV2 with a global depthwise convolution instead of pooling', async () => {
  const profile = profiled(await withDepthwisePooling(7));
  expect([profile.family, profile.variant]).toEqual(['MobileNetV2', 'MobileNetV2 width 1 modified']);
  expect(profile.parameters).toBe(3_504_872 + 1280 * 49);
});

it('does not take a further 3×3 depthwise convolution for pooling', async () => {
  expect(profiled(await withDepthwisePooling(3)).family).toBeNull();
});
