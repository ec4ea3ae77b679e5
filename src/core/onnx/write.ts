import { t } from '../language';
import { onnx } from 'onnx-proto';
import { graphsOf } from './attributes';
import { ByteWriter } from './byte-writer';
import { DataType } from './data-types';
import { halfOfNumber } from './half';
import type { Attribute, Dimension, Graph, Model, Node, Tensor, ValueInfo } from './model';

/** A run of bytes of a model file, or a tensor whose content belongs there as raw_data. */
export type Piece = Uint8Array | Tensor;

/** A protobuf message, and with it an ONNX file without external data, has less than 2 GiB. */
export const maxModelBytes = 2 ** 31 - 1;

/**
 * The bytes of a model as an ONNX file, in order, with tensors in place of their content. Tensors with values and
 * without a payload are written whole; of all others, `contentBytes` says how long their content is, 0 for one that is
 * to be left without.
 *
 * Throws for attributes whose value the model does not hold (`unwritable` names them).
 */
export function encodeModel(model: Model, contentBytes: (tensor: Tensor) => number): readonly Piece[] {
  const graph = graphPieces(model.graph, contentBytes);
  const file = new Pieces();
  file.add(
    onnx.ModelProto.encode({
      irVersion: model.irVersion,
      producerName: model.producer.name,
      producerVersion: model.producer.version,
      opsetImport: [...model.opsets].map(([domain, version]) => ({ domain, version })),
    }).finish(),
  );
  file.addMessage(fields.modelGraph, graph);
  return file.list;
}

/** Bytes that pieces amount to. */
export function piecesLength(pieces: readonly Piece[], contentBytes: (tensor: Tensor) => number): number {
  return pieces.reduce((sum, piece) => sum + (piece instanceof Uint8Array ? piece.length : contentBytes(piece)), 0);
}

/** What of a model cannot be written since the reader did not keep it, in words; null where all of it can. */
export function unwritable(graph: Graph): string | null {
  for (const tensor of graph.initializers.values()) if (tensor.sparse) return t('sparse tensors');
  for (const node of graph.nodes) {
    for (const [name, attribute] of node.attributes) {
      if (attribute.kind === 'other') return t('the attribute {0} of {1}', name, node.opType);
      if (tensorsOf(attribute).some(({ sparse }) => sparse)) return t('sparse tensors');
      for (const inner of graphsOf(attribute)) {
        const what = unwritable(inner);
        if (what !== null) return what;
      }
    }
  }
  return null;
}

function tensorsOf(attribute: Attribute): readonly Tensor[] {
  if (attribute.kind === 'tensor') return [attribute.value];
  return attribute.kind === 'tensors' ? attribute.values : [];
}

/** Field numbers of onnx.proto whose length is written before their content. */
const fields = {
  modelGraph: 7,
  graphNode: 1,
  graphInitializer: 5,
  nodeAttribute: 5,
  attributeTensor: 5,
  attributeGraph: 6,
  attributeTensors: 10,
  attributeGraphs: 11,
  tensorRawData: 9,
} as const;

const delimited = 2;

/** Pieces of one message and their length. */
class Pieces {
  readonly list: Piece[] = [];
  length = 0;

  add(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.list.push(bytes);
    this.length += bytes.length;
  }

  addHead(field: number, length: number): void {
    const writer = new ByteWriter(16);
    writer.varint(field * 8 + delimited);
    writer.varint(length);
    this.add(writer.bytes());
  }

  addMessage(field: number, message: Pieces): void {
    this.addHead(field, message.length);
    for (const piece of message.list) this.list.push(piece);
    this.length += message.length;
  }

  addContent(tensor: Tensor, bytes: number): void {
    this.addHead(fields.tensorRawData, bytes);
    this.list.push(tensor);
    this.length += bytes;
  }
}

/** A GraphProto with its initializers last; repeated fields may follow a message's other fields. */
function graphPieces(graph: Graph, contentBytes: (tensor: Tensor) => number): Pieces {
  const pieces = new Pieces();
  const nodes = graph.nodes.map((node) => ({ proto: nodeProto(node), large: largeAttributes(node) }));
  const rest = {
    name: graph.name,
    input: graph.inputs.map(valueInfoProto),
    output: graph.outputs.map(valueInfoProto),
    valueInfo: [...graph.valueInfos.values()].filter(({ dataType }) => dataType !== 0).map(valueInfoProto),
  };
  if (nodes.every(({ large }) => large.length === 0)) {
    pieces.add(onnx.GraphProto.encode({ ...rest, node: nodes.map(({ proto }) => proto) }).finish());
  } else {
    for (const { proto, large } of nodes) {
      const message = new Pieces();
      message.add(onnx.NodeProto.encode(proto).finish());
      for (const [name, attribute] of large) {
        message.addMessage(fields.nodeAttribute, attributePieces(name, attribute, contentBytes));
      }
      pieces.addMessage(fields.graphNode, message);
    }
    pieces.add(onnx.GraphProto.encode(rest).finish());
  }
  for (const tensor of graph.initializers.values()) {
    pieces.addMessage(fields.graphInitializer, tensorPieces(tensor, contentBytes));
  }
  return pieces;
}

/** Attributes with graphs, or with tensors whose content is elsewhere. */
function largeAttributes(node: Node): readonly (readonly [string, Attribute])[] {
  return [...node.attributes].filter(([, attribute]) => isLarge(attribute));
}

function isLarge(attribute: Attribute): boolean {
  return graphsOf(attribute).length > 0 || tensorsOf(attribute).some((tensor) => !isMade(tensor));
}

/** A tensor that was made here: its content is its values. */
export function isMade({ payload, values }: Tensor): boolean {
  return payload.kind === 'absent' && values !== null;
}

function attributePieces(name: string, attribute: Attribute, contentBytes: (tensor: Tensor) => number): Pieces {
  const pieces = new Pieces();
  const isList = attribute.kind === 'graphs' || attribute.kind === 'tensors';
  const graphs = graphsOf(attribute);
  const kind = graphs.length > 0 ? (isList ? 'GRAPHS' : 'GRAPH') : isList ? 'TENSORS' : 'TENSOR';
  pieces.add(onnx.AttributeProto.encode({ name, type: AttributeType[kind] }).finish());
  for (const graph of graphs) {
    pieces.addMessage(isList ? fields.attributeGraphs : fields.attributeGraph, graphPieces(graph, contentBytes));
  }
  for (const tensor of tensorsOf(attribute)) {
    pieces.addMessage(isList ? fields.attributeTensors : fields.attributeTensor, tensorPieces(tensor, contentBytes));
  }
  return pieces;
}

function tensorPieces(tensor: Tensor, contentBytes: (tensor: Tensor) => number): Pieces {
  const pieces = new Pieces();
  pieces.add(onnx.TensorProto.encode(isMade(tensor) ? madeTensor(tensor) : tensorHead(tensor)).finish());
  const bytes = isMade(tensor) ? 0 : contentBytes(tensor);
  if (bytes > 0) pieces.addContent(tensor, bytes);
  return pieces;
}

function tensorHead({ name, dims, dataType }: Tensor): onnx.ITensorProto {
  return { name, dims: [...dims], dataType };
}

function madeTensor(tensor: Tensor): onnx.ITensorProto {
  const values = [...(tensor.values ?? [])];
  switch (tensor.dataType) {
    case DataType.INT64:
      return { ...tensorHead(tensor), int64Data: values.map(int64) };
    case DataType.FLOAT:
      return { ...tensorHead(tensor), floatData: values };
    case DataType.DOUBLE:
      return { ...tensorHead(tensor), doubleData: values };
    case DataType.FLOAT16:
      return { ...tensorHead(tensor), int32Data: values.map((value) => halfOfNumber(value)) };
    default:
      return { ...tensorHead(tensor), int32Data: values };
  }
}

function nodeProto(node: Node): onnx.INodeProto {
  return {
    name: node.name,
    opType: node.opType,
    ...(node.domain === '' ? {} : { domain: node.domain }),
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: [...node.attributes]
      .filter(([, attribute]) => !isLarge(attribute))
      .map(([name, attribute]) => ({ name, ...attributeProto(attribute) })),
  };
}

const { AttributeType } = onnx.AttributeProto;
const utf8 = new TextEncoder();

function attributeProto(attribute: Attribute): onnx.IAttributeProto {
  switch (attribute.kind) {
    case 'int':
      return { type: AttributeType.INT, i: int64(attribute.value) };
    case 'ints':
      return { type: AttributeType.INTS, ints: attribute.values.map(int64) };
    case 'float':
      return { type: AttributeType.FLOAT, f: attribute.value };
    case 'floats':
      return { type: AttributeType.FLOATS, floats: [...attribute.values] };
    case 'string':
      return { type: AttributeType.STRING, s: utf8.encode(attribute.value) };
    case 'strings':
      return { type: AttributeType.STRINGS, strings: attribute.values.map((value) => utf8.encode(value)) };
    case 'tensor':
      return { type: AttributeType.TENSOR, t: madeTensor(attribute.value) };
    case 'tensors':
      return { type: AttributeType.TENSORS, tensors: attribute.values.map(madeTensor) };
    case 'graph':
    case 'graphs':
    case 'other':
      throw new Error(`An attribute of kind ${attribute.kind} cannot be written here.`);
  }
}

type WireInteger = NonNullable<onnx.IAttributeProto['i']>;

/** The largest 64-bit integer, which `Slice` takes for "to the end", is no double: it reads as 2^63. */
function int64(value: number): WireInteger {
  return value < 2 ** 63 ? value : ({ low: -1, high: 0x7fffffff, unsigned: false } as WireInteger);
}

function valueInfoProto({ name, dataType, shape }: ValueInfo): onnx.IValueInfoProto {
  if (dataType === DataType.UNDEFINED) return { name };
  const tensorType = { elemType: dataType, ...(shape === null ? {} : { shape: { dim: shape.map(dimensionProto) } }) };
  return { name, type: { tensorType } };
}

function dimensionProto(size: Dimension): onnx.TensorShapeProto.IDimension {
  if (size === null) return {};
  return typeof size === 'number' ? { dimValue: size } : { dimParam: size };
}
