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
      const [names, columns] = [Object.keys(whole), toColumns(Object.values(whole))];
      if (!isDeepStrictEqual({ ...fromColumns(names, columns) }, whole)) {
        return { errors: [{ text: 'These rows of kernels cannot be written as columns.' }] };
      }
      const contents = `export default (${fromColumns.toString()})(${JSON.stringify(names)}, ${JSON.stringify(columns)});`;
      return { contents, loader: 'js' };
    });
  },
};

/** @param {number[][][]} models the rows of each */
function toColumns(models) {
  const written = models.map((rows) => rows.map(toCells));
  return Array.from({ length: 10 }, (_, column) =>
    written.map((rows) => rows.map((row) => row[column]).join(',')).join(';'),
  );
}

/** @param {number[]} row */
function toCells([kind, count, macs, read, write = 0, weights = 0, taps, stride, groups, channels = 0]) {
  return [
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
  ];
}

/**
 * The rows again; also runs where the bundle does, so that it uses nothing from outside.
 *
 * @param {string[]} names of the models
 * @param {string[]} columns
 */
function fromColumns(names, columns) {
  const ofModels = columns.map((column) => column.split(';'));
  /** @param {number} model */
  const rowsOf = (model) => {
    const cells = ofModels.map((column) => column[model]?.split(','));
    return Array.from(cells[0] ?? [], (_, at) => rowAt(cells, at));
  };
  /**
   * @param {(string[] | undefined)[]} cells by column
   * @param {number} at
   */
  const rowAt = ([kind, count, macs, read, write, weights, taps, stride, groups, channels], at) => {
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
  for (const [model, name] of names.entries()) {
    // Made when it is asked for: one command needs few of the models.
    Object.defineProperty(whole, name, { get: () => rowsOf(model), enumerable: true });
  }
  return whole;
}
