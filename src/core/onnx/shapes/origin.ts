import type { Node } from '../model';
import { readNames } from './order';
import type { Scope } from './scope';
import type { Origin } from './value';

const randomOperators = new Set([
  'RandomNormal',
  'RandomUniform',
  'RandomNormalLike',
  'RandomUniformLike',
  'Bernoulli',
  'Multinomial',
]);

/** Where a node's outputs come from: data, as soon as one of its inputs does. */
export function originOf(node: Node, scope: Scope): Origin {
  if (randomOperators.has(node.opType)) return 'data';
  if (node.opType === 'Shape' || node.opType === 'Size') {
    return scope.find(node.inputs[0] ?? '')?.origin === 'constant' ? 'constant' : 'shape';
  }
  let origin: Origin = 'constant';
  for (const name of readNames(node)) {
    if (name === '') continue;
    const input = scope.find(name)?.origin ?? 'data';
    if (input === 'data') return 'data';
    if (input === 'shape') origin = 'shape';
  }
  return origin;
}
