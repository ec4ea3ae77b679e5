import { t } from '../../../language';
import { DataType } from '../../data-types';
import type { Dimension } from '../../model';
import { normaliseAxis } from '../dimensions';
import type { Rule } from '../rule';
import { type InferredValue, elementCount, knownElements, maxTrackedElements, staticShape } from '../value';

/** Operators that pick elements by index. */

const gather: Rule = (context) => {
  const data = context.input(0);
  const indices = context.input(1);
  if (!data?.shape || !indices?.shape) return context.like(null);
  const axis = normaliseAxis(context.int('axis', 0), data.shape.length);
  if (axis === null) return context.refuse(t('attribute axis is outside the rank'));
  const shape = [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)];
  return [context.output(data.elementType, shape, picked(data, knownElements(indices), axis))];
};

/** What indices along an axis pick of tracked elements. */
function picked(data: InferredValue, picks: readonly number[] | null, axis: number): readonly Dimension[] | null {
  const dims = staticShape(data.shape);
  if (!dims || !data.elements || picks === null) return null;
  const block = elementCount(dims.slice(axis + 1)) ?? 0;
  const before = elementCount(dims.slice(0, axis)) ?? 0;
  if (before * picks.length * block > maxTrackedElements) return null;
  const elements: Dimension[] = [];
  for (let outer = 0; outer < before; outer++) {
    for (const pick of picks) {
      const row = outer * dims[axis]! + (pick < 0 ? pick + dims[axis]! : pick);
      for (let inner = 0; inner < block; inner++) elements.push(data.elements[row * block + inner] ?? null);
    }
  }
  return elements;
}

const gatherElements: Rule = (context) => context.like(context.shape(1));

const gatherNd: Rule = (context) => {
  const data = context.shape(0);
  const indices = context.shape(1);
  const depth = indices?.[indices.length - 1];
  const batch = context.int('batch_dims', 0);
  if (!data || !indices || typeof depth !== 'number') return context.like(null);
  if (batch + depth > data.length)
    return context.refuse(t('indices of {0} axes into a tensor of rank {1}', depth, data.length));
  return context.like([...indices.slice(0, -1), ...data.slice(batch + depth)]);
};

/** The number of elements that are kept depends on the data. */
const compress: Rule = (context) => {
  const shape = context.shape(0);
  const axis = context.node.attributes.has('axis') ? context.int('axis', 0) : null;
  const kept = knownElements(context.input(1))?.filter((element) => element !== 0).length ?? null;
  if (kept === null) context.unknown('how many elements it keeps depends on the data');
  if (axis === null) return context.like([kept]);
  const at = shape && normaliseAxis(axis, shape.length);
  return context.like(shape && at !== null ? shape.map((d, i) => (i === at ? kept : d)) : null);
};

const topK: Rule = (context) => {
  const shape = context.shape(0);
  const k = context.opset < 10 ? context.int('k', 0) : (context.input(1)?.elements?.[0] ?? null);
  const at = shape && normaliseAxis(context.int('axis', -1), shape.length);
  if (shape && at === null) context.conflict(t('attribute axis is outside the rank'));
  if (k === null) context.unknown('how many elements it keeps is computed from data');
  const result = shape && shape.map((d, axis) => (axis === at ? k : d));
  return [context.output(context.type(0), result), context.output(DataType.INT64, result)];
};

const nonZero: Rule = (context) => {
  const rank = context.shape(0)?.length ?? null;
  const elements = knownElements(context.input(0));
  if (elements && rank !== null && rank <= 1) {
    const hits = elements.flatMap((element, index) => (element !== 0 ? [index] : []));
    return [context.output(DataType.INT64, [1, hits.length], hits)];
  }
  const count: Dimension = elements ? elements.filter((element) => element !== 0).length : null;
  if (count === null) context.unknown('how many elements are not zero depends on the data');
  return [context.output(DataType.INT64, [rank, count])];
};

const unique: Rule = (context) => {
  context.unknown('how many elements differ depends on the data');
  const shape = context.shape(0);
  const at = context.node.attributes.has('axis') && shape ? normaliseAxis(context.int('axis', 0), shape.length) : null;
  const values = at === null ? [null] : shape!.map((d, axis) => (axis === at ? null : d));
  const index = () => context.output(DataType.INT64, [null]);
  return [context.output(context.type(0), values), index(), index(), index()];
};

const nonMaxSuppression: Rule = (context) => {
  context.unknown('how many boxes remain depends on the data');
  return [context.output(DataType.INT64, [null, 3])];
};

export const gatherRules: readonly (readonly [string, Rule])[] = [
  ['Gather', gather],
  ['GatherElements', gatherElements],
  ['GatherND', gatherNd],
  ['Compress', compress],
  ['TopK', topK],
  ['NonZero', nonZero],
  ['Unique', unique],
  ['NonMaxSuppression', nonMaxSuppression],
];
