import { t } from '../core/language';
import { readFully } from './read-fully';
import { lstat, open, readlink, realpath, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { ByteSource } from '../core/onnx/byte-source';
import type { OpenExternal } from '../core/onnx/external-values';
import { failure, success } from '../core/result';
import type { Result } from '../core/result';

/** A file opened for reading at any place; `close` gives its descriptor back. */
export interface OpenFile extends ByteSource {
  readonly path: string;
  /** Whether the file is as it was when it was opened: what was read of one that is being written fits nothing. */
  isUnchanged(): Promise<boolean>;
  close(): Promise<void>;
}

/** A file with tensor content that a model names, as it is on this machine. */
export interface ExternalFile {
  /** As the model writes it. */
  readonly location: string;
  /** `outside`: absolute, or leading out of the model's folder; such a file is never opened. */
  readonly state: 'present' | 'missing' | 'outside';
  /** Absolute path and size in bytes of a present file, otherwise null. */
  readonly path: string | null;
  readonly bytes: number | null;
}

/** Opens a regular file. Failure code: unreadable (missing, a folder or device, no permission, I/O error). */
export async function openModelFile(filePath: string): Promise<Result<OpenFile>> {
  try {
    // Asked before opening, as opening a pipe waits for a writer.
    const stats = await stat(filePath);
    if (stats.isDirectory()) return failure('unreadable', t('{0} is a folder. Choose an .onnx file in it.', filePath));
    if (!stats.isFile()) return failure('unreadable', t('{0} is not a regular file. Choose an .onnx file.', filePath));
    const handle = await open(filePath, 'r');
    return success(fileSource(handle, filePath, stats));
  } catch (error) {
    return failure('unreadable', await openingSentence(filePath, error));
  }
}

/** A text that stays the same while a link that leads to nothing does; null where there is no such link. */
export async function emptyLinkIdentity(filePath: string): Promise<string | null> {
  const target = await stat(filePath).catch(() => null);
  const link = target === null ? await lstat(filePath, { bigint: true }).catch(() => null) : null;
  return link?.isSymbolicLink() === true ? ['link', link.ino, link.ctimeNs].join(' ') : null;
}

/**
 * Where the files stand that `Model.externalFiles` names, in that order. A location is relative to the model's folder,
 * with `/` between its parts; one that leads out of it, even by a symbolic link, is reported and not looked at.
 */
export async function describeExternalFiles(
  modelPath: string,
  locations: readonly string[],
): Promise<readonly ExternalFile[]> {
  return Promise.all(locations.map((location) => describeExternalFile(modelPath, location)));
}

/** Bytes of the external files that are present, each counted once however many names lead to it. */
export function externalBytes(files: readonly ExternalFile[]): number {
  const present = new Map(files.map((file) => [file.path ?? '', file.bytes ?? 0]));
  return [...present.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** Sentences about weights that are not there: the model is predicted without them, but will not run without them. */
export function missingWeights(files: readonly ExternalFile[]): readonly string[] {
  return files
    .filter(({ state }) => state !== 'present')
    .map(({ location, state }) =>
      state === 'missing'
        ? t(
            'Weights are stored in {0}, which is missing. The prediction does not need them; a benchmark does.',
            location,
          )
        : t("Weights are stored in {0}, outside the model's folder; that file was not opened.", location),
    );
}

/** Opens external files of one model for `readModel`; `close` gives all their descriptors back. */
export function externalFileOpener(modelPath: string): { open: OpenExternal; close(): Promise<void> } {
  const opened: OpenFile[] = [];
  return {
    open: async (location) => {
      const file = await describeExternalFile(modelPath, location);
      const result = file.path === null ? null : await openModelFile(file.path);
      if (!result?.ok) return null;
      opened.push(result.value);
      return result.value;
    },
    close: async () => {
      await Promise.all(opened.splice(0).map((file) => file.close()));
    },
  };
}

function fileSource(handle: FileHandle, filePath: string, { size, mtimeMs }: Stats): OpenFile {
  return {
    path: filePath,
    size,
    isUnchanged: async () => {
      const now = await handle.stat();
      return now.size === size && now.mtimeMs === mtimeMs;
    },
    read: (offset, length) => readFully(handle, new Uint8Array(Math.max(0, Math.min(length, size - offset))), offset),
    close: () => handle.close(),
  };
}

async function openingSentence(filePath: string, error: unknown): Promise<string> {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR': {
      const target = await readlink(filePath).catch(() => null);
      if (target !== null) {
        return t(
          '{0} is a symbolic link to {1}, which is not there. Fetch that file (for example with "git annex get" or "dvc pull"), or fix the link.',
          filePath,
          target,
        );
      }
      // Node.js gives bytes that are no UTF-8 as this sign, by which no file can be opened.
      if (filePath.includes('\ufffd')) return t('The name {0} is not UTF-8. Rename the file.', filePath);
      return t('There is no file at {0}. Check the path.', filePath);
    }
    case 'EACCES':
    case 'EPERM':
      return t('You have no permission to read {0}. Change its permissions or choose another file.', filePath);
    case 'ELOOP':
      return t('{0} is a symbolic link that leads back to itself. Choose the file it should lead to.', filePath);
    case 'EMFILE':
    case 'ENFILE':
      return t('{0} cannot be opened, as too many files are open. Close some and try again.', filePath);
    default:
      return t('{0} cannot be opened: {1}.', filePath, error instanceof Error ? error.message : String(error));
  }
}

async function describeExternalFile(modelPath: string, location: string): Promise<ExternalFile> {
  const none = (state: 'missing' | 'outside'): ExternalFile => ({ location, state, path: null, bytes: null });
  if (!staysInside(location)) return none('outside');
  try {
    const folder = await realpath(path.dirname(modelPath));
    const place = path.join(folder, location);
    const target = await realpath(place).catch(() => null);
    const reached = target ?? (await existingFolder(place));
    if (reached !== folder && !reached.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep))
      return none('outside');
    const stats = target === null ? null : await stat(target);
    return target !== null && stats?.isFile() === true
      ? { location, state: 'present', path: target, bytes: stats.size }
      : none('missing');
  } catch {
    return none('missing');
  }
}

/** Where the folders lead that exist on the way to a file that does not: it would be made there. */
async function existingFolder(place: string): Promise<string> {
  const folder = path.dirname(place);
  return await realpath(folder).catch(() => existingFolder(folder));
}

/** Judged by the rules of Windows and of POSIX alike, as a model travels between the two. */
function staysInside(location: string): boolean {
  if (location.includes('\0') || path.posix.isAbsolute(location) || path.win32.isAbsolute(location)) return false;
  if (/^[a-z]:/i.test(location)) return false;
  let depth = 0;
  for (const part of location.split(/[/\\]/)) {
    if (part === '..') depth--;
    else if (part !== '' && part !== '.') depth++;
    if (depth < 0) return false;
  }
  return depth > 0;
}
