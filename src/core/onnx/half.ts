const largestHalf = 0x7bff;

/**
 * The bits of the FP16 number nearest to an FP32 number given by its bits (halves to even). Numbers beyond ±65504 become
 * ±65504 and numbers other than 0 do not become 0, so that no epsilon is lost; infinities and NaN stay what they are.
 */
export function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const mantissa = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (mantissa === 0 ? 0 : 0x200);
  const halfExponent = exponent - 112;
  if (halfExponent >= 31) return sign | largestHalf;
  if (halfExponent < -10) return sign | (exponent === 0 && mantissa === 0 ? 0 : 1);
  const shift = halfExponent > 0 ? 13 : 14 - halfExponent;
  const whole = halfExponent > 0 ? (halfExponent << 23) | mantissa : mantissa | 0x800000;
  const rest = whole & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  let half = whole >>> shift;
  if (rest > middle || (rest === middle && (half & 1) === 1)) half++;
  return sign | Math.max(1, Math.min(half, largestHalf));
}

/** The same for many numbers, and how many of them were beyond ±65504. */
export function halvesOf(numbers: Uint32Array): { readonly bits: Uint16Array; readonly clamped: number } {
  const bits = new Uint16Array(numbers.length);
  let clamped = 0;
  for (let index = 0; index < numbers.length; index++) {
    const number = numbers[index]!;
    bits[index] = halfBits(number);
    if (isBeyondHalf(number)) clamped++;
  }
  return { bits, clamped };
}

/** Whether `halfBits` brings an FP32 number, given by its bits, into the range of FP16. */
function isBeyondHalf(bits: number): boolean {
  const magnitude = bits & 0x7fffffff;
  // 65520, from which on rounding leads beyond 65504, up to the largest finite number.
  return magnitude >= 0x477ff000 && magnitude < 0x7f800000;
}

const asFloat = new Float32Array(1);
const asBits = new Uint32Array(asFloat.buffer);

/** The bits of the FP16 number that stands for a number, as `halfBits` has it. */
export function halfOfNumber(value: number): number {
  asFloat[0] = value;
  return halfBits(asBits[0]!);
}
