import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';

/**
 * Bundles the kernels of the published models (published-kernels.json and model-costs.json, rows of ten numbers) as
 * columns, in which they take a third of the room in the package. Numbers of elements are fractions of the input's, so
 * that a model has the same at all its sizes, weights are per output channel and tap, and what follows from the rest of a
 * row is left empty.
 *
 * @type {import('esbuild').Plugin}
 */
export const compactKernels = {
  name: 'compact-kernels',
  setup(build) {
    build.onLoad({ filter: /[\\/]published-kernels\.json$/ }, async ({ path }) => {
      const whole = JSON.parse(await readFile(path, 'utf8'));
      return bundled(whole, whole, (name) => elementsOf(name), 'kernels');
    });
    build.onLoad({ filter: /[\\/]model-costs\.json$/ }, async ({ path }) => {
      const { models, ...rest } = JSON.parse(await readFile(path, 'utf8'));
      const [parameters, kernels] = ['parameters', 'kernels'].map((key) =>
        Object.fromEntries(Object.entries(models).map(([name, model]) => [name, model[key]])),
      );
      const withKernels = `Object.fromEntries(Object.entries(${JSON.stringify(parameters)}).map(([name, parameters]) =>
        [name, { parameters, get kernels() { return kernels[name]; } }]))`;
      const file = `{ ...${JSON.stringify(rest)}, models: ${withKernels} }`;
      return bundled({ ...rest, models }, Object(kernels), () => rest.resolution ** 2 * rest.batch, file);
    });
  },
};

/** @typedef {Record<string, number[][]>} Kernels rows by the name of their model */

/**
 * @param {object} whole what the module has to be
 * @param {Kernels} kernels
 * @param {(name: string) => number} elements a model's input has, without its channels
 * @param {string} code that makes the module of `kernels`
 * @returns {import('esbuild').OnLoadResult}
 */
function bundled(whole, kernels, elements, code) {
  const models = Object.keys(kernels).map((name) => [name, elements(name)]);
  const cells = Object.entries(kernels).map(([name, rows]) => rows.map((row) => toCells(row, elements(name))));
  const columns = Array.from({ length: 10 }, (_, column) =>
    cells.map((rows) => rows.map((row) => row[column]).join(',')).join(';'),
  );
  const body = `const kernels = (${fromColumns.toString()})(${JSON.stringify(models)}, ${JSON.stringify(columns)});`;
  // What is equal is not always so to the last digit: fractions of large numbers are rounded.
  if (!isDeepStrictEqual(new Function(`${body} return ${code};`)(), whole)) {
    return { errors: [{ text: 'These rows of kernels cannot be written as columns.' }] };
  }
  return { contents: `${body} export default ${code};`, loader: 'js' };
}

/** @param {string} name of a model with its parameters, its height and width, and its batch */
function elementsOf(name) {
  const [, height, width, batch] = /(\d+)×(\d+) (\d+)$/.exec(name) ?? [];
  return Number(height) * Number(width) * Number(batch);
}

/**
 * @param {readonly number[]} row
 * @param {number} elements of the input
 * @returns {(string | number)[]}
 */
function toCells(
  [kind = 0, count = 0, macs = 0, read = 0, write = 0, weights = 0, taps = 0, stride = 0, groups = 0, channels = 0],
  elements,
) {
  const positions = channels > 0 ? write / channels : write;
  const weight = channels > 0 ? weights / channels / taps : weights;
  const follows = channels > 0 ? weight * groups * positions * stride ** 2 : write;
  return [
    kind,
    count,
    channels > 0 && macs === positions * weights ? '' : fraction(macs, elements),
    read === follows ? '' : fraction(read, elements),
    fraction(positions, elements),
    weight,
    taps,
    stride,
    groups,
    channels,
  ];
}

/**
 * @param {number} number
 * @param {number} of
 * @returns {string | number} the number as `numerator/denominator` of the other, without ones; itself where that is long
 */
function fraction(number, of) {
  let [divisor, rest] = [of, number];
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  const [numerator, denominator] = [number / divisor, of / divisor].map((each) => (each === 1 ? '' : each));
  return number === 0 || of / divisor > 1024 ? number : `${numerator}/${denominator}`;
}

/**
 * The rows again; runs where the bundle does, so that it uses nothing from outside.
 *
 * @param {[name: string, elements: number][]} models
 * @param {string[]} columns
 */
function fromColumns(models, columns) {
  const ofModels = columns.map((column) => column.split(';'));
  /**
   * @param {string} cell
   * @param {number} elements
   */
  const read = (cell, elements) => {
    const slash = cell.indexOf('/');
    if (slash < 0) return Number(cell);
    return (Number(cell.slice(0, slash) || 1) * elements) / Number(cell.slice(slash + 1) || 1);
  };
  /**
   * @param {string[][]} columns of one model
   * @param {number} at
   * @param {number} elements
   */
  const toRow = (columns, at, elements) => {
    const cell = (/** @type {number} */ column) => columns[column]?.[at] ?? '';
    const [positions, weight] = [read(cell(4), elements), read(cell(5), elements)];
    const [taps, stride, groups, channels] = [Number(cell(6)), Number(cell(7)), Number(cell(8)), Number(cell(9))];
    const isConvolution = channels > 0;
    const weights = isConvolution ? weight * channels * taps : weight;
    const written = isConvolution ? positions * channels : positions;
    const follows = isConvolution ? weight * groups * positions * stride ** 2 : written;
    return [
      Number(cell(0)),
      Number(cell(1)),
      cell(2) === '' ? positions * weights : read(cell(2), elements),
      cell(3) === '' ? follows : read(cell(3), elements),
      written,
      weights,
      taps,
      stride,
      groups,
      channels,
    ];
  };
  /** @type {Kernels} */
  const whole = {};
  for (const [model, [name, elements]] of models.entries()) {
    // Made when it is asked for: one command needs few of the models.
    const get = () => {
      const cells = ofModels.map((column) => column[model]?.split(',') ?? []);
      return Array.from(cells[0] ?? [], (_, at) => toRow(cells, at, elements));
    };
    Object.defineProperty(whole, name, { get, enumerable: true });
  }
  return whole;
}
