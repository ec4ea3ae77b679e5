import { intOf, tensorOf } from '../attributes';
import { DataType } from '../data-types';
import type { Node } from '../model';

const { BOOL, FLOAT, INT64 } = DataType;

const ofFixedType = new Map<string, number>([
  ...['Shape', 'Size', 'NonZero', 'ArgMax', 'ArgMin', 'NonMaxSuppression'].map((name) => [name, INT64] as const),
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'And', 'Or', 'Xor', 'Not', 'IsNaN', 'IsInf'].map(
    (name) => [name, BOOL] as const,
  ),
]);

/** Which input has the type of the output, where that is not the first one. */
const typeInput = new Map([
  ['Where', 1],
  ['OneHot', 2],
  ['CastLike', 1],
  ['DequantizeLinear', 1],
  ['Loop', 2],
]);

/**
 * TensorProto.DataType number of a node's output, by the types of its inputs and without shapes; 0 when unknown. Most
 * operators give the type of their first input.
 */
export function elementTypeOf(node: Node, output: number, inputs: readonly number[]): number {
  const { opType } = node;
  const fixed = ofFixedType.get(opType);
  if (fixed !== undefined) return fixed;
  switch (opType) {
    case 'Cast':
      return intOf(node, 'to', 0);
    case 'Constant':
    case 'ConstantOfShape':
      return tensorOf(node, 'value')?.dataType ?? FLOAT;
    case 'RandomNormal':
    case 'RandomUniform':
      return intOf(node, 'dtype', FLOAT);
    case 'RandomNormalLike':
    case 'RandomUniformLike':
    case 'EyeLike':
    case 'Bernoulli':
      return intOf(node, 'dtype', inputs[0] ?? 0);
    case 'QuantizeLinear':
      return intOf(node, 'output_dtype', 0) || inputs[2] || DataType.UINT8;
    case 'TopK':
    case 'MaxPool':
    case 'Unique':
      return output === 0 ? (inputs[0] ?? 0) : INT64;
    case 'Dropout':
      return output === 0 ? (inputs[0] ?? 0) : BOOL;
    case 'If': {
      const branch = node.attributes.get('then_branch');
      return branch?.kind === 'graph' ? (branch.value.outputs[output]?.dataType ?? 0) : 0;
    }
    case 'Loop':
      return inputs[2 + output] ?? loopType(node, output);
    default:
      return inputs[typeInput.get(opType) ?? 0] ?? 0;
  }
}

/** The body of a Loop gives the condition first. */
function loopType(node: Node, output: number): number {
  const body = node.attributes.get('body');
  return body?.kind === 'graph' ? (body.value.outputs[1 + output]?.dataType ?? 0) : 0;
}
