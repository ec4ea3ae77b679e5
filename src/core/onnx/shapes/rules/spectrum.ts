import { DataType } from '../../data-types';
import type { Dimension } from '../../model';
import { mapNumber, normaliseAxis } from '../dimensions';
import type { Rule } from '../rule';
import { knownElements } from '../value';

/** Fourier transforms and the windows that go with them. Complex numbers are two along the last axis. */

/** Input [..., 1 or 2]; the transformed axis is an attribute before opset 20 and an input since. */
const dft: Rule = (context) => {
  const shape = context.shape(0);
  if (!shape) return context.like(null);
  const stated =
    context.opset >= 20 ? (context.has(2) ? knownElements(context.input(2))?.[0] : -2) : context.int('axis', 1);
  const axis = stated === undefined ? null : normaliseAxis(stated, shape.length);
  if (axis === null) {
    context.unknown('the axis that it transforms is computed from data, or outside the rank');
    return context.like(shape.map(() => null));
  }
  const length = context.has(1) ? (context.input(1)?.elements?.[0] ?? null) : shape[axis]!;
  const isOneSided = context.int('onesided', 0) !== 0;
  const isInverse = context.int('inverse', 0) !== 0;
  const frequencies = isOneSided && !isInverse ? mapNumber(length, half) : length;
  return context.like(
    shape.map((d, at) => (at === axis ? frequencies : at === shape.length - 1 ? (isOneSided && isInverse ? 1 : 2) : d)),
  );
};

/** Signal [batch, samples] or [batch, samples, 1 or 2], step, window, frame length; output [batch, frames, bins, 2]. */
const stft: Rule = (context) => {
  const shape = context.shape(0);
  const step = context.input(1)?.elements?.[0] ?? null;
  const length = context.has(3) ? (context.input(3)?.elements?.[0] ?? null) : (context.shape(2)?.[0] ?? null);
  const frames = mapNumber(shape?.[1], (samples) =>
    typeof step === 'number' && step > 0 && typeof length === 'number' && length <= samples
      ? Math.floor((samples - length) / step) + 1
      : null,
  );
  const bins = context.int('onesided', 1) !== 0 ? mapNumber(length, half) : length;
  return context.like([shape?.[0] ?? null, frames, bins, 2]);
};

/** Frequencies of a real signal that tell all others. */
function half(length: number): Dimension {
  return Math.floor(length / 2) + 1;
}

const window: Rule = (context) => [
  context.output(context.int('output_datatype', DataType.FLOAT), [context.input(0)?.elements?.[0] ?? null]),
];

/** Weights from spectrogram bins to mel bins: [dft_length / 2 + 1, bins]. */
const melWeights: Rule = (context) => [
  context.output(context.int('output_datatype', DataType.FLOAT), [
    mapNumber(context.input(1)?.elements?.[0], half),
    context.input(0)?.elements?.[0] ?? null,
  ]),
];

export const spectrumRules: readonly (readonly [string, Rule])[] = [
  ['DFT', dft],
  ['STFT', stft],
  ['HannWindow', window],
  ['HammingWindow', window],
  ['BlackmanWindow', window],
  ['MelWeightMatrix', melWeights],
];
