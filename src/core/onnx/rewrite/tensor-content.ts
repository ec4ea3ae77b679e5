import { t } from '../../language';
import type { ByteSource } from '../byte-source';
import { DataType, elementBits } from '../data-types';
import type { OpenExternal } from '../external-values';
import { halvesOf } from '../half';
import type { Tensor } from '../model';
import { ReadFailure } from '../read-failure';

/** A tensor that a rewrite made of another: content is read from that one, and converted where the types differ. */
export type Origins = ReadonlyMap<Tensor, Tensor>;

/** Where content comes from, and what is counted on the way. */
export interface ContentSource {
  readonly file: ByteSource;
  readonly openExternal: OpenExternal | undefined;
  readonly signal: AbortSignal | undefined;
  /** Called with how many numbers of a piece were beyond the range of FP16. */
  readonly onClamped: (numbers: number) => void;
}

const pieceBytes = 1 << 20;

/** Bytes of a tensor's content as raw_data; 0 for a tensor without content, as in a file of structure alone. */
export function contentBytes(tensor: Tensor, origins: Origins): number {
  const origin = origins.get(tensor) ?? tensor;
  if (origin.payload.kind === 'absent') return 0;
  return Math.ceil((tensor.elements * bitsOf(tensor)) / 8);
}

/**
 * A tensor's content as raw_data, in pieces of a megabyte at most. Throws `ReadFailure`: unreadable, truncated,
 * malformed, cancelled, and invalid-graph where content is of a kind that no exporter writes.
 */
export async function* tensorContent(
  tensor: Tensor,
  origins: Origins,
  source: ContentSource,
): AsyncGenerator<Uint8Array, void> {
  const origin = origins.get(tensor) ?? tensor;
  const toHalf = origin.dataType === DataType.FLOAT && tensor.dataType === DataType.FLOAT16;
  for await (const piece of storedContent(origin, source)) {
    yield toHalf ? halves(piece, source.onClamped) : piece;
  }
}

/** Content in the tensor's own type. Every piece holds whole elements. */
async function* storedContent(tensor: Tensor, source: ContentSource): AsyncGenerator<Uint8Array, void> {
  const { payload } = tensor;
  const bytes = Math.ceil((tensor.elements * bitsOf(tensor)) / 8);
  if (payload.kind === 'absent' || bytes === 0) return;
  if (payload.kind === 'external') {
    const file = (await source.openExternal?.(payload.location)) ?? null;
    if (file === null) {
      throw new ReadFailure(
        'unreadable',
        t(
          'The model keeps weights in {0}, which cannot be read. Put that file next to the model.',
          JSON.stringify(payload.location),
        ),
      );
    }
    if (payload.bytes !== null && payload.bytes < bytes) throw tooShort(tensor, payload.bytes, bytes);
    yield* range(file, payload.offset, bytes, source.signal);
  } else if (payload.encoding === undefined) {
    if (payload.bytes !== bytes) throw tooShort(tensor, payload.bytes, bytes);
    yield* range(source.file, payload.offset, bytes, source.signal);
  } else if (payload.encoding === 'varint') {
    yield* unpacked(tensor, range(source.file, payload.offset, payload.bytes, source.signal));
  } else {
    throw new ReadFailure(
      'invalid-graph',
      t(
        'The tensor "{0}" is stored number by number, which Framecast does not rewrite. Save the model again with the onnx package.',
        tensor.name,
      ),
    );
  }
}

/** Width of an element; strings and types that a later ONNX adds have none. */
function bitsOf(tensor: Tensor): number {
  const bits = elementBits(tensor.dataType);
  if (bits !== null) return bits;
  throw new ReadFailure(
    'invalid-graph',
    t('The tensor "{0}" holds text or a type that Framecast does not know, which it cannot rewrite.', tensor.name),
  );
}

function tooShort({ name }: Tensor, bytes: number, expected: number): ReadFailure {
  return new ReadFailure(
    'invalid-graph',
    t('Tensor "{0}" should hold {1} bytes but holds {2}. Export the model again.', name, expected, bytes),
  );
}

async function* range(
  file: ByteSource,
  offset: number,
  bytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  for (let done = 0; done < bytes; done += pieceBytes) {
    if (signal?.aborted) throw new ReadFailure('cancelled', t('Rewriting the model was cancelled.'));
    const wanted = Math.min(pieceBytes, bytes - done);
    const piece = await file.read(offset + done, wanted).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ReadFailure('unreadable', t('The weights cannot be read at byte {0}: {1}.', offset + done, reason));
    });
    if (piece.length < wanted) {
      throw new ReadFailure(
        'truncated',
        t(
          'A file with weights ends at byte {0}, before its content does. Copy or download it again.',
          offset + done + piece.length,
        ),
      );
    }
    yield piece.length > wanted ? piece.subarray(0, wanted) : piece;
  }
}

/** FP32 numbers, little-endian, as FP16. A megabyte is a whole number of either. */
function halves(piece: Uint8Array, onClamped: (numbers: number) => void): Uint8Array {
  const aligned = piece.byteOffset % 4 === 0 ? piece : new Uint8Array(piece);
  const numbers = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2);
  const { bits, clamped } = halvesOf(numbers);
  if (clamped > 0) onClamped(clamped);
  return new Uint8Array(bits.buffer);
}

/** Varints of int32_data, int64_data or uint64_data as little-endian elements; each holds one element, or one byte of smaller ones. */
async function* unpacked(tensor: Tensor, pieces: AsyncGenerator<Uint8Array, void>): AsyncGenerator<Uint8Array, void> {
  const bits = bitsOf(tensor);
  const width = Math.max(8, bits) / 8;
  const count = Math.ceil((tensor.elements * Math.min(8, bits)) / 8);
  let number = 0n;
  let shift = 0n;
  let read = 0;
  for await (const piece of pieces) {
    const result = new Uint8Array((piece.length + 1) * width);
    let filled = 0;
    for (const byte of piece) {
      number |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (byte >= 0x80 && shift < 70n) continue;
      for (let index = 0; index < width; index++) result[filled++] = Number((number >> BigInt(8 * index)) & 0xffn);
      number = 0n;
      shift = 0n;
      read++;
    }
    if (read > count) break;
    yield result.subarray(0, filled);
  }
  if (read !== count) {
    throw new ReadFailure(
      'invalid-graph',
      read > count
        ? t('Tensor "{0}" should hold {1} numbers but holds more. Export the model again.', tensor.name, count)
        : t('Tensor "{0}" should hold {1} numbers but holds {2}. Export the model again.', tensor.name, count, read),
    );
  }
}
