/** A number without trailing zeros and at most three decimals, as variants are named. */
export function decimal(value: number): string {
  return String(Number(value.toFixed(3)));
}

/** A layout such as `[3,4,6,3]`. */
export function brackets(layout: readonly number[]): string {
  return `[${layout.join(',')}]`;
}
