import { tensorOf } from '../../attributes';
import { DataType } from '../../data-types';
import type { Dimension } from '../../model';
import { product } from '../dimensions';
import type { Rule } from '../rule';
import { elementCount, knownElements, maxTrackedElements } from '../value';

const constant: Rule = (context) => {
  for (const [name, attribute] of context.node.attributes) {
    if (attribute.kind === 'tensor' && (name === 'value' || name === 'sparse_value')) {
      return [context.output(attribute.value.dataType, attribute.value.dims, attribute.value.values)];
    }
    if (name === 'value_float' && attribute.kind === 'float') {
      return [context.output(DataType.FLOAT, [], [attribute.value])];
    }
    if (name === 'value_int' && attribute.kind === 'int')
      return [context.output(DataType.INT64, [], [attribute.value])];
    if (name === 'value_floats' && attribute.kind === 'floats') {
      return [context.output(DataType.FLOAT, [attribute.values.length], attribute.values)];
    }
    if (name === 'value_ints' && attribute.kind === 'ints') {
      return [context.output(DataType.INT64, [attribute.values.length], attribute.values)];
    }
    if (name === 'value_string') return [context.output(DataType.STRING, [])];
    if (name === 'value_strings' && attribute.kind === 'strings') {
      return [context.output(DataType.STRING, [attribute.values.length])];
    }
  }
  return context.giveUp('a constant of a kind that is not known');
};

const constantOfShape: Rule = (context) => {
  const tensor = tensorOf(context.node, 'value');
  const shape = context.input(0)?.elements ?? unknownRank(context.shape(0));
  if (shape === null) context.unknown('the shape it fills is computed from data');
  const value = tensor ? (tensor.values?.[0] ?? null) : 0;
  const count = elementCount(shape);
  const elements = count !== null && count <= maxTrackedElements ? new Array<Dimension>(count).fill(value) : null;
  return [context.output(tensor?.dataType ?? DataType.FLOAT, shape, elements)];
};

/** A shape of unknown dimensions, where the length of the vector that holds it is known. */
export function unknownRank(vector: readonly Dimension[] | null): readonly Dimension[] | null {
  const length = vector?.[0];
  return typeof length === 'number' && length <= maxTrackedElements ? new Array<Dimension>(length).fill(null) : null;
}

const shapeOf: Rule = (context) => {
  const shape = context.shape(0);
  if (!shape) return [context.output(DataType.INT64, [null])];
  const part = shape.slice(context.int('start', 0), context.int('end', shape.length));
  return [context.output(DataType.INT64, [part.length], part)];
};

const size: Rule = (context) => {
  const shape = context.shape(0);
  return [context.output(DataType.INT64, [], shape && [product(shape)])];
};

const range: Rule = (context) => {
  const [start, limit, delta] = [0, 1, 2].map((index) => context.input(index)?.elements?.[0] ?? null);
  if (typeof start !== 'number' || typeof limit !== 'number' || typeof delta !== 'number' || delta === 0) {
    // From 0 in steps of 1 the limit is the length, symbol or not.
    const length = start === 0 && delta === 1 ? (limit ?? null) : null;
    return [context.output(context.type(0), [length])];
  }
  const length = Math.max(0, Math.ceil((limit - start) / delta));
  const elements = length <= maxTrackedElements ? Array.from({ length }, (_, i) => start + i * delta) : null;
  return [context.output(context.type(0), [length], elements)];
};

const eyeLike: Rule = (context) => [context.output(context.int('dtype', context.type(0)), context.shape(0))];

const randomLike: Rule = (context) => [context.output(context.int('dtype', context.type(0)), context.shape(0))];

const random: Rule = (context) => [context.output(context.int('dtype', DataType.FLOAT), context.ints('shape'))];

const multinomial: Rule = (context) => [
  context.output(context.int('dtype', DataType.INT32), [context.shape(0)?.[0] ?? null, context.int('sample_size', 1)]),
];

const oneHot: Rule = (context) => {
  const indices = context.shape(0);
  const depth = knownElements(context.input(1))?.[0] ?? null;
  if (!indices) return context.nothing(context.type(2));
  const rank = indices.length + 1;
  const axis = context.int('axis', -1);
  const at = axis < 0 ? axis + rank : axis;
  return [context.output(context.type(2), [...indices.slice(0, at), depth, ...indices.slice(at)])];
};

export const constantRules: readonly (readonly [string, Rule])[] = [
  ['Constant', constant],
  ['ConstantOfShape', constantOfShape],
  ['Shape', shapeOf],
  ['Size', size],
  ['Range', range],
  ['EyeLike', eyeLike],
  ['RandomNormalLike', randomLike],
  ['RandomUniformLike', randomLike],
  ['Bernoulli', randomLike],
  ['RandomNormal', random],
  ['RandomUniform', random],
  ['Multinomial', multinomial],
  ['OneHot', oneHot],
];
