import type { FileHandle } from 'node:fs/promises';

/** Fills `bytes` from `offset` of a file on; gives their beginning where the file ends before. Rejects as the handle does. */
export async function readFully<T extends Uint8Array>(handle: FileHandle, bytes: T, offset: number): Promise<T> {
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled) as T;
}
