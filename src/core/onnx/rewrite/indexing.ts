import { int } from '../attributes';
import { DataType } from '../data-types';
import { productOf } from '../numbers';
import type { Body, Inputs } from './body';

/**
 * Operators that read or write at constant indices, by Gather at indices of one axis: what is written is put behind the
 * data, and each element is then taken from where it is.
 */

/** Elements that a table of indices or a mask made here may have. */
const maxMade = 2 ** 16;

/** A shape of numbers alone, with no more elements than a table may have; null otherwise. */
function smallShape(body: Body, name: string): readonly number[] | null {
  const shape = body.context.shape(name);
  if (!shape?.every((size): size is number => typeof size === 'number' && size >= 1)) return null;
  return productOf(shape) <= maxMade ? shape : null;
}

/** The place of an index in row-major order; null where it lies outside. */
function flatIndex(index: readonly number[], sizes: readonly number[]): number | null {
  let flat = 0;
  for (const [axis, size] of sizes.entries()) {
    const given = index[axis] ?? NaN;
    const at = given < 0 ? given + size : given;
    if (!(at >= 0 && at < size)) return null;
    flat = flat * size + at;
  }
  return flat;
}

/** The elements of a tensor in its last axis, each as a list. */
function listsOf(values: readonly number[], length: number): readonly (readonly number[])[] {
  return Array.from({ length: values.length / length }, (_, index) =>
    values.slice(index * length, (index + 1) * length),
  );
}

interface Indices {
  /** Sizes of the data's axes that an index names, and those of the axes behind. */
  readonly named: readonly number[];
  readonly rest: readonly (number | string | null)[];
  readonly places: readonly number[];
  /** Axes of the indices before their last. */
  readonly outer: readonly number[];
}

/** Constant indices of GatherND and ScatterND; null where they or the axes that they name are unknown. */
function indicesOf(data: string, indices: string, body: Body): Indices | null {
  const [shape, tensor] = [body.context.shape(data), body.context.constant(indices)];
  const length = tensor?.dims.at(-1) ?? 0;
  if (shape === null || !tensor?.values || length < 1 || length > shape.length) return null;
  const named = shape.slice(0, length);
  if (!named.every((size): size is number => typeof size === 'number' && size >= 1)) return null;
  if (productOf(named) > maxMade) return null;
  const places = listsOf(tensor.values, length).map((index) => flatIndex(index, named));
  if (!places.every((at) => at !== null)) return null;
  return { named, rest: shape.slice(length), places, outer: tensor.dims.slice(0, -1) };
}

/** Sizes for Reshape, in which one may be open; null where more are. */
function reshapeList(sizes: readonly (number | string | null)[]): readonly number[] | null {
  const list = sizes.map((size) => (typeof size === 'number' && size >= 1 ? size : -1));
  return list.filter((size) => size === -1).length <= 1 ? list : null;
}

export function scatterNd(body: Body, [data = '', indices = '', updates = '']: Inputs): string | null {
  const known = indicesOf(data, indices, body);
  if (known === null || body.string('reduction', 'none') !== 'none') return null;
  const { named, rest, places } = known;
  const count = productOf(named);
  const width = reshapeList(rest);
  if (width === null || places.length === 0) return null;
  const inner = width.includes(-1) ? -1 : productOf(width);
  const table = written(count, places);
  const rows = body.add(
    'Concat',
    [body.reshape(data, body.list([count, inner])), body.reshape(updates, body.list([places.length, inner]))],
    { axis: int(0) },
  );
  const chosen = body.add('Gather', [rows, body.list(table)], { axis: int(0) });
  return body.reshape(chosen, body.list([...named, ...width]));
}

/** For each element of the data its own place, or that of the update behind the data which replaces it; the last one wins. */
function written(count: number, places: readonly number[]): readonly number[] {
  const table = Array.from({ length: count }, (_, index) => index);
  places.forEach((at, index) => (table[at] = count + index));
  return table;
}

export function gatherNd(body: Body, [data = '', indices = '']: Inputs): string | null {
  const known = indicesOf(data, indices, body);
  if (known === null || body.int('batch_dims', 0) !== 0) return null;
  const { named, rest, places, outer } = known;
  const width = reshapeList(rest);
  if (width === null || places.length === 0) return null;
  const inner = width.includes(-1) ? -1 : productOf(width);
  const rows = body.reshape(data, body.list([productOf(named), inner]));
  const chosen = body.add('Gather', [rows, body.list(places)], { axis: int(0) });
  return body.reshape(chosen, body.list([...outer, ...width]));
}

/** Places in the data that constant indices along one axis name; null where anything is unknown. */
function placesAlong(
  body: Body,
): { shape: readonly number[]; dims: readonly number[]; places: readonly number[] } | null {
  const [data = '', indices = ''] = body.node.inputs;
  const [shape, tensor] = [smallShape(body, data), body.context.constant(indices)];
  if (shape === null || !tensor?.values?.length || tensor.dims.length !== shape.length) return null;
  const axis = body.int('axis', 0);
  const along = axis < 0 ? axis + shape.length : axis;
  if (!(along >= 0 && along < shape.length)) return null;
  const { dims, values } = tensor;
  const places = values.map((value, flat) => {
    let left = flat;
    const index = new Array<number>(dims.length);
    for (let at = dims.length - 1; at >= 0; at--) {
      index[at] = left % dims[at]!;
      left = Math.floor(left / dims[at]!);
    }
    index[along] = value;
    return flatIndex(index, shape);
  });
  return places.every((at) => at !== null) ? { shape, dims, places } : null;
}

export function gatherElements(body: Body): string | null {
  const known = placesAlong(body);
  if (known === null) return null;
  const flat = body.reshape(body.node.inputs[0] ?? '', body.list([-1]));
  const chosen = body.add('Gather', [flat, body.list(known.places)], { axis: int(0) });
  return body.reshape(chosen, body.list(known.dims));
}

/** Also for Scatter, as opset 9 and 10 call it. */
export function scatterElements(body: Body, [data = '', , updates = '']: Inputs): string | null {
  const known = placesAlong(body);
  if (known === null || body.string('reduction', 'none') !== 'none') return null;
  const flat = (name: string): string => body.reshape(name, body.list([-1]));
  const all = body.add('Concat', [flat(data), flat(updates)], { axis: int(0) });
  const table = body.list(written(productOf(known.shape), known.places));
  const chosen = body.add('Gather', [all, table], { axis: int(0) });
  return body.reshape(chosen, body.list(known.shape));
}

const indexTypes: ReadonlySet<number> = new Set([DataType.INT32, DataType.INT64]);

/** By comparison with each index; one below 0 counts from the end, and one outside gives `off` everywhere. */
export function oneHot(body: Body, [indices = '', depths = '', values = '']: Inputs): string | null {
  const [shape, depth, pair] = [
    body.context.shape(indices),
    body.context.constant(depths)?.values?.[0],
    body.context.constant(values),
  ];
  const type = body.context.elementType(indices);
  if (shape === null || pair?.values?.length !== 2 || !indexTypes.has(type)) return null;
  if (depth === undefined || !Number.isInteger(depth) || depth < 1 || depth > maxMade) return null;
  const axis = body.int('axis', -1);
  const at = axis < 0 ? axis + shape.length + 1 : axis;
  if (!(at >= 0 && at <= shape.length)) return null;
  const column = body.unsqueeze(indices, [at]);
  const dims = [depth, ...shape.slice(at).map(() => 1)];
  const counted = (from: number): string =>
    body.constant(
      dims,
      Array.from({ length: depth }, (_, index) => from + index),
    );
  const isHot = body.add('Or', [body.add('Equal', [column, counted(0)]), body.add('Equal', [column, counted(-depth)])]);
  const [off, on] = pair.values.map((value) =>
    body.context.addConstant(`${body.node.outputs[0]}_value`, pair.dataType, [], [value]),
  );
  return body.add('Where', [isHot, on!, off!]);
}

/** The last two axes must be known, as the triangle is made here. */
export function trilu(body: Body, [x = '', offset = '']: Inputs): string | null {
  const [rows, columns] = body.context.shape(x)?.slice(-2) ?? [];
  const by = offset === '' ? 0 : body.context.constant(offset)?.values?.[0];
  if (typeof rows !== 'number' || typeof columns !== 'number' || by === undefined) return null;
  if (rows < 1 || columns < 1 || rows * columns > 16 * maxMade) return null;
  const isUpper = body.int('upper', 1) !== 0;
  const kept = Array.from({ length: rows * columns }, (_, at) => {
    const distance = (at % columns) - Math.floor(at / columns) - by;
    return Number(isUpper ? distance >= 0 : distance <= 0);
  });
  const mask = body.context.addConstant(`${body.node.outputs[0]}_constant`, DataType.BOOL, [rows, columns], kept);
  return body.add('Where', [mask, x, body.scalar(0)]);
}

/** Running sums by a product with a triangle of ones; its axis must be known, and of a size at which that is cheap. */
export function cumSum(body: Body, [x = '', axes = '']: Inputs): string | null {
  const [shape, axis] = [body.context.shape(x), body.context.constant(axes)?.values?.[0]];
  const isFloat = [DataType.FLOAT, DataType.FLOAT16].some((type) => type === body.context.elementType(x));
  if (shape === null || axis === undefined || !isFloat) return null;
  const at = axis < 0 ? axis + shape.length : axis;
  const size = shape[at];
  if (typeof size !== 'number' || size < 1 || size > 1024) return null;
  const [isExclusive, isReverse] = [body.int('exclusive', 0) !== 0, body.int('reverse', 0) !== 0];
  const ones = Array.from({ length: size * size }, (_, index) => {
    const behind = (index % size) - Math.floor(index / size);
    const distance = isReverse ? -behind : behind;
    return Number(isExclusive ? distance > 0 : distance >= 0);
  });
  const others = shape.map((_, index) => index).filter((index) => index !== at);
  const last = body.transpose(x, [...others, at]);
  const column = shape.length === 1 ? body.unsqueeze(last, [0]) : last;
  const sums = body.add('MatMul', [column, body.constant([size, size], ones)]);
  if (shape.length === 1) return body.reshape(sums, body.list([size]));
  const back = shape.map((_, index) => (index < at ? index : index === at ? shape.length - 1 : index - 1));
  return body.transpose(sums, back);
}
