import { t } from '../language';
import { onnx } from 'onnx-proto';
import type { DecodedNode } from './decode';
import type { Attribute, Dimension, Graph, Node, Tensor, ValueInfo } from './model';
import { toNumber } from './numbers';
import type { WireNumber } from './numbers';
import { ReadFailure } from './read-failure';
import { noteOf } from './side-table';
import type { SideTable } from './side-table';
import { toSparseTensor, toTensor } from './tensors';

/** What a conversion needs and gathers on its way through graphs and functions. */
export interface Conversion {
  readonly notes: SideTable;
  readonly maxInlineElements: number;
  /** Tensors whose content is in another file, in the order met. */
  readonly externalTensors: Tensor[];
  readonly warnings: string[];
  /** Attributes that several nodes share, by their keys. */
  readonly attributes: Map<string, Attributes>;
  /** Nodes that name an overload or refer to attributes of the function they are in. */
  readonly calls: Map<Node, CallDetails>;
}

export interface CallDetails {
  readonly overload: string;
  /** Attribute name to the name of the enclosing function's attribute that gives its value. */
  readonly references: ReadonlyMap<string, string>;
}

const { AttributeType } = onnx.AttributeProto;
const utf8 = new TextDecoder();

/**
 * A graph and its sub-graphs, function calls not yet replaced. Throws `ReadFailure` (invalid-graph).
 *
 * @param nodes of the graph, each looked at once
 * @param tensors its initializers, likewise
 */
export function toGraph(
  proto: onnx.IGraphProto,
  conversion: Conversion,
  nodes?: Iterable<DecodedNode>,
  tensors: Iterable<onnx.ITensorProto> = proto.initializer ?? [],
): Graph {
  const stored = new Map<string, Tensor>();
  const add = (tensor: Tensor): void => {
    if (stored.has(tensor.name)) {
      conversion.warnings.push(t('The model has two initializers named "{0}"; the last one counts.', tensor.name));
    }
    stored.set(tensor.name, tensor);
  };
  for (const tensor of tensors) add(denseTensor(tensor, conversion));
  for (const tensor of proto.sparseInitializer ?? []) add(sparseTensor(tensor, conversion));
  // Branches hold none as a rule, and may be many.
  const initializers = stored.size === 0 ? noInitializers : stored;
  return {
    name: proto.name ?? '',
    inputs: (proto.input ?? []).map(toValueInfo).filter((input) => !initializers.has(input.name)),
    outputs: (proto.output ?? []).map(toValueInfo),
    nodes:
      nodes === undefined
        ? toNodes(proto.node ?? [], conversion)
        : Array.from(nodes, (node) => toNode(node, conversion)),
    initializers,
    valueInfos: toValueInfos(proto.valueInfo ?? []),
  };
}

const noInitializers: Graph['initializers'] = new Map();

/** Converts decoded messages and lets go of each, as they take several times the memory of what is made of them. */
export function toNodes(protos: onnx.INodeProto[], conversion: Conversion): Node[] {
  return protos.map((message, index) => {
    protos[index] = noMessage;
    return toNode({ message, attributesKey: null }, conversion);
  });
}

const noMessage: onnx.INodeProto = {};

function toNode({ message: proto, attributesKey }: DecodedNode, conversion: Conversion): Node {
  const name = proto.name ?? '';
  const opType = proto.opType ?? '';
  if (opType === '') {
    const outputs = (proto.output ?? []).join(', ');
    throw new ReadFailure(
      'invalid-graph',
      t('The node "{0}" (giving {1}) has no operator.', name, outputs || t('nothing')),
    );
  }
  const shared = attributesKey === null ? undefined : conversion.attributes.get(attributesKey);
  const { attributes, references } = shared ?? toAttributes(proto.attribute ?? [], conversion);
  if (attributesKey !== null && shared === undefined)
    conversion.attributes.set(attributesKey, { attributes, references });
  const node: Node = {
    name,
    opType,
    domain: toDomain(proto.domain),
    // Copies, as lists that grow while they are decoded keep room for more.
    inputs: (proto.input ?? []).slice(),
    outputs: (proto.output ?? []).slice(),
    attributes,
  };
  const overload = noteOf(conversion.notes, proto.docString ?? '').overload ?? '';
  if (overload !== '' || references.size > 0) conversion.calls.set(node, { overload, references });
  return node;
}

interface Attributes {
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly references: CallDetails['references'];
}

const noAttributes: Attributes = { attributes: new Map(), references: new Map() };

function toAttributes(protos: readonly onnx.IAttributeProto[], conversion: Conversion): Attributes {
  if (protos.length === 0) return noAttributes;
  const [attributes, references] = [new Map<string, Attribute>(), new Map<string, string>()];
  for (const attribute of protos as readonly onnx.AttributeProto[]) {
    if (attribute.refAttrName !== '') references.set(attribute.name, attribute.refAttrName);
    else attributes.set(attribute.name, toAttribute(attribute, conversion));
  }
  return { attributes, references };
}

/** The default operator domain has two spellings, `ai.onnx` and nothing. */
export function toDomain(domain: string | null | undefined): string {
  return domain === 'ai.onnx' ? '' : (domain ?? '');
}

export function toAttribute(proto: onnx.AttributeProto, conversion: Conversion): Attribute {
  const omitted = noteOf(conversion.notes, proto.docString).omittedElements;
  if (omitted !== undefined) return { kind: 'other', elements: omitted };
  switch (proto.type || inferredType(proto)) {
    case AttributeType.FLOAT:
      return { kind: 'float', value: proto.f };
    case AttributeType.INT:
      return { kind: 'int', value: toNumber(proto.i) };
    case AttributeType.STRING:
      return { kind: 'string', value: utf8.decode(Uint8Array.from(proto.s)) };
    case AttributeType.TENSOR:
      return proto.t ? { kind: 'tensor', value: denseTensor(proto.t, conversion) } : { kind: 'other' };
    case AttributeType.GRAPH:
      return proto.g ? { kind: 'graph', value: toGraph(proto.g, conversion) } : { kind: 'other' };
    case AttributeType.FLOATS:
      return { kind: 'floats', values: proto.floats };
    case AttributeType.INTS:
      return { kind: 'ints', values: proto.ints.map(toNumber) };
    case AttributeType.STRINGS:
      return { kind: 'strings', values: proto.strings.map((bytes) => utf8.decode(Uint8Array.from(bytes))) };
    case AttributeType.TENSORS:
      return { kind: 'tensors', values: proto.tensors.map((tensor) => denseTensor(tensor, conversion)) };
    case AttributeType.GRAPHS:
      return { kind: 'graphs', values: proto.graphs.map((graph) => toGraph(graph, conversion)) };
    case AttributeType.SPARSE_TENSOR:
      return proto.sparseTensor
        ? { kind: 'tensor', value: sparseTensor(proto.sparseTensor, conversion) }
        : { kind: 'other' };
    case AttributeType.SPARSE_TENSORS:
      return { kind: 'tensors', values: proto.sparseTensors.map((tensor) => sparseTensor(tensor, conversion)) };
    default:
      return { kind: 'other' };
  }
}

/** Files of IR version 1 and 2 may leave the type out; then exactly one field says what the attribute is. */
function inferredType(proto: onnx.AttributeProto): onnx.AttributeProto.AttributeType {
  if (Object.hasOwn(proto, 'f')) return AttributeType.FLOAT;
  if (Object.hasOwn(proto, 'i')) return AttributeType.INT;
  if (Object.hasOwn(proto, 's')) return AttributeType.STRING;
  if (proto.t) return AttributeType.TENSOR;
  if (proto.g) return AttributeType.GRAPH;
  if (proto.sparseTensor) return AttributeType.SPARSE_TENSOR;
  if (proto.floats.length > 0) return AttributeType.FLOATS;
  if (proto.ints.length > 0) return AttributeType.INTS;
  if (proto.strings.length > 0) return AttributeType.STRINGS;
  if (proto.tensors.length > 0) return AttributeType.TENSORS;
  if (proto.graphs.length > 0) return AttributeType.GRAPHS;
  if (proto.sparseTensors.length > 0) return AttributeType.SPARSE_TENSORS;
  return AttributeType.UNDEFINED;
}

function denseTensor(proto: onnx.ITensorProto, conversion: Conversion): Tensor {
  const tensor = toTensor(proto as onnx.TensorProto, conversion.notes, conversion.maxInlineElements);
  return noteExternal(tensor, conversion);
}

function sparseTensor(proto: onnx.ISparseTensorProto, conversion: Conversion): Tensor {
  const tensor = toSparseTensor(proto as onnx.SparseTensorProto, conversion.notes, conversion.maxInlineElements);
  return noteExternal(tensor, conversion);
}

function noteExternal(tensor: Tensor, conversion: Conversion): Tensor {
  if (tensor.payload.kind === 'external') conversion.externalTensors.push(tensor);
  return tensor;
}

function toValueInfos(protos: readonly onnx.IValueInfoProto[]): ReadonlyMap<string, ValueInfo> {
  return protos.length === 0 ? noValueInfos : new Map(protos.map((info) => [info.name ?? '', toValueInfo(info)]));
}

const noValueInfos: ReadonlyMap<string, ValueInfo> = new Map();

function toValueInfo(proto: onnx.IValueInfoProto): ValueInfo {
  const tensorType = proto.type?.tensorType ?? proto.type?.sparseTensorType;
  return {
    name: proto.name ?? '',
    dataType: tensorType?.elemType ?? 0,
    shape: tensorType?.shape ? (tensorType.shape.dim ?? []).map(toDimension) : null,
  };
}

/** Negative sizes, which some exporters write for dimensions they leave open, are unknown. */
function toDimension(proto: onnx.TensorShapeProto.IDimension): Dimension {
  if (proto.dimParam) return proto.dimParam;
  if (!Object.hasOwn(proto, 'dimValue')) return null;
  const size = toNumber(proto.dimValue as WireNumber);
  return size >= 0 && Number.isSafeInteger(size) ? size : null;
}
