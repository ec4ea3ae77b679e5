import { isFloat } from '../../onnx/data-types';
import type { Node } from '../../onnx/model';
import type { ConstantLookup, ConstantValue, Root } from '../structure/constant-value';

/** What is less is an argument, such as the scales of a Resize. */
const FEWEST_FEATURES = 17;

const SHAPE_ARITHMETIC = new Set([
  'Slice',
  'Gather',
  'Cast',
  'Floor',
  'Ceil',
  'Mul',
  'Div',
  'Add',
  'Sub',
  'Concat',
  'Unsqueeze',
  'Squeeze',
  'Reshape',
]);

/** Operators by which a table is brought to the size of an input that is not known before it is there. */
const FITTING = new Set([
  'Cast',
  'Flatten',
  'Reshape',
  'Resize',
  'Slice',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
  'Upsample',
]);

/** Tables of positions of which a file with an open input cuts out, or resizes, what that has room for. */
export function fittedTables(order: readonly Node[], constants: ConstantLookup): Map<string, ConstantValue> {
  const fitted = new Map<string, ConstantValue>();
  for (const { opType, inputs, outputs } of order) {
    const [data = '', ...sizes] = inputs;
    const [output = ''] = outputs;
    if (!FITTING.has(opType) || constants(output) !== null) continue;
    const table = constants(data) ?? fitted.get(data);
    if (table == null || sizes.includes(data) || !table.roots.some(isOfFeatures)) continue;
    fitted.set(output, { ...table, computed: true });
  }
  return fitted;
}

function isOfFeatures({ elements, dataType }: Root): boolean {
  return elements >= FEWEST_FEATURES && isFloat(dataType);
}

/**
 * Values computed from the shapes of others, such as the scales of an Upsample, and the factors of dynamic
 * quantisation: their constants are not trained.
 */
export function shapeArithmetic(
  order: readonly Node[],
  constants: ConstantLookup,
  fitted: ReadonlyMap<string, unknown>,
): Set<string> {
  const shapes = new Set<string>();
  for (const node of order) {
    const isVariable = (name: string): boolean => name !== '' && constants(name) === null;
    // A constant that a shape only selects from is data.
    const computed =
      SHAPE_ARITHMETIC.has(node.opType) &&
      node.inputs.every((name) => shapes.has(name) || !isVariable(name)) &&
      node.inputs.some(isVariable);
    const selects =
      fitted.has(node.outputs[0] ?? '') || (node.opType === 'Gather' && constants(node.inputs[0] ?? '') !== null);
    if (node.opType === 'Shape' || node.opType === 'Size' || (computed && !selects))
      for (const output of node.outputs) shapes.add(output);
    if (node.opType === 'DynamicQuantizeLinear') for (const output of node.outputs.slice(1)) shapes.add(output);
  }
  return shapes;
}
