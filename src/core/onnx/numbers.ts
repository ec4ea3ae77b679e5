/** A 64-bit number as protobufjs gives it: an object of the package `long`, or a number where that is missing. */
export type WireNumber = number | { toNumber(): number };

/** A 64-bit number as a JavaScript number; beyond 2^53 it loses precision. */
export function toNumber(value: WireNumber): number {
  return typeof value === 'number' ? value : value.toNumber();
}

/** The product of a list; 1 for none. */
export function productOf(values: readonly number[]): number {
  return values.reduce((product, value) => product * value, 1);
}
