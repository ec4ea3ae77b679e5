import { DataType } from '../../data-types';
import type { Rule } from '../rule';
import { mapNumber } from '../dimensions';

/** Operators of com.microsoft that ONNX Runtime's optimiser puts into saved models, other than renamed standard ones. */

/** Input [batch, sequence, hidden], weights [hidden, 3 · hidden]; the second output is the key-value cache. */
const attention: Rule = (context) => {
  const x = context.shape(0);
  const stated = context.ints('qkv_hidden_sizes')?.[2];
  const hidden = stated ?? mapNumber(context.shape(1)?.[1], (n) => n / 3);
  return context.like(x && [...x.slice(0, -1), hidden]);
};

/** Query [batch, sequence, hidden]; the value's hidden size where it is given. */
const multiHeadAttention: Rule = (context) => {
  const query = context.shape(0);
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

export const contribRules: readonly (readonly [string, Rule])[] = [
  ['com.microsoft.Attention', attention],
  ['com.microsoft.MultiHeadAttention', multiHeadAttention],
  ['com.microsoft.EmbedLayerNormalization', embedLayerNormalization],
];
