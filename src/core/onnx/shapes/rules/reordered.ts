import type { Dimension } from '../../model';
import { mapNumber } from '../dimensions';
import type { Rule, RuleContext } from '../rule';
import { convolve, pool, slideOver } from './window';

/** Operators of ONNX Runtime's optimiser on images whose channels come last, or lie in blocks that fit a CPU's vectors. */

type Shape = readonly Dimension[];

export function channelsFirst(shape: Shape | null): Shape | null {
  return shape && shape.length > 2 ? [shape[0]!, shape[shape.length - 1]!, ...shape.slice(1, -1)] : shape;
}

function channelsLast(shape: Shape | null): Shape | null {
  return shape && shape.length > 2 ? [shape[0]!, ...shape.slice(2), shape[1]!] : shape;
}

/** Whether a quantised operator takes images with channels last, which the optimiser writes into an attribute. */
function isChannelsLast(context: RuleContext): boolean {
  return context.int('channels_last', 0) !== 0;
}

/** Kernels are stored as ever, [M, C / group, ...]. */
const nhwcConv: Rule = (context) =>
  context.like(channelsLast(convolve(context, channelsFirst(context.shape(0)), context.shape(1))));

/** Inputs x, x_scale, x_zero, w, w_scale, w_zero, y_scale, y_zero, bias. */
const qlinearConv: Rule = (context) => {
  const last = isChannelsLast(context);
  const x = context.shape(0);
  const y = convolve(context, last ? channelsFirst(x) : x, context.shape(3));
  return [context.output(context.type(7), last ? channelsLast(y) : y)];
};

const nhwcPool: Rule = (context) => context.like(channelsLast(slideOver(context, channelsFirst(context.shape(0)))));

const qlinearPool: Rule = (context) => (isChannelsLast(context) ? nhwcPool(context) : pool(context));

/**
 * Channels of images and kernels are filled up to whole blocks of 8 or 16, which the file does not state: a convolution
 * gives what its kernels say, whatever it takes. A fourth input is added to the result.
 */
const blockedConv: Rule = (context) => {
  const [x, weight] = [context.shape(0), context.shape(1)];
  const channels = mapNumber(weight?.[1], (n) => n * context.int('group', 1));
  return context.like(convolve(context, x && [x[0] ?? null, channels, ...x.slice(2)], weight));
};

const intoBlocks: Rule = (context) => {
  const x = context.shape(0);
  return context.like(isChannelsLast(context) ? channelsFirst(x) : x);
};

/** States the true number of channels. */
const outOfBlocks: Rule = (context) => {
  const x = context.shape(0);
  const y = x && [x[0] ?? null, context.int('channels', 0) || (x[1] ?? null), ...x.slice(2)];
  return context.like(isChannelsLast(context) ? channelsLast(y) : y);
};

const blockedGlobalPool: Rule = (context) =>
  context.like(context.shape(0)?.map((d, axis) => (axis < 2 ? d : 1)) ?? null);

/** Attribute `scales`: a whole number for each axis. */
const blockedUpsample: Rule = (context) => {
  const scales = context.ints('scales');
  const x = context.shape(0);
  return context.like(x && x.map((d, axis) => mapNumber(d, (n) => n * (scales?.[axis] ?? NaN))));
};

export const reorderedRules: readonly (readonly [string, Rule])[] = [
  ['com.microsoft.NhwcConv', nhwcConv],
  ['com.microsoft.NhwcFusedConv', nhwcConv],
  ['com.microsoft.NhwcMaxPool', nhwcPool],
  ['com.microsoft.QLinearConv', qlinearConv],
  ['com.microsoft.QLinearAveragePool', qlinearPool],
  ['com.microsoft.nchwc.Conv', blockedConv],
  ['com.microsoft.nchwc.MaxPool', pool],
  ['com.microsoft.nchwc.AveragePool', pool],
  ['com.microsoft.nchwc.GlobalMaxPool', blockedGlobalPool],
  ['com.microsoft.nchwc.GlobalAveragePool', blockedGlobalPool],
  ['com.microsoft.nchwc.Upsample', blockedUpsample],
  ['com.microsoft.nchwc.ReorderInput', intoBlocks],
  ['com.microsoft.nchwc.ReorderOutput', outOfBlocks],
];
