import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import type { RewriteBoard } from '../../../../../src/core/estimate/rewrites-for';
import { importableOperators } from '../../../../../src/core/landmarks/tensorrt-operators';
import { memorySource } from '../../../../../src/core/onnx/byte-source';
import { readModel } from '../../../../../src/core/onnx/read';
import { raiseOpset } from '../../../../../src/core/onnx/rewrite/raise-opset';
import { rewrittenFile } from '../../../../../src/core/onnx/rewrite/rewritten-pieces';
import { filledFixture } from '../../../../bench/ladder/filled-fixture';
import { floats, integers, largestDifference, node, operatorsOf, ramp, rewritten, run, smallModel } from './outputs';
import type { SmallModel } from './outputs';

const nano: RewriteBoard = { tensorrt: '8.2.1', runtime: 'tensorrt-fp32' };
const half: RewriteBoard = { tensorrt: '11.4', runtime: 'tensorrt-fp16' };
const quantised: RewriteBoard = { tensorrt: '11.4', runtime: 'tensorrt-int8' };

/** How far a model's outputs are from what they were, and what was done. */
async function compare(bytes: Uint8Array, board: RewriteBoard) {
  const result = await rewritten(bytes, board);
  const before = await run(bytes);
  const after = await run(result.bytes, before.feeds);
  return {
    ...result,
    difference: largestDifference(before.outputs, after.outputs),
    codes: result.rewritten.rewrites.map(({ code }) => code),
    opset: Number(onnx.ModelProto.decode(result.bytes).opsetImport[0]?.version),
  };
}

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

/** One operator with the shape of its input, and with vectors as weights. */
function single(
  opset: number,
  made: onnx.INodeProto,
  shape: readonly (number | string)[],
  weights: SmallModel['weights'] = {},
): Uint8Array {
  return smallModel({ opset, inputs: { x: shape }, outputs: ['y'], nodes: [made], weights });
}

/** Einsum of the input and weights. */
function product(equation: string, shape: readonly (number | string)[], dims: readonly number[]): Uint8Array {
  const count = dims.reduce((sizes, size) => sizes * size, 1);
  return single(12, node('Einsum', ['x', 'w'], ['y'], { equation }), shape, { w: floats(dims, ramp(count)) });
}

const vectors = (size: number) => ({ scale: floats([size], ramp(size)), bias: floats([size], ramp(size).reverse()) });

describe('operators that an older parser cannot read', () => {
  it.each<[string, Uint8Array]>([
    ['HardSwish', single(14, node('HardSwish', ['x'], ['y']), [2, 3, 4])],
    ['Mish', single(18, node('Mish', ['x'], ['y']), [2, 3, 4])],
    ['Swish', single(24, node('Swish', ['x'], ['y'], { alpha: 1.5 }), [2, 3, 4])],
    ['Gelu', single(20, node('Gelu', ['x'], ['y']), [2, 3, 4])],
    ['Gelu by tanh', single(20, node('Gelu', ['x'], ['y'], { approximate: 'tanh' }), [2, 3, 4])],
    [
      'LayerNormalization',
      single(17, node('LayerNormalization', ['x', 'scale', 'bias'], ['y']), [2, 5, 8], vectors(8)),
    ],
    [
      'LayerNormalization of axis 1',
      single(17, node('LayerNormalization', ['x', 'scale'], ['y'], { axis: 1 }), ['n', 2, 4], {
        scale: floats([2, 4], ramp(8)),
      }),
    ],
    [
      'RMSNormalization',
      single(23, node('RMSNormalization', ['x', 'scale'], ['y'], { epsilon: 0.01 }, 'floats'), [2, 5, 8], vectors(8)),
    ],
    [
      'GroupNormalization of opset 21',
      single(
        21,
        node('GroupNormalization', ['x', 'scale', 'bias'], ['y'], { num_groups: 3 }),
        ['n', 6, 'h', 'w'],
        vectors(6),
      ),
    ],
    [
      'GroupNormalization of opset 18',
      single(
        18,
        node('GroupNormalization', ['x', 'scale', 'bias'], ['y'], { num_groups: 3 }),
        [2, 6, 4, 4],
        vectors(3),
      ),
    ],
  ])('%s is written with those that it reads', async (_, bytes) => {
    const result = await compare(bytes, nano);
    expect(result.codes).toContain('decomposed');
    expect(result.difference).toBeLessThan(2e-6);
    expect(result.opset).toBe(13);
  });

  interface AttentionCase {
    readonly opset?: number;
    readonly attributes?: Readonly<Record<string, number>>;
    readonly query?: readonly (number | string)[];
    readonly key?: readonly number[];
    readonly value?: readonly number[];
    /** Inputs after key and value, and the outputs. */
    readonly more?: readonly string[];
    readonly outputs?: readonly string[];
  }

  const past = ['', 'pastKey', 'pastValue'];
  const grouped: AttentionCase = { query: [1, 4, 5, 8], key: [1, 2, 5, 8] };
  const all = ['y', 'presentKey', 'presentValue', 'scores'];

  it.each<[string, AttentionCase]>([
    ['of four axes', {}],
    ['of a batch that is open', { query: ['n', 2, 5, 8] }],
    ['of three axes', { attributes: { q_num_heads: 2, kv_num_heads: 2 }, query: [1, 5, 16], key: [1, 5, 16] }],
    ['of what came before', { attributes: { is_causal: 1 } }],
    ['with a mask', { more: ['mask'] }],
    ['with a mask of truth values', { attributes: { scale: 0.3 }, more: ['allowed'] }],
    ['of values of another width', { value: [1, 2, 5, 6] }],
    ['of groups of queries', grouped],
    [
      'of groups of queries on three axes',
      { attributes: { q_num_heads: 4, kv_num_heads: 2 }, query: [1, 5, 32], key: [1, 5, 16], value: [1, 5, 12] },
    ],
    ['in causal order with a mask and groups', { ...grouped, attributes: { is_causal: 1 }, more: ['mask'] }],
    ['with a cap on the scores', { attributes: { softcap: 0.5 } }],
    ['with a cap and a mask', { attributes: { softcap: 1.5 }, more: ['mask'] }],
    ['with keys from before', { more: past, outputs: all.slice(0, 3) }],
    ['in causal order with keys from before', { attributes: { is_causal: 1 }, more: past, outputs: all.slice(0, 3) }],
    ...[0, 1, 2, 3].map((mode): [string, AttentionCase] => [
      `that gives its scores by mode ${mode}`,
      { attributes: { softcap: 1.5, qk_matmul_output_mode: mode }, more: ['mask'], outputs: ['y', '', '', 'scores'] },
    ]),
  ])('Attention %s is written with those that it reads', async (_, each) => {
    const { opset = 23, attributes = {}, query = [1, 2, 5, 8], key = [1, 2, 5, 8], value = key } = each;
    const { more = [], outputs = ['y'] } = each;
    const tensor = (dims: readonly number[], from = 0) => {
      const count = dims.reduce((product, size) => product * size, 1);
      return floats(dims, ramp(count + from).slice(from));
    };
    const bytes = smallModel({
      opset,
      inputs: { x: query },
      outputs: outputs.filter((name) => name !== ''),
      nodes: [node('Attention', ['x', 'k', 'v', ...more], outputs, attributes)],
      weights: {
        k: tensor(key),
        v: tensor(value, 3),
        mask: tensor([5, 5], 1),
        pastKey: tensor([1, 2, 3, 8], 4),
        pastValue: tensor([1, 2, 3, 8], 5),
        allowed: { dataType: 9, dims: [5, 5], int32Data: Array.from({ length: 25 }, (__, at) => Number(at % 3 > 0)) },
      },
    });
    const result = await compare(bytes, { ...nano, tensorrt: '10.3' });
    expect(result.codes).toEqual(['decomposed', 'opset']);
    expect(result.difference).toBeLessThan(2e-6);
    expect(result.opset).toBe(20);
  });

  const index = (dims: readonly number[], values: readonly number[]) => ({ index: integers(dims, values) });

  it.each<[string, Uint8Array]>([
    ['Einsum of attention', product('bhqd,bhkd->bhqk', ['n', 2, 5, 4], [1, 2, 3, 4])],
    ['Einsum with dots', product('...ij,...jk->...ki', [2, 3, 4, 5], [2, 3, 5, 2])],
    ['Einsum of several axes', product('b h w c d, c d e f -> b e w f h', [2, 3, 4, 2, 5], [2, 5, 3, 2])],
    ['Einsum of an outer product', product('ab,cd->cadb', [2, 3], [4, 5])],
    ['Einsum without an arrow', product('ji,jk', [3, 2], [3, 4])],
    ['Einsum that sums what one has alone', product('abc,bd->db', [2, 3, 4], [3, 5])],
    ['Einsum of one', single(12, node('Einsum', ['x'], ['y'], { equation: 'abc->ca' }), [2, 3, 4])],
    [
      'Einsum of three',
      smallModel({
        opset: 12,
        inputs: { x: [2, 3] },
        outputs: ['y'],
        nodes: [node('Einsum', ['x', 'v', 'w'], ['y'], { equation: 'ab,bc,cd->da' })],
        weights: { v: floats([3, 4], ramp(12)), w: floats([4, 2], ramp(8)) },
      }),
    ],
    [
      'ScatterND',
      single(11, node('ScatterND', ['x', 'index', 'new'], ['y']), [3, 4, 'w'], {
        ...index([2, 2, 2], [0, 1, 2, 3, -1, 0, 0, 2]),
        new: floats([2, 2, 64], ramp(256)),
      }),
    ],
    [
      'ScatterElements',
      single(11, node('ScatterElements', ['x', 'index', 'new'], ['y'], { axis: -1 }), [2, 4], {
        ...index([1, 3], [2, -4, 1]),
        new: floats([1, 3], ramp(3)),
      }),
    ],
    ['GatherND', single(11, node('GatherND', ['x', 'index'], ['y']), [3, 4, 2], index([2, 1, 2], [0, 1, -1, 3]))],
    [
      'GatherElements',
      single(11, node('GatherElements', ['x', 'index'], ['y'], { axis: 1 }), [2, 4], index([2, 2], [3, 0, -1, 2])),
    ],
    ['Trilu', single(14, node('Trilu', ['x', 'index'], ['y'], { upper: 0 }), [2, 4, 5], index([], [-1]))],
    [
      'CumSum',
      single(11, node('CumSum', ['x', 'index'], ['y'], { reverse: 1, exclusive: 1 }), [2, 5, 3], index([], [1])),
    ],
    ['CumSum of a vector', single(11, node('CumSum', ['x', 'index'], ['y']), [6], index([], [0]))],
    ['Celu', single(12, node('Celu', ['x'], ['y'], { alpha: 1.5 }), [2, 9])],
    ['Sign', single(11, node('Sign', ['x'], ['y']), [2, 9])],
    ['Shrink', single(11, node('Shrink', ['x'], ['y'], { bias: 0.25, lambd: 0.75 }), [2, 9])],
    ['LpNormalization', single(11, node('LpNormalization', ['x'], ['y'], { axis: 1, p: 2 }), [2, 9, 2])],
    ['MeanVarianceNormalization', single(13, node('MeanVarianceNormalization', ['x'], ['y']), [1, 3, 4, 4])],
    [
      'Round, halves too',
      smallModel({
        opset: 11,
        inputs: { x: [1, 6] },
        outputs: ['y'],
        nodes: [node('Concat', ['x', 'halves'], ['all'], { axis: 1 }), node('Round', ['all'], ['y'])],
        weights: { halves: floats([1, 6], [0.5, 1.5, -0.5, -2.5, 0.49999997, 3]) },
      }),
    ],
    [
      'OneHot, Xor, IsNaN and comparisons',
      smallModel({
        opset: 20,
        inputs: { x: [1, 9] },
        outputs: ['y'],
        nodes: [
          node('Cast', ['x'], ['whole'], { to: 7 }),
          node('OneHot', ['whole', 'depth', 'pair'], ['hot'], { axis: 1 }),
          node('Log', ['x'], ['log']),
          node('IsNaN', ['log'], ['a']),
          node('GreaterOrEqual', ['x', 'bound'], ['b']),
          node('LessOrEqual', ['x', 'bound'], ['c']),
          node('Xor', ['a', 'b'], ['d']),
          node('Xor', ['d', 'c'], ['e']),
          node('Where', ['e', 'hot', 'x'], ['y']),
        ],
        weights: { depth: integers([], [4]), pair: floats([2], [-1, 2]), bound: floats([1], [0.5]) },
      }),
    ],
  ])('%s is written with those of TensorRT 7.1', async (_, bytes) => {
    const before = onnx.ModelProto.decode(bytes).graph?.node?.map(({ opType }) => opType ?? '') ?? [];
    const result = await compare(bytes, { ...nano, tensorrt: '7.1' });
    expect(result.codes).toContain('decomposed');
    const readable = importableOperators('7.1')!;
    expect([...operatorsOf(result.bytes)].filter((name) => !readable.has(name))).toEqual([]);
    expect(before.every((name) => readable.has(name))).toBe(false);
    expect(result.opset).toBe(11);
    expect(result.difference).toBeLessThan(2e-6);
  });

  it.each<[string, Uint8Array]>([
    ['a diagonal', single(12, node('Einsum', ['x'], ['y'], { equation: 'aab->ab' }), [3, 3, 4])],
    ['sizes that do not agree', product('ab,bc->ac', [2, 3], [4, 5])],
    ['an equation without end', single(12, node('Einsum', ['x'], ['y'], { equation: 'a'.repeat(1e4) }), [3, 3, 4])],
    [
      'an index outside',
      single(11, node('ScatterND', ['x', 'index', 'new'], ['y']), [3], {
        ...index([1, 1], [7]),
        new: floats([1], [1]),
      }),
    ],
    [
      'sums of updates',
      single(16, node('ScatterND', ['x', 'index', 'new'], ['y'], { reduction: 'add' }), [3], {
        ...index([1, 1], [1]),
        new: floats([1], [1]),
      }),
    ],
    ['a huge triangle', single(14, node('Trilu', ['x'], ['y']), [2 ** 31, 2 ** 31])],
    [
      'a huge table',
      smallModel({
        opset: 11,
        inputs: { x: [2] },
        outputs: ['y'],
        nodes: [node('Cast', ['x'], ['i'], { to: 7 }), node('OneHot', ['i', 'depth', 'pair'], ['y'])],
        weights: { depth: integers([], [2 ** 40]), pair: floats([2], [0, 1]) },
      }),
    ],
  ])('%s stays as it is for TensorRT 7.1', async (_, bytes) => {
    expect((await rewritten(bytes, { ...nano, tensorrt: '7.1' })).rewritten.rewrites).toEqual([]);
  });

  it('stay, with the error that names them, where they cannot be written otherwise', async () => {
    const bytes = single(17, node('LayerNormalization', ['x', 'scale'], ['y', 'mean']), [2, 8], vectors(8));
    expect((await rewritten(bytes, nano)).rewritten.rewrites).toEqual([]);
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
    const nodes = [node('Reshape', ['t', 'shape'], ['y']), node('Trilu', ['x'], ['t'])].reverse();
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
