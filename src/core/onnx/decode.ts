import { onnx } from 'onnx-proto';
import { Reader } from 'protobufjs/minimal';
import { t } from '../language';
import { DELIMITED, GRAPH_INITIALIZER, GRAPH_NODE, MODEL_GRAPH } from './wire-schema';
import { ReadFailure } from './read-failure';

/** A model's messages. Nodes and initializers, which are most of a model, are decoded when they are asked for. */
export interface DecodedModel {
  /** Without its graph. */
  readonly model: onnx.ModelProto;
  /** Without its nodes and initializers; null where the model holds none. */
  readonly graph: onnx.GraphProto | null;
  readonly nodes: Iterable<onnx.NodeProto>;
  readonly initializers: Iterable<onnx.TensorProto>;
}

/**
 * Decodes what the walk has kept, one node and one initializer at a time: decoded messages take several times the memory of
 * what is made of them. Throws `ReadFailure` (malformed), also while nodes and initializers are asked for.
 */
export function decodeModel(bytes: Uint8Array): DecodedModel {
  return strictly(() => {
    const { parts, rest } = split(bytes, 0, bytes.length, [MODEL_GRAPH]);
    const [whole] = parts.get(MODEL_GRAPH) ?? [];
    const model = onnx.ModelProto.decode(rest);
    if (whole === undefined) return { model, graph: null, nodes: [], initializers: [] };
    const inside = split(bytes, whole.start, whole.end, [GRAPH_NODE, GRAPH_INITIALIZER]);
    const reader = Reader.create(bytes);
    return {
      model,
      graph: onnx.GraphProto.decode(inside.rest),
      nodes: decoding(reader, inside.parts.get(GRAPH_NODE) ?? [], onnx.NodeProto),
      initializers: decoding(reader, inside.parts.get(GRAPH_INITIALIZER) ?? [], onnx.TensorProto),
    };
  });
}

interface Part {
  readonly start: number;
  readonly end: number;
}

/** Where the messages of some fields are between two offsets, and all other fields. */
function split(
  bytes: Uint8Array,
  from: number,
  to: number,
  fields: readonly number[],
): { readonly parts: ReadonlyMap<number, readonly Part[]>; readonly rest: Uint8Array } {
  const parts = new Map<number, Part[]>(fields.map((field) => [field, []]));
  const others: Uint8Array[] = [];
  const reader = Reader.create(bytes);
  let kept = from;
  for (reader.pos = from; reader.pos < to; ) {
    const start = reader.pos;
    const tag = reader.uint32();
    const found = tag % 8 === DELIMITED ? parts.get(tag >>> 3) : undefined;
    if (found === undefined) {
      reader.skipType(tag % 8);
      continue;
    }
    const length = reader.uint32();
    found.push({ start: reader.pos, end: reader.pos + length });
    if (start > kept) others.push(bytes.subarray(kept, start));
    reader.pos += length;
    kept = reader.pos;
  }
  if (to > kept) others.push(bytes.subarray(kept, to));
  return { parts, rest: joined(others) };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function* decoding<T>(
  reader: Reader,
  parts: readonly Part[],
  message: { decode(reader: Reader, length: number): T },
): Generator<T> {
  for (const { start, end } of parts) {
    reader.pos = start;
    yield strictly(() => message.decode(reader, end - start));
  }
}

/** The walk has checked all that onnx-proto relies on; a throw here is a field it reads more strictly. */
function strictly<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ReadFailure('malformed', t('The file is damaged: {0}. Copy, download or export it again.', reason));
  }
}
