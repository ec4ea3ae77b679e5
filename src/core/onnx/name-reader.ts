import { Reader } from 'protobufjs/minimal';

/** Longer ones are read anew each time: they are seldom repeated. */
const maxInternedBytes = 200;

/** Names whose hashes are equal, which nobody's are by chance; further ones are read anew. */
const maxAlike = 8;

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The names of one model, each as one string: it is written where a value is made and wherever the value is read, and maps
 * find a string that they hold without comparing its characters.
 */
export class NameTable {
  readonly #byHash = new Map<number, string[]>();

  /** The name whose bytes, in UTF-8, lie between two offsets. */
  read(bytes: Uint8Array, start: number, end: number): string {
    if (start === end) return '';
    // FNV-1a, 32 bits.
    let hash = 0x811c9dc5;
    for (let index = start; index < end; index++) hash = Math.imul(hash ^ bytes[index]!, 0x01000193);
    // As a small integer.
    hash >>>= 2;
    const alike = this.#byHash.get(hash);
    if (alike !== undefined) for (const name of alike) if (isSame(name, bytes, start, end)) return name;
    const name = utf8.decode(bytes.subarray(start, end));
    // Others than ASCII would have to be decoded to be compared.
    if (name.length !== end - start) return name;
    if (alike === undefined) this.#byHash.set(hash, [name]);
    else if (alike.length < maxAlike) alike.push(name);
    return name;
  }
}

/** Reads protobuf messages with names from a table. */
export class NameReader extends Reader {
  constructor(
    bytes: Uint8Array,
    private readonly names: NameTable,
  ) {
    super(bytes);
  }

  override string(): string {
    const start = this.pos;
    const length = this.uint32();
    if (length > maxInternedBytes || this.pos + length > this.len) {
      this.pos = start;
      return super.string();
    }
    this.pos += length;
    return this.names.read(this.buf, this.pos - length, this.pos);
  }
}

function isSame(name: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let index = start; index < end; index++) if (name.charCodeAt(index - start) !== bytes[index]) return false;
  return true;
}
