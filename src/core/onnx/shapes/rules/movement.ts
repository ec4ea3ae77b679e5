import { t } from '../../../language';
import type { Dimension } from '../../model';
import { add, mapNumber, multiply, normaliseAxis } from '../dimensions';
import { type Rule, type RuleContext, sameShape } from '../rule';
import { rowMajorStrides, view } from '../strides';
import { type InferredValue, elementCount, knownElements, maxTrackedElements, staticShape } from '../value';

/** Operators that move elements without computing on them. */

const transpose: Rule = (context) => {
  const shape = context.shape(0);
  if (!shape) return context.like(null);
  const permutation = context.ints('perm') ?? shape.map((_, axis) => shape.length - 1 - axis);
  const seen = new Set(permutation);
  if (
    permutation.length !== shape.length ||
    seen.size !== shape.length ||
    permutation.some((axis) => shape[axis] === undefined)
  )
    return context.refuse(t('perm [{0}] does not permute {1} axes', permutation.join(', '), shape.length));
  const dims = staticShape(shape);
  const strides = dims && rowMajorStrides(dims);
  const elements =
    dims && strides
      ? view(
          context.input(0)?.elements,
          permutation.map((axis) => dims[axis]!),
          permutation.map((axis) => strides[axis]!),
        )
      : null;
  return [
    context.output(
      context.type(0),
      permutation.map((axis) => shape[axis]!),
      elements,
    ),
  ];
};

const concat: Rule = (context) => {
  const shapes = context.inputs.map((input) => input?.shape ?? null);
  const first = shapes.find((shape) => shape !== null);
  if (!first) return context.like(null);
  const axis = normaliseAxis(context.int('axis', context.opset < 4 ? 1 : 0), first.length);
  if (axis === null || shapes.some((shape) => shape && shape.length !== first.length))
    return context.refuse(t('the inputs of Concat have different ranks, or its axis is outside them'));
  const result = first.map((_, at) => {
    const sizes = shapes.map((shape) => shape?.[at] ?? null);
    if (at === axis)
      return sizes.reduce<Dimension>((sum, size) => (sum === null || size === null ? null : add(sum, size)), 0);
    return sizes.reduce<Dimension>(
      (a, b) => context.same(a, b, () => t('the inputs of Concat differ along axis {0}', at)),
      null,
    );
  });
  return [context.output(context.type(0), result, joined(context.inputs, axis))];
};

/** Elements of tensors joined along an axis; those of one that is not tracked are unknown where its length is known. */
function joined(inputs: readonly (InferredValue | null)[], axis: number): readonly Dimension[] | null {
  if (axis > 0) return interleaved(inputs, axis);
  const result: Dimension[] = [];
  for (const input of inputs) {
    const length = elementCount(input?.shape ?? null);
    if (length === null || result.length + length > maxTrackedElements) return null;
    for (let index = 0; index < length; index++) result.push(input?.elements?.[index] ?? null);
  }
  return result;
}

/** Elements of tracked tensors joined along another axis than the first. */
function interleaved(inputs: readonly (InferredValue | null)[], axis: number): readonly Dimension[] | null {
  let total = 0;
  const parts: { readonly elements: readonly Dimension[]; readonly run: number }[] = [];
  for (const input of inputs) {
    const dims = staticShape(input?.shape ?? null);
    const elements = input?.elements;
    if (!dims || !elements || (total += elements.length) > maxTrackedElements) return null;
    parts.push({ elements, run: dims.slice(axis).reduce((a, b) => a * b, 1) });
  }
  const rows = parts[0] && parts[0].run > 0 ? parts[0].elements.length / parts[0].run : 0;
  const result: Dimension[] = [];
  for (let row = 0; row < rows; row++) {
    for (const { elements, run } of parts) {
      for (let index = row * run; index < (row + 1) * run; index++) result.push(elements[index] ?? null);
    }
  }
  return result;
}

/** Sizes from the attribute (opset below 13) or the input; else equal parts, the last one smaller from opset 18. */
const split: Rule = (context) => {
  const shape = context.shape(0);
  const count = context.node.outputs.length;
  if (!shape) return new Array<InferredValue>(count).fill(context.output(context.type(0), null));
  const axis = normaliseAxis(context.int('axis', 0), shape.length);
  if (axis === null) return context.refuse(t('attribute axis is outside the rank'));
  const given = context.ints('split') ?? (context.has(1) ? (context.input(1)?.elements ?? 'unknown') : null);
  const size = shape[axis]!;
  let parts: readonly Dimension[];
  if (given === 'unknown') parts = new Array<Dimension>(count).fill(null);
  else if (given) {
    parts = followedParts(context, given, axis) ?? given;
    const total = parts.reduce<Dimension>((sum, part) => (sum === null || part === null ? null : add(sum, part)), 0);
    context.same(total, size, () => t('the parts of Split do not add up to its input'));
    if (given.length !== count) context.conflict(t('{0} parts for {1} outputs', given.length, count));
  } else {
    const part = mapNumber(size, (n) => Math.ceil(n / count));
    parts = Array.from({ length: count }, (_, i) =>
      i < count - 1 ? part : mapNumber(size, (n) => n - Math.ceil(n / count) * (count - 1)),
    );
    if (parts.some((p) => typeof p === 'number' && p < 0))
      context.conflict(t('{0} cannot be split into {1} parts', String(size), count));
  }
  let next: Dimension = 0;
  return parts.slice(0, count).map((part) => {
    const start = next;
    next = start === null || part === null ? null : add(start, part);
    const elements =
      shape.length === 1 && typeof start === 'number' && typeof part === 'number'
        ? (context.input(0)?.elements?.slice(start, start + part) ?? null)
        : null;
    return context.output(
      context.type(0),
      shape.map((d, at) => (at === axis ? part : d)),
      elements,
    );
  });
};

/** Constant parts of an axis that has changed, where each of them is a size that has changed with it. */
function followedParts(context: RuleContext, given: readonly Dimension[], axis: number): readonly Dimension[] | null {
  const [before, now] = [context.exported?.inputs[0]?.shape?.[axis], context.shape(0)?.[axis]];
  const parts = staticShape(given);
  if (!context.exported || !parts || typeof now !== 'number' || before === now) return null;
  const { change } = context.exported;
  const result = parts.map((part) => change.groupNow([part])?.[0] ?? part);
  if (result.reduce((sum, part) => sum + part, 0) !== now) return null;
  context.adjust(`splits into [${result.join(', ')}] where the file says [${parts.join(', ')}]`);
  return result;
}

const slice: Rule = (context) => {
  const shape = context.shape(0);
  if (!shape) return context.like(null);
  const legacy = context.opset < 10;
  const list = (name: string, index: number): readonly Dimension[] | null =>
    legacy ? context.ints(name) : (context.input(index)?.elements ?? null);
  const starts = list('starts', 1);
  const ends = list('ends', 2);
  const axesGiven = legacy ? context.ints('axes') !== null : context.has(3);
  const axes = axesGiven ? list('axes', 3) : (starts?.map((_, axis) => axis) ?? null);
  if (!axes || !axes.every((axis) => typeof axis === 'number')) {
    // One start is one axis, so all others keep their size, but which they are is not known.
    context.unknown('its axes are computed from data');
    return context.like(shape.map(() => null));
  }
  const stepsGiven = !legacy && context.has(4);
  const steps = stepsGiven ? (context.input(4)?.elements ?? null) : axes.map(() => 1);
  const result = [...shape];
  const dims = staticShape(shape);
  const strides = dims && [...rowMajorStrides(dims)];
  let first: number | null = 0;
  for (const [index, axis] of axes.entries()) {
    const at = normaliseAxis(axis, shape.length);
    if (at === null) return context.refuse(t('axis {0} is outside the rank {1}', axis, shape.length));
    const bounds = sliceBounds(
      shape[at]!,
      unbaked(context, at, starts?.[index] ?? null, 1),
      unbaked(context, at, ends?.[index] ?? null, 2),
      steps?.[index] ?? null,
    );
    result[at] = bounds.length;
    first = first === null || bounds.first === null || !strides ? null : first + bounds.first * strides[at]!;
    if (strides) strides[at]! *= Number(steps?.[index] ?? 1);
  }
  const cut = staticShape(result);
  const elements = cut && strides && first !== null ? view(context.input(0)?.elements, cut, strides, first) : null;
  return [context.output(context.type(0), result, elements)];
};

/**
 * A bound that was the whole exported axis means the whole axis at another size too; one between the parts that were
 * joined to an axis, as a detector's levels are, stays between them, and one before padding stays before it.
 */
function unbaked(context: RuleContext, axis: number, bound: Dimension, input: number): Dimension {
  const before = context.exported?.inputs[0]?.shape?.[axis];
  const now = context.shape(0)?.[axis];
  if (typeof bound !== 'number' || typeof before !== 'number' || typeof now !== 'number') return bound;
  if (context.opset >= 10 && context.input(input)?.origin !== 'constant') return bound;
  const follows = context.exported?.change.offsetNow({ before, now }, bound) ?? (bound === before ? now : bound);
  if (follows !== bound) context.adjust(`slices axis ${axis} at ${follows} where the file says ${bound}`);
  return follows;
}

/** First index and number of elements of a slice with NumPy's clamping; null where not known. */
function sliceBounds(
  size: Dimension,
  start: Dimension,
  end: Dimension,
  step: Dimension,
): { first: number | null; length: Dimension } {
  if (typeof step !== 'number' || step === 0) return { first: null, length: null };
  if (typeof size !== 'number') {
    // The whole axis, whatever its size: x[0:], x[::-1].
    const whole = step === 1 ? start === 0 && (end === size || (typeof end === 'number' && end >= 2 ** 31 - 1)) : false;
    const reversed = step === -1 && start === -1 && typeof end === 'number' && end <= -(2 ** 31) + 1;
    return { first: null, length: whole || reversed ? size : null };
  }
  if (typeof start !== 'number' || typeof end !== 'number') return { first: null, length: null };
  const low = step > 0 ? 0 : -1;
  const high = step > 0 ? size : size - 1;
  const clamp = (index: number) => Math.min(high, Math.max(low, index < 0 ? index + size : index));
  const first = clamp(start);
  return { first, length: Math.max(0, Math.ceil((clamp(end) - first) / step)) };
}

const pad: Rule = (context) => {
  const shape = context.shape(0);
  const pads =
    context.opset < 11 ? (context.ints('pads') ?? context.ints('paddings')) : (context.input(1)?.elements ?? null);
  if (!shape) return context.like(null);
  if (!pads) {
    context.unknown('its padding is computed from data');
    return context.like(shape.map(() => null));
  }
  const axes = context.has(3) ? knownElements(context.input(3)) : shape.map((_, axis) => axis);
  if (!axes || pads.length !== 2 * axes.length) {
    if (axes) context.conflict(t('{0} pads for {1} axes', pads.length, axes.length));
    return context.like(shape.map(() => null));
  }
  const result = [...shape];
  for (const [index, axis] of axes.entries()) {
    const at = normaliseAxis(axis, shape.length);
    if (at === null) {
      context.conflict(t('axis {0} is outside the rank {1}', axis, shape.length));
      continue;
    }
    const before = pads[index] ?? null;
    const after = padsToWindows(context, at, before) ?? pads[index + axes.length] ?? null;
    result[at] = before === null || after === null ? null : add(add(shape[at]!, before), after);
  }
  return context.like(result);
};

/** Constant padding at an axis' end that made it a multiple of the windows that it is cut into; null for any other. */
function padsToWindows(context: RuleContext, axis: number, begin: Dimension): number | null {
  const [former, padded] = [context.exported?.inputs[0]?.shape?.[axis], context.exported?.outputs[0]?.shape?.[axis]];
  const now = context.shape(0)?.[axis];
  if (typeof former !== 'number' || typeof padded !== 'number' || typeof now !== 'number' || begin !== 0) return null;
  if (former === now || (context.opset >= 11 && context.input(1)?.origin !== 'constant')) return null;
  const window = context.exported?.change.windowOf(context.node.outputs[0] ?? '', padded) ?? null;
  if (window === null || padded % window !== 0 || padded - former >= window) return null;
  const end = (window - (now % window)) % window;
  if (end !== padded - former) context.adjust(`pads axis ${axis} by ${end} where the file says ${padded - former}`);
  return end;
}

const depthToSpace: Rule = (context) => {
  const [n, c, h, w] = context.shape(0) ?? [];
  const block = context.int('blocksize', 1);
  if (w === undefined) return context.like(null);
  const channels = mapNumber(c, (value) =>
    value % block ** 2 === 0
      ? value / block ** 2
      : context.conflict(t('{0} channels in blocks of {1}×{1}', value, block)),
  );
  return context.like([n!, channels, multiply(h!, block), multiply(w, block)]);
};

const spaceToDepth: Rule = (context) => {
  const [n, c, h, w] = context.shape(0) ?? [];
  const block = context.int('blocksize', 1);
  if (w === undefined) return context.like(null);
  const part = (size: Dimension) =>
    mapNumber(size, (value) =>
      value % block === 0 ? value / block : context.conflict(t('{0} in blocks of {1}', value, block)),
    );
  return context.like([n!, multiply(c!, block ** 2), part(h!), part(w)]);
};

export const movementRules: readonly (readonly [string, Rule])[] = [
  ['Transpose', transpose],
  ['Concat', concat],
  ['Split', split],
  ['Slice', slice],
  ['Pad', pad],
  ['com.microsoft.Pad', pad],
  ['DepthToSpace', depthToSpace],
  ['SpaceToDepth', spaceToDepth],
  ['ReverseSequence', sameShape],
  ['ScatterND', sameShape],
  ['ScatterElements', sameShape],
  ['Scatter', sameShape],
];
