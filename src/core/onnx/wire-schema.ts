/** Wire types of protobuf that carry a value. */
export const VARINT = 0;
export const FIXED64 = 1;
export const DELIMITED = 2;
export const FIXED32 = 5;

/** Numbers of fields. */
export const MODEL_IR_VERSION = 1;
export const MODEL_GRAPH = 7;
export const GRAPH_NODE = 1;
export const GRAPH_INITIALIZER = 5;
export const NODE_ATTRIBUTE = 5;

export type NumberWire = typeof VARINT | typeof FIXED64 | typeof FIXED32;

/** What the walk does with a field. A field without a rule is skipped, whatever it holds. */
export type FieldRule =
  /** A message that is walked; `detached` ones go into the side table, since onnx-proto does not know the field. */
  | { readonly kind: 'message'; readonly of: MessageRule; readonly many: boolean; readonly detached?: boolean }
  /** A name: kept whole. */
  | { readonly kind: 'text' }
  /** A function's or a call's overload: goes into the side table, since onnx-proto does not know the field. */
  | { readonly kind: 'overload' }
  /** A string value: kept up to a length. */
  | { readonly kind: 'value' }
  | { readonly kind: 'number'; readonly wire: NumberWire }
  /** Repeated numbers, packed or not; `dims` are kept whole, lists up to a length. */
  | { readonly kind: 'list'; readonly wire: NumberWire; readonly dims: boolean }
  /** A tensor's content: kept where it is small; its place is noted in the side table. */
  | { readonly kind: 'payload'; readonly wire: NumberWire | typeof DELIMITED; readonly raw: boolean };

export interface MessageRule {
  readonly name: string;
  readonly fields: ReadonlyMap<number, FieldRule>;
  /** Field of the doc_string, which carries the ordinal into the side table; 0 where nothing is ever noted. */
  readonly noteField: number;
  /** Takes about a kilobyte of memory even when it is empty, so it counts against limits of its own; null for the rest. */
  readonly heavy: 'node' | 'tensor' | 'graph' | null;
}

const text: FieldRule = { kind: 'text' };
const value: FieldRule = { kind: 'value' };
const overload: FieldRule = { kind: 'overload' };
const integer: FieldRule = { kind: 'number', wire: VARINT };
const dims: FieldRule = { kind: 'list', wire: VARINT, dims: true };

function one(of: MessageRule): FieldRule {
  return { kind: 'message', of, many: false };
}

function many(of: MessageRule): FieldRule {
  return { kind: 'message', of, many: true };
}

function payload(wire: NumberWire | typeof DELIMITED, raw = false): FieldRule {
  return { kind: 'payload', wire, raw };
}

const heavyMessages = new Map<string, MessageRule['heavy']>([
  ['NodeProto', 'node'],
  ['TensorProto', 'tensor'],
  ['GraphProto', 'graph'],
  ['FunctionProto', 'graph'],
]);

function message(name: string, fields: Record<number, FieldRule>, noteField = 0): MessageRule {
  return {
    name,
    noteField,
    heavy: heavyMessages.get(name) ?? null,
    fields: new Map(Object.entries(fields).map(([number, rule]) => [Number(number), rule])),
  };
}

const entry = message('StringStringEntryProto', { 1: text, 2: text });
const dimension = message('TensorShapeProto.Dimension', { 1: integer, 2: text });
const shape = message('TensorShapeProto', { 1: many(dimension) });
const tensorType = message('TypeProto.Tensor', { 1: integer, 2: one(shape) });
const type = message('TypeProto', { 1: one(tensorType), 8: one(tensorType) });
const valueInfo = message('ValueInfoProto', { 1: text, 2: one(type) });
const operatorSet = message('OperatorSetIdProto', { 1: text, 2: integer });

const tensor = message(
  'TensorProto',
  {
    1: dims,
    2: integer,
    4: payload(FIXED32),
    5: payload(VARINT),
    6: payload(DELIMITED),
    7: payload(VARINT),
    8: text,
    9: payload(DELIMITED, true),
    10: payload(FIXED64),
    11: payload(VARINT),
    13: many(entry),
    14: integer,
  },
  12,
);
const sparseTensor = message('SparseTensorProto', { 1: one(tensor), 2: one(tensor), 3: dims });

// Attributes hold graphs, whose nodes hold attributes: the two rules need each other before both exist.
const attributeFields = new Map<number, FieldRule>();
const attribute: MessageRule = { name: 'AttributeProto', fields: attributeFields, noteField: 13, heavy: null };
const node = message(
  'NodeProto',
  { 1: text, 2: text, 3: text, 4: text, [NODE_ATTRIBUTE]: many(attribute), 7: text, 8: overload },
  6,
);
const graph = message('GraphProto', {
  [GRAPH_NODE]: many(node),
  2: text,
  [GRAPH_INITIALIZER]: many(tensor),
  11: many(valueInfo),
  12: many(valueInfo),
  13: many(valueInfo),
  15: many(sparseTensor),
});
const attributeRules: Record<number, FieldRule> = {
  1: text,
  2: { kind: 'number', wire: FIXED32 },
  3: integer,
  4: value,
  5: one(tensor),
  6: one(graph),
  7: { kind: 'list', wire: FIXED32, dims: false },
  8: { kind: 'list', wire: VARINT, dims: false },
  9: value,
  10: many(tensor),
  11: many(graph),
  20: integer,
  21: text,
  22: one(sparseTensor),
  23: many(sparseTensor),
};
for (const [number, rule] of Object.entries(attributeRules)) attributeFields.set(Number(number), rule);

const functionRule = message(
  'FunctionProto',
  {
    1: text,
    4: text,
    5: text,
    6: text,
    7: many(node),
    9: many(operatorSet),
    10: text,
    11: { kind: 'message', of: attribute, many: true, detached: true },
    13: overload,
  },
  8,
);

/**
 * What is kept of a ModelProto (onnx.proto of ONNX 1.20, IR version 13), by field number. Left out are doc_string,
 * metadata_props, quantization annotations, training_info, device configurations, types other than tensors, and
 * every field that a later ONNX may add.
 */
export const modelRule: MessageRule = message('ModelProto', {
  1: integer,
  2: text,
  3: text,
  7: one(graph),
  8: many(operatorSet),
  25: many(functionRule),
});
