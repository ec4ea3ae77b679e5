import { t } from '../../../language';
import { largestOf, smallestOf } from '../../../extremes';
import type { Dimension } from '../../model';
import { mapNumber } from '../dimensions';
import type { Rule, RuleContext } from '../rule';
import { knownElements, staticShape } from '../value';

/**
 * Resize of every opset: 10 takes (x, scales), 11 and later (x, roi, scales, sizes) of which one of the last two is
 * empty or left out; from 18 `axes` may name the axes they speak of.
 */
const resize: Rule = (context) => {
  const shape = context.shape(0);
  if (!shape) return context.like(null);
  const early = context.opset < 11;
  const scales = elementsAt(context, early ? 1 : 2);
  const sizes = early ? null : elementsAt(context, 3);
  const axes =
    context.ints('axes')?.map((axis) => (axis < 0 ? axis + shape.length : axis)) ?? shape.map((_, axis) => axis);
  if (sizes && sizes.length === axes.length) {
    const policy = context.string('keep_aspect_ratio_policy', 'stretch');
    if (policy !== 'stretch') return context.like(keepAspect(shape, axes, sizes, policy));
    return context.like(rebaseSizes(context, sizes) ?? place(shape, axes, (_, i) => sizes[i] ?? null));
  }
  if (scales && scales.length === axes.length) {
    const roi =
      context.string('coordinate_transformation_mode', '') === 'tf_crop_and_resize'
        ? knownElements(context.input(1))
        : null;
    return context.like(
      place(shape, axes, (d, i) => {
        const scale = scales[i];
        const crop = roi && roi.length === 2 * axes.length ? roi[i + axes.length]! - roi[i]! : 1;
        return typeof scale === 'number' ? scaled(context, d, scale * crop) : null;
      }),
    );
  }
  context.unknown('its scales or sizes are computed from data');
  return context.like(shape.map(() => null));
};

/** Upsample: an attribute `scales` (7), two attributes (1), an input (9). */
const upsample: Rule = (context) => {
  const shape = context.shape(0);
  if (!shape) return context.like(null);
  const legacy = context.node.attributes.has('height_scale')
    ? [1, 1, context.float('height_scale', 1), context.float('width_scale', 1)]
    : null;
  const scales = context.floats('scales') ?? legacy ?? elementsAt(context, 1);
  if (!scales || scales.length !== shape.length) {
    context.unknown('its scales are computed from data');
    return context.like(shape.map(() => null));
  }
  return context.like(
    shape.map((d, axis) => {
      const scale = scales[axis];
      return typeof scale === 'number' ? scaled(context, d, scale) : null;
    }),
  );
};

/** A given list of elements that is not empty. */
function elementsAt(context: RuleContext, index: number): readonly Dimension[] | null {
  const elements = context.input(index)?.elements ?? null;
  return elements && elements.length > 0 ? elements : null;
}

function place(
  shape: readonly Dimension[],
  axes: readonly number[],
  f: (dimension: Dimension, index: number) => Dimension,
): readonly Dimension[] {
  return shape.map((d, axis) => (axes.includes(axis) ? f(d, axes.indexOf(axis)) : d));
}

/** The scale is a 32-bit float in the file: 1/3 must give 100 from 300 and not 99, so the product is rounded as one. */
function scaled(context: RuleContext, dimension: Dimension, scale: number): Dimension {
  if (!(scale > 0) && scale !== 0) return context.conflict(t('a scale of {0}', scale));
  if (scale === 1) return dimension;
  return mapNumber(dimension, (n) => Math.floor(Math.fround(n * Math.fround(scale))));
}

function keepAspect(
  shape: readonly Dimension[],
  axes: readonly number[],
  sizes: readonly Dimension[],
  policy: string,
): readonly Dimension[] {
  const dims = staticShape(axes.map((axis) => shape[axis] ?? null));
  const targets = staticShape(sizes);
  if (!dims || !targets) return place(shape, axes, () => null);
  const ratios = dims.map((d, i) => targets[i]! / d);
  const ratio = policy === 'not_larger' ? smallestOf(ratios) : largestOf(ratios);
  return place(shape, axes, (d) => mapNumber(d, (n) => Math.floor(ratio * n + 0.5)));
}

/**
 * Sizes baked from the exported size, derived again for another one; null where nothing was baked. An upsampling
 * belongs to a pyramid or decoder: it follows the map that had the same size, as what it is added or joined to did, or
 * keeps its whole factor. Any other size is taken as meant (CDCN brings three levels to 32×32, whatever its input); one
 * that changed nothing is as the resized maps that it is joined with are.
 */
function rebaseSizes(context: RuleContext, sizes: readonly Dimension[]): readonly Dimension[] | null {
  const now = staticShape(context.shape(0));
  const before = staticShape(context.exported?.inputs[0]?.shape ?? null);
  const after = staticShape(context.exported?.outputs[0]?.shape ?? null);
  if (!context.exported || !now || !before || !after || sizes.length !== now.length || before.length !== now.length)
    return null;
  const isLarger = (from: readonly number[]): boolean => after.slice(2).some((size, axis) => size > from[axis + 2]!);
  const isSmaller = (from: readonly number[]): boolean => after.slice(2).some((size, axis) => size < from[axis + 2]!);
  const joined = joinedResizes(context);
  const isKept = !isLarger(before) && !isSmaller(before) && joined.some(isLarger) && !joined.some(isSmaller);
  const enlarges = now.length === 4 && ((isLarger(before) && !isSmaller(before)) || isKept);
  const map = enlarges ? context.exported.change.groupNow(after.slice(2)) : null;
  const result = now.map((d, axis) => {
    const size = sizes[axis]!;
    // A size that follows its input has changed with it already.
    if (size !== after[axis]) return size;
    const factor = after[axis] / before[axis]!;
    if (axis < 2 || !map) {
      const follows = d !== before[axis] && Number.isInteger(factor) && (factor > 1 || (factor === 1 && axis < 2));
      return follows ? d * factor : size;
    }
    const given = map[axis - 2]!;
    // Pooled features are brought to the size of a map; a level of a pyramid to one that is not further off than before.
    const near = Math.abs(given - d * factor) <= Math.max(factor, d);
    return near || d === before[axis] || !Number.isInteger(factor) ? given : d * factor;
  });
  if (result.every((d, axis) => d === sizes[axis])) return null;
  context.adjust(`resizes to [${result.join(', ')}] where the file says [${sizes.join(', ')}]`);
  return result;
}

/** Operands of a join or sum that are looked at: networks bring a handful of maps together. */
const mostJoined = 16;

/** Former sizes of the other maps that are resized before they are joined or added to this one. */
function joinedResizes(context: RuleContext): readonly (readonly number[])[] {
  const output = context.node.outputs[0] ?? '';
  const change = context.exported?.change;
  const siblings =
    change?.readers(output).flatMap(({ inputs }) => inputs.slice(0, mostJoined).filter((name) => name !== output)) ??
    [];
  return siblings.flatMap((name) => {
    const producer = change?.producer(name);
    const size = producer?.opType === 'Resize' ? change?.sizeBefore(producer.inputs[0] ?? '') : null;
    return size?.length === 4 ? [size] : [];
  });
}

export const resizeRules: readonly (readonly [string, Rule])[] = [
  ['Resize', resize],
  ['Upsample', upsample],
];
