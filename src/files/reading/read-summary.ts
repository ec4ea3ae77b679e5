import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { success, type Result } from '../../core/result';
import type { OnWorkProgress } from '../../core/work-progress';
import { openModelFile, type OpenFile } from '../model-file';
import { openModelOnDisk, readOpenedModel, type ModelSource, type ReadModelOptions } from '../read-model';
import { summarise, type ModelSummary, type SummaryOptions } from './model-summary';

/**
 * Reads a file on a disk and sums it up; for a thread that does nothing else, as it waits for the disk. Never rejects.
 * Failure codes: those of `readModel`, unreadable, and internal for a fault of Framecast's own.
 */
export async function summariseFile(
  path: string,
  options: SummaryOptions,
  onProgress?: OnWorkProgress,
): Promise<Result<ModelSummary>> {
  const open = async (file: string): Promise<Result<OpenFile>> => openWaiting(file) ?? (await openModelFile(file));
  return await summariseOpened(await openModelOnDisk(path, open), options, { onProgress });
}

/** Asking for a read and waiting takes a tenth of the time that it takes to be called back. Null where it fails. */
function openWaiting(path: string): Result<OpenFile> | null {
  try {
    // Before opening, as opening a pipe waits for a writer.
    if (!statSync(path).isFile()) return null;
    const descriptor = openSync(path, 'r');
    const { size, mtimeMs } = fstatSync(descriptor);
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
      isUnchanged: async () => {
        const now = fstatSync(descriptor);
        return Promise.resolve(now.size === size && now.mtimeMs === mtimeMs);
      },
      close: async () => Promise.resolve(closeSync(descriptor)),
    });
  } catch {
    return null;
  }
}

/** The same for an opened model, wherever it comes from; closes it. */
export async function summariseOpened(
  opened: Result<ModelSource>,
  options: SummaryOptions,
  reading: ReadModelOptions = {},
): Promise<Result<ModelSummary>> {
  const read = await readOpenedModel(opened, reading);
  return read.ok ? success(summarise(read.value, options)) : read;
}
