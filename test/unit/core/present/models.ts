import { readFileSync } from 'node:fs';
import { memorySource } from '../../../../src/core/onnx/byte-source';
import { readModel } from '../../../../src/core/onnx/read';
import { profiled } from '../profile/profiled';
import type { ModelProfile } from '../../../../src/core/profile/profile';

/** The profile of a file, by its path in the repository. */
export async function profileOfFile(path: string): Promise<ModelProfile> {
  const model = await readModel(memorySource(readFileSync(path)));
  if (!model.ok) throw new Error(`${path}: ${model.error.message}`);
  return profiled(model.value);
}
