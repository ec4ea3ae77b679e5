/** So many bytes are copied one by one. */
const maxCopiedSingly = 48;

/** A growing run of bytes in protobuf's wire format, with lengths filled in after their content. */
export class ByteWriter {
  #bytes: Uint8Array;
  length = 0;

  constructor(expectedBytes = 4096) {
    this.#bytes = new Uint8Array(expectedBytes);
  }

  #grow(extra: number): void {
    const needed = this.length + extra;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.length));
    this.#bytes = grown;
  }

  append(bytes: Uint8Array): void {
    this.#grow(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Appends bytes of a longer run. Names are short and many: a view of each would cost more than to copy it. */
  appendPart(bytes: Uint8Array, from: number, length: number): void {
    if (length > maxCopiedSingly) return this.append(bytes.subarray(from, from + length));
    this.#grow(length);
    for (let index = from; index < from + length; index++) this.#bytes[this.length++] = bytes[index]!;
  }

  /** An unsigned number below 2^32 as a varint. */
  varint(value: number): void {
    this.#grow(5);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.length++] = rest;
  }

  /** A whole number as a text of its decimal digits, with the length before it. */
  digits(value: number): void {
    const text = String(value);
    this.varint(text.length);
    this.#grow(text.length);
    for (let index = 0; index < text.length; index++) this.#bytes[this.length++] = text.charCodeAt(index);
  }

  /** Leaves room for a length; `endLength` fills it in. */
  beginLength(): number {
    this.#grow(4);
    this.length += 4;
    return this.length;
  }

  /** Writes what followed `beginLength` as a varint padded to four bytes, which decoders accept. */
  endLength(contentStart: number): void {
    const size = this.length - contentStart;
    this.#bytes[contentStart - 4] = (size & 0x7f) | 0x80;
    this.#bytes[contentStart - 3] = ((size >>> 7) & 0x7f) | 0x80;
    this.#bytes[contentStart - 2] = ((size >>> 14) & 0x7f) | 0x80;
    this.#bytes[contentStart - 1] = (size >>> 21) & 0x7f;
  }

  /** Takes everything from `start` on out of the run again. */
  cut(start: number): Uint8Array {
    const taken = this.#bytes.slice(start, this.length);
    this.length = start;
    return taken;
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }
}
