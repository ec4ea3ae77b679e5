import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import type { RewriteBoard } from '../../../../../src/core/estimate/rewrites-for';
import { memorySource } from '../../../../../src/core/onnx/byte-source';
import { readModel } from '../../../../../src/core/onnx/read';
import { raiseOpset } from '../../../../../src/core/onnx/rewrite/raise-opset';
import { rewrittenFile } from '../../../../../src/core/onnx/rewrite/rewritten-pieces';
import { filledFixture } from '../../../../bench/ladder/filled-fixture';
import {
  compare,
  floats,
  integers,
  largestDifference,
  node,
  operatorsOf,
  ramp,
  rewritten,
  run,
  single,
  smallModel,
  vectors,
} from './outputs';

const nano: RewriteBoard = { tensorrt: '8.2.1', runtime: 'tensorrt-fp32' };
const half: RewriteBoard = { tensorrt: '11.4', runtime: 'tensorrt-fp16' };
const quantised: RewriteBoard = { tensorrt: '11.4', runtime: 'tensorrt-int8' };

const fixture = (file: string): Promise<Uint8Array> =>
  filledFixture(new URL(`../../../../fixtures/${file}`, import.meta.url));

describe('what torch exports', () => {
  it.each([
    ['torch-2.11/mobilenet_v3_large.onnx', '8.2', 13, ['decomposed', 'axes', 'opset'], 0],
    ['torch-2.11/mobilenet_v3_large.onnx', '8.6', 17, ['axes', 'opset'], 0],
    ['torch-2.11/mobilenet_v3_large.onnx', '7.1', 11, ['decomposed', 'axes', 'opset'], 0],
    ['torch-2.11/deit_tiny_patch16_224.onnx', '8.2', 13, ['decomposed', 'axes', 'opset'], 1e-5],
    ['exported/mobilenet_v3_small.folded.onnx', '8.2', 13, ['decomposed', 'opset'], 0],
  ])('%s computes the same for TensorRT %s, at opset %i', async (file, tensorrt, opset, codes, most) => {
    const result = await compare(await fixture(file), { tensorrt, runtime: 'tensorrt-fp32' });
    expect(result).toMatchObject({ opset, codes });
    expect(result.difference).toBeLessThanOrEqual(most);
  });

  it.each([
    'torch-2.11/mobilenet_v3_large.onnx',
    'torch-2.11/deit_tiny_patch16_224.onnx',
    'exported/resnet18.folded.onnx',
    'exported/retinaface_mnet025.folded.onnx',
  ])('%s is within a hundredth in FP16', async (file) => {
    const result = await compare(await fixture(file), half);
    expect(result.codes).toEqual(['fp16']);
    expect(result.difference).toBeLessThan(0.01);
  });

  it('needs nothing for boards that read it', async () => {
    for (const tensorrt of ['10.3', '11.4']) {
      const { rewritten: structure } = await rewritten(await fixture('torch-2.11/mobilenet_v3_large.onnx'), {
        tensorrt,
        runtime: 'tensorrt-fp32',
      });
      expect(structure.rewrites).toEqual([]);
    }
  });

  it('is quantised for timing with the shapes that it had', async () => {
    const bytes = await fixture('torch-2.11/mobilenet_v3_large.onnx');
    const result = await rewritten(bytes, quantised);
    expect(result.rewritten.rewrites.map(({ text }) => text).join()).toMatch(/timing alone.*mean nothing.*FP16/);
    const [before, after] = [await run(bytes), await run(result.bytes)];
    expect(Object.values(after.outputs).map(({ dims }) => dims)).toEqual(
      Object.values(before.outputs).map(({ dims }) => dims),
    );
    expect(operatorsOf(result.bytes).has('QuantizeLinear')).toBe(true);
  });

  it('is taken as it is where it is FP16 already', async () => {
    const { bytes } = await rewritten(await fixture('exported/mobilenet_v3_small.folded.onnx'), half);
    expect((await rewritten(bytes, half)).rewritten.rewrites).toEqual([]);
  });
});

describe('INT8 on TensorRT 11', () => {
  const { STRING } = onnx.AttributeProto.AttributeType;
  const older = (nodes: readonly onnx.INodeProto[]): Uint8Array =>
    smallModel({
      opset: 11,
      inputs: { x: [1, 4, 6, 6] },
      outputs: ['y'],
      nodes: [...nodes, node('Conv', ['end', 'w'], ['y'])],
      weights: {
        w: floats([2, 4, 1, 1], ramp(8)),
        boxes: floats([1, 4], [0.3, 0.6, 4.1, 4.7]),
        batch: integers([1], [0]),
        shape: integers([4], [1, 4, 6, 6]),
      },
    });
  const raisedNodes = [
    node('Dropout', ['x'], ['a'], { ratio: 0.5 }, 'floats'),
    node('ReduceMean', ['a'], ['mean'], { axes: [2, -1], keepdims: 1 }),
    node('ReduceSum', ['a'], ['sum'], { axes: [1], keepdims: 0 }),
    node('Unsqueeze', ['sum'], ['wide'], { axes: [1] }),
    node('Squeeze', ['wide'], ['narrow'], { axes: [1] }),
    node('Softmax', ['narrow'], ['soft'], { axis: 2 }),
    node('Split', ['a'], ['b', 'c'], { axis: 1 }),
    node('Split', ['a'], ['d', 'e'], { axis: 1, split: [1, 3] }),
    node('Concat', ['c', 'b'], ['swapped'], { axis: 1 }),
    node('Concat', ['e', 'd'], ['turned'], { axis: 1 }),
    node('RoiAlign', ['a', 'boxes', 'batch'], ['region'], {
      output_height: 6,
      output_width: 6,
      sampling_ratio: 2,
      mode: { type: STRING, s: Buffer.from('avg') },
    }),
    node('Sum', ['mean', 'soft', 'swapped', 'turned', 'region'], ['end']),
  ];

  it('raises the opset to the one in which what is not INT8 can be FP16, with the same outputs', async () => {
    const bytes = older(raisedNodes);
    const read = await readModel(memorySource(bytes));
    const raised = read.ok ? raiseOpset(read.value, 19) : null;
    if (raised === null) throw new Error('The opset was not raised.');
    const options = { file: memorySource(bytes), openExternal: undefined, signal: undefined };
    const file = rewrittenFile({ model: raised, rewrites: [], origins: new Map(), clamped: 0 }, options);
    if (!file.ok) throw new Error(file.error.message);
    const pieces: Uint8Array[] = [];
    for await (const piece of file.value.pieces) pieces.push(piece.slice());
    const before = await run(bytes);
    const after = await run(new Uint8Array(Buffer.concat(pieces)), before.feeds);
    expect(largestDifference(before.outputs, after.outputs)).toBe(0);
    const { rewrites } = (await rewritten(bytes, quantised)).rewritten;
    expect(rewrites.map(({ code }) => code)).toEqual(['int8', 'opset', 'fp16']);
    await run((await rewritten(bytes, quantised)).bytes, before.feeds);
  });

  it('says so where it cannot', async () => {
    const bytes = older([node('Softmax', ['x'], ['end'], { axis: 1 })]);
    const { rewrites } = (await rewritten(bytes, quantised)).rewritten;
    expect(rewrites.map(({ text }) => text).join()).toMatch(/stays FP32, as its opset 11 cannot be raised to 19/);
  });
});

describe('what an older parser reads otherwise', () => {
  const reductions = ['ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceProd', 'ReduceL1', 'ReduceL2', 'ReduceSumSquare'];

  it.each([...reductions, 'ReduceLogSumExp'])('axes of %s become an attribute', async (name) => {
    const bytes = single(18, node(name, ['x', 'axes'], ['y'], { keepdims: 0 }), [2, 3, 4], {
      axes: integers([2], [-1, 0]),
    });
    const result = await compare(bytes, nano);
    expect(result).toMatchObject({ codes: ['axes', 'opset'], opset: 13 });
    expect(result.difference).toBeLessThan(1e-6);
    expect((await rewritten(bytes, { ...nano, tensorrt: '10.3' })).rewritten.rewrites).toEqual([]);
  });

  it('axes of a Constant, and those inside a branch, too', async () => {
    const { GRAPH, TENSOR } = onnx.AttributeProto.AttributeType;
    const branch = (name: string): onnx.IAttributeProto => ({
      type: GRAPH,
      g: {
        name,
        node: [node('ReduceMean', ['x', 'axes'], [name])],
        output: [{ name, type: { tensorType: { elemType: 1 } } }],
      },
    });
    const bytes = smallModel({
      opset: 18,
      inputs: { x: [2, 3] },
      outputs: ['y'],
      nodes: [
        node('Constant', [], ['axes'], { value: { type: TENSOR, t: integers([1], [1]) } }),
        node('Constant', [], ['yes'], { value: { type: TENSOR, t: { dataType: 9, dims: [], int32Data: [1] } } }),
        node('If', ['yes'], ['y'], { then_branch: branch('a'), else_branch: branch('b') }),
      ],
    });
    const result = await compare(bytes, nano);
    expect(result.rewritten.rewrites[0]?.text).toBe('axes of ReduceMean ×2 moved from an input to an attribute');
    expect(result.difference).toBe(0);
    expect((await compare(bytes, half)).difference).toBeLessThan(1e-3);
  });

  it('Reshape states allowzero on TensorRT 8.0 to 8.3 where its opset cannot be lowered', async () => {
    // A triangle whose place depends on the data has no other form.
    const nodes = [
      node('ReduceMax', ['x'], ['highest'], { keepdims: 0 }),
      node('Cast', ['highest'], ['by'], { to: 7 }),
      node('Trilu', ['x', 'by'], ['t']),
      node('Reshape', ['t', 'shape'], ['y']),
    ];
    const bytes = smallModel({
      opset: 14,
      inputs: { x: [4, 4] },
      outputs: ['y'],
      nodes,
      weights: { shape: integers([1], [16]) },
    });
    const result = await compare(bytes, nano);
    expect(result).toMatchObject({ codes: ['allowzero'], difference: 0, opset: 14 });
    expect((await rewritten(bytes, { ...nano, tensorrt: '8.4' })).rewritten.rewrites).toEqual([]);
  });

  const { STRING } = onnx.AttributeProto.AttributeType;
  const text = (value: string): onnx.IAttributeProto => ({ type: STRING, s: Buffer.from(value) });

  it.each<[string, Uint8Array]>([
    [
      'parts of unequal size',
      smallModel({
        opset: 18,
        inputs: { x: [1, 7, 4] },
        outputs: ['y'],
        nodes: [
          node('Split', ['x'], ['a', 'b', 'c'], { axis: 1, num_outputs: 3 }),
          node('Concat', ['c', 'a', 'b'], ['y'], { axis: 1 }),
        ],
      }),
    ],
    [
      'Pad of some axes',
      single(18, node('Pad', ['x', 'pads', 'value', 'axes'], ['y']), [1, 2, 3, 4], {
        pads: integers([4], [1, 0, 2, 3]),
        value: floats([], [0.5]),
        axes: integers([2], [-1, 1]),
      }),
    ],
    [
      'Resize of some axes by scales',
      single(18, node('Resize', ['x', '', 'scales'], ['y'], { axes: [2, 3], mode: text('linear') }), [1, 2, 4, 6], {
        scales: floats([2], [2, 1.5]),
      }),
    ],
    [
      'Resize of some axes to sizes',
      single(19, node('Resize', ['x', '', '', 'sizes'], ['y'], { axes: [3, -2] }), [1, 2, 4, 6], {
        sizes: integers([2], [9, 5]),
      }),
    ],
    [
      'remainders of integers, by either sign',
      smallModel({
        opset: 18,
        inputs: { x: [1, 2, 9] },
        outputs: ['y'],
        nodes: [
          node('Mod', ['dividends', 'divisors'], ['python']),
          node('Mod', ['dividends', 'divisors'], ['c'], { fmod: 1 }),
          node('Concat', ['python', 'c'], ['whole'], { axis: 0 }),
          node('CastLike', ['whole', 'x'], ['numbers']),
          node('Add', ['x', 'numbers'], ['y']),
        ],
        weights: {
          dividends: integers([1, 9], [7, -7, 7, -7, 6, -6, 0, 1, -1]),
          divisors: integers([1, 9], [3, 3, -3, -3, 3, 3, 5, -4, 4]),
        },
      }),
    ],
  ])('%s: the same with what it reads', async (_, bytes) => {
    const result = await compare(bytes, nano);
    expect(result.difference).toBe(0);
    expect(result.opset).toBe(13);
  });

  it('axes of Pad and scales of GroupNormalization-21 are written otherwise for 10.3, and not for 10.9', async () => {
    const nodes = [
      node('GroupNormalization', ['x', 'scale', 'bias'], ['n'], { num_groups: 3 }),
      node('Pad', ['n', 'pads', '', 'axes'], ['y']),
    ];
    const weights = { ...vectors(6), pads: integers([2], [1, 2]), axes: integers([1], [-1]) };
    const bytes = smallModel({ opset: 21, inputs: { x: [1, 6, 4, 4] }, outputs: ['y'], nodes, weights });
    const result = await compare(bytes, { ...nano, tensorrt: '10.3' });
    expect(result.rewritten.rewrites.map(({ text }) => text)).toEqual([
      'GroupNormalization ×1 written with older operators',
      'Pad ×1 written for all axes',
      'opset lowered from 21 to 20',
    ]);
    expect(result.difference).toBeLessThan(2e-6);
    expect((await rewritten(bytes, { ...nano, tensorrt: '10.9' })).rewritten.rewrites).toEqual([]);
  });

  it('a part of a shape is sliced off, and the opset lowered', async () => {
    const nodes = [
      node('Shape', ['x'], ['batch'], { start: 0, end: 1 }),
      node('Concat', ['batch', 'rest'], ['shape'], { axis: 0 }),
      node('Reshape', ['x', 'shape'], ['y'], { allowzero: 0 }),
    ];
    const bytes = smallModel({
      opset: 17,
      inputs: { x: ['n', 3, 4] },
      outputs: ['y'],
      nodes,
      weights: { rest: integers([1], [-1]) },
    });
    expect(await compare(bytes, nano)).toMatchObject({ codes: ['opset'], difference: 0, opset: 13 });
  });
});
