import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';

/**
 * Bundles the kernels of the published models (published-kernels.json, rows of ten numbers) as columns, in which they take
 * half the room in the package. What follows from the rest of a row is left empty: the multiply–accumulates of a
 * convolution, and elements read where as many are written; its elements written are per channel.
 *
 * @type {import('esbuild').Plugin}
 */
export const compactKernels = {
  name: 'compact-kernels',
  setup(build) {
    build.onLoad({ filter: /[\\/]published-kernels\.json$/ }, async ({ path }) => {
      const whole = JSON.parse(await readFile(path, 'utf8'));
      const [models, columns] = [countRows(whole), toColumns(Object.values(whole).flat())];
      if (!isDeepStrictEqual({ ...fromColumns(models, columns) }, whole)) {
        return { errors: [{ text: 'These rows of kernels cannot be written as columns.' }] };
      }
      const contents = `export default (${fromColumns.toString()})(${JSON.stringify(models)}, ${JSON.stringify(columns)});`;
      return { contents, loader: 'js' };
    });
  },
};

/**
 * @param {Record<string, number[][]>} whole
 * @returns {[string, number][]}
 */
function countRows(whole) {
  return Object.entries(whole).map(([name, rows]) => [name, rows.length]);
}

/** @param {number[][]} rows */
function toColumns(rows) {
  const written = rows.map(([kind, count, macs, read, write = 0, weights = 0, taps, stride, groups, channels = 0]) => [
    kind,
    count,
    channels > 0 && macs === (write / channels) * weights ? '' : macs,
    read === write ? '' : read,
    channels > 0 ? write / channels : write,
    weights,
    taps,
    stride,
    groups,
    channels,
  ]);
  return Array.from({ length: 10 }, (_, column) => written.map((row) => row[column]).join(','));
}

/**
 * The rows again; also runs where the bundle does, so that it uses nothing from outside.
 *
 * @param {[string, number][]} models with their numbers of rows
 * @param {string[]} columns
 */
function fromColumns(models, columns) {
  const [kind, count, macs, read, write, weights, taps, stride, groups, channels] = columns.map((column) =>
    column.split(','),
  );
  /** @param {number} at */
  const rowAt = (at) => {
    const perChannel = Number(write?.[at]);
    const [weight, channel] = [Number(weights?.[at]), Number(channels?.[at])];
    const elements = channel > 0 ? perChannel * channel : perChannel;
    return [
      Number(kind?.[at]),
      Number(count?.[at]),
      macs?.[at] === '' ? perChannel * weight : Number(macs?.[at]),
      read?.[at] === '' ? elements : Number(read?.[at]),
      elements,
      weight,
      Number(taps?.[at]),
      Number(stride?.[at]),
      Number(groups?.[at]),
      channel,
    ];
  };
  /** @type {Record<string, number[][]>} */
  const whole = {};
  let next = 0;
  for (const [name, length] of models) {
    const first = next;
    next += length;
    // Made when it is asked for: one command needs few of the models.
    Object.defineProperty(whole, name, {
      get: () => Array.from({ length }, (_, index) => rowAt(first + index)),
      enumerable: true,
    });
  }
  return whole;
}
