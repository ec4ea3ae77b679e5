import { t } from '../core/language';
import { link, open, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { failure, success, type Result } from '../core/result';
import { fileReason } from './file-reasons';
import { followLinks } from './jsonl/follow-links';

export interface NewFileOptions {
  /** Whether a file of that name may be replaced. */
  readonly overwrite: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Writes a model file whole or not at all: under a temporary name in the same folder, onto the disk, then renamed.
 * Returns its size in bytes. Takes each piece before it asks for the next, so pieces may share one buffer.
 *
 * Failure codes: exists (and must not be overwritten), unwritable, cancelled.
 */
export async function writeModelFile(
  file: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  { overwrite, signal }: NewFileOptions,
): Promise<Result<number>> {
  const present = await stat(file).catch(() => null);
  if (present?.isDirectory()) return failure('unwritable', t('{0} is a folder. Name a file in it.', file));
  // A device or a pipe would be replaced by the file.
  if (present !== null && !present.isFile())
    return failure('unwritable', t('{0} is not a regular file. Name another file.', file));
  if (present !== null && !overwrite) return alreadyThere(file);
  let temporary: string | null = null;
  try {
    // What a link leads to is replaced, not the link.
    const target = overwrite ? await followLinks(file) : path.resolve(file);
    temporary = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}-${Date.now()}.part`);
    const bytes = await writePieces(temporary, pieces, signal);
    if (bytes === null) return failure('cancelled', t('Writing {0} was cancelled.', file));
    if (overwrite) await rename(temporary, target);
    else await publish(temporary, target);
    return success(bytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EEXIST'
      ? alreadyThere(file)
      : failure('unwritable', t('{0} cannot be written: {1}.', file, fileReason(error)));
  } finally {
    if (temporary !== null) await unlink(temporary).catch(() => undefined);
  }
}

/** Null where it was cancelled; the file is then not whole. */
async function writePieces(
  temporary: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  const handle = await open(temporary, 'wx');
  try {
    let bytes = 0;
    for await (const piece of pieces) {
      if (signal?.aborted) return null;
      for (let done = 0; done < piece.length;) {
        done += (await handle.write(piece, done, piece.length - done)).bytesWritten;
      }
      bytes += piece.length;
    }
    await handle.sync();
    return signal?.aborted ? null : bytes;
  } finally {
    await handle.close();
  }
}

/** Gives the file its name, and fails where another program has used that name in the meantime. */
async function publish(temporary: string, file: string): Promise<void> {
  try {
    await link(temporary, file);
  } catch (error) {
    // Some file systems have no hard links; there the look before writing has to do.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    await rename(temporary, file);
  }
}

function alreadyThere(file: string): Result<never> {
  return failure('exists', t('{0} already exists. Choose another name, or allow it to be replaced.', file));
}
