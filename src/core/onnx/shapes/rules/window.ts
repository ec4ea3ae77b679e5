import { t } from '../../../language';
import { intsOf } from '../../attributes';
import { DataType } from '../../data-types';
import type { Dimension, Node } from '../../model';
import { mapNumber } from '../dimensions';
import type { Rule, RuleContext } from '../rule';
import { knownElements } from '../value';
import { unknownRank } from './constant';

/** Convolutions and pools: operators that slide a window over the spatial axes. */

interface Window {
  readonly kernel: readonly Dimension[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Begin of each axis, then end of each axis. */
  readonly pads: readonly number[];
  readonly autoPad: string;
  readonly ceil: boolean;
}

function readWindow(context: RuleContext, kernel: readonly Dimension[]): Window | null {
  const rank = kernel.length;
  const list = (name: string, length: number, fallback: number): readonly number[] | null => {
    const values = context.ints(name);
    if (!values || values.length === 0) return new Array<number>(length).fill(fallback);
    if (values.length !== length) {
      return context.conflict(t('attribute {0} has {1} numbers for {2} spatial axes', name, values.length, rank));
    }
    return values;
  };
  const strides = list('strides', rank, 1);
  const dilations = list('dilations', rank, 1);
  const pads = list('pads', 2 * rank, 0);
  if (!strides || !dilations || !pads) return null;
  if (strides.some((s) => s < 1) || dilations.some((d) => d < 1)) {
    return context.conflict(t('strides and dilations must be at least 1'));
  }
  return {
    kernel,
    strides,
    dilations,
    pads,
    autoPad: context.string('auto_pad', 'NOTSET'),
    ceil: context.int('ceil_mode', 0) !== 0,
  };
}

/** Output size of each spatial axis. */
function slide(context: RuleContext, input: readonly Dimension[], window: Window): readonly Dimension[] {
  return input.map((size, axis) => {
    const stride = window.strides[axis]!;
    if (window.autoPad === 'SAME_UPPER' || window.autoPad === 'SAME_LOWER') {
      return mapNumber(size, (n) => Math.ceil(n / stride));
    }
    const kernel = window.kernel[axis] ?? null;
    if (typeof kernel !== 'number' || typeof size !== 'number')
      return stride === 1 && kernel === 1 && noPads(window, axis) ? size : null;
    const begin = window.autoPad === 'VALID' ? 0 : window.pads[axis]!;
    const end = window.autoPad === 'VALID' ? 0 : window.pads[axis + input.length]!;
    const extent = window.dilations[axis]! * (kernel - 1) + 1;
    const free = size + begin + end - extent;
    if (free < 0)
      return context.conflict(
        t('a window of {0} does not fit into {1} padded by {2} and {3}', extent, size, begin, end),
      );
    if (!window.ceil) return Math.floor(free / stride) + 1;
    const count = Math.ceil(free / stride) + 1;
    // A window that would start in the padding at the end is dropped, as every runtime does.
    return (count - 1) * stride >= size + begin ? count - 1 : count;
  });
}

function noPads(window: Window, axis: number): boolean {
  return window.autoPad === 'VALID' || (window.pads[axis] === 0 && window.pads[axis + window.kernel.length] === 0);
}

/** Shape of a convolution of `x` [N, C, ...] with `weight` [M, C / group, ...]. */
export function convolve(
  context: RuleContext,
  x: readonly Dimension[] | null,
  weight: readonly Dimension[] | null,
): readonly Dimension[] | null {
  const rank = x?.length ?? weight?.length;
  if (rank === undefined) return null;
  if (rank < 3 || (x && weight && x.length !== weight.length)) {
    return context.conflict(t('input and weight must have the same rank, at least 3'));
  }
  const group = context.int('group', 1);
  if (group < 1) return context.conflict(t('attribute group must be at least 1'));
  if (x && weight) {
    const channels = mapNumber(weight[1], (n) => n * group);
    context.same(x[1] ?? null, channels, () => t('the weight takes another number of channels than the input has'));
  }
  const kernel = weight?.slice(2) ?? context.ints('kernel_shape');
  const unknown = new Array<Dimension>(rank - 2).fill(null);
  const window = kernel && kernel.length === rank - 2 ? readWindow(context, kernel) : null;
  const spatial = x && window ? slide(context, x.slice(2), window) : unknown;
  return [x?.[0] ?? null, weight?.[0] ?? null, ...spatial];
}

const conv: Rule = (context) => context.like(convolve(context, context.shape(0), context.shape(1)));

const convInteger: Rule = (context) => [
  context.output(DataType.INT32, convolve(context, context.shape(0), context.shape(1))),
];

/** Inputs x, x_scale, x_zero, w, w_scale, w_zero, y_scale, y_zero, bias. */
const qlinearConv: Rule = (context) => [
  context.output(context.type(7), convolve(context, context.shape(0), context.shape(3))),
];

const convTranspose: Rule = (context) => {
  const x = context.shape(0);
  const weight = context.shape(1);
  if (!x) return context.like(null);
  const rank = x.length - 2;
  if (rank < 1 || (weight && weight.length !== x.length))
    return context.refuse(t('input and weight must have the same rank, at least 3'));
  if (weight)
    context.same(x[1] ?? null, weight[0] ?? null, () =>
      t('the weight takes another number of channels than the input has'),
    );
  const group = context.int('group', 1);
  const channels = mapNumber(weight?.[1], (n) => n * group);
  const kernel = weight?.slice(2) ?? context.ints('kernel_shape') ?? new Array<Dimension>(rank).fill(null);
  const window = readWindow(context, kernel);
  if (!window) return [];
  const outputPadding = context.ints('output_padding');
  const stated = context.ints('output_shape');
  const spatial = x.slice(2).map((size, axis) => {
    const given = stated?.[stated.length - rank + axis];
    if (given !== undefined) return given;
    const stride = window.strides[axis]!;
    if (window.autoPad === 'SAME_UPPER' || window.autoPad === 'SAME_LOWER') return mapNumber(size, (n) => n * stride);
    const pads = window.autoPad === 'VALID' ? 0 : window.pads[axis]! + window.pads[axis + rank]!;
    return mapNumber(kernel[axis], (k) =>
      mapNumber(size, (n) => {
        const out = stride * (n - 1) + (outputPadding?.[axis] ?? 0) + (k - 1) * window.dilations[axis]! + 1 - pads;
        return out < 0 ? context.conflict(t('the padding is larger than the output')) : out;
      }),
    );
  });
  return context.like([x[0] ?? null, channels, ...spatial]);
};

export const pool: Rule = (context) => {
  const shape = slideOver(context, context.shape(0));
  return context.node.opType === 'MaxPool'
    ? [context.output(context.type(0), shape), context.output(DataType.INT64, shape)]
    : context.like(shape);
};

/** Shape of a pool over `x` [N, C, ...]. */
export function slideOver(context: RuleContext, x: readonly Dimension[] | null): readonly Dimension[] | null {
  const kernel = context.ints('kernel_shape');
  if (!x) return null;
  if (!kernel || kernel.length !== x.length - 2)
    return context.conflict(t('attribute kernel_shape does not match the rank of the input'));
  const window = readWindow(context, kernel);
  if (!window) return null;
  const spatial = adaptivePool(context, x, kernel) ?? slide(context, x.slice(2), window);
  return [...x.slice(0, 2), ...spatial];
}

/**
 * Adaptive pools lose their target when exported: they become an average pool over the whole map or over the cells of a
 * grid, or, where target and map were equal, one over single elements, which does nothing. At another size their target is still the old output.
 * Returns that spatial size, or null for any other pool.
 */
function adaptivePool(
  context: RuleContext,
  x: readonly Dimension[],
  kernel: readonly number[],
): readonly Dimension[] | null {
  const before = context.exported?.inputs[0]?.shape?.slice(2);
  const target = context.exported?.outputs[0]?.shape?.slice(2);
  if (context.node.opType !== 'AveragePool' || !before || !target || before.length !== kernel.length) return null;
  const whole = target.every((size) => size === 1) && kernel.every((k, axis) => k === before[axis]);
  const nothing = kernel.every((k) => k === 1) && target.every((size, axis) => size === before[axis]);
  if (
    !(whole || nothing || isPyramidPool(context, before, kernel)) ||
    x.slice(2).every((size, axis) => size === before[axis])
  )
    return null;
  context.adjust(`read as an adaptive pool from ${x.slice(2).join('×')} to ${target.join('×')}`);
  return target;
}

/**
 * Adaptive pools to several grids of one map, as pyramid pooling has them, become average pools that cut the map without
 * rest into different numbers of windows.
 */
function isPyramidPool(context: RuleContext, map: readonly Dimension[], kernel: readonly number[]): boolean {
  const cuts = (node: Node): boolean => {
    const numbers = (name: string): readonly number[] => intsOf(node, name) ?? [];
    const window = numbers('kernel_shape');
    return (
      node.opType === 'AveragePool' &&
      numbers('pads').every((pad) => pad === 0) &&
      window.length === map.length &&
      window.every((k, axis) => k === numbers('strides')[axis] && Number(map[axis]) % k === 0)
    );
  };
  const siblings = context.exported?.change.readers(context.node.inputs[0] ?? '') ?? [];
  const kinds = new Set(siblings.filter(cuts).map((node) => intsOf(node, 'kernel_shape')?.join('×') ?? ''));
  return kinds.size > 1 && kinds.has(kernel.join('×'));
}

/** Lp pools before opset 2 and Max/AveragePool share the rule; QLinearAveragePool has scales between. */
const globalPool: Rule = (context) => {
  const x = context.shape(0);
  return context.like(x && [...x.slice(0, 2), ...x.slice(2).map(() => 1)]);
};

const qlinearGlobalPool: Rule = (context) => {
  const x = context.shape(0);
  const last = context.int('channels_last', 0) !== 0;
  return context.like(x && x.map((d, axis) => (axis === 0 || axis === (last ? x.length - 1 : 1) ? d : 1)));
};

const maxUnpool: Rule = (context) => {
  const x = context.shape(0);
  if (context.has(2)) return context.like(knownElements(context.input(2)) ?? unknownRank(context.shape(2)));
  const kernel = context.ints('kernel_shape');
  if (!x || !kernel) return context.like(null);
  const window = readWindow(context, kernel);
  if (!window) return [];
  const spatial = x
    .slice(2)
    .map((size, axis) =>
      mapNumber(
        size,
        (n) =>
          (n - 1) * window.strides[axis]! + kernel[axis]! - window.pads[axis]! - window.pads[axis + kernel.length]!,
      ),
    );
  return context.like([x[0]!, x[1]!, ...spatial]);
};

const roiAlign: Rule = (context) => [
  context.output(context.type(0), [
    context.shape(1)?.[0] ?? null,
    context.shape(0)?.[1] ?? null,
    context.int('output_height', 1),
    context.int('output_width', 1),
  ]),
];

const maxRoiPool: Rule = (context) => {
  const [height, width] = context.ints('pooled_shape') ?? [];
  return context.like([context.shape(1)?.[0] ?? null, context.shape(0)?.[1] ?? null, height ?? null, width ?? null]);
};

/** Output [N, C, grid's spatial axes]; the grid is [N, H, W, 2], or [N, D, H, W, 3]. */
const gridSample: Rule = (context) => {
  const x = context.shape(0);
  const grid = context.shape(1);
  if (!x && !grid) return context.like(null);
  return context.like([
    x?.[0] ?? grid?.[0] ?? null,
    x?.[1] ?? null,
    ...(grid?.slice(1, -1) ?? x!.slice(2).map(() => null)),
  ]);
};

/** Blocks [N, C · block, L] put together to images [N, C, image]. */
const col2Im: Rule = (context) => {
  const x = context.shape(0);
  const image = knownElements(context.input(1));
  const block = knownElements(context.input(2))?.reduce((a, b) => a * b, 1);
  if (!x || !image || !block) return context.like(null);
  return context.like([x[0] ?? null, mapNumber(x[1], (n) => n / block), ...image]);
};

export const windowRules: readonly (readonly [string, Rule])[] = [
  ['Conv', conv],
  ['com.microsoft.FusedConv', conv],
  // Its offsets, mask and bias come after the weight and do not change the shape.
  ['DeformConv', conv],
  ['ConvInteger', convInteger],
  ['Col2Im', col2Im],
  ['QLinearConv', qlinearConv],
  ['ConvTranspose', convTranspose],
  ['MaxPool', pool],
  ['AveragePool', pool],
  ['LpPool', pool],
  ['GlobalAveragePool', globalPool],
  ['GlobalMaxPool', globalPool],
  ['GlobalLpPool', globalPool],
  ['com.microsoft.QLinearGlobalAveragePool', qlinearGlobalPool],
  ['MaxUnpool', maxUnpool],
  ['RoiAlign', roiAlign],
  ['MaxRoiPool', maxRoiPool],
  ['GridSample', gridSample],
];
