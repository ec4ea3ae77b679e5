import { open, stat } from 'node:fs/promises';
import { failure, success, type Result } from '../core/result';
import { fileReason } from './file-reasons';

/** No campaign comes near this; a file that does is something else. */
const maxBytes = 256 * 2 ** 20;

/** A line that another process is writing this moment is waited for. */
const looks = 4;
const betweenLooksMs = 40;

/** The bytes of a store; of one that does not exist, none. Failure codes: unreadable, too-large. */
export async function readStoreBytes(file: string): Promise<Result<Buffer>> {
  const exists = await stat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
  return exists ? readLandmarkBytes(file) : success(Buffer.alloc(0));
}

/** The bytes of a landmark file. Failure codes: unreadable (missing, too), too-large. */
export async function readLandmarkBytes(file: string): Promise<Result<Buffer>> {
  try {
    let content = await readOnce(file);
    for (let look = 1; look < looks && content.ok && endsInside(content.value); look += 1) {
      await new Promise((resolve) => setTimeout(resolve, betweenLooksMs));
      const again = await readOnce(file);
      const isSettled = again.ok && again.value.length === content.value.length;
      content = again;
      if (isSettled) break;
    }
    return content;
  } catch (error) {
    return failure('unreadable', `The landmarks file ${file} cannot be read: ${readingReason(error)}. Check the path.`);
  }
}

/** Which encoding that Framecast does not write a file starts with, as a sentence; null where it can be appended to. */
export async function foreignEncoding(file: string): Promise<string | null> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return null;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return encodingProblem(file, buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

async function readOnce(file: string): Promise<Result<Buffer>> {
  // Asked before opening, as opening a pipe waits for a writer.
  const stats = await stat(file);
  if (stats.isDirectory()) throw Object.assign(new Error('It is a folder.'), { code: 'EISDIR' });
  if (!stats.isFile()) {
    return failure('unreadable', `The landmarks file ${file} cannot be read: it is not a regular file.`);
  }
  if (stats.size > maxBytes) {
    const size = `${Math.round(stats.size / 2 ** 20)} MiB`;
    return failure('too-large', `${file} has ${size}; a landmarks file has ${maxBytes / 2 ** 20} MiB at most.`);
  }
  const handle = await open(file, 'r');
  try {
    const content = await handle.readFile();
    const problem = encodingProblem(file, content);
    return problem === null ? success(content) : failure('unreadable', problem);
  } finally {
    await handle.close();
  }
}

function readingReason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  return code === 'EACCES' || code === 'EPERM' ? 'you may not read it' : fileReason(error);
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
  return isMarked || isLittleEndian || isBigEndian ? `${file} is encoded in UTF-16. Save it as UTF-8.` : null;
}
