/**
 * The command line of trtexec by version: what its option parser takes, and what it refuses. Versions are numbers
 * major · 100 + minor, e.g. 802.
 */

/** Options of every version from 7.1 to 11.4. */
const everywhere = [
  'onnx',
  'output',
  'noTF32',
  'safe',
  'verbose',
  'help',
  'plugins',
  'device',
  'minShapes',
  'optShapes',
  'maxShapes',
  'shapes',
  'inputIOFormats',
  'outputIOFormats',
  'avgTiming',
  'saveEngine',
  'loadEngine',
  'loadInputs',
  'useDLACore',
  'allowGPUFallback',
  'refit',
  'warmUp',
  'iterations',
  'duration',
  'avgRuns',
  'percentile',
  'sleepTime',
  'streams',
  'exposeDMA',
  'useSpinWait',
  'threads',
  'useCudaGraph',
  'exportTimes',
  'exportOutput',
  'exportProfile',
  'dumpOutput',
  'dumpProfile',
];

/** Options that came or went: the first version that takes them, and the first that does not any more. */
const changing = [
  { names: ['batch', 'maxBatch', 'minTiming', 'nvtxMode', 'explicitBatch', 'buildOnly', 'workspace'], until: 1000 },
  { names: ['noDataTransfers', 'timingCacheFile', 'sparsity', 'separateProfileRun', 'tacticSources'], from: 800 },
  { names: ['memPoolSize'], from: 804 },
  { names: ['skipInference', 'infStreams'], from: 806 },
  { names: ['stronglyTyped'], from: 900 },
  // What TensorRT chose by itself before 11, the model's types decide.
  { names: ['fp16', 'bf16', 'int8', 'best', 'calib', 'layerPrecisions', 'precisionConstraints'], until: 1100 },
  { names: ['noCudaGraph'], from: 1100 },
];

/** What is taken from 11.0 on and does nothing but warn. */
export const withoutEffect = ['noDataTransfers', 'useSpinWait', 'useCudaGraph', 'separateProfileRun', 'stronglyTyped'];

/** Short forms. */
const aliases = new Map([['h', 'help']]);

/**
 * @typedef {object} Options
 * @property {Map<string, string>} values by name without dashes; '' for a flag
 * @property {string[]} unknown what this version does not take, as it was written
 */

/**
 * @param {readonly string[]} args
 * @param {number} version
 * @returns {Options}
 */
export function parseOptions(args, version) {
  const known = new Set([
    ...everywhere,
    ...changing
      .filter(({ from = 0, until = Infinity }) => version >= from && version < until)
      .flatMap(({ names }) => names),
  ]);
  /** @type {Options} */
  const options = { values: new Map(), unknown: [] };
  for (const arg of args) {
    const found = /^--?([A-Za-z0-9]+)(?:=(.*))?$/s.exec(arg);
    const name = found ? (aliases.get(found[1] ?? '') ?? found[1] ?? '') : '';
    if (known.has(name)) options.values.set(name, found?.[2] ?? '');
    else options.unknown.push(found?.[1] === undefined ? arg : `--${found[1]} ${found[2] ?? ''}`.trim());
  }
  return options;
}

/**
 * `--shapes=input:1x3x224x224,mask:1x1` by input name. A name may hold colons; the last one ends it.
 *
 * @param {string | undefined} text
 * @returns {Map<string, number[]> | null} null where it cannot be read
 */
export function parseShapes(text) {
  /** @type {Map<string, number[]>} */
  const shapes = new Map();
  for (const part of text === undefined || text === '' ? [] : text.split(',')) {
    const found = /^'?(.+?)'?:(\d+(?:x\d+)*)$/.exec(part);
    if (found === null) return null;
    shapes.set(String(found[1]), String(found[2]).split('x').map(Number));
  }
  return shapes;
}

/**
 * A number among the options.
 *
 * @param {Options} options
 * @param {string} name
 * @param {number} preset
 */
export function numberOption({ values }, name, preset) {
  const text = values.get(name);
  const value = Number(text);
  return text === undefined || text === '' || !Number.isFinite(value) ? preset : value;
}

/**
 * MiB of scratch memory: `--workspace=256`, or `--memPoolSize=workspace:256`.
 *
 * @param {Options} options
 * @param {number} version
 */
export function workspaceMiB(options, version) {
  const pool = /(?:^|,)workspace:(\d+(?:\.\d+)?)/.exec(options.values.get('memPoolSize') ?? '')?.[1];
  if (pool !== undefined) return Number(pool);
  return numberOption(options, 'workspace', version < 804 ? 16 : 4096);
}
