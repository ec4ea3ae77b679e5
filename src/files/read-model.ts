import { t } from '../core/language';
import { createHash } from 'node:crypto';
import type { ByteSource } from '../core/onnx/byte-source';
import type { OpenExternal } from '../core/onnx/external-values';
import type { Model } from '../core/onnx/model';
import { readModel } from '../core/onnx/read';
import { quickLimits } from '../core/onnx/limits';
import type { ModelProfile } from '../core/profile/profile';
import { profileModel } from '../core/profile/profile-model';
import { failure, success, type Result } from '../core/result';
import { quickWorkLimits, workLimits } from '../core/work-budget';
import { readingProgress, type OnWorkProgress } from '../core/work-progress';
import { externalFileOpener, openModelFile } from './model-file';

/** A model's bytes, with a way to its external data if there is one. */
export interface ModelSource extends ByteSource {
  /** Opens files that the model names; undefined if only whole files can be had. */
  readonly openExternal: OpenExternal | undefined;
  /** Whether the file is as it was when it was opened; left out where it cannot change. */
  isUnchanged?(): Promise<boolean>;
  close(): Promise<void>;
}

/** A model that was read and profiled. */
export interface ProfiledModel {
  readonly model: Model;
  readonly profile: ModelProfile;
  /** Identifies everything that was read, external data included, without the rest of the file: equal for copies. */
  readonly digest: string;
  /** Size of the model file without its external data. */
  readonly bytes: number;
  /** Files whose values count for the profile, as the model names them, whether they are there or not. */
  readonly consulted: readonly string[];
}

export interface ReadModelOptions {
  readonly signal?: AbortSignal;
  /** Whether what takes more than some tens of milliseconds of work is refused (too-large), not worked out. */
  readonly isQuick?: boolean;
  /** The profile of bytes that were read before, by their digest. */
  readonly knownProfile?: (digest: string) => ModelProfile | undefined;
  readonly onProgress?: OnWorkProgress | undefined;
}

/** Opens a model file on a disk with its external data. Failure code: unreadable. */
export async function openModelOnDisk(path: string, open = openModelFile): Promise<Result<ModelSource>> {
  const opened = await open(path);
  if (!opened.ok) return opened;
  const { size, read, isUnchanged, close } = opened.value;
  const external = externalFileOpener(path);
  return success({
    size,
    read,
    openExternal: external.open,
    isUnchanged,
    close: async () => void (await Promise.all([close(), external.close()])),
  });
}

/** Reads and profiles a model file on a disk. Never rejects. Failure codes: those of `readOpenedModel`. */
export async function readModelFile(path: string, options: ReadModelOptions = {}): Promise<Result<ProfiledModel>> {
  return await readOpenedModel(await openModelOnDisk(path), options);
}

/**
 * Reads and profiles an opened model and closes it: the one way from bytes to a profile. Never rejects. Failure codes:
 * those of opening, `readModel` and `profileModel`; internal for a defect of Framecast.
 */
export async function readOpenedModel(
  opened: Result<ModelSource>,
  { signal, isQuick = false, knownProfile, onProgress }: ReadModelOptions = {},
): Promise<Result<ProfiledModel>> {
  if (!opened.ok) return opened;
  const { openExternal, size: bytes } = opened.value;
  const hash = createHash('sha256');
  const consulted = new Set<string>();
  const hashing = (name: string, { size, read }: ByteSource): ByteSource => ({
    size,
    read: async (offset, length) => {
      const piece = await read(offset, length);
      if (name === '') onProgress?.(readingProgress(offset + piece.byteLength, size));
      hash.update(JSON.stringify([name, size, offset, piece.byteLength])).update(piece);
      return piece;
    },
  });
  try {
    const model = await readModel(hashing('', opened.value), {
      signal,
      ...(isQuick ? { limits: quickLimits } : {}),
      openExternal: async (location) => {
        consulted.add(location);
        const external = await openExternal?.(location);
        return external ? hashing(location, external) : null;
      },
    });
    if ((await opened.value.isUnchanged?.()) === false)
      return failure('unreadable', t('The file changed while it was read. Try again when it is written whole.'));
    if (!model.ok) return model;
    const digest = hash.digest('hex');
    const known = knownProfile?.(digest);
    const profile =
      known === undefined
        ? profileModel(model.value, isQuick ? quickWorkLimits : workLimits, onProgress)
        : success(known);
    if (!profile.ok) return profile;
    // A profile without its cost is an answer only where nothing larger is going to be tried.
    const cost = profile.value.costAt({});
    if (isQuick && !cost.ok && cost.error.code === 'too-large') return cost;
    return success({ model: model.value, profile: profile.value, digest, bytes, consulted: [...consulted] });
  } catch (error) {
    // Should never happen; if it does, say so rather than show nothing.
    const reason = error instanceof Error ? error.message : String(error);
    return failure('internal', t('Framecast failed on this model: {0}. Please report it with the file.', reason));
  } finally {
    await opened.value.close();
  }
}
