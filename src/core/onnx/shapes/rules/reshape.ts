import { t } from '../../../language';
import { largestOf } from '../../../extremes';
import type { Dimension } from '../../model';
import { multiply, normaliseAxis, product } from '../dimensions';
import { type Rule, type RuleContext, describe } from '../rule';
import { equalRuns } from '../size-change';
import { type InferredValue, elementCount, knownElements, staticShape } from '../value';
import { broadcastStrides, view } from '../strides';
import { unknownRank } from './constant';

/** Operators that keep every element in its order and change the shape alone. */

const reshape: Rule = (context) => {
  const input = context.input(0);
  const target = context.opset < 5 ? context.ints('shape') : (context.input(1)?.elements ?? null);
  if (!target) {
    if (context.has(1) && context.shape(0)) context.unknown('its target shape is computed from data');
    return [context.output(context.type(0), unknownRank(context.shape(1)))];
  }
  const shape = rebase(context, target) ?? resolveTarget(context, input?.shape ?? null, target);
  return [context.output(context.type(0), shape, input?.elements ?? null)];
};

type Pair = readonly [Dimension, Dimension];

function resolveTarget(
  context: RuleContext,
  from: readonly Dimension[] | null,
  target: readonly Dimension[],
): readonly Dimension[] | null {
  const allowZero = context.int('allowzero', 0) !== 0;
  const shape = target.map((d, axis) => {
    if (d !== 0 || allowZero) return d;
    if (from && axis >= from.length)
      return context.conflict(t('its target copies axis {0} of {1}', axis, describe(from)));
    return from?.[axis] ?? null;
  });
  const free = target.flatMap((d, axis) => (d === -1 ? [axis] : []));
  if (free.length > 1)
    return context.conflict(t('its target {0} leaves more than one dimension open', describe(target)));
  if (shape.some((d) => typeof d === 'number' && d < -1))
    return context.conflict(t('its target is {0}', describe(target)));
  if (!from) return shape.map((d) => (d === -1 ? null : d));

  const { total, rest } = cancel(from, free.length > 0 ? shape.filter((_, axis) => axis !== free[0]) : shape);
  if (free.length === 0) {
    const open = shape.flatMap((d, axis) => (d === null ? [axis] : []));
    if (open.length === 1 && typeof total === 'number') {
      const known = cancel(
        from,
        shape.filter((d) => d !== null),
      );
      if (
        typeof known.total === 'number' &&
        typeof known.rest === 'number' &&
        known.rest > 0 &&
        known.total % known.rest === 0
      ) {
        return shape.map((d) => d ?? Number(known.total) / Number(known.rest));
      }
    }
    if (typeof total === 'number' && typeof rest === 'number' && total !== rest) {
      const areMaps = from.length >= 4 && shape.length >= 4;
      const sides = areMaps ? [-2, -1].map((axis): Pair => [from.at(axis)!, shape.at(axis)!]) : [];
      return context.conflict(
        t('a tensor of shape {0} cannot take the shape {1}', describe(from), describe(shape)),
        [[total, rest] as Pair].concat(sides),
      );
    }
    return shape;
  }
  let inferred: Dimension = null;
  if (rest === 1) inferred = total;
  else if (typeof total === 'number' && typeof rest === 'number') {
    if (rest === 0) inferred = total === 0 ? 0 : null;
    else if (total % rest !== 0) {
      const largest = largestOf(target.map((d) => (typeof d === 'number' ? d : 0)));
      return context.conflict(
        t('a tensor of shape {0} cannot take the shape {1}', describe(from), describe(target)),
        [[total, rest] as Pair].concat(sizesOf(from).map((size): Pair => [size, largest])),
      );
    } else inferred = total / rest;
  }
  return shape.map((d, axis) => (axis === free[0] ? inferred : d));
}

/** What the largest number of a target may stand for: the positions of a map, or an axis. */
function sizesOf(from: readonly Dimension[]): readonly Dimension[] {
  return [product(from.slice(-2))].concat(from.slice(1));
}

/** Products of both lists after crossing out the symbols that they share. */
function cancel(from: readonly Dimension[], to: readonly Dimension[]): { total: Dimension; rest: Dimension } {
  const left = [...from];
  const right: Dimension[] = [];
  for (const dimension of to) {
    const at = typeof dimension === 'string' ? left.indexOf(dimension) : -1;
    if (at >= 0) left.splice(at, 1);
    else right.push(dimension);
  }
  return { total: product(left), rest: product(right) };
}

/**
 * A target baked from the exported size, derived again for another one; null where nothing was baked.
 *
 * The factors of the input's axes and the exported output are split into the shortest runs of equal product. A run whose
 * factors did not change keeps its output; in any other the axis that has changed is found by `SizeChange.split`.
 * Anything else has more than one reading and is a conflict.
 */
function rebase(context: RuleContext, target: readonly Dimension[]): readonly Dimension[] | null {
  const { exported } = context;
  const now = staticShape(context.shape(0));
  const before = staticShape(exported?.inputs[0]?.shape ?? null);
  const after = staticShape(exported?.outputs[0]?.shape ?? null);
  if (!exported || !now || !before || !after || now.length !== before.length || after.length !== target.length)
    return null;
  if (context.opset >= 5 && context.input(1)?.origin !== 'constant' && fits(context, now, target)) return null;
  if (now.every((d, axis) => d === before[axis]) || before.includes(0)) return null;
  const factors = exported.change.factors(context.node.inputs[0] ?? '')?.flat() ?? [];
  const runs = equalRuns(factors, after);
  if (!runs) return null;

  const result: Dimension[] = [];
  for (const run of runs) {
    const kept = after.slice(run.output[0], run.output[1]);
    const parts = factors.slice(run.input[0], run.input[1]);
    const open = kept.findIndex((_, k) => target[run.output[0] + k] === -1);
    const isSame = parts.every((part) => part.now === part.before);
    const sizes = isSame ? kept : exported.change.split(parts, kept, open);
    if (!sizes) {
      context.conflict(t('its target {0} belongs to the exported size {1}', describe(target), describe(before)));
      return null;
    }
    for (const size of sizes) result.push(size);
  }
  const asWritten = target.every((d, axis) => d === -1 || (d === 0 ? now[axis] : d) === result[axis]);
  if (!asWritten) context.adjust(`reshapes to ${describe(result)} where the file says ${describe(target)}`);
  return result;
}

/** Whether a target that is partly computed from shapes can be taken as it is. */
function fits(context: RuleContext, now: readonly number[], target: readonly Dimension[]): boolean {
  const size = elementCount(now) ?? 0;
  const copied = target.map((d, axis) => (d === 0 && context.int('allowzero', 0) === 0 ? (now[axis] ?? null) : d));
  const stated = elementCount(copied.filter((d) => d !== -1));
  if (stated === null) return true;
  return copied.includes(-1) ? stated > 0 && size % stated === 0 : size === stated;
}

const flatten: Rule = (context) => {
  const shape = context.shape(0);
  if (!shape) return context.like([null, null]);
  const axis = context.int('axis', 1);
  const at = axis < 0 ? axis + shape.length : axis;
  if (at < 0 || at > shape.length) return context.refuse(t('axis {0} is outside the rank {1}', axis, shape.length));
  return context.like([product(shape.slice(0, at)), product(shape.slice(at))]);
};

/** Axes of Squeeze, Unsqueeze and the reductions: an attribute first, an input later. Null: not given. */
export function readAxes(context: RuleContext, inputIndex: number): readonly number[] | 'unknown' | null {
  const attribute = context.ints('axes');
  if (attribute) return attribute;
  if (!context.has(inputIndex)) return null;
  return knownElements(context.input(inputIndex)) ?? 'unknown';
}

const squeeze: Rule = (context) => {
  const shape = context.shape(0);
  const axes = readAxes(context, 1);
  if (!shape || axes === 'unknown') {
    if (axes === 'unknown') context.unknown('its axes are computed from data');
    return context.like(null);
  }
  if (axes === null && shape.some((d) => typeof d !== 'number'))
    return context.like(context.unknown('it drops the dimensions of 1, and which these are is not known'));
  const dropped = new Set<number>();
  for (const axis of axes ?? shape.flatMap((d, i) => (d === 1 ? [i] : []))) {
    const at = normaliseAxis(axis, shape.length);
    if (at === null) context.conflict(t('axis {0} is outside the rank {1}', axis, shape.length));
    else if (typeof shape[at] === 'number' && shape[at] !== 1)
      context.conflict(t('axis {0} is {1}, not 1', axis, shape[at]));
    else dropped.add(at);
  }
  return reshaped(
    context,
    shape.filter((_, axis) => !dropped.has(axis)),
  );
};

const unsqueeze: Rule = (context) => {
  const shape = context.shape(0);
  const axes = readAxes(context, 1);
  if (!shape || axes === null || axes === 'unknown') {
    if (axes === 'unknown') context.unknown('its axes are computed from data');
    return context.like(null);
  }
  const rank = shape.length + axes.length;
  const inserted = new Set<number>();
  for (const axis of axes) {
    const at = normaliseAxis(axis, rank);
    if (at === null || inserted.has(at)) context.conflict(t('axis {0} does not fit the rank {1}', axis, rank));
    else inserted.add(at);
  }
  const rest = [...shape];
  return reshaped(
    context,
    Array.from({ length: rank }, (_, axis) => (inserted.has(axis) ? 1 : (rest.shift() ?? null))),
  );
};

function reshaped(context: RuleContext, shape: readonly Dimension[]): readonly InferredValue[] {
  return [context.output(context.type(0), shape, context.input(0)?.elements ?? null)];
}

const expand: Rule = (context) => {
  const target = context.input(1)?.elements ?? null;
  if (!target) return context.like(context.unknown('its target shape is computed from data'));
  const shape = context.broadcast([context.shape(0), followed(context, target)]);
  const [own, dims] = [staticShape(context.shape(0)), staticShape(shape)];
  const elements = own && dims ? view(context.input(0)?.elements, dims, broadcastStrides(own, dims.length)) : null;
  return [context.output(context.type(0), shape, elements)];
};

/** The target of Expand at another size: axes that had the data's size follow it, and a map's size follows the maps. */
function followed(context: RuleContext, target: readonly Dimension[]): readonly Dimension[] {
  const now = staticShape(context.shape(0));
  const before = staticShape(context.exported?.inputs[0]?.shape ?? null);
  if (!context.exported || !now || now.length !== before?.length || context.input(1)?.origin !== 'constant')
    return target;
  const fromEnd = (axis: number) => now.length - (target.length - axis);
  const result = target.map((d, axis) => {
    const own = before[fromEnd(axis)];
    return own !== undefined && own !== 1 && own === d ? now[fromEnd(axis)]! : d;
  });
  const map = staticShape(target)?.slice(-2) ?? [];
  if (now.length >= 2 && now.slice(-2).every((d) => d === 1)) {
    context.exported.change.groupNow(map)?.forEach((d, axis) => (result[result.length - 2 + axis] = d));
  }
  if (result.some((d, axis) => d !== target[axis]))
    context.adjust(`expands to ${describe(result)} where the file says ${describe(target)}`);
  return result;
}

const tile: Rule = (context) => {
  const shape = context.shape(0);
  const repeats = context.input(1)?.elements ?? null;
  if (!shape) return context.like(null);
  if (context.opset < 6) {
    const [tiles, axis] = [knownElements(context.input(1))?.[0], knownElements(context.input(2))?.[0]];
    return context.like(shape.map((d, i) => (axis === undefined ? null : i === axis ? multiply(d, tiles ?? null) : d)));
  }
  if (repeats && repeats.length !== shape.length)
    return context.refuse(t('{0} repeats for the rank {1}', repeats.length, shape.length));
  return context.like(shape.map((d, axis) => multiply(d, repeats?.[axis] ?? null)));
};

export const reshapeRules: readonly (readonly [string, Rule])[] = [
  ['Reshape', reshape],
  ['Flatten', flatten],
  ['Squeeze', squeeze],
  ['Unsqueeze', unsqueeze],
  ['Expand', expand],
  ['Tile', tile],
];
