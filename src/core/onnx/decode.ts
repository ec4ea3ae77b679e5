import { onnx } from 'onnx-proto';
import { Reader } from 'protobufjs/minimal';
import { t } from '../language';
import { DELIMITED, GRAPH_INITIALIZER, GRAPH_NODE, MODEL_GRAPH, NODE_ATTRIBUTE } from './wire-schema';
import { NameReader, NameTable } from './name-reader';
import { ReadFailure } from './read-failure';

/** A model's messages. Nodes and initializers, which are most of a model, are decoded when they are asked for. */
export interface DecodedModel {
  /** Without its graph. */
  readonly model: onnx.ModelProto;
  /** Without its nodes and initializers; null where the model holds none. */
  readonly graph: onnx.GraphProto | null;
  readonly nodes: Iterable<DecodedNode>;
  readonly initializers: Iterable<onnx.TensorProto>;
}

export interface DecodedNode {
  readonly message: onnx.INodeProto;
  /**
   * Nodes with one key have the same attributes, of which the message of the first one alone has any: most convolutions of a
   * network are alike. Null where attributes are the node's own.
   */
  readonly attributesKey: string | null;
}

/**
 * Decodes what the walk has kept, one node and one initializer at a time: decoded messages take several times the memory of
 * what is made of them. Throws `ReadFailure` (malformed), also while nodes and initializers are asked for.
 */
export function decodeModel(bytes: Uint8Array): DecodedModel {
  const names = new NameTable();
  return strictly(() => {
    const { parts, rest } = split(bytes, 0, bytes.length, [MODEL_GRAPH]);
    const [whole] = parts.get(MODEL_GRAPH) ?? [];
    const model = onnx.ModelProto.decode(new NameReader(rest, names));
    if (whole === undefined) return { model, graph: null, nodes: [], initializers: [] };
    const inside = split(bytes, whole.start, whole.end, [GRAPH_NODE, GRAPH_INITIALIZER]);
    return {
      model,
      graph: onnx.GraphProto.decode(new NameReader(inside.rest, names)),
      nodes: decodingNodes(bytes, names, inside.parts.get(GRAPH_NODE) ?? []),
      initializers: decodingTensors(bytes, names, inside.parts.get(GRAPH_INITIALIZER) ?? []),
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
  for (reader.pos = from; reader.pos < to;) {
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

function* decodingTensors(bytes: Uint8Array, names: NameTable, parts: readonly Part[]): Generator<onnx.TensorProto> {
  const reader = new NameReader(bytes, names);
  for (const { start, end } of parts) {
    reader.pos = start;
    yield strictly(() => onnx.TensorProto.decode(reader, end - start));
  }
}

/** Attributes of so many bytes, and so many different ones, may be those of several nodes. */
const maxSharedBytes = 400;
const maxShared = 2000;

/** Of which no two texts are the same bytes. */
const latin1 = new TextDecoder('latin1');

function* decodingNodes(bytes: Uint8Array, names: NameTable, parts: readonly Part[]): Generator<DecodedNode> {
  const reader = new NameReader(bytes, names);
  const seen = new Set<string>();
  const decode = (start: number, end: number): onnx.NodeProto => {
    reader.pos = start;
    return onnx.NodeProto.decode(reader, end - start);
  };
  const decodeNode = ({ start, end }: Part): DecodedNode => {
    const attributes = lastAttributes(reader, start, end);
    if (attributes === end || end - attributes > maxSharedBytes) {
      return { message: decode(start, end), attributesKey: null };
    }
    const key = latin1.decode(bytes.subarray(attributes, end));
    if (seen.has(key)) return { message: decode(start, attributes), attributesKey: key };
    const message = decode(start, end);
    if (seen.size >= maxShared || !message.attribute.every(isPlain)) return { message, attributesKey: null };
    seen.add(key);
    return { message, attributesKey: key };
  };
  for (const part of parts) yield strictly(() => decodeNode(part));
}

/** Where the attributes of a node begin that is nothing but attributes from there on; its end where there is no such place. */
function lastAttributes(reader: Reader, start: number, end: number): number {
  let from = end;
  for (reader.pos = start; reader.pos < end;) {
    const fieldStart = reader.pos;
    const tag = reader.uint32();
    if (tag >>> 3 !== NODE_ATTRIBUTE) from = end;
    else if (from === end) from = fieldStart;
    reader.skipType(tag % 8);
  }
  return from;
}

/** Whether an attribute is nothing but numbers and strings, all of them kept. */
function isPlain({
  t: tensor,
  g,
  tensors,
  graphs,
  sparseTensor,
  sparseTensors,
  docString,
}: onnx.IAttributeProto): boolean {
  const lists = [tensors, graphs, sparseTensors];
  return !tensor && !g && !sparseTensor && !docString && lists.every((list) => (list ?? []).length === 0);
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
