import { readFile, stat } from 'node:fs/promises';
import { t, wholeNumber } from '../../core/language';
import { failure, success, type Result } from '../../core/result';
import { fileReason } from '../file-reasons';

/** How a file is called in sentences, and how large it may be. */
export interface FileKind {
  /** E.g. `landmarks file`, in the language of whoever asks. */
  name(): string;
  readonly maxBytes: number;
}

/** A line that another process is just writing is waited for. */
const maxLooks = 4;
const betweenLooksMs = 40;

/** The bytes of a file; none if it does not exist. Failure codes: unreadable, too-large. */
export async function readIfPresent(file: string, kind: FileKind): Promise<Result<Buffer>> {
  const exists = await stat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
  return exists ? readLines(file, kind) : success(Buffer.alloc(0));
}

/** The bytes of a file that must exist. Failure codes: unreadable, too-large. */
export async function readLines(file: string, kind: FileKind): Promise<Result<Buffer>> {
  try {
    let content = await readOnce(file, kind);
    for (let look = 1; look < maxLooks && content.ok && endsInside(content.value); look += 1) {
      await new Promise((resolve) => setTimeout(resolve, betweenLooksMs));
      const again = await readOnce(file, kind);
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

async function readOnce(file: string, { name, maxBytes }: FileKind): Promise<Result<Buffer>> {
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
  const content = await readFile(file);
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
