import { readFile } from 'node:fs/promises';
import { onnx } from 'onnx-proto';

const { FLOAT, FLOAT16 } = onnx.TensorProto.DataType;

/**
 * A fixture (a real exporter's file whose weights are stripped, or kept in a file that is not there) with random weights
 * in place of the missing ones, so that it can be run. Weights are scaled by what they add up, as He et al. 2015 do, so
 * that activations stay in the range in which processors are at their usual speed: neither infinite nor denormal.
 */
export async function filledFixture(file: URL): Promise<Uint8Array> {
  return filledModel(await readFile(file));
}

/** The same for a model's bytes. */
export function filledModel(bytes: Uint8Array): Uint8Array {
  const model = onnx.ModelProto.decode(bytes);
  const factors = factorNames(model.graph?.node ?? []);
  let seed = 1;
  for (const tensor of model.graph?.initializer ?? []) {
    if ((tensor.dataType !== FLOAT && tensor.dataType !== FLOAT16) || hasPayload(tensor)) continue;
    const dims = (tensor.dims ?? []).map(Number);
    const elements = dims.reduce((product, size) => product * size, 1);
    const weights = factors.has(tensor.name ?? '')
      ? new Float32Array(elements).fill(1)
      : randomWeights(elements, dims, seed);
    tensor.dataType = FLOAT;
    tensor.rawData = new Uint8Array(weights.buffer);
    tensor.dataLocation = onnx.TensorProto.DataLocation.DEFAULT;
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
  if (tensor.dataLocation === onnx.TensorProto.DataLocation.EXTERNAL) return false;
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
