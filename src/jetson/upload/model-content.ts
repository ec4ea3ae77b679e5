import { t } from '../../core/language';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { LRUCache } from 'lru-cache';
import { failure, success, type Result } from '../../core/result';
import { describeExternalFiles } from '../../files/model-file';
import type { UploadFile } from './upload-file';

export interface FileContent {
  readonly localPath: string;
  /** In hexadecimal digits. */
  readonly sha256: string;
  readonly bytes: number;
}

/** What a model is made of: the .onnx file and the files with tensor content that it names. */
export interface ModelContent {
  /** Of the .onnx file alone, or, with external data, over its hash and those of the data files with their names. */
  readonly sha256: string;
  /** Of all files. */
  readonly bytes: number;
  readonly model: FileContent;
  /** `name` is relative to the model's folder, with `/` between its parts. */
  readonly external: readonly (FileContent & { readonly name: string })[];
}

export interface ContentOptions {
  readonly signal?: AbortSignal;
}

/**
 * Reads a model and the files that it names from end to end and hashes them. Files that have not changed since (path,
 * size, time) are not read again.
 *
 * Failure codes: missing-weights, unreadable (also for external data outside of the model's folder), cancelled.
 *
 * @param locations of the model's external data, as `Model.externalFiles` has them
 */
export async function contentOf(
  modelPath: string,
  locations: readonly string[],
  options: ContentOptions = {},
): Promise<Result<ModelContent>> {
  const model = await fileContentOf(modelPath, options);
  if (!model.ok) return model;
  const external: (FileContent & { name: string })[] = [];
  for (const { location, state, path: file } of await describeExternalFiles(modelPath, locations)) {
    if (file === null) {
      return failure(state === 'missing' ? 'missing-weights' : 'unreadable', whyMissing(modelPath, location, state));
    }
    const content = await fileContentOf(file, options);
    if (!content.ok) return content;
    external.push({ ...content.value, name: path.posix.normalize(location.replaceAll('\\', '/')) });
  }
  external.sort((one, other) => (one.name < other.name ? -1 : 1));
  const bytes = [model.value, ...external].reduce((sum, file) => sum + file.bytes, 0);
  return success({ sha256: hashOver(model.value, external), bytes, model: model.value, external });
}

/** Where the files of a model go below `folder`, and the path of the .onnx file there. */
export function modelUploads(
  content: ModelContent,
  folder: string,
): { modelPath: string; files: readonly UploadFile[] } {
  const { sha256, model, external } = content;
  if (external.length === 0) {
    const modelPath = `${folder}/${sha256}.onnx`;
    return { modelPath, files: [{ ...model, remotePath: modelPath }] };
  }
  const own = external.some(({ name }) => name === 'model.onnx') ? 'network.onnx' : 'model.onnx';
  const modelPath = `${folder}/${sha256}/${own}`;
  const data = external.map((file) => ({ ...file, remotePath: `${folder}/${sha256}/${file.name}` }));
  return { modelPath, files: [{ ...model, remotePath: modelPath }, ...data] };
}

/** Hashes one file. Failure codes: unreadable, cancelled. */
export async function fileContentOf(localPath: string, { signal }: ContentOptions = {}): Promise<Result<FileContent>> {
  try {
    const before = await stat(localPath);
    if (!before.isFile()) return failure('unreadable', t('{0} is not a regular file.', localPath));
    const key = JSON.stringify([path.resolve(localPath), before.size, before.mtimeMs, before.ino]);
    const cached = hashes.get(key);
    if (cached !== undefined) return success({ localPath, sha256: cached, bytes: before.size });
    const hash = createHash('sha256');
    for await (const piece of createReadStream(localPath, { highWaterMark: 1 << 20, signal })) {
      hash.update(piece as Buffer);
    }
    const after = await stat(localPath);
    if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) {
      return failure('unreadable', t('{0} changed while it was read. Try again when it is written whole.', localPath));
    }
    const sha256 = hash.digest('hex');
    hashes.set(key, sha256);
    return success({ localPath, sha256, bytes: before.size });
  } catch (error) {
    if (signal?.aborted) return failure('cancelled', t('Reading {0} was cancelled.', localPath));
    const { code, message } = error as NodeJS.ErrnoException;
    return failure(
      'unreadable',
      t('{0} cannot be read: {1}. Check that it is there and that you may read it.', localPath, code ?? message),
    );
  }
}

const hashes = new LRUCache<string, string>({ max: 1000 });

function hashOver(model: FileContent, external: ModelContent['external']): string {
  if (external.length === 0) return model.sha256;
  const hash = createHash('sha256').update(`${model.sha256}\n`);
  for (const { sha256, name } of external) hash.update(`${sha256} ${name}\n`);
  return hash.digest('hex');
}

function whyMissing(modelPath: string, location: string, state: 'present' | 'missing' | 'outside'): string {
  const name = JSON.stringify(location);
  return state === 'outside'
    ? t(
        '{0} keeps weights in {1}, which is outside its folder. Save the model and its data in one folder.',
        modelPath,
        name,
      )
    : t('{0} keeps weights in {1}, which is missing. Put that file next to the model.', modelPath, name);
}
