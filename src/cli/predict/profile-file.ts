import { readModel } from '../../core/onnx/read';
import type { ModelProfile } from '../../core/profile/profile';
import { profileModel } from '../../core/profile/profile-model';
import type { Result } from '../../core/result';
import { externalFileOpener, openModelFile } from '../../files/model-file';

/** Reads and profiles one model file. Failure codes: those of opening and of `readModel`. */
export async function profileFile(file: string): Promise<Result<ModelProfile>> {
  const opened = await openModelFile(file);
  if (!opened.ok) return opened;
  const external = externalFileOpener(file);
  try {
    const read = await readModel(opened.value, { openExternal: external.open });
    return read.ok ? profileModel(read.value) : read;
  } finally {
    await external.close();
    await opened.value.close();
  }
}
