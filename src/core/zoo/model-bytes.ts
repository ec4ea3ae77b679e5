import { onnx } from 'onnx-proto';
import { ByteWriter } from '../onnx/byte-writer';
import { DataType } from '../onnx/data-types';
import type { Attribute, Dimension, Model, Node, Tensor, ValueInfo } from '../onnx/model';
import type { Fill } from './graph-builder';
import { fillRandomly } from './random-weights';

/** A model of the zoo: its structure, and how each of its tensors is to be filled. */
export interface FillableModel {
  readonly model: Model;
  readonly fills: ReadonlyMap<string, Fill>;
}

/** Weights are FP32. */
export const bytesPerWeight = 4;

/** A protobuf message, and with it an ONNX file without external data, has less than 2 GiB; 16 MiB are for structure. */
export const maxWeightBytes = 2 ** 31 - 2 ** 24;

/**
 * The bytes of an ONNX file, in pieces of a megabyte at most, so that a model of any size needs hardly any memory.
 * Equal seeds give equal bytes. Each yielded piece is overwritten by the next one: write or copy it first.
 *
 * @param seed starts the random weights; null leaves all weights out, as a description of the structure alone
 */
export function* modelChunks({ model, fills }: FillableModel, seed: number | null): Generator<Uint8Array, void> {
  const tensors = [...model.graph.initializers.values()].map((tensor) => tensorHead(tensor, seed !== null));
  const graph = encodeGraph(model);
  const graphBytes = tensors.reduce((sum, tensor) => sum + tensor.head.length + tensor.payloadBytes, graph.length);
  yield encodeModelHead(model, graphBytes);
  yield graph;
  for (const [index, { tensor, head, payloadBytes }] of tensors.entries()) {
    yield head;
    const fill = fills.get(tensor.name);
    if (payloadBytes === 0 || seed === null || fill === undefined) continue;
    yield* payloadChunks(tensor.elements, fill, seed + index);
  }
}

const floatsPerChunk = 2 ** 18;

function* payloadChunks(elements: number, fill: Fill, seed: number): Generator<Uint8Array, void> {
  const floats = new Float32Array(Math.min(elements, floatsPerChunk));
  let state = seed;
  for (let done = 0; done < elements; done += floats.length) {
    const part = floats.subarray(0, Math.min(floats.length, elements - done));
    state = fillRandomly(part, fill, state);
    yield new Uint8Array(part.buffer, 0, part.byteLength);
  }
}

/** ModelProto up to and with the length of its graph, whose content follows. */
function encodeModelHead(model: Model, graphBytes: number): Uint8Array {
  const writer = new ByteWriter();
  writer.append(
    onnx.ModelProto.encode({
      irVersion: model.irVersion,
      producerName: model.producer.name,
      producerVersion: model.producer.version,
      opsetImport: [...model.opsets].map(([domain, version]) => ({ domain, version })),
    }).finish(),
  );
  beginDelimited(writer, fields.modelGraph, graphBytes);
  return writer.bytes();
}

/** GraphProto without its initializers; repeated fields may follow a message's other fields. */
function encodeGraph({ graph }: Model): Uint8Array {
  return onnx.GraphProto.encode({
    name: graph.name,
    input: graph.inputs.map(valueInfoProto),
    output: graph.outputs.map(valueInfoProto),
    node: graph.nodes.map(nodeProto),
  }).finish();
}

interface TensorHead {
  readonly tensor: Tensor;
  /** Everything before the payload, from the tag in GraphProto on. */
  readonly head: Uint8Array;
  readonly payloadBytes: number;
}

function tensorHead(tensor: Tensor, withPayload: boolean): TensorHead {
  const payloadBytes = withPayload ? tensor.elements * bytesPerWeight : 0;
  const content = new ByteWriter();
  content.append(onnx.TensorProto.encode(tensorProto(tensor)).finish());
  if (payloadBytes > 0) beginDelimited(content, fields.tensorRawData, payloadBytes);
  const writer = new ByteWriter();
  beginDelimited(writer, fields.graphInitializer, content.length + payloadBytes);
  writer.append(content.bytes());
  return { tensor, head: writer.bytes(), payloadBytes };
}

/** Field numbers of onnx.proto whose length is written before their content. */
const fields = { modelGraph: 7, graphInitializer: 5, tensorRawData: 9 } as const;

function beginDelimited(writer: ByteWriter, field: number, length: number): void {
  const lengthDelimited = 2;
  writer.varint(field * 8 + lengthDelimited);
  writer.varint(length);
}

function nodeProto(node: Node): onnx.INodeProto {
  return {
    name: node.name,
    opType: node.opType,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: [...node.attributes].map(([name, attribute]) => ({ name, ...attributeProto(attribute) })),
  };
}

const { AttributeType } = onnx.AttributeProto;

function attributeProto(attribute: Attribute): onnx.IAttributeProto {
  switch (attribute.kind) {
    case 'int':
      return { type: AttributeType.INT, i: attribute.value };
    case 'ints':
      return { type: AttributeType.INTS, ints: [...attribute.values] };
    case 'float':
      return { type: AttributeType.FLOAT, f: attribute.value };
    case 'tensor':
      return { type: AttributeType.TENSOR, t: constantProto(attribute.value) };
    default:
      throw new Error(`The zoo has no layer with an attribute of kind ${attribute.kind}.`);
  }
}

function constantProto(tensor: Tensor): onnx.ITensorProto {
  const values = tensor.values ?? [];
  const content = tensor.dataType === DataType.INT64 ? { int64Data: [...values] } : { floatData: [...values] };
  return { ...tensorProto(tensor), ...content };
}

function tensorProto({ name, dims, dataType }: Tensor): onnx.ITensorProto {
  return { name, dims: [...dims], dataType };
}

function valueInfoProto({ name, dataType, shape }: ValueInfo): onnx.IValueInfoProto {
  const dim = (shape ?? []).map((size: Dimension) => ({ dimValue: size as number }));
  return { name, type: { tensorType: { elemType: dataType, shape: { dim } } } };
}
