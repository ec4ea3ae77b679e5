import { open, stat, type FileHandle } from 'node:fs/promises';
import { t, wholeNumber } from '../../core/language';
import { failure, success, type Result } from '../../core/result';
import { fileReason } from '../file-reasons';
import { readFully } from '../read-fully';

/** How a file is called in sentences, and how large it may be. */
export interface FileKind {
  /** E.g. `landmarks file`, in the language of whoever asks. */
  name(): string;
  readonly maxBytes: number;
}

/** A line that another process is just writing is waited for. */
const maxLooks = 4;
const betweenLooksMs = 40;

/**
 * Reads files of a kind again and again; a file that does not exist is empty. Of one that has only grown, what is new goes
 * into the room behind what is held: stores of tens of megabytes are read after each change, and whole copies of them
 * would be garbage to collect. Failure codes: unreadable, too-large.
 */
export function createFileReader(kind: FileKind): (file: string) => Promise<Result<Buffer>> {
  let held: Held = { content: Buffer.alloc(0), room: Buffer.alloc(0), isTaken: false };
  const readHeld = async (handle: FileHandle): Promise<Buffer> => {
    const before = held;
    const isGrown = await beginsWith(handle, before.content);
    held = isGrown ? await readMore(handle, before) : newlyHeld(await handle.readFile());
    return held.content;
  };
  return async (file) => {
    const exists = await stat(file).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
    );
    return exists ? readLines(file, kind, readHeld) : success(Buffer.alloc(0));
  };
}

/** A file's content as it was read last. */
interface Held {
  readonly content: Buffer;
  /** The same memory, with what is free behind it. */
  readonly room: Buffer;
  /** Whether a later content has what is free. */
  isTaken: boolean;
}

const newlyHeld = (content: Buffer): Held => ({ content, room: content, isTaken: false });

/** What is left free behind a content that has grown, as a share of it. */
const spareShare = 0.1;

async function readMore(handle: FileHandle, before: Held): Promise<Held> {
  const { content } = before;
  const { size } = await handle.stat();
  if (size <= content.length) return before;
  if (content.length === 0) return newlyHeld(await handle.readFile());
  let { room } = before;
  if (before.isTaken || room.length < size) {
    room = Buffer.allocUnsafe(Math.ceil(size * (1 + spareShare)));
    content.copy(room);
  } else before.isTaken = true;
  const more = await readFully(handle, room.subarray(content.length, size), content.length);
  return { content: room.subarray(0, content.length + more.length), room, isTaken: false };
}

async function beginsWith(handle: FileHandle, content: Buffer): Promise<boolean> {
  const piece = Buffer.allocUnsafe(Math.min(content.length, 2 ** 20));
  for (let at = 0; at < content.length; at += piece.length) {
    const expected = content.subarray(at, at + piece.length);
    if (!expected.equals(await readFully(handle, piece.subarray(0, expected.length), at))) return false;
  }
  return true;
}

/** The bytes of a file that must exist. Failure codes: unreadable, too-large. */
export async function readLines(
  file: string,
  kind: FileKind,
  read: (handle: FileHandle) => Promise<Buffer> = (handle) => handle.readFile(),
): Promise<Result<Buffer>> {
  try {
    let content = await readOnce(file, kind, read);
    for (let look = 1; look < maxLooks && content.ok && endsInside(content.value); look += 1) {
      await new Promise((resolve) => setTimeout(resolve, betweenLooksMs));
      const again = await readOnce(file, kind, read);
      const isSettled = again.ok && again.value.length === content.value.length;
      content = again;
      if (isSettled) break;
    }
    return content;
  } catch (error) {
    return failure(
      'unreadable',
      t('The {0} {1} cannot be read: {2}. Check the path.', kind.name(), file, readingReason(error)),
    );
  }
}

async function readOnce(
  file: string,
  { name, maxBytes }: FileKind,
  read: (handle: FileHandle) => Promise<Buffer>,
): Promise<Result<Buffer>> {
  // Checked before opening, as opening a pipe waits for a writer.
  const stats = await stat(file);
  if (stats.isDirectory()) throw Object.assign(new Error('It is a folder.'), { code: 'EISDIR' });
  if (!stats.isFile())
    return failure(
      'unreadable',
      t('The {0} {1} cannot be read: {2}. Check the path.', name(), file, t('it is not a regular file')),
    );
  if (stats.size > maxBytes) {
    const size = wholeNumber(Math.round(stats.size / 2 ** 20));
    return failure(
      'too-large',
      t('{0} has {1} MiB; the limit for a {2} is {3} MiB.', file, size, name(), maxBytes / 2 ** 20),
    );
  }
  const handle = await open(file, 'r');
  const content = await read(handle).finally(() => handle.close());
  const problem = encodingProblem(file, content);
  return problem === null ? success(content) : failure('unreadable', problem);
}

function readingReason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return t('there is no such file');
  return code === 'EACCES' || code === 'EPERM' ? t('you may not read it') : fileReason(error);
}

/** Whether the last line may still be growing. */
function endsInside(content: Buffer): boolean {
  const last = content[content.length - 1];
  return last !== undefined && last !== 0x0a && last !== 0x0d && last !== 0x7d;
}

/** Some Windows programs write UTF-16, with a mark or without, in which no line could be told from another. */
function encodingProblem(file: string, start: Buffer): string | null {
  const [first, second, third, fourth] = start;
  const isMarked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const isLittleEndian = second === 0 && fourth === 0 && !!first && !!third;
  const isBigEndian = first === 0 && third === 0 && !!second && !!fourth;
  return isMarked || isLittleEndian || isBigEndian ? t('{0} is encoded in UTF-16. Save it as UTF-8.', file) : null;
}
