import { floatOf, intOf, intsOf } from '../attributes';
import type { Node } from '../model';
import { Body } from './body';
import type { Place } from './draft';

/** Operators on single elements, and normalisations, as the ONNX specification defines them by simpler ones. */

/** `max(0, x) + min(0, alpha · (exp(x / alpha) − 1))`, which is Elu of the scaled input. */
export function celu(node: Node, place: Place): readonly Node[] {
  const [x = ''] = node.inputs;
  const body = new Body(node, place);
  const alpha = floatOf(node, 'alpha', 1);
  if (alpha === 1) return body.end(body.add('Elu', [x]));
  const factor = body.scalar(alpha);
  return body.end(body.add('Mul', [body.add('Elu', [body.add('Div', [x, factor])]), factor]));
}

export function sign(node: Node, place: Place): readonly Node[] {
  const [x = ''] = node.inputs;
  const body = new Body(node, place);
  const zero = body.scalar(0);
  const negative = body.add('Where', [body.add('Less', [x, zero]), body.scalar(-1), zero]);
  return body.end(body.add('Where', [body.add('Greater', [x, zero]), body.scalar(1), negative]));
}

/** To the nearest integer, halves to the even one. */
export function round(node: Node, place: Place): readonly Node[] {
  const [x = ''] = node.inputs;
  const body = new Body(node, place);
  const half = body.scalar(0.5);
  const below = body.add('Floor', [x]);
  const rest = body.add('Sub', [x, below]);
  const pairs = body.add('Floor', [body.add('Mul', [below, half])]);
  const isOdd = body.add('Sub', [below, body.add('Mul', [pairs, body.scalar(2)])]);
  const isAbove = body.add('Greater', [rest, half]);
  const ofHalf = body.add('Where', [body.add('Less', [rest, half]), body.scalar(0), isOdd]);
  return body.end(body.add('Add', [below, body.add('Where', [isAbove, body.scalar(1), ofHalf])]));
}

export function shrink(node: Node, place: Place): readonly Node[] {
  const [x = ''] = node.inputs;
  const body = new Body(node, place);
  const [bias, bound] = [floatOf(node, 'bias', 0), floatOf(node, 'lambd', 0.5)];
  const [up, down] = [body.add('Add', [x, body.scalar(bias)]), body.add('Sub', [x, body.scalar(bias)])];
  const positive = body.add('Where', [body.add('Greater', [x, body.scalar(bound)]), down, body.scalar(0)]);
  return body.end(body.add('Where', [body.add('Less', [x, body.scalar(-bound)]), up, positive]));
}

export function xor(node: Node, place: Place): readonly Node[] {
  const body = new Body(node, place);
  const both = body.add('Not', [body.add('And', node.inputs)]);
  return body.end(body.add('And', [body.add('Or', node.inputs), both]));
}

/** No number but NaN differs from itself. */
export function isNaN(node: Node, place: Place): readonly Node[] {
  const [x = ''] = node.inputs;
  const body = new Body(node, place);
  return body.end(body.add('Not', [body.add('Equal', [x, x])]));
}

export function greaterOrEqual(node: Node, place: Place): readonly Node[] {
  return orEqual('Greater', node, place);
}

export function lessOrEqual(node: Node, place: Place): readonly Node[] {
  return orEqual('Less', node, place);
}

function orEqual(opType: string, node: Node, place: Place): readonly Node[] {
  const body = new Body(node, place);
  return body.end(body.add('Or', [body.add(opType, node.inputs), body.add('Equal', node.inputs)]));
}

export function lpNormalization(node: Node, place: Place): readonly Node[] | null {
  const [x = ''] = node.inputs;
  const power = intOf(node, 'p', 2);
  if (power !== 1 && power !== 2) return null;
  const body = new Body(node, place);
  return body.end(body.add('Div', [x, body.reduce(`ReduceL${power}`, x, [intOf(node, 'axis', -1)], 18)]));
}

/** Variance as the mean of the squares less the square of the mean, and 1e-9 beside the deviation. */
export function meanVariance(node: Node, place: Place): readonly Node[] {
  const [x = ''] = node.inputs;
  const body = new Body(node, place);
  const reduced = intsOf(node, 'axes') ?? [0, 2, 3];
  const mean = body.mean(x, reduced);
  const squares = body.mean(body.add('Mul', [x, x]), reduced);
  const variance = body.add('Sub', [squares, body.add('Mul', [mean, mean])]);
  const deviation = body.add('Add', [body.add('Sqrt', [variance]), body.scalar(1e-9)]);
  return body.end(body.add('Div', [body.add('Sub', [x, mean]), deviation]));
}
