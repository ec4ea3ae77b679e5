import { memorySource } from '../../../../src/core/onnx/byte-source';
import type { ByteSource } from '../../../../src/core/onnx/byte-source';
import type { Graph, Model, Tensor } from '../../../../src/core/onnx/model';
import { readModel } from '../../../../src/core/onnx/read';
import type { ReadOptions } from '../../../../src/core/onnx/read';
import type { Failure } from '../../../../src/core/result';

/** Reads a model that must be readable. */
export async function read(content: Uint8Array | ByteSource, options?: ReadOptions): Promise<Model> {
  const result = await readModel(content instanceof Uint8Array ? memorySource(content) : content, options);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

/** Reads a file that must be refused. */
export async function refusal(content: Uint8Array | ByteSource, options?: ReadOptions): Promise<Failure> {
  const result = await readModel(content instanceof Uint8Array ? memorySource(content) : content, options);
  if (result.ok) throw new Error('the file was read');
  return result.error;
}

export function onlyTensor(graph: Graph): Tensor {
  const [first, ...others] = graph.initializers.values();
  if (first === undefined || others.length > 0) throw new Error('expected one initializer');
  return first;
}
