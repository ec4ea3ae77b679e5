import { lstat, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';

/** As many links as Linux follows. */
const maxLinks = 40;

/**
 * The file that a path leads to through symbolic links, whether or not it exists: two names of one file then share a
 * lock, and rewriting replaces the file rather than a link to it. Rejects with ELOOP for links in a circle.
 */
export async function followLinks(file: string): Promise<string> {
  let current = path.resolve(file);
  for (let links = 0; links < maxLinks; links += 1) {
    const folder = await realpath(path.dirname(current)).catch(unlessMissing(path.dirname(current)));
    current = path.join(folder, path.basename(current));
    const stats = await lstat(current).catch(unlessMissing(null));
    if (!stats?.isSymbolicLink()) return current;
    current = path.resolve(folder, await readlink(current));
  }
  throw Object.assign(new Error(`Too many symbolic links: ${file}`), { code: 'ELOOP' });
}

function unlessMissing<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  };
}
