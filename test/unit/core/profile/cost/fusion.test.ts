import { describe, expect, it } from 'vitest';
import { type ModelCost, costOf } from '../../../../../src/core/profile/cost/cost';
import { type PlainGraph, type PlainNode, infer, model } from '../../onnx/shapes/models';

function cost(plain: PlainGraph): ModelCost {
  const net = model(plain);
  const result = costOf(net, infer(net));
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const size = 8;
const map = 4 * size * size;

/** A map [1, 4, 8, 8] with convolution weights w1 (1×1), w3 (3×3) and vectors of one element per channel. */
function net(nodes: readonly PlainNode[], more: Partial<PlainGraph> = {}): PlainGraph {
  const vectors = Object.fromEntries(['s', 'b', 'm', 'v'].map((name) => [name, [4]]));
  return {
    inputs: { x: [1, 4, size, size] },
    weights: {
      w1: [4, 4, 1, 1],
      w3: [4, 4, 3, 3],
      wd: [4, 1, 3, 3],
      wg: [4, 2, 3, 3],
      c: [4, 1, 1],
      scalar: [],
      ...vectors,
    },
    nodes,
    ...more,
  };
}

const same = { pads: [1, 1, 1, 1] };
const conv = (from: string, to: string, weight = 'w3'): PlainNode =>
  weight === 'w1'
    ? ['Conv', [from, weight], [to]]
    : ['Conv', [from, weight], [to], weight === 'w3' ? same : { ...same, group: weight === 'wd' ? 4 : 2 }];
const norm = (from: string, to: string): PlainNode => ['BatchNormalization', [from, 's', 'b', 'm', 'v'], [to]];

function kernels(nodes: readonly PlainNode[], more?: Partial<PlainGraph>): readonly string[] {
  return cost(net(nodes, more)).layers.map((layer) => `${layer.kind}: ${layer.operators.join(' ')}`);
}

describe('what runs in the kernel of a convolution', () => {
  it.each<[string, readonly PlainNode[]]>([
    ['BatchNormalization and Relu', [conv('x', 'a'), norm('a', 'b0'), ['Relu', ['b0'], ['y']]]],
    ['constant factors and shifts', [conv('x', 'a'), ['Mul', ['a', 'c'], ['b0']], ['Sub', ['b0', 'scalar'], ['y']]]],
    ['x · sigmoid(x)', [conv('x', 'a'), ['Sigmoid', ['a'], ['g']], ['Mul', ['a', 'g'], ['y']]]],
    [
      'hard-swish in four nodes',
      [
        conv('x', 'a'),
        ['Add', ['a', 'scalar'], ['p']],
        ['Clip', ['p'], ['q']],
        ['Mul', ['a', 'q'], ['r']],
        ['Div', ['r', 'scalar'], ['y']],
      ],
    ],
    [
      'GELU by erf',
      [
        conv('x', 'a'),
        ['Div', ['a', 'scalar'], ['p']],
        ['Erf', ['p'], ['q']],
        ['Add', ['q', 'scalar'], ['r']],
        ['Mul', ['a', 'r'], ['t']],
        ['Mul', ['t', 'scalar'], ['y']],
      ],
    ],
    [
      'softplus, tanh, Mul (Mish)',
      [conv('x', 'a'), ['Softplus', ['a'], ['p']], ['Tanh', ['p'], ['q']], ['Mul', ['a', 'q'], ['y']]],
    ],
    [
      'views on the way',
      [conv('x', 'a'), ['Identity', ['a'], ['i']], ['Dropout', ['i'], ['d']], ['Relu', ['d'], ['y']]],
    ],
  ])('%s', (_, nodes) => {
    const { layers } = cost(net(nodes));
    expect(layers).toHaveLength(1);
    expect(layers[0]).toMatchObject({
      kind: 'dense',
      macs: map * 4 * 9,
      readElements: map,
      writtenElements: map,
      weightElements: 144,
    });
    expect(layers[0]?.output.name).toBe('y');
  });

  it('takes in a residual addition at the later of two convolutions', () => {
    const { layers } = cost(
      net([conv('x', 'a'), conv('x', 'short', 'w1'), ['Add', ['a', 'short'], ['b0']], ['Relu', ['b0'], ['y']]]),
    );
    expect(layers.map((layer) => layer.operators.join(' '))).toEqual(['Conv', 'Conv Add Relu']);
    expect(layers[1]?.readElements).toBe(2 * map);
  });

  it.each<[string, readonly PlainNode[], readonly string[]]>([
    ['PRelu', [conv('x', 'a'), ['PRelu', ['a', 'c'], ['y']]], ['dense: Conv', 'element-wise: PRelu']],
    [
      'the normalisation before a convolution',
      [norm('x', 'n'), ['Relu', ['n'], ['r']], conv('r', 'y')],
      ['element-wise: BatchNormalization Relu', 'dense: Conv'],
    ],
    [
      'a normalisation whose input is read elsewhere',
      [conv('x', 'a'), norm('a', 'n'), conv('n', 'p'), ['Add', ['p', 'a'], ['y']]],
      ['dense: Conv', 'element-wise: BatchNormalization', 'dense: Conv Add'],
    ],
    [
      'a normalisation after an activation',
      [conv('x', 'a'), ['Relu', ['a'], ['r']], norm('r', 'y')],
      ['dense: Conv Relu', 'element-wise: BatchNormalization'],
    ],
    [
      'an activation whose input is an output',
      [conv('x', 'a'), ['Relu', ['a'], ['y']]],
      ['dense: Conv', 'element-wise: Relu'],
    ],
    [
      'squeeze and excitation',
      [
        ['GlobalAveragePool', ['x'], ['g']],
        conv('g', 'h', 'w1'),
        ['Sigmoid', ['h'], ['t']],
        ['Mul', ['x', 't'], ['y']],
      ],
      ['reduce: GlobalAveragePool', 'pointwise: Conv Sigmoid', 'element-wise: Mul'],
    ],
  ])('leaves out %s', (name, nodes, expected) => {
    expect(kernels(nodes, name === 'an activation whose input is an output' ? { outputs: ['a', 'y'] } : {})).toEqual(
      expected,
    );
  });

  it('tells kinds of convolutions apart', () => {
    expect(kernels([conv('x', 'a', 'w3'), conv('a', 'b0', 'w1'), conv('b0', 'd', 'wd'), conv('d', 'y', 'wg')])).toEqual(
      ['dense: Conv', 'pointwise: Conv', 'depthwise: Conv', 'grouped: Conv'],
    );
  });
});

describe('what moves', () => {
  it('costs nothing to reshape, or to transpose dimensions of 1', () => {
    const plain = net(
      [
        ['GlobalAveragePool', ['x'], ['g']],
        ['Transpose', ['g'], ['t'], { perm: [0, 2, 3, 1] }],
        ['Reshape', ['t', 'flat'], ['r']],
        ['Unsqueeze', ['r', 'axis'], ['y']],
      ],
      { int64: { flat: [1, 4], axis: [0] } },
    );
    expect(cost(plain).layers.map((layer) => layer.operators)).toEqual([['GlobalAveragePool']]);
    expect(cost(plain).uncosted).toEqual([]);
  });

  it('moves every element in a channel shuffle', () => {
    const shuffle = net(
      [
        ['Reshape', ['x', 'split'], ['a']],
        ['Transpose', ['a'], ['b0'], { perm: [0, 2, 1, 3, 4] }],
        ['Reshape', ['b0', 'join'], ['y']],
      ],
      { int64: { split: [1, 2, 2, size, size], join: [1, 4, size, size] } },
    );
    expect(cost(shuffle).layers).toMatchObject([{ kind: 'data-movement', readElements: map, writtenElements: map }]);
  });

  it('concatenates in place what is computed for it, and copies the rest', () => {
    const twice: PlainNode[] = [
      conv('x', 'a', 'w1'),
      conv('a', 'b0', 'w1'),
      ['Concat', ['a', 'b0'], ['first'], { axis: 1 }],
      ['Concat', ['x', 'a', 'first'], ['y'], { axis: 1 }],
    ];
    const { layers } = cost(net(twice));
    // x is an input and a already lies in the first buffer; the first one as a whole lies in the second.
    expect(layers.map((layer) => [layer.kind, layer.readElements])).toEqual([
      ['pointwise', map],
      ['pointwise', map],
      ['data-movement', 2 * map],
    ]);
  });

  it('pads within the convolution', () => {
    const padded = net(
      [
        ['Pad', ['x', 'p'], ['q']],
        ['Conv', ['q', 'w3'], ['y']],
      ],
      { int64: { p: [0, 0, 1, 1, 0, 0, 1, 1] } },
    );
    const result = cost(padded);
    expect(result.layers).toMatchObject([{ operators: ['Conv'], readElements: map }]);
    // torch's layer sees the padded tensor.
    expect(result.activationElements).toBe(4 * (size + 2) ** 2 + map);
  });

  it('reads of a slice what it keeps', () => {
    const half = net([['Slice', ['x', 'from', 'to', 'axis'], ['y']]], { int64: { from: [0], to: [2], axis: [1] } });
    expect(cost(half).layers).toMatchObject([
      { kind: 'data-movement', readElements: map / 2, writtenElements: map / 2 },
    ]);
  });
});

describe('matrix products', () => {
  it('counts those of two activations as work, not as weights', () => {
    const attention: PlainGraph = {
      inputs: { q: [2, 5, 8], k: [2, 8, 7] },
      weights: { w: [7, 3], bias: [3] },
      nodes: [
        ['MatMul', ['q', 'k'], ['s']],
        ['Softmax', ['s'], ['p']],
        ['MatMul', ['p', 'w'], ['o']],
        ['Add', ['o', 'bias'], ['y']],
      ],
    };
    const result = cost(attention);
    expect(result.macs).toBe(2 * 5 * 7 * 8 + 2 * 5 * 3 * 7);
    expect(result.weightedMacs).toBe(2 * 5 * 3 * 7);
    expect(result.activationElements).toBe(2 * 5 * 7 + 2 * 5 * 3);
    expect(result.weightElements).toBe(21);
    expect(result.layers.map((layer) => layer.operators.join(' '))).toEqual(['MatMul', 'Softmax', 'MatMul Add']);
  });

  it('counts an einsum by its indices', () => {
    const plain: PlainGraph = {
      inputs: { a: [2, 3, 4], b: [2, 4, 5] },
      nodes: [['Einsum', ['a', 'b'], ['y'], { equation: 'bij,bjk->bik' }]],
    };
    expect(cost(plain).macs).toBe(2 * 3 * 4 * 5);
  });
});

describe('what is not known', () => {
  it('is named and never counted as nothing', () => {
    const { uncosted, uncostedShare, layers, peakActivation } = cost(
      net([conv('x', 'a'), ['mmdeploy.Trick', ['a'], ['t']], ['Relu', ['t'], ['y']]]),
    );
    expect(uncosted).toEqual(['Relu', 'mmdeploy.Trick']);
    expect(uncostedShare).toBeCloseTo(2 / 3, 12);
    expect(layers).toHaveLength(1);
    expect(peakActivation).toBeNull();
  });
});

describe('peak memory of activations', () => {
  it('is the input and the output of the largest step', () => {
    expect(cost(net([conv('x', 'a'), conv('a', 'b0'), conv('b0', 'y')])).peakActivation).toMatchObject({
      elements: 2 * map,
      bytes: 8 * map,
    });
  });

  it('keeps what a later step reads', () => {
    const skip = cost(net([conv('x', 'a'), conv('a', 'b0'), conv('b0', 'd'), ['Add', ['d', 'a'], ['y']]]));
    // The addition is part of the last convolution, which reads b0 and a and writes y.
    expect(skip.peakActivation?.elements).toBe(3 * map);
  });

  it('writes element-wise results over what nothing reads any more', () => {
    expect(cost(net([norm('x', 'a'), ['PRelu', ['a', 'c'], ['b0']], norm('b0', 'y')])).peakActivation?.elements).toBe(
      map,
    );
  });

  it('does not count a concatenation twice', () => {
    const nodes: PlainNode[] = [conv('x', 'a'), conv('x', 'b0'), ['Concat', ['a', 'b0'], ['y'], { axis: 1 }]];
    expect(cost(net(nodes)).peakActivation?.elements).toBe(3 * map);
  });
});
