import { readFile } from 'node:fs/promises';
import { onnx } from 'onnx-proto';

const { FLOAT, FLOAT16, BOOL, INT32, INT64, INT8, UINT8 } = onnx.TensorProto.DataType;
const { DEFAULT, EXTERNAL } = onnx.TensorProto.DataLocation;
const integerBytes = new Map<number, number>([
  [BOOL, 1],
  [INT8, 1],
  [UINT8, 1],
  [INT32, 4],
  [INT64, 8],
]);

/**
 * A fixture (a real exporter's file whose weights are stripped, or kept in a file that is not there) with random weights
 * in place of the missing ones, so that it can be run. Weights are scaled by what they add up, as He et al. 2015 do, so
 * that activations stay in the range in which processors are at their usual speed: neither infinite nor denormal.
 */
export async function filledFixture(file: URL, seed = 1): Promise<Uint8Array> {
  return filledModel(await readFile(file), seed);
}

/** The same for a model's bytes; another seed gives other weights. */
export function filledModel(bytes: Uint8Array, firstSeed = 1): Uint8Array {
  const model = onnx.ModelProto.decode(bytes);
  const factors = factorNames(model.graph?.node ?? []);
  let seed = firstSeed;
  for (const tensor of model.graph?.initializer ?? []) {
    if (hasPayload(tensor)) continue;
    const dims = (tensor.dims ?? []).map(Number);
    const elements = dims.reduce((product, size) => product * size, 1);
    if (tensor.dataType !== FLOAT && tensor.dataType !== FLOAT16) {
      // Indices into a table, which the first entry serves as well as any.
      const width = integerBytes.get(tensor.dataType ?? 0);
      if (width === undefined || tensor.dataLocation !== EXTERNAL) continue;
      tensor.rawData = new Uint8Array(width * elements);
      tensor.dataLocation = DEFAULT;
      tensor.externalData = [];
      continue;
    }
    const weights = factors.has(tensor.name ?? '')
      ? new Float32Array(elements).fill(1)
      : randomWeights(elements, dims, seed);
    tensor.dataType = FLOAT;
    tensor.rawData = new Uint8Array(weights.buffer);
    tensor.dataLocation = DEFAULT;
    tensor.externalData = [];
    seed += elements;
  }
  return onnx.ModelProto.encode(model).finish();
}

/** Tensors that scale what a normalisation gives, and its variance: 1, so that it stays in range. */
function factorNames(nodes: readonly onnx.INodeProto[]): ReadonlySet<string> {
  const names = nodes.flatMap(({ opType, input }) => {
    if (/Normalization$/.test(opType ?? '')) return [input?.[1], input?.[4]];
    return opType === 'Mul' || opType === 'Div' ? [input?.[0], input?.[1]] : [];
  });
  return new Set(names.filter((name) => name !== undefined));
}

function hasPayload(tensor: onnx.ITensorProto): boolean {
  if (tensor.dataLocation === EXTERNAL) return false;
  return [tensor.rawData, tensor.floatData, tensor.int32Data].some((data) => (data?.length ?? 0) > 0);
}

/** Zero-mean for what is multiplied, zero for vectors: biases, and the shift of a normalisation. */
function randomWeights(elements: number, dims: readonly number[], seed: number): Float32Array {
  const weights = new Float32Array(elements);
  if (dims.length < 2) return weights;
  const fanIn = dims.slice(1).reduce((product, size) => product * size, 1);
  const range = Math.sqrt(6 / fanIn);
  let state = seed >>> 0;
  for (let index = 0; index < elements; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    weights[index] = range * ((2 * state) / 2 ** 32 - 1);
  }
  return weights;
}
