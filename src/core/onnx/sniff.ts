import type { Failure } from '../result';
import type { ByteSource } from './byte-source';
import type { WalkProgress } from './skeleton';

/** Says what a file that could not be read as ONNX is instead. */
export async function explainFailure(_source: ByteSource, failure: Failure, _progress: WalkProgress): Promise<Failure> {
  return failure;
}
