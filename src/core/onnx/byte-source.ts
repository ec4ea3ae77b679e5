/** Random access to the bytes of one file: a file descriptor, an array, or a browser's Blob. */
export interface ByteSource {
  /** Size of the file in bytes. */
  readonly size: number;
  /**
   * Reads up to `length` bytes from `offset`. Returns fewer only where the file ends.
   * Rejects on an I/O error.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A byte source over bytes that are already in memory. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.byteLength,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}
