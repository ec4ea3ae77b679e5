import { intsOf } from '../attributes';
import type { Body, Inputs } from './body';

/** Operators on single elements, and normalisations, as the ONNX specification defines them by simpler ones. */

/** `max(0, x) + min(0, alpha · (exp(x / alpha) − 1))`, which is Elu of the scaled input. */
export function celu(body: Body, [x = '']: Inputs): string {
  const alpha = body.float('alpha', 1);
  if (alpha === 1) return body.add('Elu', [x]);
  const factor = body.scalar(alpha);
  return body.add('Mul', [body.add('Elu', [body.add('Div', [x, factor])]), factor]);
}

export function sign(body: Body, [x = '']: Inputs): string {
  const zero = body.scalar(0);
  const negative = body.add('Where', [body.add('Less', [x, zero]), body.scalar(-1), zero]);
  return body.add('Where', [body.add('Greater', [x, zero]), body.scalar(1), negative]);
}

/** To the nearest integer, halves to the even one. */
export function round(body: Body, [x = '']: Inputs): string {
  const half = body.scalar(0.5);
  const below = body.add('Floor', [x]);
  const rest = body.add('Sub', [x, below]);
  const pairs = body.add('Floor', [body.add('Mul', [below, half])]);
  const isOdd = body.add('Sub', [below, body.add('Mul', [pairs, body.scalar(2)])]);
  const isAbove = body.add('Greater', [rest, half]);
  const ofHalf = body.add('Where', [body.add('Less', [rest, half]), body.scalar(0), isOdd]);
  return body.add('Add', [below, body.add('Where', [isAbove, body.scalar(1), ofHalf])]);
}

export function shrink(body: Body, [x = '']: Inputs): string {
  const [bias, bound] = [body.float('bias', 0), body.float('lambd', 0.5)];
  const [up, down] = [body.add('Add', [x, body.scalar(bias)]), body.add('Sub', [x, body.scalar(bias)])];
  const positive = body.add('Where', [body.add('Greater', [x, body.scalar(bound)]), down, body.scalar(0)]);
  return body.add('Where', [body.add('Less', [x, body.scalar(-bound)]), up, positive]);
}

export function xor(body: Body): string {
  const both = body.add('Not', [body.add('And', body.node.inputs)]);
  return body.add('And', [body.add('Or', body.node.inputs), both]);
}

/** No number but NaN differs from itself. */
export function isNaN(body: Body, [x = '']: Inputs): string {
  return body.add('Not', [body.add('Equal', [x, x])]);
}

export const orEqual =
  (opType: 'Greater' | 'Less') =>
  (body: Body): string =>
    body.add('Or', [body.add(opType, body.node.inputs), body.add('Equal', body.node.inputs)]);

export function lpNormalization(body: Body, [x = '']: Inputs): string | null {
  const power = body.int('p', 2);
  if (power !== 1 && power !== 2) return null;
  return body.add('Div', [x, body.reduce(`ReduceL${power}`, x, [body.int('axis', -1)], 18)]);
}

/** Variance as the mean of the squares less the square of the mean, and 1e-9 beside the deviation. */
export function meanVariance(body: Body, [x = '']: Inputs): string {
  const reduced = intsOf(body.node, 'axes') ?? [0, 2, 3];
  const mean = body.mean(x, reduced);
  const squares = body.mean(body.add('Mul', [x, x]), reduced);
  const variance = body.add('Sub', [squares, body.add('Mul', [mean, mean])]);
  const deviation = body.add('Add', [body.add('Sqrt', [variance]), body.scalar(1e-9)]);
  return body.add('Div', [body.add('Sub', [x, mean]), deviation]);
}
