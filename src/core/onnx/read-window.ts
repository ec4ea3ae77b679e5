import { t } from '../language';
import type { ByteSource } from './byte-source';
import type { ByteWriter } from './byte-writer';
import { ReadFailure } from './read-failure';

const FIRST_READ_BYTES = 1024;
const LARGEST_READ_BYTES = 256 * 1024;

/** So much is read along rather than jumped over: the computer reads as much ahead, and one read costs more. */
const SHORT_JUMP_BYTES = 16 * 1024;

/**
 * The part of a file that is in memory, moved along as reading goes on.
 *
 * Reads are small after a long jump over a payload, since only a tensor's header may follow before the next jump, and
 * double while reading goes on without one. So a file of many large tensors costs about a kilobyte a tensor, and a
 * file of structure alone is read in large blocks.
 */
export class ReadWindow {
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #nextRead = FIRST_READ_BYTES;

  constructor(
    private readonly source: ByteSource,
    private readonly signal: AbortSignal | undefined,
  ) {}

  get fileSize(): number {
    return this.source.size;
  }

  holds(offset: number, length: number): boolean {
    return offset >= this.#start && offset + length <= this.#start + this.#bytes.length;
  }

  /** The byte at a file offset that the window holds. */
  byteAt(offset: number): number {
    return this.#bytes[offset - this.#start]!;
  }

  /** A view of bytes that the window holds, valid until the next `fill`. */
  view(offset: number, length: number): Uint8Array {
    return this.#bytes.subarray(offset - this.#start, offset - this.#start + length);
  }

  /** Appends bytes that the window holds. */
  copyTo(out: ByteWriter, offset: number, length: number): void {
    out.appendPart(this.#bytes, offset - this.#start, length);
  }

  /** Makes the window hold `length` bytes from `offset`; both must lie inside the file. */
  async fill(offset: number, length: number): Promise<void> {
    if (this.signal?.aborted) throw new ReadFailure('cancelled', t('Reading the model was cancelled.'));
    if (this.holds(offset, length)) return;
    const end = this.#start + this.#bytes.length;
    const goesOn = offset >= this.#start && offset <= end + SHORT_JUMP_BYTES && this.#bytes.length > 0;
    this.#nextRead = goesOn ? Math.min(this.#nextRead * 2, LARGEST_READ_BYTES) : FIRST_READ_BYTES;
    const wanted = Math.min(Math.max(length, this.#nextRead), this.source.size - offset);
    const bytes = await this.#read(offset, wanted);
    if (bytes.length < length) {
      const fileEnd = offset + bytes.length;
      throw new ReadFailure(
        'truncated',
        t('The file ends at byte {0}, before its content does. Copy or download it again.', fileEnd),
        fileEnd,
      );
    }
    this.#bytes = bytes.length > wanted ? bytes.subarray(0, wanted) : bytes;
    this.#start = offset;
  }

  async #read(offset: number, length: number): Promise<Uint8Array> {
    try {
      return await this.source.read(offset, length);
    } catch (error) {
      if (this.signal?.aborted) throw new ReadFailure('cancelled', t('Reading the model was cancelled.'));
      const reason = error instanceof Error ? error.message : String(error);
      throw new ReadFailure('unreadable', t('The file cannot be read at byte {0}: {1}.', offset, reason), offset);
    }
  }
}
