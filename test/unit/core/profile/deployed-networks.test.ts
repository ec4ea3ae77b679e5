import { describe, expect, it } from 'vitest';
import { operatingPoint } from '../../../../src/core/estimate/operating-point';
import type { Model } from '../../../../src/core/onnx/model';
import { graph, infer, model, type PlainNode } from '../onnx/shapes/models';
import { profiled } from './profiled';

const nano = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;

/** The same graph with names for its nodes, in order. */
function named(plain: Model, names: readonly string[]): Model {
  const nodes = plain.graph.nodes.map((node, index) => ({ ...node, name: names[index] ?? '' }));
  return { ...plain, graph: { ...plain.graph, nodes } };
}

const conv = (from: string, to: string, ...weights: string[]): PlainNode => ['Conv', [from, ...weights], [to]];

describe('sizes', () => {
  const anySize = { inputs: { x: [1, 3, 240, 320] }, weights: { w: [8, 3, 3, 3] }, nodes: [conv('x', 'y', 'w')] };

  it('judges an image that is not square at its own size, and at one that is asked for', () => {
    const profile = profiled(model(anySize));
    expect(profile.macs).toBe(8 * 3 * 9 * 238 * 318);
    expect(operatingPoint(profile, nano)).toMatchObject({
      ok: true,
      value: { height: 240, width: 320, resolution: 277 },
    });
    const asked = operatingPoint(profile, { ...nano, height: 480, width: 640 });
    expect(asked).toMatchObject({ ok: true, value: { macsPerInput: 8 * 3 * 9 * 478 * 638 } });
    const square = profile.costAt({ resolution: 64 });
    expect(square.ok && square.value.macs).toBe(8 * 3 * 9 * 62 * 62);
  });

  it('takes an image without a batch axis for an image', () => {
    const nodes: PlainNode[] = [['Unsqueeze', ['x', 'zero'], ['batched']], conv('batched', 'y', 'w')];
    const profile = profiled(
      model({ inputs: { x: [3, 'height', 'width'] }, weights: { w: [8, 3, 1, 1] }, int64: { zero: [0] }, nodes }),
    );
    expect(profile.input?.layout).toBe('CHW');
    const cost = profile.costAt({ height: 10, width: 20 });
    expect(cost.ok && cost.value.macs).toBe(8 * 3 * 200);
  });

  it('names sizes near one at which the network cannot run', () => {
    const nodes: PlainNode[] = [
      ['MaxPool', ['x'], ['half'], { kernel_shape: [2, 2], strides: [2, 2] }],
      ['Upsample', ['half', 'twice'], ['up']],
      ['Add', ['up', 'x'], ['y']],
    ];
    const floats = { twice: [1, 1, 2, 2] };
    const profile = profiled(model({ inputs: { x: [1, 3, 64, 64] }, floats, nodes }, 9));
    const point = operatingPoint(profile, { ...nano, resolution: 67 });
    expect(point.ok ? '' : point.error).toContain('It runs at 66×66 and 68×68.');
  });

  it('folds padding that is computed in floating point', () => {
    const nodes: PlainNode[] = [
      ['Shape', ['x'], ['shape'], { start: 2, end: 4 }],
      ['Cast', ['shape'], ['size'], { to: 1 }],
      ['Div', ['size', 'stride'], ['steps']],
      ['Ceil', ['steps'], ['whole']],
      ['Mul', ['whole', 'stride'], ['covered']],
      ['Sub', ['covered', 'size'], ['missing']],
      ['Clip', ['missing', 'zero'], ['clipped']],
      ['Cast', ['clipped'], ['ends'], { to: 7 }],
      ['Concat', ['begins', 'ends'], ['pads'], { axis: 0 }],
      ['Pad', ['x', 'pads'], ['y']],
    ];
    const int64 = { begins: [0, 0, 0, 0, 0, 0] };
    const padded = model({ inputs: { x: [1, 3, 10, 15] }, floats: { stride: [4, 4], zero: [0] }, int64, nodes }, 15);
    expect(infer(padded).values.get('y')?.shape).toEqual([1, 3, 12, 16]);
  });
});

describe('control flow', () => {
  const body = graph({
    inputs: { i: [], go: [] },
    outputs: ['go2', 'row'],
    nodes: [
      ['Identity', ['go'], ['go2']],
      ['Identity', ['i'], ['row']],
    ],
  });

  it('leaves the rest costed beside a loop that ends nobody knows when', () => {
    const nodes: PlainNode[] = [['Loop', ['forever', ''], ['rows'], { body }], conv('x', 'y', 'w')];
    const looping = model({
      inputs: { x: [1, 3, 8, 8] },
      weights: { w: [4, 3, 1, 1] },
      int64: { forever: [2 ** 63] },
      outputs: ['rows', 'y'],
      nodes,
    });
    expect(profiled(looping).macs).toBe(4 * 3 * 64);
  });

  it('does not count the multiplications of a branch as none', () => {
    const branch = (weight: string) => graph({ nodes: [conv('x', `y_${weight}`, weight)] });
    const nodes: PlainNode[] = [['If', ['c'], ['y'], { then_branch: branch('v'), else_branch: branch('w') }]];
    const weights = { v: [4, 3, 1, 1], w: [8, 3, 1, 1] };
    expect(profiled(model({ inputs: { x: [1, 3, 8, 8], c: [] }, weights, nodes })).macs).toBeNull();
  });
});

describe('parameters', () => {
  it('leave out tables that decode what a detector answers, and say so', () => {
    const nodes: PlainNode[] = [
      conv('x', 'boxes', 'w', 'b'),
      ['Reshape', ['boxes', 'flat'], ['rows']],
      ['Mul', ['rows', 'stride'], ['scaled']],
      ['Add', ['scaled', 'priors'], ['y']],
    ];
    const weights = { w: [4, 3, 1, 1], b: [4], stride: [1, 64, 1], priors: [1, 64, 4] };
    const profile = profiled(model({ inputs: { x: [1, 3, 8, 8] }, weights, int64: { flat: [1, -1, 4] }, nodes }));
    expect(profile.parameters).toBe(4 * 3 + 4);
    expect(profile.evidence.join(' ')).toContain(`${64 + 256} numbers of tables`);
  });

  it('keep a table that trained layers come after, as a position embedding', () => {
    const nodes: PlainNode[] = [
      ['Add', ['x', 'positions'], ['placed']],
      ['MatMul', ['placed', 'w'], ['y']],
    ];
    const weights = { positions: [1, 16, 32], w: [32, 8] };
    const embedded = model({ inputs: { ids: [1, 16, 32] }, weights, nodes: [['Relu', ['ids'], ['x']], ...nodes] });
    expect(profiled(embedded).parameters).toBe(16 * 32 + 32 * 8);
  });

  it('count weights and biases that the graph fills with one number', () => {
    const nodes: PlainNode[] = [
      ['ConstantOfShape', ['ws'], ['w']],
      ['ConstantOfShape', ['bs'], ['b']],
      conv('x', 'y', 'w', 'b'),
    ];
    const light = model({ inputs: { x: [1, 3, 8, 8] }, int64: { ws: [8, 3, 3, 3], bs: [8] }, nodes });
    expect(profiled(light).parameters).toBe(8 * 27 + 8);
  });

  it('count a kernel that is standardised by its own mean once', () => {
    const nodes: PlainNode[] = [
      ['Reshape', ['w', 'rows'], ['flat']],
      ['BatchNormalization', ['flat', 'gain', 'zeros', 'mean', 'variance'], ['standard']],
      ['Reshape', ['standard', 'shape'], ['kernel']],
      conv('x', 'y', 'kernel'),
    ];
    const weights = { w: [8, 3, 3, 3], gain: [8], zeros: [8], mean: [8], variance: [8] };
    const int64 = { rows: [1, 8, -1], shape: [8, 3, 3, 3] };
    expect(profiled(model({ inputs: { x: [1, 3, 8, 8] }, weights, int64, nodes })).parameters).toBe(8 * 27);
  });

  it('tell biases beside folded BatchNormalization by how the newer exporter names what it makes', () => {
    const weights = { 'a.weight': [8, 3, 1, 1], 'a.bias': [8], 'b.weight': [8, 8, 1, 1], 'b.weight_bias': [8] };
    const more = { 'c.weight': [8, 8, 1, 1], 'c.bias': [8] };
    const nodes = [
      conv('x', 'getitem', 'a.weight', 'a.bias'),
      conv('getitem', 'getitem_3', 'b.weight', 'b.weight_bias'),
      conv('getitem_3', 'conv2d_2', 'c.weight', 'c.bias'),
    ];
    const plain = model({ inputs: { x: [1, 3, 8, 8] }, weights: { ...weights, ...more }, nodes });
    const profile = profiled(named(plain, ['node_Conv_7', 'node_Conv_8', 'node_conv2d_2']));
    expect(profile.parameters).toBe(8 * 3 + 3 * 8 + 8 * 8 + 2 * 8 + 8 * 8 + 8);
  });

  it('say both counts where an older exporter folded and nothing tells of biases', () => {
    const weights = { 'onnx::Conv_31': [8, 3, 3, 3], 'onnx::Conv_32': [8] };
    const nodes = [conv('x', 'y', 'onnx::Conv_31', 'onnx::Conv_32')];
    const evidence = profiled(model({ inputs: { x: [1, 3, 8, 8] }, weights, nodes })).evidence.join(' ');
    expect(evidence).toContain(`the network would have ${8 * 27 + 3 * 8} parameters`);
    expect(evidence).toContain(
      `(affine=False in torch), the network would have ${8 * 27} parameters, or ${8 * 27 + 8} with`,
    );
  });

  it('count one PReLU module that is applied again once, and say what it would be otherwise', () => {
    const nodes: PlainNode[] = ['x', 'a', 'b'].map((from, i): PlainNode => ['PRelu', [from, `s${i}`], ['abc'[i]!]]);
    const weights = { s0: [1, 1, 1], s1: [1, 1, 1], s2: [1, 1, 1] };
    const plain = model({ inputs: { x: [1, 3, 8, 8] }, weights, nodes });
    const profile = profiled(named(plain, ['/act/PRelu', '/act_1/PRelu', '/act_2/PRelu']));
    expect(profile.parameters).toBe(1);
    expect(profile.evidence.join(' ')).toContain('would have 3 parameters');
  });

  it('count weights that are packed by few bits by what they stand for', () => {
    const nodes: PlainNode[] = [
      ['com.microsoft.MatMulNBits', ['x', 'q', 's'], ['y'], { K: 256, N: 512, bits: 4, block_size: 32 }],
    ];
    const weights = { q: [512, 8, 16], s: [4096] };
    const profile = profiled(model({ inputs: { x: [1, 16, 256] }, weights, nodes }));
    expect([profile.parameters, profile.macs]).toEqual([256 * 512, 16 * 256 * 512]);
  });
});

describe('attention of onnxruntime', () => {
  /** 8 heads of 16 numbers in 2 groups, for 10 places. */
  const grouped = { num_heads: 8, kv_num_heads: 2 };
  const macsOf = (inputs: Record<string, number[]>, node: PlainNode): number | null =>
    profiled(model({ inputs, nodes: [node] })).macs;

  it('counts queries that hold their keys and values', () => {
    const packed = macsOf({ x: [1, 10, 192] }, ['com.microsoft.GroupQueryAttention', ['x', '', ''], ['y'], grouped]);
    expect(packed).toBe(2 * 8 * 10 * 10 * 16);
    const apart: PlainNode = ['com.microsoft.GroupQueryAttention', ['q', 'k', 'v'], ['y'], grouped];
    expect(macsOf({ q: [1, 10, 128], k: [1, 10, 32], v: [1, 10, 32] }, apart)).toBe(packed);
    const whole: PlainNode = ['com.microsoft.MultiHeadAttention', ['x'], ['y'], { num_heads: 8 }];
    expect(macsOf({ x: [1, 10, 8, 3, 16] }, whole)).toBe(packed);
  });

  it('counts the keys of earlier steps', () => {
    const inputs = { x: [1, 1, 192], pk: [1, 2, 99, 16], pv: [1, 2, 99, 16] };
    const step: PlainNode = ['com.microsoft.GroupQueryAttention', ['x', '', '', 'pk', 'pv'], ['y', 'k', 'v'], grouped];
    expect(macsOf(inputs, step)).toBe(2 * 8 * 100 * 16);
  });
});
