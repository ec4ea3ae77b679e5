import type { ByteSource } from '../../../../src/core/onnx/byte-source';
import { bytes, concat, number, opset, tag, text, varint } from './wire';
import type { Bytes } from './wire';

/** A run of bytes, or so many zeros that are never in memory. */
export type Segment = Bytes | { readonly zeros: number };

export interface CountingSource extends ByteSource {
  bytesRead: number;
  reads: number;
}

function lengthOf(segment: Segment): number {
  return segment instanceof Uint8Array ? segment.length : segment.zeros;
}

/** A file made of segments that counts what is read of it. */
export function sparseSource(segments: readonly Segment[]): CountingSource {
  const starts: number[] = [];
  let size = 0;
  for (const segment of segments) {
    starts.push(size);
    size += lengthOf(segment);
  }
  const source: CountingSource = {
    size,
    bytesRead: 0,
    reads: 0,
    read: (offset, length) => {
      const out = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      segments.forEach((segment, index) => {
        const start = starts[index]!;
        if (!(segment instanceof Uint8Array) || start >= offset + out.length || start + segment.length <= offset)
          return;
        const from = Math.max(0, offset - start);
        out.set(segment.subarray(from, offset + out.length - start), Math.max(0, start - offset));
      });
      source.bytesRead += out.length;
      source.reads++;
      return Promise.resolve(out);
    },
  };
  return source;
}

/** A message whose content has zeros in it; lengths take as many bytes as they need. */
export function sparseMessage(field: number, ...content: readonly Segment[]): Segment[] {
  const length = content.reduce((sum, segment) => sum + lengthOf(segment), 0);
  return [concat(tag(field, 2), varint(length)), ...content];
}

/** A chain of MatMuls, each with a weight of `elements` floats that are all zero. */
export function chainOfMatMuls(count: number, elements: number): Segment[] {
  const indices = Array.from({ length: count }, (_, index) => index);
  const nodes = indices.map((index) => {
    const content = concat(text(1, `x${index}`), text(1, `w${index}`), text(2, `x${index + 1}`), text(4, 'MatMul'));
    return concat(tag(1, 2), varint(content.length), content);
  });
  const weights = indices.flatMap((index) =>
    sparseMessage(
      5,
      concat(number(1, elements), number(2, 1), text(8, `w${index}`)),
      ...sparseMessage(9, { zeros: elements * 4 }),
    ),
  );
  return [bytes(0x08, 0x08), ...sparseMessage(7, ...nodes, ...weights), opset(17)];
}
