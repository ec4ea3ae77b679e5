/** The largest number of a list of any length; -Infinity for none. Math.max(...list) fails on a long one. */
export function largestOf(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), -Infinity);
}

/** The smallest number of a list of any length; Infinity for none. */
export function smallestOf(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}
