import { int, intOf, withAttribute, withoutAttributes } from '../attributes';
import { DataType } from '../data-types';
import type { Model, Node } from '../model';
import { rewriteNodes, type RewriteContext } from './draft';
import { irOf } from './lower-opset';
import { reductions } from './rewritable';

/** The oldest opset that is raised: before it, more operators had their parameters elsewhere. */
const oldest = 11;

/**
 * The model at a higher opset, up to 19; null where an operator has no such form, it is older than opset 11, or it is
 * not below the target. What changed from 11 to 19 is by docs/Changelog.md of ONNX; all else that did allows more types
 * or has a default that means what was before.
 */
export function raiseOpset(model: Model, target: number): Model | null {
  const own = model.opsets.get('') ?? 1;
  if (own < oldest || own >= target || target > 19) return null;
  let isPossible = true;
  const raised = rewriteNodes(model, (node, context) => {
    if (node.domain !== '') return null;
    const changed = context.opset === own ? raiseNode(node, context, target) : null;
    isPossible &&= changed !== null;
    return changed;
  });
  if (!isPossible) return null;
  const irVersion = Math.max(model.irVersion, irOf(target));
  return { ...raised, irVersion, opsets: new Map([...model.opsets, ['', target]]) };
}

const softmaxes = ['Softmax', 'LogSoftmax', 'Hardmax'];

/** A node as the target's opset has it; null where it has no such form. */
function raiseNode(node: Node, context: RewriteContext, target: number): readonly Node[] | null {
  const { opType } = node;
  const passes = (version: number): boolean => context.opset < version && version <= target;
  if (reductions.includes(opType)) return passes(18) ? [attributeToInput(node, 'axes', context)] : [node];
  if (opType === 'ReduceSum' || opType === 'Squeeze' || opType === 'Unsqueeze') {
    return passes(13) ? [attributeToInput(node, 'axes', context)] : [node];
  }
  if (opType === 'Split') {
    const split = passes(13) ? attributeToInput(node, 'split', context) : node;
    if (!passes(18) || (split.inputs[1] ?? '') !== '') return [split];
    return [withAttribute(split, 'num_outputs', int(node.outputs.length))];
  }
  if (softmaxes.includes(opType) && passes(13)) return lastAxisAlone(node, context);
  if (opType === 'RoiAlign' && passes(16)) {
    return [withAttribute(node, 'coordinate_transformation_mode', { kind: 'string', value: 'output_half_pixel' })];
  }
  // Nothing is dropped where a network is only run.
  if (opType === 'Dropout' && passes(12)) return [{ ...node, attributes: new Map() }];
  if (opType === 'BatchNormalization' && passes(14) && node.outputs.length > 1) return null;
  return [node];
}

function attributeToInput(node: Node, name: string, context: RewriteContext): Node {
  const list = node.attributes.get(name);
  if (list?.kind !== 'ints') return node;
  const constant = context.addConstant(`${node.outputs[0]}_${name}`, DataType.INT64, [list.values.length], list.values);
  return { ...withoutAttributes(node, [name]), inputs: [node.inputs[0] ?? '', constant] };
}

/** Before opset 13 everything from the axis on counts as one; that is the same for the last axis alone. */
function lastAxisAlone(node: Node, context: RewriteContext): readonly Node[] | null {
  const axis = intOf(node, 'axis', 1);
  const rank = context.shape(node.inputs[0] ?? '')?.length;
  const isLast = axis === -1 || axis + 1 === rank;
  return isLast ? [withAttribute(node, 'axis', int(axis))] : null;
}
