import { existsSync } from 'node:fs';
import type { InputSize } from '../../core/onnx/shapes/input-size';
import type { ModelProfile } from '../../core/profile/profile';
import { success, type Result } from '../../core/result';
import type { OnWorkProgress } from '../../core/work-progress';
import { readModelFile, type ProfiledModel } from '../read-model';
import { profileOfSummary, type ModelSummary } from './model-summary';
import type { ModelThreads } from './model-threads';

/** What is known of a model file when it has been read, here or in a thread. */
export interface FileProfile {
  /** Its cost is known at the sizes that were asked for; at all others, too, if it was read here. */
  readonly profile: ModelProfile;
  /** Size of the model file without its external data. */
  readonly bytes: number;
  readonly dataFiles: readonly string[];
  readonly warnings: readonly string[];
}

/** Reads model files so that none keeps the process from ending, or the other models waiting. */
export interface ModelReader {
  /** How many files are worth reading at a time. */
  readonly width: number;
  /**
   * Never rejects. Failure codes: those of `readModelFile` and of `ModelThreads`.
   *
   * @param onProgress called while a thread is at it
   */
  read(path: string, size: InputSize, signal: AbortSignal, onProgress?: OnWorkProgress): Promise<Result<FileProfile>>;
  dispose(): void;
}

/**
 * A reader for one command: a few files are read here, and in a thread only if one takes more than some tens of
 * milliseconds; many are read in threads.
 *
 * @param bundle path of the built model-worker.ts; where there is none, everything is read here
 * @param isNamed whether the kernels' names are wanted
 */
export async function createModelReader(bundle: string, isMany: boolean, isNamed: boolean): Promise<ModelReader> {
  let threads: ModelThreads | null = null;
  const start = async (): Promise<ModelThreads> => {
    const { createModelThreads } = await import('./model-threads');
    return (threads ??= createModelThreads(bundle));
  };
  const hasThreads = existsSync(bundle);
  const inThread: ModelReader['read'] = async (path, size, signal, onProgress) => {
    const read = await (await start()).summarise({ path, sizes: [size], isNamed }, signal, onProgress);
    return read.ok ? success(ofSummary(read.value)) : read;
  };
  const here: ModelReader['read'] = async (path, size, signal, onProgress) => {
    const read = await readModelFile(path, { signal, isQuick: hasThreads });
    if (hasThreads && isTooLarge(read, size)) return inThread(path, size, signal, onProgress);
    return read.ok ? success(ofModel(read.value)) : read;
  };
  return {
    width: isMany && hasThreads ? 2 * (await start()).width : 1,
    read: isMany && hasThreads ? inThread : here,
    dispose: () => threads?.dispose(),
  };
}

/** Whether reading, or the cost at a size, ended at the limits of what is worked out quickly. */
function isTooLarge(read: Result<ProfiledModel>, size: InputSize): boolean {
  const result = read.ok ? read.value.profile.costAt(size) : read;
  return !result.ok && result.error.code === 'too-large';
}

function ofModel({ profile, bytes, model }: ProfiledModel): FileProfile {
  return { profile, bytes, dataFiles: model.externalFiles, warnings: model.warnings };
}

function ofSummary(summary: ModelSummary): FileProfile {
  const { fileBytes: bytes, dataFiles, warnings } = summary;
  return { profile: profileOfSummary(summary), bytes, dataFiles, warnings };
}
