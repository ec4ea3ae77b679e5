import { readFile } from 'node:fs/promises';
import { onnx } from 'onnx-proto';

/**
 * A fixture (a real exporter's file whose weights are stripped) with random weights in place of the stripped ones, so
 * that it can be run. Weights are scaled by what they add up, as He et al. 2015 do, so that activations stay in the
 * range in which processors are at their usual speed: neither infinite nor denormal.
 */
export async function filledFixture(file: URL): Promise<Uint8Array> {
  const model = onnx.ModelProto.decode(await readFile(file));
  let seed = 1;
  for (const tensor of model.graph?.initializer ?? []) {
    if (tensor.dataType !== onnx.TensorProto.DataType.FLOAT || hasPayload(tensor)) continue;
    const dims = (tensor.dims ?? []).map(Number);
    const elements = dims.reduce((product, size) => product * size, 1);
    tensor.rawData = new Uint8Array(randomWeights(elements, dims, seed).buffer);
    seed += elements;
  }
  return onnx.ModelProto.encode(model).finish();
}

function hasPayload(tensor: onnx.ITensorProto): boolean {
  return (tensor.rawData?.length ?? 0) > 0 || (tensor.floatData?.length ?? 0) > 0;
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
