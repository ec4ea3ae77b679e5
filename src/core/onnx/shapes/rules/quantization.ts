import { DataType } from '../../data-types';
import { type Rule, sameShape } from '../rule';

/** Quantised operators. Their element-wise forms interleave scales and zero points with the operands. */

const quantize: Rule = (context) => [
  context.output(context.type(2) || context.int('output_dtype', 0) || DataType.UINT8, context.shape(0)),
];

const dequantize: Rule = (context) => [context.output(context.type(1) || DataType.FLOAT, context.shape(0))];

const dynamicQuantize: Rule = (context) => [
  context.output(DataType.UINT8, context.shape(0)),
  context.output(DataType.FLOAT, []),
  context.output(DataType.UINT8, []),
];

/** Inputs a, a_scale, a_zero, b, b_scale, b_zero, y_scale, y_zero. */
const binary: Rule = (context) => [
  context.output(context.type(0), context.broadcast([context.shape(0), context.shape(3)])),
];

export const quantizationRules: readonly (readonly [string, Rule])[] = [
  ['QuantizeLinear', quantize],
  ['com.microsoft.QuantizeLinear', quantize],
  ['DequantizeLinear', dequantize],
  ['com.microsoft.DequantizeLinear', dequantize],
  ['DynamicQuantizeLinear', dynamicQuantize],
  ['com.microsoft.QLinearAdd', binary],
  ['com.microsoft.QLinearMul', binary],
  ['com.microsoft.QLinearSigmoid', sameShape],
  ['com.microsoft.QLinearLeakyRelu', sameShape],
  ['com.microsoft.QLinearSoftmax', sameShape],
];
