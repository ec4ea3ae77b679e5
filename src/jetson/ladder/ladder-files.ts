import { t } from '../../core/language';
import { mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { modelChunks } from '../../core/zoo/model-bytes';
import { rungModel, type Rung } from '../../core/ladder/rung';
import { failure, success, type Failure, type Result } from '../../core/result';
import { writeModelFile } from '../../files/write-file';

/** Equal seeds give equal bytes, so that an interrupted upload goes on with the same file. */
const seed = 1;

/** What a file holds in addition to its weights, at most. */
const structureBytes = 2 ** 21;

/**
 * Writes the models of rungs into a folder, each as `<id>.onnx`; what is there already is kept. Returns their paths.
 *
 * Failure codes: unwritable (no folder, disk full), cancelled.
 */
export async function writeRungs(
  rungs: readonly Rung[],
  folder: string,
  { signal, onWritten }: { readonly signal: AbortSignal; readonly onWritten: (done: number) => void },
): Promise<Result<readonly string[]>> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return failure('unwritable', t('The folder {0} for the reference models cannot be made: {1}.', folder, reason));
  }
  const files: string[] = [];
  for (const [index, rung] of rungs.entries()) {
    const file = path.join(folder, `${rung.id}.onnx`);
    if (!(await isWhole(file, rung))) {
      const model = rungModel(rung);
      if (!model.ok) return model;
      const written = await writeModelFile(file, modelChunks(model.value, seed), { overwrite: true, signal });
      if (!written.ok) return await givenUp(written.error, rungs, folder);
    }
    files.push(file);
    onWritten(index + 1);
  }
  return success(files);
}

/** A disk that is full is not left full; what was cancelled goes on with what is there. */
async function givenUp({ code, message }: Failure, rungs: readonly Rung[], folder: string): Promise<Result<never>> {
  if (code !== 'unwritable') return failure(code, message);
  await removeRungs(folder);
  const megabytes = Math.ceil(rungs.reduce((sum, { weightBytes }) => sum + weightBytes, 0) / 1e6);
  return failure(code, t('{0} The reference models need {1} MB there until they are measured.', message, megabytes));
}

/** Removes the folder with the models; they can be made again at any time. */
export async function removeRungs(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

/** Files are renamed into their place when they are whole, so a size that fits is enough. */
async function isWhole(file: string, { weightBytes }: Rung): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  return found !== null && found.size > weightBytes && found.size < weightBytes + structureBytes;
}
