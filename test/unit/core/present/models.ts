import { readFileSync } from 'node:fs';
import { memorySource } from '../../../../src/core/onnx/byte-source';
import { readModel } from '../../../../src/core/onnx/read';
import { profiled } from '../profile/profiled';
import type { Query } from '../../../../src/core/estimate/estimate';
import { comparedModel, compareModels, type ComparedFile } from '../../../../src/core/present/compare';
import type { ModelProfile } from '../../../../src/core/profile/profile';

/** The profile of a file, by its path in the repository. */
export async function profileOfFile(path: string): Promise<ModelProfile> {
  const model = await readModel(memorySource(readFileSync(path)));
  if (!model.ok) throw new Error(`${path}: ${model.error.message}`);
  return profiled(model.value);
}

/** Files of a comparison as the surfaces put them side by side. */
export function compareFiles(files: readonly ComparedFile[], query: Query, targetFps: number | null) {
  return compareModels(
    files.flatMap((file) => (file.ok ? [comparedModel(file, query, targetFps)] : [])),
    files.flatMap(({ file, ...read }) =>
      read.ok ? [] : [{ file, code: read.error.code, message: read.error.message }],
    ),
  );
}
