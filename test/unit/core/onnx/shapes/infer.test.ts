import { describe, expect, it } from 'vitest';
import { DataType } from '../../../../../src/core/onnx/data-types';
import type { Dimension, Model } from '../../../../../src/core/onnx/model';
import type { ShapeOptions } from '../../../../../src/core/onnx/shapes/infer';
import { type PlainGraph, type PlainNode, graph, infer, model, refusal } from './models';

function shapeOf(name: string, plain: PlainGraph, options?: ShapeOptions, opset?: number): readonly Dimension[] | null {
  return infer(model(plain, opset), options).values.get(name)?.shape ?? null;
}

describe('shape arithmetic', () => {
  /** x.view(x.size(0), -1) as torch writes it. */
  const flatten: PlainGraph = {
    inputs: { x: ['batch', 3, 4, 5] },
    int64: { zero: [0], minus: [-1], first: [0] },
    nodes: [
      ['Shape', ['x'], ['s']],
      ['Gather', ['s', 'zero'], ['n']],
      ['Concat', ['n', 'minus'], ['t'], { axis: 0 }],
      ['Reshape', ['x', 't'], ['y']],
    ],
  };

  it('carries a symbol through a reshape', () => {
    expect(shapeOf('y', flatten)).toEqual(['batch', 60]);
  });

  it('puts a number in its place', () => {
    expect(shapeOf('y', flatten, { dimensions: new Map([['batch', 7]]) })).toEqual([7, 60]);
    expect(shapeOf('y', flatten, { batch: 2 })).toEqual([2, 60]);
    expect(shapeOf('y', flatten, { assumed: { batch: 1 } })).toEqual([1, 60]);
  });

  it('marks it as known before the first inference', () => {
    const { values } = infer(model(flatten));
    expect(values.get('t')).toMatchObject({ origin: 'shape', elements: ['batch', -1] });
    expect(values.get('y')?.origin).toBe('data');
  });

  it('folds the padding of torch.nn.functional.pad', () => {
    const plain: PlainGraph = {
      inputs: { x: [1, 2, 6, 6] },
      int64: {
        left: [1, 2, 3, 4, 0, 0, 0, 0],
        pairs: [-1, 2],
        low: [-1],
        high: [-(2 ** 63)],
        axis: [0],
        step: [-1],
        flat: [-1],
      },
      nodes: [
        ['Reshape', ['left', 'pairs'], ['a']],
        ['Slice', ['a', 'low', 'high', 'axis', 'step'], ['b']],
        ['Transpose', ['b'], ['c'], { perm: [1, 0] }],
        ['Reshape', ['c', 'flat'], ['d']],
        ['Pad', ['x', 'd'], ['y']],
      ],
    };
    expect(shapeOf('y', plain)).toEqual([1, 2, 6 + 3 + 4, 6 + 1 + 2]);
  });

  it('names what depends on data', () => {
    const result = infer(model({ inputs: { x: [2, 3], t: [2] }, nodes: [['Reshape', ['x', 't'], ['y']]] }));
    expect(result.values.get('y')?.shape).toEqual([null, null]);
    expect(result.unresolved).toEqual([
      { operator: 'Reshape', node: 'y', reason: 'its target shape is computed from data' },
    ]);
  });

  it('names an operator without a rule, with its domain', () => {
    const result = infer(
      model({
        inputs: { x: [2] },
        nodes: [
          ['mmdeploy.Trick', ['x'], ['y']],
          ['Relu', ['y'], ['z']],
        ],
      }),
    );
    expect(result.unresolved.map((entry) => entry.operator)).toEqual(['mmdeploy.Trick']);
    expect(result.values.get('z')?.shape).toBeNull();
  });
});

describe('windows', () => {
  const pool = (size: number, attributes: NonNullable<PlainNode[3]>, type = 'MaxPool') =>
    shapeOf('y', { inputs: { x: [1, 2, size, size] }, nodes: [[type, ['x'], ['y'], attributes]] });

  it.each([
    [{ kernel_shape: [3, 3], strides: [2, 2] }, [1, 2, 3, 3]],
    [{ kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }, [1, 2, 4, 4]],
    [{ kernel_shape: [3, 3], strides: [2, 2], pads: [0, 1, 1, 1] }, [1, 2, 4, 4]],
    [{ kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' }, [1, 2, 4, 4]],
    [{ kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'VALID' }, [1, 2, 3, 3]],
    [{ kernel_shape: [3, 3], dilations: [2, 2] }, [1, 2, 4, 4]],
  ])('%o', (attributes, expected) => {
    expect(pool(8, attributes)).toEqual(expected);
  });

  it('drops a window that would start in the padding', () => {
    // 5 + 1 + 1 = 7 holds windows at 0, 3 and, with ceil_mode, 6: that one would start behind the input's end at 5 + 1.
    expect(pool(5, { kernel_shape: [3, 3], strides: [3, 3], pads: [1, 1, 1, 1], ceil_mode: 1 })).toEqual([1, 2, 2, 2]);
  });

  it('reports a window that does not fit', () => {
    const result = infer(
      model({ inputs: { x: [1, 1, 2, 2] }, nodes: [['MaxPool', ['x'], ['y'], { kernel_shape: [5, 5] }]] }),
    );
    expect(result.unresolved[0]?.reason).toContain('a window of 5 does not fit into 2');
  });
});

describe('sub-graphs', () => {
  const small = graph({
    int64: { n: [1] },
    outputs: ['o'],
    nodes: [['ReduceMean', ['x'], ['o'], { axes: [1], keepdims: 0 }]],
  });
  const large = graph({ outputs: ['o'], nodes: [['Relu', ['x'], ['o']]] });
  const choose = (condition: PlainGraph): Model =>
    model({
      ...condition,
      outputs: ['y'],
      nodes: [...condition.nodes, ['If', ['c'], ['y'], { then_branch: large, else_branch: small }]],
    });

  it('takes the branch that a constant condition chooses', () => {
    const plain: PlainGraph = {
      inputs: { x: [2, 3] },
      int64: { three: [3], i: [1] },
      nodes: [
        ['Shape', ['x'], ['s']],
        ['Gather', ['s', 'i'], ['d']],
        ['Equal', ['d', 'three'], ['c']],
      ],
    };
    const result = infer(choose(plain));
    expect(result.values.get('y')?.shape).toEqual([2, 3]);
    expect(result.nodes.map(({ node }) => node.opType)).toContain('Relu');
    expect(result.nodes.map(({ node }) => node.opType)).not.toContain('If');
    expect(result.unresolved).toEqual([]);
  });

  it('keeps what both branches agree on, and says that they differ', () => {
    const result = infer(choose({ inputs: { x: [2, 3], c: [] }, nodes: [] }));
    expect(result.values.get('y')?.shape).toBeNull();
    expect(result.unresolved.map((entry) => entry.operator)).toEqual(['If']);
  });

  it('unrolls a loop of known length in cost only', () => {
    const body = graph({
      inputs: { i: [], go: [], v: [4, 4] },
      outputs: ['go2', 'w'],
      nodes: [
        ['Identity', ['go'], ['go2']],
        ['MatMul', ['v', 'k'], ['w']],
      ],
    });
    const plain: PlainGraph = {
      inputs: { x: [4, 4] },
      weights: { k: [4, 4] },
      int64: { trips: [5] },
      nodes: [['Loop', ['trips', '', 'x'], ['y'], { body }]],
    };
    const result = infer(model(plain));
    expect(result.values.get('y')?.shape).toEqual([4, 4]);
    expect(result.nodes.filter(({ node }) => node.opType === 'MatMul').map(({ repeats }) => repeats)).toEqual([5]);
  });
});

describe('the image input', () => {
  it.each([
    [[1, 3, 32, 48], 'NCHW', [1, 3, 64, 64]],
    [[1, 32, 48, 3], 'NHWC', [1, 64, 64, 3]],
    [['n', 'c', 'h', 'w'], 'NCHW', ['n', 'c', 64, 64]],
    [[0, 3, 0, 0], 'NCHW', [null, 3, 64, 64]],
  ] as const)('%j is %s', (shape, layout, resized) => {
    const result = infer(model({ inputs: { x: shape }, nodes: [['Relu', ['x'], ['y']]] }), { resolution: 64 });
    expect(result.image).toEqual({ name: 'x', layout, shape: resized });
    expect(result.values.get('y')?.shape).toEqual(resized);
  });

  it('is NHWC when it is transposed at once', () => {
    const plain: PlainGraph = {
      inputs: { x: [1, null, null, null] },
      nodes: [['Transpose', ['x'], ['y'], { perm: [0, 3, 1, 2] }]],
    };
    expect(infer(model(plain), { resolution: 64 }).values.get('y')?.shape).toEqual([1, null, 64, 64]);
  });

  it('resizes a second image of the same size, and nothing else', () => {
    const result = infer(model({ inputs: { rgb: [1, 3, 32, 32], depth: [1, 1, 32, 32], age: [1, 10] }, nodes: [] }), {
      batch: 2,
      resolution: 16,
    });
    const shapes = ['rgb', 'depth', 'age'].map((name) => result.values.get(name)?.shape);
    expect(shapes).toEqual([
      [2, 3, 16, 16],
      [2, 1, 16, 16],
      [1, 10],
    ]);
  });

  it('is not one of the weights of a model that declares them as inputs', () => {
    const plain: PlainGraph = {
      inputs: { w: [8, 3, 3, 3], x: [1, 3, 8, 8] },
      nodes: [['Conv', ['x', 'w'], ['y']]],
    };
    const result = infer(model(plain), { resolution: 16 });
    expect(result.image?.name).toBe('x');
    expect(result.values.get('w')).toMatchObject({ origin: 'constant', shape: [8, 3, 3, 3] });
    expect(result.values.get('y')?.shape).toEqual([1, 8, 14, 14]);
  });
});

describe('a network without an image', () => {
  it('has its batch first', () => {
    const plain: PlainGraph = {
      inputs: { tokens: ['n', 20, 64] },
      weights: { w: [64, 8] },
      nodes: [['MatMul', ['tokens', 'w'], ['y']]],
    };
    expect(shapeOf('y', plain, { assumed: { batch: 1 } })).toEqual([1, 20, 8]);
    expect(shapeOf('y', plain, { batch: 3 })).toEqual([3, 20, 8]);
    expect(shapeOf('y', { ...plain, inputs: { tokens: [1, 20, 64] } }, { batch: 3 })).toEqual([3, 20, 8]);
  });
});

describe('another size than the exported one', () => {
  it('says which constants it read anew', () => {
    const shuffle: PlainGraph = {
      inputs: { x: [1, 6, 4, 4] },
      int64: { t: [1, 2, 3, 4, 4] },
      nodes: [['Reshape', ['x', 't'], ['y']]],
    };
    const result = infer(model(shuffle), { resolution: 10, batch: 3 });
    expect(result.values.get('y')?.shape).toEqual([3, 2, 3, 10, 10]);
    expect(result.adjustments).toEqual([
      { operator: 'Reshape', node: 'y', what: 'reshapes to [3, 2, 3, 10, 10] where the file says [1, 2, 3, 4, 4]' },
    ]);
  });

  it('splits an axis again as it was merged', () => {
    const tokens: PlainGraph = {
      inputs: { x: [1, 4, 3, 5] },
      int64: { merge: [1, 4, 15], split: [1, 4, 3, 5] },
      nodes: [
        ['Reshape', ['x', 'merge'], ['t']],
        ['Transpose', ['t'], ['s'], { perm: [2, 0, 1] }],
        ['Relu', ['s'], ['r']],
        ['Transpose', ['r'], ['u'], { perm: [1, 2, 0] }],
        ['Reshape', ['u', 'split'], ['y']],
      ],
    };
    expect(infer(model(tokens)).values.get('y')?.shape).toEqual([1, 4, 3, 5]);
    expect(infer(model(tokens), { height: 6, width: 7, batch: 2 }).values.get('y')?.shape).toEqual([2, 4, 6, 7]);
  });

  it('refuses a reshape that has more than one reading', () => {
    const tokens: PlainGraph = {
      inputs: { x: [1, 3, 24, 2] },
      int64: { split: [1, 3, 2, 3, 4, 2] },
      nodes: [['Reshape', ['x', 'split'], ['y']]],
    };
    expect(refusal(model(tokens), { height: 48, width: 2 })).toMatchObject({ code: 'shape-conflict' });
  });

  it('remakes constants that are as long as the data: grids, class tokens, position tables', () => {
    const detector: PlainGraph = {
      inputs: { x: [1, 2, 4, 4] },
      weights: { grid: [1, 2, 16], token: [1, 2, 1], table: [2, 17] },
      int64: { merge: [1, 2, 16], from: [0], to: [17], axis: [2] },
      nodes: [
        ['Reshape', ['x', 'merge'], ['t']],
        ['Sub', ['grid', 't'], ['s']],
        ['Concat', ['token', 's'], ['c'], { axis: 2 }],
        ['Add', ['c', 'table'], ['a']],
        ['Slice', ['a', 'from', 'to', 'axis'], ['y']],
      ],
    };
    const result = infer(model(detector), { height: 6, width: 8, batch: 3 });
    expect(result.values.get('s')?.shape).toEqual([3, 2, 48]);
    expect(result.values.get('y')?.shape).toEqual([3, 2, 49]);
    expect(result.adjustments.flatMap((one) => one.constant ?? [])).toEqual(['grid', 'token', 'table']);
  });

  it('cuts a detector at the bounds between its levels', () => {
    const levels: PlainGraph = {
      inputs: { x: [1, 2, 8, 8] },
      int64: { fine: [1, 2, 64], coarse: [1, 2, 16], zero: [0], bound: [64], end: [80], axis: [2], parts: [64, 16] },
      nodes: [
        ['MaxPool', ['x'], ['p'], { kernel_shape: [2, 2], strides: [2, 2] }],
        ['Reshape', ['x', 'fine'], ['f']],
        ['Reshape', ['p', 'coarse'], ['g']],
        ['Concat', ['f', 'g'], ['c'], { axis: 2 }],
        ['Slice', ['c', 'zero', 'bound', 'axis'], ['first']],
        ['Slice', ['c', 'bound', 'end', 'axis'], ['second']],
        ['Split', ['c', 'parts'], ['third', 'fourth'], { axis: 2 }],
      ],
    };
    const { values } = infer(model(levels), { height: 16, width: 12 });
    const lengths = ['first', 'second', 'third', 'fourth'].map((name) => values.get(name)?.shape?.[2]);
    expect(lengths).toEqual([192, 48, 192, 48]);
  });

  it('says that the size is to blame in a network that leaves it open', () => {
    const pyramid: PlainGraph = {
      inputs: { x: ['n', 3, 'h', 'w'] },
      floats: { scales: [1, 1, 2, 2] },
      nodes: [
        ['MaxPool', ['x'], ['p'], { kernel_shape: [2, 2], strides: [2, 2] }],
        ['Resize', ['p', '', 'scales'], ['u']],
        ['Add', ['u', 'x'], ['y']],
      ],
    };
    const assumed = { resolution: 224, batch: 1 };
    expect(infer(model(pyramid), { resolution: 66, assumed }).values.get('y')?.shape).toEqual([1, 3, 66, 66]);
    const { code, message } = refusal(model(pyramid), { resolution: 65, assumed });
    expect(code).toBe('shape-conflict');
    expect(message).toBe(
      'This network cannot run at the size asked for: at node "y" (Add), shapes [1, 3, 64, 64] and [1, 3, 65, 65] ' +
        'do not broadcast.',
    );
  });

  it('refuses a classifier that wants the exported number of features', () => {
    const plain: PlainGraph = {
      inputs: { x: [1, 4, 3, 3] },
      weights: { w: [36, 10] },
      nodes: [
        ['Flatten', ['x'], ['f']],
        ['Gemm', ['f', 'w'], ['y']],
      ],
    };
    const { code, message } = refusal(model(plain), { resolution: 6 });
    expect(code).toBe('shape-conflict');
    expect(message).toBe(
      'This network cannot run at the size asked for: at node "y" (Gemm), the inner dimensions of Gemm differ: ' +
        '144 and 36. Export it at that size instead.',
    );
  });

  it('never turns a changed resolution into a batch', () => {
    const plain: PlainGraph = {
      inputs: { x: [1, 4, 3, 3] },
      weights: { w: [36, 10] },
      int64: { t: [-1, 36] },
      nodes: [
        ['Reshape', ['x', 't'], ['f']],
        ['Gemm', ['f', 'w'], ['y']],
      ],
    };
    // 4·6·6 elements fit into [-1, 36] as a batch of 4, which would be nonsense.
    expect(refusal(model(plain), { resolution: 6 }).code).toBe('shape-conflict');
    expect(infer(model(plain), { batch: 5 }).values.get('y')?.shape).toEqual([5, 10]);
  });

  it('blames the size only for what was right before', () => {
    const plain: PlainGraph = {
      inputs: { x: [1, 3, 8, 8] },
      weights: { w: [4, 5, 3, 3] },
      nodes: [['Conv', ['x', 'w'], ['y']]],
    };
    expect(infer(model(plain), { resolution: 16 }).unresolved.map((entry) => entry.operator)).toEqual(['Conv']);
  });

  it('does not trust the shapes that the file states', () => {
    const plain = model({ inputs: { x: [1, 3, 8, 8] }, nodes: [['Unheard', ['x'], ['y']]] });
    const stated = { name: 'y', dataType: DataType.FLOAT, shape: [1, 3, 8, 8] };
    const net = { ...plain, graph: { ...plain.graph, outputs: [stated] } };
    expect(infer(net).values.get('y')?.shape).toEqual([1, 3, 8, 8]);
    expect(infer(net, { resolution: 16 }).values.get('y')?.shape).toBeNull();
  });
});

describe('operators of few networks', () => {
  it('follows Fourier transforms as the ONNX specification has them', () => {
    const signal: PlainGraph = {
      inputs: { x: [1, 4096, 1] },
      int64: { step: [256], length: [1024], axis: [1] },
      nodes: [
        ['STFT', ['x', 'step', '', 'length'], ['frames']],
        ['DFT', ['x', '', 'axis'], ['half'], { onesided: 1 }],
        ['DFT', ['x', '', 'axis'], ['whole']],
      ],
    };
    const { values } = infer(model(signal, 20));
    expect(values.get('frames')?.shape).toEqual([1, 13, 513, 2]);
    expect(values.get('half')?.shape).toEqual([1, 2049, 2]);
    expect(values.get('whole')?.shape).toEqual([1, 4096, 2]);
  });

  it('gives the detections that a plugin of TensorRT keeps', () => {
    const detector: PlainGraph = {
      inputs: { boxes: [2, 8400, 4], scores: [2, 8400, 80] },
      nodes: [['EfficientNMS_TRT', ['boxes', 'scores'], ['n', 'b', 's', 'c'], { max_output_boxes: 100 }]],
    };
    const { values } = infer(model(detector));
    expect(['n', 'b', 's', 'c'].map((name) => values.get(name)?.shape)).toEqual([
      [2, 1],
      [2, 100, 4],
      [2, 100],
      [2, 100],
    ]);
  });
});
