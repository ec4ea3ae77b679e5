import type { Dimension } from '../model';

/** What is known about one value (tensor) of a graph. */
export interface InferredValue {
  /** TensorProto.DataType number; 0 when unknown. */
  readonly elementType: number;
  /** null when even the rank is unknown. A dimension is a number, a symbol's name, or null when unknown. */
  readonly shape: readonly Dimension[] | null;
  /**
   * The elements of a small tensor in row-major order, where shape arithmetic needs them: a number, the name of a
   * symbolic dimension, or null for an element that is not known. null when nothing is known or it is too large.
   */
  readonly elements: readonly Dimension[] | null;
  readonly origin: Origin;
}

/**
 * Where a value comes from: `constant` depends on initializers alone, `shape` on shapes as well, `data` on an input's
 * content. A runtime computes the first two once, before the first inference.
 */
export type Origin = 'constant' | 'shape' | 'data';

/** Larger tensors are never the operands of shape arithmetic; keeping their elements would only cost memory. */
export const maxTrackedElements = 1024;

export function unknownValue(elementType = 0, origin: Origin = 'data'): InferredValue {
  return { elementType, shape: null, elements: null, origin };
}

/** Elements as rules may rely on them: few, and every number finite. */
export function trackable(elements: readonly Dimension[] | null): readonly Dimension[] | null {
  if (!elements || elements.length > maxTrackedElements) return null;
  const finite = elements.every((element) => typeof element !== 'number' || Number.isFinite(element));
  return finite
    ? elements
    : elements.map((element) => (typeof element === 'number' && !Number.isFinite(element) ? null : element));
}

/** The dimensions as numbers, or null when one of them is not a number that a tensor can have. */
export function staticShape(shape: readonly Dimension[] | null): readonly number[] | null {
  return shape?.every(isSize) ? shape : null;
}

export function isSize(dimension: Dimension): dimension is number {
  return typeof dimension === 'number' && Number.isSafeInteger(dimension) && dimension >= 0;
}

/** Number of elements, or null when a dimension is unknown. */
export function elementCount(shape: readonly Dimension[] | null): number | null {
  const dims = staticShape(shape);
  return dims === null ? null : dims.reduce((product, dimension) => product * dimension, 1);
}

/** All elements as numbers, or null when one of them is not known. */
export function knownElements(value: InferredValue | null | undefined): readonly number[] | null {
  if (!value?.elements) return null;
  return value.elements.every((element) => typeof element === 'number') ? value.elements : null;
}
