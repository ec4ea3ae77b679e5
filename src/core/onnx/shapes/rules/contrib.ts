import { DataType } from '../../data-types';
import { type Rule, sameShape } from '../rule';
import type { Dimension } from '../../model';
import { add, mapNumber, normaliseAxis } from '../dimensions';

/** Operators of com.microsoft that ONNX Runtime's optimiser puts into saved models, other than renamed standard ones. */

/** Input [batch, sequence, hidden], weights [hidden, 3 · hidden]; the second output is the key-value cache. */
const attention: Rule = (context) => {
  const x = context.shape(0);
  const stated = context.ints('qkv_hidden_sizes')?.[2];
  const hidden = stated ?? mapNumber(context.shape(1)?.[1], (n) => n / 3);
  // The quantised one gives numbers of its scales' type.
  const type = context.node.opType === 'QAttention' ? context.type(3) : context.type(0);
  return [context.output(type, x && [...x.slice(0, -1), hidden])];
};

/**
 * Query [batch, sequence, hidden], or with keys and values as [batch, sequence, heads, 3, size]; the value's hidden size
 * where it is given.
 */
const multiHeadAttention: Rule = (context) => {
  const query = context.shape(0);
  if (query?.length === 5) {
    const hidden = mapNumber(query[2], (heads) => mapNumber(query[4], (size) => heads * size));
    return context.like([query[0]!, query[1]!, hidden]);
  }
  if (query?.length !== 3) return context.like(null);
  const value = context.shape(2);
  return context.like([query[0]!, query[1]!, value?.length === 3 ? value[2]! : query[2]!]);
};

/** Ids [batch, sequence] and tables [entries, hidden]. */
const embedLayerNormalization: Rule = (context) => {
  const ids = context.shape(0);
  const hidden = context.shape(2)?.[1] ?? null;
  return [
    context.output(context.type(2), ids && [...ids, hidden]),
    context.output(DataType.INT32, [ids?.[0] ?? null]),
    context.output(context.type(2), ids && [...ids, hidden]),
  ];
};

/**
 * Attention of ai.onnx (opset 23): query, key and value as [batch, heads, sequence, size] or with the heads side by side as
 * [batch, sequence, heads · size].
 */
const scaledAttention: Rule = (context) => {
  const [query, value] = [context.shape(0), context.shape(2)];
  if (!query) return context.like(null);
  if (query.length === 4) return context.like([...query.slice(0, 3), value?.[3] ?? null]);
  const heads = context.int('q_num_heads', 0);
  const ownHeads = context.int('kv_num_heads', heads);
  const hidden = mapNumber(value?.[2], (n) => (ownHeads > 0 ? (n / ownHeads) * heads : null));
  return context.like([query[0] ?? null, query[1] ?? null, hidden]);
};

/** Attributes K and N say the size of a weight of few bits, [N, blocks, bytes]. */
const matMulNBits: Rule = (context) => {
  const x = context.shape(0);
  return context.like(x && [...x.slice(0, -1), context.int('N', 0) || null]);
};

/** Number of boxes kept, boxes, scores and classes of each image; as many boxes as an attribute states. */
const detections =
  (limit: string, classType: number | null): Rule =>
  (context) => {
    const batch = context.shape(0)?.[0] ?? null;
    const most = context.int(limit, 0) || null;
    return [
      context.output(DataType.INT32, [batch, 1]),
      context.output(context.type(0), [batch, most, 4]),
      context.output(context.type(0), [batch, most]),
      context.output(classType ?? context.type(0), [batch, most]),
    ];
  };

/**
 * Query [batch, sequence, heads · size], with the keys and values of all groups after it where they have no inputs of their
 * own. The caches that are given out, [batch, groups, sequence, size], hold the ones taken in and what is new.
 */
const groupQueryAttention: Rule = (context) => {
  const query = context.shape(0);
  if (query?.length !== 3) return context.like(null);
  const heads = context.int('num_heads', 0);
  const groups = context.int('kv_num_heads', heads);
  const packed = !context.has(1);
  const size = mapNumber(query[2], (n) => wholeOrNull(n / (packed ? heads + 2 * groups : heads)));
  const added = (packed ? query : context.shape(1))?.[1] ?? null;
  const past = context.has(3) ? (context.shape(3)?.[2] ?? null) : 0;
  const cache = [query[0]!, groups, past === null ? null : add(past, added), size];
  return [
    context.output(context.type(0), [query[0]!, query[1]!, mapNumber(size, (n) => n * heads)]),
    context.output(context.type(0), cache),
    context.output(context.type(0), cache),
  ];
};

function wholeOrNull(number: number): number | null {
  return Number.isSafeInteger(number) ? number : null;
}

/** Halves of the last axis: one gates the other. */
const biasSplitGelu: Rule = (context) => {
  const x = context.shape(0);
  return context.like(x && [...x.slice(0, -1), mapNumber(x[x.length - 1], (n) => n / 2)]);
};

/** Scales and zeros of the output, then for each input the tensor, its scale and its zero. */
const qlinearConcat: Rule = (context) => {
  const shapes = context.inputs.flatMap((input, index) =>
    index >= 2 && index % 3 === 2 ? [input?.shape ?? null] : [],
  );
  const [first] = shapes;
  const at = first ? normaliseAxis(context.int('axis', 0), first.length) : null;
  if (!first || at === null || shapes.some((shape) => shape?.length !== first.length)) {
    return context.nothing(context.type(1));
  }
  const joined = shapes.reduce<Dimension>((sum, shape) => (sum === null ? null : add(sum, shape![at] ?? null)), 0);
  return [
    context.output(
      context.type(1),
      first.map((d, axis) => (axis === at ? joined : d)),
    ),
  ];
};

/** Operators of com.microsoft whose first output has the shape of their first input. */
const keeping = ['SkipGroupNorm', 'BiasAdd', 'BiasDropout', 'BitmaskBiasDropout'];

export const contribRules: readonly (readonly [string, Rule])[] = [
  ['com.microsoft.Attention', attention],
  ['com.microsoft.QAttention', attention],
  ['com.microsoft.MultiHeadAttention', multiHeadAttention],
  ['Attention', scaledAttention],
  ['com.microsoft.MatMulNBits', matMulNBits],
  ['com.microsoft.GroupQueryAttention', groupQueryAttention],
  ['com.microsoft.MatMulBnb4', matMulNBits],
  ['com.microsoft.BiasSplitGelu', biasSplitGelu],
  ['com.microsoft.QLinearConcat', qlinearConcat],
  ...keeping.map((name) => [`com.microsoft.${name}`, sameShape] as const),
  ...['EfficientNMS_TRT', 'EfficientNMS_ONNX_TRT'].flatMap((name) => [
    [name, detections('max_output_boxes', DataType.INT32)] as const,
    [`TRT.${name}`, detections('max_output_boxes', DataType.INT32)] as const,
  ]),
  ...['BatchedNMS_TRT', 'BatchedNMSDynamic_TRT'].flatMap((name) => [
    [name, detections('keepTopK', null)] as const,
    [`TRT.${name}`, detections('keepTopK', null)] as const,
  ]),
  ['com.microsoft.EmbedLayerNormalization', embedLayerNormalization],
];
