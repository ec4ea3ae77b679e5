import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { InputSize } from '../../../core/onnx/shapes/input-size';
import { readModel } from '../../../core/onnx/read';
import { profileModel } from '../../../core/profile/profile-model';
import { failure, success, type Result } from '../../../core/result';
import { digestingSource, type OpenedModel } from '../../../files/digesting-source';
import { externalFileOpener, openModelFile, type OpenFile } from '../../../files/model-file';
import { summarise, type ModelSummary } from './model-summary';

/**
 * Reads a file on a disk and sums it up; for a thread that does nothing else, as it waits for the disk. Never rejects. Failure codes: those of `readModel`, unreadable, and internal
 * for a fault of Framecast's own.
 */
export async function summariseFile(path: string, size: InputSize): Promise<Result<ModelSummary>> {
  const opened = openWaiting(path) ?? (await openModelFile(path));
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

/** Asking for a read and waiting takes a tenth of the time that it takes to be called back. Null where it fails. */
function openWaiting(path: string): Result<OpenFile> | null {
  try {
    // Before opening, as opening a pipe waits for a writer.
    if (!statSync(path).isFile()) return null;
    const descriptor = openSync(path, 'r');
    const { size } = fstatSync(descriptor);
    return success({
      path,
      size,
      read: async (offset, length) => {
        const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
        let filled = 0;
        while (filled < bytes.length) {
          const count = readSync(descriptor, bytes, filled, bytes.length - filled, offset + filled);
          if (count === 0) break;
          filled += count;
        }
        return Promise.resolve(bytes.subarray(0, filled));
      },
      close: async () => Promise.resolve(closeSync(descriptor)),
    });
  } catch {
    return null;
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
    const externalFiles = new Set<string>();
    const noting = (location: string): ReturnType<NonNullable<typeof openExternal>> => {
      externalFiles.add(location);
      return openExternal?.(location) ?? Promise.resolve(null);
    };
    const model = await readModel(source, {
      openExternal: noting,
      ...(signal === undefined ? {} : { signal }),
    });
    if (!model.ok) return model;
    const profile = profileModel(model.value);
    if (!profile.ok) return profile;
    const content = { digest: digest(), fileBytes: source.size, externalFiles: [...externalFiles] };
    return success(summarise(profile.value, content, size, model.value.graph.inputs.length === 1));
  } catch (error) {
    // Must not happen, but then a row that says so is better than one that stays empty.
    const reason = error instanceof Error ? error.message : String(error);
    return failure('internal', `Framecast failed on this model: ${reason}. Please report it with the file.`);
  }
}
