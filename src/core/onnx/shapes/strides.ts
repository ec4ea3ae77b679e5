import type { Dimension } from '../model';
import { maxTrackedElements } from './value';

/** Reading tracked elements of tensors in another order. */

/** Distance in elements between neighbours along each axis of a row-major tensor. */
export function rowMajorStrides(dims: readonly number[]): readonly number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let axis = dims.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * dims[axis + 1]!;
  return strides;
}

/** Strides of a tensor seen with `rank` dimensions; 0 along those it is broadcast over. */
export function broadcastStrides(dims: readonly number[], rank: number): readonly number[] {
  const own = rowMajorStrides(dims).map((stride, axis) => (dims[axis] === 1 ? 0 : stride));
  return [...new Array<number>(rank - dims.length).fill(0), ...own];
}

/** Offset of each element of a tensor of shape `dims` in memory with the given strides, in row-major order. */
export function offsets(dims: readonly number[], strides: readonly number[], first = 0): readonly number[] {
  let result = [first];
  for (const [axis, dimension] of dims.entries()) {
    result = result.flatMap((offset) => Array.from({ length: dimension }, (_, i) => offset + i * strides[axis]!));
  }
  return result;
}

/** A strided view of tracked elements; null where they are not tracked or the view is too large to be. */
export function view(
  elements: readonly Dimension[] | null | undefined,
  dims: readonly number[],
  strides: readonly number[],
  first = 0,
): readonly Dimension[] | null {
  const count = dims.reduce((a, b) => a * b, 1);
  if (!elements || count > maxTrackedElements) return null;
  // An empty tensor may still have a huge dimension beside its 0.
  if (count === 0) return [];
  const own = rowMajorStrides(dims);
  const isWhole = first === 0 && elements.length === count && strides.every((stride, axis) => stride === own[axis]);
  if (isWhole) return elements;
  return offsets(dims, strides, first).map((offset) => elements[offset] ?? null);
}
