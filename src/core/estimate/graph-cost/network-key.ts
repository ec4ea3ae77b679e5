import type { KernelWork } from '../../landmarks/model-costs';

/**
 * What a network is known by at any size, batch and precision, whatever it is called: its kernels with weights, as far
 * as pixels do not decide them.
 */
export function networkKey(kernels: readonly KernelWork[]): string {
  const rows = kernels.flatMap(({ count, weightElements, windowTaps, stride, groups, outputChannels }) =>
    weightElements > 0 ? [[weightElements, windowTaps, stride, groups, outputChannels, count].join(' ')] : [],
  );
  return hash(rows.sort().join(';'));
}

/**
 * Two independent 32-bit hashes (FNV-1a and a multiplicative one), so that thousands of texts of some kilobytes need
 * not be kept; that two of 10⁵ models collide has a chance below 10⁻⁹.
 */
export function hash(text: string): string {
  let one = 0x811c9dc5;
  let other = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ code, 0x9e3779b1);
    other ^= other >>> 15;
  }
  return `${(one >>> 0).toString(36)}-${(other >>> 0).toString(36)}`;
}
