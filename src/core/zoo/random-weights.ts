import type { Fill } from './graph-builder';

/**
 * Fills an array with uniformly distributed numbers and returns the state to go on with: xorshift32 (Marsaglia 2003,
 * "Xorshift RNGs", section 3), whose quality is plenty for weights that only have to be unlike each other.
 *
 * @param state any integer; equal states give equal numbers on every machine
 */
export function fillRandomly(target: Float32Array, { low, high }: Fill, state: number): number {
  // Zero is the one state that xorshift never leaves; mixing the bits keeps neighbouring seeds apart.
  let bits = Math.imul((state | 0) ^ 0x9e3779b9, 0x85ebca6b) || 1;
  const scale = (high - low) / 2 ** 32;
  for (let index = 0; index < target.length; index++) {
    bits ^= bits << 13;
    bits ^= bits >>> 17;
    bits ^= bits << 5;
    target[index] = low + (bits >>> 0) * scale;
  }
  return bits;
}
