import { readFully } from '../read-fully';
import { randomBytes } from 'node:crypto';
import { access, constants, open, readdir, readFile, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

/**
 * Appends rows to a file so that they are on the disk when this returns, or not there at all. They start on a line of
 * their own even where a crash has left the last one unfinished. Works without the lock being held, too: where the
 * file was replaced in the meantime, what is missing in the new one is appended there.
 *
 * Rejects with the error of the file system.
 *
 * @param rows without line breaks
 */
export async function appendRows(file: string, rows: readonly string[]): Promise<void> {
  let missing = rows;
  while (missing.length > 0) {
    const handle = await open(file, 'a+');
    try {
      const { size } = await handle.stat();
      const text = `${missing.join('\n')}\n`;
      await writeWhole(handle, Buffer.from((await endsLine(handle, size)) ? text : `\n${text}`), size);
      await handle.sync();
      if (size === 0) await syncFolder(path.dirname(file));
      if (await isStillThere(handle, file)) return;
    } finally {
      await handle.close();
    }
    const present = new Set((await readFile(file, { encoding: 'utf8', flag: 'a+' })).split('\n'));
    missing = missing.filter((row) => !present.has(row));
  }
}

/**
 * Replaces a file's content as a whole: a temporary file next to it is synced to the disk, then renamed over it. A crash
 * leaves the old content or the new one. What another process has appended meanwhile (without the lock, which can be
 * lost) is carried over. To be called under the lock. Rejects with the error of the file system.
 *
 * @param change gets the content and returns the new one, or null to leave the file alone; may be called again
 */
export async function rewriteFile(file: string, change: (content: Buffer) => Buffer | null): Promise<void> {
  // A file that may not be written could still be replaced, which is not what its owner wants.
  await access(file, constants.W_OK);
  await removeLeftovers(file);
  const temporary = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    for (let attempt = 1; !(await tryRewrite(file, temporary, change)); attempt += 1) {
      if (attempt === maxAttempts) throw Object.assign(new Error('It keeps changing.'), { code: 'EBUSY' });
    }
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

/** Another program that appends without the lock, and without end, is not waited for without end. */
const maxAttempts = 100;

/** Temporary files of processes that were killed in the middle of a rewrite, each a copy of the whole file. */
async function removeLeftovers(file: string): Promise<void> {
  const { dir, base } = path.parse(file);
  for (const name of await readdir(dir)) {
    const [, pid] = name.startsWith(`${base}.`)
      ? (/^\.(\d+)-[0-9a-f]{8}\.tmp$/.exec(name.slice(base.length)) ?? [])
      : [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await unlink(path.join(dir, name)).catch(() => undefined);
  }
}

/** Whether a process of this machine runs. */
export function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** False if somebody else has changed the file in the meantime. */
async function tryRewrite(
  file: string,
  temporary: string,
  change: (content: Buffer) => Buffer | null,
): Promise<boolean> {
  const old = await open(file, 'r');
  try {
    const content = await old.readFile();
    const next = change(content);
    if (next === null) return true;
    const handle = await open(temporary, 'w', 0o600);
    try {
      await copyPermissions(old, handle);
      await handle.writeFile(next);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (!(await isStillThere(old, file)) || (await old.stat()).size !== content.length) return false;
    await renameOver(temporary, file);
    await syncFolder(path.dirname(file));
    const late = await readFrom(old, content.length);
    if (late.length > 0) await appendRows(file, rowsOf(late));
    return true;
  } finally {
    await old.close();
  }
}

/** Owner and group as far as this user may give them, and the mode whatever the umask. */
async function copyPermissions(from: FileHandle, to: FileHandle): Promise<void> {
  const { uid, gid, mode } = await from.stat();
  const made = await to.stat();
  if (made.uid !== uid || made.gid !== gid) {
    await to.chown(uid, gid).catch(() => to.chown(made.uid, gid).catch(() => undefined));
  }
  await to.chmod(mode & 0o7777);
}

/** Windows refuses to replace a file that a virus scanner or an indexer has open, mostly for a moment only. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await rename(from, to);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (process.platform !== 'win32' || attempt === 20 || !['EPERM', 'EACCES', 'EBUSY'].includes(code ?? '')) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** All or nothing: a disk that fills up in the middle leaves the file as it was. */
async function writeWhole(handle: FileHandle, bytes: Buffer, size: number): Promise<void> {
  let written = 0;
  try {
    while (written < bytes.length) {
      written += (await handle.write(bytes, written, bytes.length - written)).bytesWritten;
    }
  } catch (error) {
    if ((await handle.stat()).size === size + written) await handle.truncate(size).catch(() => undefined);
    throw error;
  }
}

async function endsLine(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return true;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 0 || buffer[0] === 0x0a || buffer[0] === 0x0d;
}

async function isStillThere(handle: FileHandle, file: string): Promise<boolean> {
  const [opened, named] = [await handle.stat({ bigint: true }), await stat(file, { bigint: true }).catch(() => null)];
  return named?.ino === opened.ino && named.dev === opened.dev;
}

async function readFrom(handle: FileHandle, offset: number): Promise<Buffer> {
  const { size } = await handle.stat();
  return readFully(handle, Buffer.alloc(Math.max(0, size - offset)), offset);
}

function rowsOf(bytes: Buffer): readonly string[] {
  return bytes
    .toString('utf8')
    .split('\n')
    .filter((row) => row.trim() !== '');
}

/** A new name is on the disk once its folder is; Windows cannot and need not do that. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
