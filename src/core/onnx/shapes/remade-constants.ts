import { t } from '../../language';
import type { Dimension, Node } from '../model';
import { joinedAxis } from './size-change';
import { type InferredValue, staticShape } from './value';

/** Operators whose operands are broadcast to each other, and Concat, whose operands agree on all axes but one. */
const aligning = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Pow',
  'Mod',
  'Where',
  'Max',
  'Min',
  'Sum',
  'Mean',
  'And',
  'Or',
  'Xor',
  'Concat',
  'Equal',
  'Less',
  'LessOrEqual',
  'Greater',
  'GreaterOrEqual',
  'PRelu',
  'ScatterND',
  'ScatterElements',
]);

/**
 * A node's inputs with its constants remade for another size: one that was as long as the data along an axis, which has
 * since changed, follows the data. Grids, strides, anchors, masks, class tokens and position tables are of this kind.
 */
export function remadeConstants(
  node: Node,
  inputs: readonly (InferredValue | null)[],
  exported: readonly (InferredValue | null)[],
  adjust: (what: string, constant: string, remade: InferredValue) => void,
): readonly (InferredValue | null)[] {
  if (!aligning.has(node.opType)) return inputs;
  const moving = inputs.flatMap((input, index) => {
    const [before, now] = [staticShape(exported[index]?.shape ?? null), staticShape(input?.shape ?? null)];
    if (input?.origin !== 'data' || !before || before.length !== now?.length) return [];
    return now.some((size, axis) => size !== before[axis]) ? [{ before, now }] : [];
  });
  if (moving.length === 0) return inputs;
  return inputs.map((input, index) => {
    const own = staticShape(exported[index]?.shape ?? null);
    if (!input || input.origin === 'data' || !own) return input;
    const shape: Dimension[] = own.map((size, axis) => {
      const fromEnd = own.length - axis;
      const follows = moving.find(({ before }) => size > 0 && before[before.length - fromEnd] === size);
      // A single element is repeated for whatever it meets; joined to the data it has to be as many.
      if (!follows || (size === 1 && node.opType !== 'Concat')) return size;
      if (node.opType === 'Concat' && axis === joinedAxis(node, own.length)) return size;
      return follows.now[follows.now.length - fromEnd]!;
    });
    if (shape.every((size, axis) => size === input.shape?.[axis])) return input;
    const remade = { ...input, shape, elements: null };
    adjust(
      t('takes a constant of [{0}] as one of [{1}]', own.join(', '), shape.join(', ')),
      node.inputs[index] ?? '',
      remade,
    );
    return remade;
  });
}
