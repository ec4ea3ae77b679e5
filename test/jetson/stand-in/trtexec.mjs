/**
 * A look-alike of trtexec for the stand-in device: the command line, the log and the engine files of a chosen version,
 * around onnxruntime, which really runs the network on this machine's CPU. It computes in FP32 whatever is asked for,
 * on a fixed number of threads. It is no TensorRT, says so in its log, and its figures are no Jetson's.
 *
 * Started by a script in the sysroot, which says the version and the sysroot's folder; the file stand-in.json there
 * says what is to go wrong.
 */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BoardFiles } from './trtexec-board.mjs';
import { createLog, exportProfile, exportTimes, printPerformance } from './trtexec-log.mjs';
import {
  createSession,
  optimise,
  parseModel,
  profileNodes,
  randomTensor,
  readEngine,
  writeEngine,
} from './trtexec-model.mjs';
import { numberOption, parseOptions, parseShapes, withoutEffect, workspaceMiB } from './trtexec-options.mjs';

/** @typedef {import('./trtexec-log.mjs').Query} Query */

const [fullVersion = '', sysroot = '', ...args] = process.argv.slice(2);
const [major = 0, minor = 0, patch = 0] = fullVersion.split('.').map(Number);
const version = 100 * major + minor;
const banner = String(major < 10 ? 1000 * major + 100 * minor + patch : 10000 * major + 100 * minor + patch);
const log = createLog({ version, banner, command: ['trtexec', ...args].join(' ') });
const board = new BoardFiles(sysroot);

log.report('RUNNING');
const passed = await main();
if (passed !== null) log.report(passed ? 'PASSED' : 'FAILED');
process.exit(passed === false ? 1 : 0);

/** @returns {Promise<boolean | null>} null where there is nothing to pass */
async function main() {
  const options = parseOptions(args, version);
  if (options.values.has('help') || args.length === 0) {
    log.plain('=== Stand-in device of Framecast: not a Jetson, not TensorRT ===');
    return null;
  }
  if (options.unknown.length > 0) {
    for (const unknown of options.unknown) log.error(`Unknown option: ${unknown}${version >= 1100 ? ' ' : ''}`);
    // From 11 on, it ends without saying that it failed.
    if (version >= 1100) process.exit(1);
    return false;
  }
  for (const name of version >= 1100 ? withoutEffect : []) {
    if (options.values.has(name)) log.warning(`--${name} has no effect and will be removed.`);
  }
  const { threads } = board.settings();
  log.info('=== Device Information ===');
  log.info(
    `Selected Device: Framecast stand-in (onnxruntime on ${threads} CPU thread${threads === 1 ? '' : 's'}, FP32)`,
  );
  if (version >= 800) log.info(`TensorRT version: ${banner}`);

  const loaded = options.values.get('loadEngine');
  const engine = loaded === undefined ? await build(options) : await load(loaded, options);
  if (engine === null) {
    log.error('Engine set up failed');
    return false;
  }
  if (options.values.has('buildOnly') || options.values.has('skipInference')) {
    log.info(`Skipped inference phase since --${version < 806 ? 'buildOnly' : 'skipInference'} is added.`);
    return true;
  }
  return infer(engine, options);
}

/** @typedef {{ model: Buffer, shapes: Record<string, number[]> }} Engine */

/**
 * @param {import('./trtexec-options.mjs').Options} options
 * @returns {Promise<Engine | null>}
 */
async function build(options) {
  const path = options.values.get('onnx') ?? '';
  log.info('=== Build Options ===');
  log.info(`Max batch: ${version < 1000 && options.values.has('explicitBatch') ? 'explicit' : 'explicit batch'}`);
  log.info(
    version < 804
      ? `Workspace: ${workspaceMiB(options, version)} MiB`
      : `Memory Pools: workspace: ${workspaceMiB(options, version)} MiB`,
  );
  log.info(`Precision: FP32${options.values.has('fp16') ? '+FP16' : ''}`);
  if (!existsSync(path)) {
    log.error(`Could not open file ${path}`);
    return parsingFailed();
  }
  const model = parseModel(path, version);
  if (model === null) {
    log.error('[TRT] ModelImporter.cpp:735: Failed to parse ONNX model from file: ' + path);
    return parsingFailed();
  }
  log.info('Start parsing network model');
  log.info('[TRT] ----------------------------------------------------------------');
  log.info(`[TRT] Input filename:   ${path}`);
  log.info(`[TRT] ONNX IR version:  0.0.${model.irVersion}`);
  log.info(`[TRT] Opset version:    ${model.opset}`);
  log.info(`[TRT] Producer name:    ${model.producer}`);
  log.info('[TRT] ----------------------------------------------------------------');
  if (version < 800 && !options.values.has('explicitBatch')) {
    log.error(
      '[TRT] In function importModel: [4] Assertion failed: !_importer_ctx.network()->hasImplicitBatchDimension() && "This version of the ONNX parser only supports TensorRT INetworkDefinitions with an explicit batch dimension."',
    );
    return parsingFailed();
  }
  if (version >= 800 && version < 1000 && options.values.has('explicitBatch')) {
    log.warning('--explicitBatch flag has been deprecated and has no effect!');
  }
  if (model.hasInt64) {
    log.warning(
      '[TRT] Your ONNX model has been generated with INT64 weights, while TensorRT does not natively support INT64. Attempting to cast down to INT32.',
    );
  }
  const [foreign] = model.unsupported;
  if (foreign !== undefined) {
    log.info(`[TRT] No importer registered for op: ${foreign.name}. Attempting to import as plugin.`);
    log.info(`[TRT] Searching for plugin: ${foreign.name}, plugin_version: 1, plugin_namespace: `);
    log.error(
      `[TRT] ModelImporter.cpp:720: While parsing node number ${foreign.index} [${foreign.name} -> "${foreign.label}"]:`,
    );
    log.error(
      '[TRT] ModelImporter.cpp:726: ERROR: builtin_op_importers.cpp:4871 In function importFallbackPluginImporter: [8] Assertion failed: creator && "Plugin not found, are the plugin name, version, and namespace correct?"',
    );
    return parsingFailed();
  }
  const asked = parseShapes(options.values.get('optShapes') ?? options.values.get('shapes'));
  if (asked === null) {
    log.error(`Invalid shapes: ${options.values.get('shapes')}`);
    return null;
  }
  const isStatic = model.inputs.every(({ shape }) => shape.every((dim) => dim !== null));
  if (isStatic && asked.size > 0 && version >= 800) {
    log.error(
      'Static model does not take explicit shapes since the shape of inference tensors will be determined by the model itself',
    );
    return null;
  }
  /** @type {Record<string, number[]>} */
  const shapes = {};
  for (const { name, shape } of model.inputs) {
    const own = shape.map((dim) => dim ?? 1);
    const given = asked.get(name);
    if (given === undefined && shape.includes(null)) {
      log.warning(
        `Dynamic dimensions required for input: ${name}, but no shapes were provided. Automatically overriding shape to: ${own.join('x')}`,
      );
    }
    shapes[name] = given ?? own;
    if (
      given !== undefined &&
      (given.length !== shape.length || shape.some((dim, index) => dim !== null && dim !== given[index]))
    ) {
      log.error(
        `[TRT] Input ${name} has dimensions ${shape.map((dim) => dim ?? -1).join('x')}, which ${given.join('x')} does not fit.`,
      );
      return null;
    }
  }

  const started = performance.now();
  const { threads, buildDelayMs, kill } = board.settings();
  await sleep(buildDelayMs);
  await board.whileHeld('build');
  if (kill === 'build') await board.killForMemory();
  /** @type {Buffer} */
  let optimised;
  try {
    optimised = await optimise(path, threads);
  } catch (error) {
    log.error(`[TRT] 2: [builder.cpp::buildSerializedNetwork::417] Error Code 2: Internal Error (${oneLine(error)})`);
    log.error('Engine could not be created from network');
    log.error('Building engine failed');
    log.error('Failed to create engine from model.');
    return null;
  }
  const seconds = (performance.now() - started) / 1000;
  log.info(`Engine built in ${seconds.toFixed(4)} sec.`);
  const target = options.values.get('saveEngine');
  if (target !== undefined && target !== '') {
    const free = model.inputs.filter(({ shape }) => shape.includes(null)).map(({ name }) => name);
    try {
      writeEngine(target, { version: fullVersion, fp16: options.values.has('fp16'), shapes, free }, optimised);
    } catch (error) {
      log.error(`Cannot write engine to file ${target}: ${oneLine(error)}`);
      log.error('Saving engine to file failed.');
      return null;
    }
  }
  return { model: optimised, shapes };
}

/** @returns {null} */
function parsingFailed() {
  log.error('Failed to parse onnx file');
  log.info('Finish parsing network model');
  log.error('Parsing model failed');
  log.error(version < 800 ? 'Engine creation failed' : 'Failed to create engine from model.');
  return null;
}

/**
 * @param {string} path
 * @param {import('./trtexec-options.mjs').Options} options
 * @returns {Promise<Engine | null>}
 */
async function load(path, options) {
  if (!existsSync(path)) {
    log.error(`Error opening engine file: ${path}`);
    return null;
  }
  const started = performance.now();
  const engine = readEngine(path);
  if (engine === null || engine.header.version !== fullVersion) {
    const got = engine === null ? 'no engine' : engine.header.version;
    if (version < 800) {
      log.error('[TRT] coreReadArchive.cpp (41) - Serialization Error in verifyHeader: 0 (Version tag does not match)');
      log.error('[TRT] INVALID_CONFIG: Deserialize the cuda engine failed.');
      log.error('Engine creation failed');
    } else {
      log.error(
        `[TRT] 6: The engine plan file is not compatible with this version of TensorRT, expecting library version ${fullVersion} got ${got}, please rebuild.`,
      );
      log.error(
        '[TRT] 4: [runtime.cpp::deserializeCudaEngine::50] Error Code 4: Internal Error (Engine deserialization failed.)',
      );
      log.error('Engine deserialization failed');
    }
    return null;
  }
  log.info(`Engine loaded in ${((performance.now() - started) / 1000).toFixed(6)} sec.`);
  const { shapes, free } = engine.header;
  const asked = parseShapes(options.values.get('shapes'));
  if (asked === null) return null;
  for (const [name, built] of Object.entries(shapes)) {
    const wanted = asked.get(name) ?? (free.includes(name) ? built.map(() => 1) : built);
    if (wanted.join('x') !== built.join('x')) {
      log.error(
        `[TRT] 3: Parameter check failed: Supplied binding dimension [${wanted.join(',')}] for ${name} exceeds min ~ max range of the profile, [${built.join(',')}] ~ [${built.join(',')}].`,
      );
      log.error('Inference set up failed');
      return null;
    }
  }
  return { model: engine.model, shapes };
}

/**
 * @param {Engine} engine
 * @param {import('./trtexec-options.mjs').Options} options
 */
async function infer({ model, shapes }, options) {
  const { threads, paceMs, kill, sparedRuns } = board.settings();
  const session = await createSession(model, threads, { graphOptimizationLevel: 'disabled' });
  /** @type {Record<string, import('onnxruntime-node').Tensor>} */
  const feeds = {};
  for (const metadata of session.inputMetadata) {
    if (!metadata.isTensor) throw new Error(`Input ${metadata.name} is no tensor.`);
    const shape = shapes[metadata.name] ?? [];
    feeds[metadata.name] = randomTensor(metadata.type, shape);
    if (version >= 800) {
      log.info(`Using random values for input ${metadata.name}`);
      log.info(`Created input binding for ${metadata.name} with dimensions ${shape.join('x')}`);
    }
  }
  const moves = !options.values.has('noDataTransfers');
  const [warmUpMs, iterations] = [numberOption(options, 'warmUp', 200), numberOption(options, 'iterations', 10)];
  const durationMs = 1000 * numberOption(options, 'duration', 3);
  log.info(version < 800 ? 'Starting inference threads' : 'Starting inference');
  const stop = board.startInference();
  for (const [signal, number] of /** @type {const} */ ([
    ['SIGTERM', 15],
    ['SIGINT', 2],
    ['SIGHUP', 1],
  ])) {
    process.once(signal, () => {
      stop();
      process.exit(128 + number);
    });
  }
  const begin = performance.now();
  /** @type {Query[]} */
  const queries = [];
  let timed = 0;
  for (;;) {
    const start = performance.now() - begin;
    const warm = start < warmUpMs;
    // At least as many as asked for: with one more, since another query is on its way when the last one is counted.
    if (timed > iterations && start >= warmUpMs + durationMs) break;
    const before = performance.now();
    const inputs = moves ? copies(feeds) : feeds;
    const computeStart = performance.now();
    const running = session.run(inputs);
    const enqueued = performance.now();
    const outputs = await running;
    const computed = performance.now();
    if (moves) copies(outputs);
    const end = performance.now();
    const h2d = moves ? computeStart - before : 0;
    const d2h = moves ? end - computed : 0;
    queries.push({ warm, start, h2d, compute: computed - computeStart, d2h, enqueue: enqueued - computeStart });
    if (!warm) timed += 1;
    if (!warm && kill === 'time' && board.timedRuns() >= sparedRuns) {
      stop();
      await board.killForMemory();
    }
    if (!warm && paceMs > 0) await sleep(paceMs);
    // A run that only checks an engine has no warm-up.
    if (!warm && warmUpMs > 0) await board.whileHeld('time');
  }
  stop();
  if (warmUpMs > 0) board.countRun();
  const warmUps = queries.length - timed;
  log.info(`Warmup completed ${warmUps} queries over ${warmUpMs} ms`);
  log.info(`Timing trace has ${timed} queries over ${((performance.now() - begin) / 1000).toFixed(5)} s`);
  printPerformance(log, queries, {
    version,
    avgRuns: Math.max(1, numberOption(options, 'avgRuns', 10)),
    percentile: numberOption(options, 'percentile', 99),
    explicitBatch: true,
  });
  const target = options.values.get('exportTimes');
  if (target !== undefined && target !== '') exportTimes(target, queries, version);
  const profile = options.values.get('exportProfile');
  if (profile !== undefined && profile !== '') {
    const runs = 5;
    const totals = await profileNodes(model, threads, async (profiled) => {
      for (let run = 0; run < runs; run += 1) await profiled.run(feeds);
    });
    exportProfile(profile, totals, runs);
  }
  return true;
}

/**
 * What moving data to the device and back amounts to here: a copy.
 *
 * @param {Readonly<Record<string, { data: unknown, dims: readonly number[] }>>} tensors
 * @returns {any} the same tensors; the copies are thrown away
 */
function copies(tensors) {
  for (const { data } of Object.values(tensors)) if (ArrayBuffer.isView(data)) data.buffer.slice(0);
  return tensors;
}

/** @param {unknown} error */
function oneLine(error) {
  return String(error instanceof Error ? error.message : error)
    .replace(/\s+/g, ' ')
    .slice(0, 300);
}
