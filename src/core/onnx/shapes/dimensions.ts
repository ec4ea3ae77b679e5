import type { Dimension } from '../model';

/** Arithmetic on dimensions that may be symbols or unknown: exact, or null. Nothing is guessed. */

export function multiply(a: Dimension, b: Dimension): Dimension {
  if (a === 0 || b === 0) return 0;
  if (a === 1) return b;
  if (b === 1) return a;
  return typeof a === 'number' && typeof b === 'number' ? a * b : null;
}

export function add(a: Dimension, b: Dimension): Dimension {
  if (a === 0) return b;
  if (b === 0) return a;
  return typeof a === 'number' && typeof b === 'number' ? a + b : null;
}

export function product(dimensions: readonly Dimension[]): Dimension {
  return dimensions.reduce<Dimension>(multiply, 1);
}

/** Applies `f` to a numeric dimension; a symbol or an unknown becomes unknown. */
export function mapNumber(dimension: Dimension | undefined, f: (value: number) => Dimension): Dimension {
  return typeof dimension === 'number' ? f(dimension) : null;
}

/** What two statements about one dimension say together; 'conflict' when both are numbers and differ. */
export function unify(a: Dimension, b: Dimension): Dimension | { readonly conflict: true } {
  if (typeof a === 'number' && typeof b === 'number') return a === b ? a : { conflict: true };
  if (typeof a === 'number') return a;
  if (typeof b === 'number') return b;
  return a ?? b;
}

/** One dimension of a NumPy-style broadcast; 'conflict' when neither is 1 and they differ. */
export function broadcastDimension(a: Dimension, b: Dimension): Dimension | { readonly conflict: true } {
  if (a === 1) return b;
  if (b === 1) return a;
  if (typeof a === 'number' && typeof b === 'number') return a === b ? a : { conflict: true };
  // The unknown one can only be 1 or equal to the number, and both give the number.
  if (typeof a === 'number') return a;
  if (typeof b === 'number') return b;
  return a === b ? a : null;
}

/** The axis counted from the front, or null when it is outside the rank. */
export function normaliseAxis(axis: number, rank: number): number | null {
  const positive = axis < 0 ? axis + rank : axis;
  return Number.isInteger(positive) && positive >= 0 && positive < rank ? positive : null;
}
