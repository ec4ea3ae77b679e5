import { t } from '../../../language';
import { largestOf, smallestOf } from '../../../extremes';
import { DataType } from '../../data-types';
import type { Dimension } from '../../model';
import { normaliseAxis } from '../dimensions';
import { type Rule, type RuleContext, sameShape } from '../rule';
import { offsets } from '../strides';
import { elementCount, knownElements, staticShape } from '../value';
import { readAxes } from './reshape';

/** Operators that reduce axes, and normalisations, which keep the shape and may return statistics. */

function reduce(fold?: (elements: readonly number[]) => number): Rule {
  return (context) => {
    const shape = context.shape(0);
    const keep = context.int('keepdims', 1) !== 0;
    const axes = readAxes(context, 1);
    if (!shape) return context.like(axes === null && !keep && !context.has(1) ? [] : null);
    const known = knownElements(context.input(0));
    if (axes === 'unknown') {
      context.unknown('its axes are computed from data');
      return context.like(keep ? shape.map(() => null) : null);
    }
    const all = axes === null || axes.length === 0;
    if (all && context.int('noop_with_empty_axes', 0) !== 0) return context.like(shape);
    const reduced = new Set<number>();
    for (const axis of axes ?? []) {
      const at = normaliseAxis(axis, shape.length);
      if (at === null) context.conflict(t('axis {0} is outside the rank {1}', axis, shape.length));
      else reduced.add(at);
    }
    const gone = (axis: number) => all || reduced.has(axis);
    const result = keep ? shape.map((d, axis) => (gone(axis) ? 1 : d)) : shape.filter((_, axis) => !gone(axis));
    const elements = fold && known && known.length > 0 ? foldAxes(known, staticShape(shape), gone, fold) : null;
    return [context.output(context.type(0), result, elements)];
  };
}

/** Reduces small tensors: the elements of each kept place in row-major order. */
function foldAxes(
  known: readonly number[],
  dims: readonly number[] | null,
  gone: (axis: number) => boolean,
  fold: (elements: readonly number[]) => number,
): readonly number[] | null {
  if (dims === null || elementCount(dims) !== known.length) return null;
  let kept = 1;
  const strides = new Array<number>(dims.length).fill(0);
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    if (gone(axis)) continue;
    strides[axis] = kept;
    kept *= dims[axis]!;
  }
  const groups = Array.from({ length: kept }, (): number[] => []);
  offsets(dims, strides).forEach((place, index) => groups[place]!.push(known[index]!));
  return groups.map(fold);
}

const argument: Rule = (context) => {
  const shape = context.shape(0);
  if (!shape) return [context.output(DataType.INT64, null)];
  const at = normaliseAxis(context.int('axis', 0), shape.length);
  if (at === null) return context.refuse(t('attribute axis is outside the rank'));
  const keep = context.int('keepdims', 1) !== 0;
  const result = keep ? shape.map((d, axis) => (axis === at ? 1 : d)) : shape.filter((_, axis) => axis !== at);
  return [context.output(DataType.INT64, result)];
};

/** Output and, in training form, running and saved statistics of one element per channel. */
const batchNormalization: Rule = (context) => {
  const shape = context.shape(0);
  const channels = shape && shape.length > 1 ? shape[1]! : null;
  for (const index of [1, 2, 3, 4]) {
    const vector = context.shape(index);
    if (vector?.length === 1 && shape)
      context.same(vector[0]!, channels, () => t('its vectors do not have one element per channel'));
  }
  const statistics = context.output(context.type(3), [channels ?? context.shape(1)?.[0] ?? null]);
  return [context.output(context.type(0), shape), statistics, statistics, statistics, statistics];
};

/** Output, mean and inverse deviation over the axes from `axis` on. */
const layerNormalization: Rule = (context) => {
  const shape = context.shape(0);
  const at = shape && normaliseAxis(context.int('axis', -1), shape.length);
  const statistics = shape && at !== null ? shape.map((d, axis) => (axis < at ? d : 1)) : null;
  const type = context.int('stash_type', DataType.FLOAT);
  return [context.output(context.type(0), shape), context.output(type, statistics), context.output(type, statistics)];
};

/** com.microsoft: output, mean, inverse deviation, and the sum of input and skip. */
const skipLayerNormalization: Rule = (context) => {
  const shape = context.shape(0);
  const statistics = shape && shape.map((d, axis) => (axis < shape.length - 1 ? d : 1));
  const float = context.output(DataType.FLOAT, statistics);
  return [context.output(context.type(0), shape), float, float, context.output(context.type(0), shape)];
};

function product(elements: readonly number[]): number {
  return elements.reduce((a, b) => a * b, 1);
}

function sum(elements: readonly number[]): number {
  return elements.reduce((a, b) => a + b, 0);
}

/** Loss operators of training graphs: a scalar, or one number per sample. */
const loss: Rule = (context: RuleContext) => {
  const scores = context.shape(0);
  const whole = context.string('reduction', 'mean') !== 'none';
  const labels: readonly Dimension[] | null = whole ? [] : (context.shape(1) ?? null);
  return [context.output(context.type(0), labels), context.output(context.type(0), scores)];
};

export const reductionRules: readonly (readonly [string, Rule])[] = [
  ['ReduceMean', reduce((elements) => sum(elements) / elements.length)],
  ['ReduceSum', reduce(sum)],
  ['ReduceProd', reduce(product)],
  ['ReduceMax', reduce(largestOf)],
  ['ReduceMin', reduce(smallestOf)],
  ['ReduceL1', reduce((elements) => sum(elements.map(Math.abs)))],
  ['ReduceL2', reduce((elements) => Math.sqrt(sum(elements.map((e) => e * e))))],
  ['ReduceLogSum', reduce()],
  ['ReduceLogSumExp', reduce()],
  ['ReduceSumSquare', reduce((elements) => sum(elements.map((e) => e * e)))],
  ['ArgMax', argument],
  ['ArgMin', argument],
  ['BatchNormalization', batchNormalization],
  ['InstanceNormalization', sameShape],
  ['GroupNormalization', sameShape],
  ['LayerNormalization', layerNormalization],
  ['LRN', sameShape],
  ['LpNormalization', sameShape],
  ['MeanVarianceNormalization', sameShape],
  ['RMSNormalization', sameShape],
  ['com.microsoft.LayerNormalization', layerNormalization],
  ['SimplifiedLayerNormalization', layerNormalization],
  ['com.microsoft.SimplifiedLayerNormalization', layerNormalization],
  ['com.microsoft.SkipLayerNormalization', skipLayerNormalization],
  ['com.microsoft.SkipSimplifiedLayerNormalization', skipLayerNormalization],
  ['com.microsoft.GroupNorm', sameShape],
  ['SoftmaxCrossEntropyLoss', loss],
  ['NegativeLogLikelihoodLoss', loss],
];
