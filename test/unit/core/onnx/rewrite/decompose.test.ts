import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import type { RewriteBoard } from '../../../../../src/core/estimate/rewrites-for';
import { importableOperators } from '../../../../../src/core/landmarks/tensorrt-operators';
import { compare, floats, integers, node, operatorsOf, ramp, rewritten, single, smallModel, vectors } from './outputs';

const nano: RewriteBoard = { tensorrt: '8.2.1', runtime: 'tensorrt-fp32' };

/** Einsum of the input and weights. */
function product(equation: string, shape: readonly (number | string)[], dims: readonly number[]): Uint8Array {
  const count = dims.reduce((sizes, size) => sizes * size, 1);
  return single(12, node('Einsum', ['x', 'w'], ['y'], { equation }), shape, { w: floats(dims, ramp(count)) });
}

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
    /** Whether keys and values, and those from before, are inputs whose numbers of places are open. */
    readonly isOpen?: boolean;
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
    ['in causal order of open sizes', { attributes: { is_causal: 1 }, query: ['n', 2, 's', 8], isOpen: true }],
    [
      'in causal order of open sizes with keys from before',
      { attributes: { is_causal: 1 }, query: [1, 2, 's', 8], more: past, outputs: all.slice(0, 3), isOpen: true },
    ],
    ['of a number of keys', { opset: 24, query: [1, 2, 's', 8], more: ['', '', '', 'count'], isOpen: true }],
    ...[0, 1, 2, 3].map((mode): [string, AttentionCase] => [
      `that gives its scores by mode ${mode}`,
      { attributes: { softcap: 1.5, qk_matmul_output_mode: mode }, more: ['mask'], outputs: ['y', '', '', 'scores'] },
    ]),
  ])('Attention %s is written with those that it reads', async (_, each) => {
    const { opset = 23, attributes = {}, query = [1, 2, 5, 8], key = [1, 2, 5, 8], value = key } = each;
    const { more = [], outputs = ['y'], isOpen = false } = each;
    const tensor = (dims: readonly number[], from = 0) => {
      const count = dims.reduce((product, size) => product * size, 1);
      return floats(dims, ramp(count + from).slice(from));
    };
    const bytes = smallModel({
      opset,
      inputs: {
        x: query,
        ...(isOpen ? { k: [1, 2, 's', 8], v: [1, 2, 's', 8] } : {}),
        ...(isOpen && more.includes('pastKey') ? { pastKey: [1, 2, 'p', 8], pastValue: [1, 2, 'p', 8] } : {}),
      },
      outputs: outputs.filter((name) => name !== ''),
      nodes: [node('Attention', ['x', 'k', 'v', ...more], outputs, attributes)],
      weights: {
        ...(isOpen
          ? { count: integers([1], [40]) }
          : {
              k: tensor(key),
              v: tensor(value, 3),
              pastKey: tensor([1, 2, 3, 8], 4),
              pastValue: tensor([1, 2, 3, 8], 5),
            }),
        mask: tensor([5, 5], 1),
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
