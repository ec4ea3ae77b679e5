/** ONNX models and engine files of the stand-in device. */
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

/** @type {typeof import('onnx-proto')} */
const { onnx } = require('onnx-proto');

/** @typedef {{ name: string, elementType: number, shape: (number | null)[] }} Input */
/** @typedef {{ name: string, index: number, label: string }} ForeignNode */
/**
 * @typedef {object} ParsedModel
 * @property {number} irVersion
 * @property {number} opset
 * @property {string} producer
 * @property {Input[]} inputs dims of free size are null
 * @property {boolean} hasInt64 whether weights are INT64
 * @property {ForeignNode[]} unsupported nodes that this release of TensorRT has no importer for
 */

/** What an engine file holds before its model. */
/** @typedef {{ version: string, fp16: boolean, shapes: Record<string, number[]>, free: string[] }} EngineHeader */

const marker = 'FRAMECAST STAND-IN ENGINE, NOT A TENSORRT ENGINE\n';

/**
 * Reads a model as onnx-tensorrt's parser would. Null where it is no ONNX model.
 *
 * @param {string} path
 * @param {number} version major · 100 + minor
 * @returns {ParsedModel | null}
 */
export function parseModel(path, version) {
  let model;
  try {
    model = onnx.ModelProto.decode(readFileSync(path));
  } catch {
    return null;
  }
  const { graph } = model;
  if (graph === null || graph === undefined) return null;
  const weights = new Set((graph.initializer ?? []).map(({ name }) => name));
  const importable = importableOperators(version);
  return {
    irVersion: Number(model.irVersion),
    opset: Number(model.opsetImport?.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0),
    producer: model.producerName ?? '',
    inputs: (graph.input ?? [])
      .filter(({ name }) => !weights.has(name))
      .map(({ name, type }) => ({
        name: name ?? '',
        elementType: type?.tensorType?.elemType ?? 1,
        shape: (type?.tensorType?.shape?.dim ?? []).map(({ dimValue }) =>
          Number(dimValue) > 0 ? Number(dimValue) : null,
        ),
      })),
    hasInt64: (graph.initializer ?? []).some(({ dataType }) => dataType === onnx.TensorProto.DataType.INT64),
    unsupported: (graph.node ?? []).flatMap(({ opType, output }, index) =>
      importable.has(opType ?? '') ? [] : [{ name: opType ?? '', index, label: output?.[0] ?? '' }],
    ),
  };
}

/**
 * The operators of a release, from the same list as the product's warnings: onnx-tensorrt's own.
 *
 * @param {number} version
 */
function importableOperators(version) {
  /** @type {{ releases: { version: string, added: string[], removed: string[] }[] }} */
  const file = require('../../../src/core/landmarks/tensorrt-operators.json');
  const operators = new Set();
  for (const release of file.releases) {
    const [major = 0, minor = 0] = release.version.split('.').map(Number);
    if (100 * major + minor > version) break;
    for (const name of release.added) operators.add(name);
    for (const name of release.removed) operators.delete(name);
  }
  return operators;
}

/**
 * Builds an engine: onnxruntime optimises the model for this machine, and the outcome is what the engine holds.
 *
 * @param {string} modelPath
 * @param {number} threads
 * @returns {Promise<Buffer>} the optimised model
 */
export async function optimise(modelPath, threads) {
  const folder = mkdtempSync(join(tmpdir(), 'framecast-engine-'));
  try {
    const optimizedModelFilePath = join(folder, 'model.onnx');
    const session = await createSession(modelPath, threads, { optimizedModelFilePath });
    await session.release();
    return readFileSync(optimizedModelFilePath);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string | Uint8Array} model
 * @param {number} threads
 * @param {import('onnxruntime-node').InferenceSession.SessionOptions} [options]
 */
export async function createSession(model, threads, options = {}) {
  /** @type {typeof import('onnxruntime-node')} */
  const ort = require('onnxruntime-node');
  /** @type {import('onnxruntime-node').InferenceSession.SessionOptions} */
  const all = {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    ...options,
  };
  return typeof model === 'string'
    ? await ort.InferenceSession.create(model, all)
    : await ort.InferenceSession.create(model, all);
}

/**
 * @param {string} path
 * @param {EngineHeader} header
 * @param {Buffer} model
 */
export function writeEngine(path, header, model) {
  const part = `${path}.${process.pid}.part`;
  writeFileSync(part, Buffer.concat([Buffer.from(`${marker}${JSON.stringify(header)}\n`), model]));
  renameSync(part, path);
}

/**
 * @param {string} path
 * @returns {{ header: EngineHeader, model: Buffer } | null} null where it is no engine of this kind
 */
export function readEngine(path) {
  const bytes = readFileSync(path);
  if (bytes.subarray(0, marker.length).toString() !== marker) return null;
  const end = bytes.indexOf('\n', marker.length);
  try {
    return { header: JSON.parse(bytes.subarray(marker.length, end).toString()), model: bytes.subarray(end + 1) };
  } catch {
    return null;
  }
}

/**
 * The time of every node over so many runs, by onnxruntime's profiler.
 *
 * @param {Uint8Array} model
 * @param {number} threads
 * @param {(session: import('onnxruntime-node').InferenceSession) => Promise<unknown>} runAll
 * @returns {Promise<Map<string, number>>} in ms, in the order of the graph
 */
export async function profileNodes(model, threads, runAll) {
  const folder = mkdtempSync(join(tmpdir(), 'framecast-profile-'));
  try {
    const session = await createSession(model, threads, {
      graphOptimizationLevel: 'disabled',
      enableProfiling: true,
      profileFilePrefix: join(folder, 'profile'),
    });
    await runAll(session);
    session.endProfiling();
    await session.release();
    const [name = ''] = readdirSync(folder);
    /** @type {{ cat: string, name: string, dur: number }[]} */
    const events = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    /** @type {Map<string, number>} */
    const totals = new Map();
    for (const { cat, name: event, dur } of events) {
      const node = cat === 'Node' ? /^(.*)_kernel_time$/.exec(event)?.[1] : undefined;
      if (node !== undefined) totals.set(node, (totals.get(node) ?? 0) + dur / 1000);
    }
    return totals;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Random values: uniform in [-1, 1] for fractions, as trtexec fills inputs, and 0 or 1 for whole numbers.
 *
 * @param {string} type onnxruntime's name
 * @param {readonly number[]} shape
 */
export function randomTensor(type, shape) {
  /** @type {typeof import('onnxruntime-node')} */
  const ort = require('onnxruntime-node');
  const size = shape.reduce((product, dim) => product * dim, 1);
  const coin = () => (Math.random() < 0.5 ? 0 : 1);
  switch (type) {
    case 'float32':
      return new ort.Tensor(
        'float32',
        new Float32Array(size).map(() => 2 * Math.random() - 1),
        shape,
      );
    case 'float64':
      return new ort.Tensor(
        'float64',
        new Float64Array(size).map(() => 2 * Math.random() - 1),
        shape,
      );
    case 'int64':
      return new ort.Tensor(
        'int64',
        new BigInt64Array(size).map(() => BigInt(coin())),
        shape,
      );
    case 'int32':
      return new ort.Tensor('int32', new Int32Array(size).map(coin), shape);
    case 'bool':
      return new ort.Tensor('bool', new Uint8Array(size).map(coin), shape);
    case 'float16':
      // 0 and 1, whose bits are known without a conversion.
      return new ort.Tensor(
        'float16',
        new Uint16Array(size).map(() => 0x3c00 * coin()),
        shape,
      );
    default:
      throw new Error(`The stand-in device has no random values of type ${type}.`);
  }
}
