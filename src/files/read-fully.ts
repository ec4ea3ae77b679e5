import { open, type FileHandle } from 'node:fs/promises';

/**
 * The text of a file, whatever size it claims to have: a device or a pipe has none. Null if it has more than `maxBytes`.
 * Rejects as the file system does.
 */
export async function readShortText(file: string, maxBytes: number): Promise<string | null> {
  const handle = await open(file);
  try {
    const bytes = await readFully(handle, Buffer.alloc(maxBytes + 1), null);
    return bytes.length > maxBytes ? null : bytes.toString('utf8').replace(/^\ufeff/, '');
  } finally {
    await handle.close();
  }
}

/**
 * Fills `bytes` from `offset` of a file on (from where the handle is if that is null); gives their beginning where the file
 * ends before. Rejects as the handle does.
 */
export async function readFully<T extends Uint8Array>(handle: FileHandle, bytes: T, offset: number | null): Promise<T> {
  let filled = 0;
  while (filled < bytes.length) {
    const at = offset === null ? null : offset + filled;
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, at);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled) as T;
}
