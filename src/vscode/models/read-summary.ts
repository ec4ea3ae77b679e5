import type { InputSize } from '../../core/onnx/shapes/input-size';
import { readModel } from '../../core/onnx/read';
import { profileModel } from '../../core/profile/profile-model';
import { failure, success, type Result } from '../../core/result';
import { digestingSource, type OpenedModel } from '../../files/digesting-source';
import { externalFileOpener, openModelFile } from '../../files/model-file';
import { summarise, type ModelSummary } from './model-summary';

/**
 * Reads a file on a disk and sums it up. Never rejects. Failure codes: those of `readModel`, unreadable, and internal
 * for a fault of Framecast's own.
 */
export async function summariseFile(path: string, size: InputSize): Promise<Result<ModelSummary>> {
  const opened = await openModelFile(path);
  if (!opened.ok) return opened;
  const file = opened.value;
  const external = externalFileOpener(path);
  try {
    const read = (offset: number, length: number): Promise<Uint8Array> => file.read(offset, length);
    return await summariseSource({ size: file.size, read, openExternal: external.open }, size);
  } finally {
    await Promise.all([file.close(), external.close()]);
  }
}

/** The same for bytes from wherever they come. */
export async function summariseSource(
  opened: OpenedModel,
  size: InputSize,
  signal?: AbortSignal,
): Promise<Result<ModelSummary>> {
  try {
    const { source, digest } = digestingSource(opened);
    const { openExternal } = source;
    const model = await readModel(source, {
      ...(openExternal === undefined ? {} : { openExternal }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (!model.ok) return model;
    return success(summarise(profileModel(model.value), { digest: digest(), fileBytes: source.size }, size));
  } catch (error) {
    // Must not happen, but then a row that says so is better than one that stays empty.
    const reason = error instanceof Error ? error.message : String(error);
    return failure('internal', `Framecast failed on this model: ${reason}. Please report it with the file.`);
  }
}
