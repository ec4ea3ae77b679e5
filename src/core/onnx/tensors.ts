import { t } from '../language';
import type { onnx } from 'onnx-proto';
import { dataTypeName, elementBits } from './data-types';
import type { Payload, Tensor } from './model';
import { toNumber } from './numbers';
import type { WireNumber } from './numbers';
import { ReadFailure } from './read-failure';
import { noteOf } from './side-table';
import type { Note, SideTable } from './side-table';
import { valuesFromBytes, valuesFromFields } from './tensor-values';

const EXTERNAL = 1;

/**
 * A dense tensor. Throws `ReadFailure` (invalid-graph) where dims are impossible, where raw_data is not as long as dims
 * and type demand, and where an external tensor does not say which file it is in.
 */
export function toTensor(proto: onnx.TensorProto, notes: SideTable, maxInlineElements: number): Tensor {
  const note = noteOf(notes, proto.docString);
  const dims = toDims(proto.dims, proto.name);
  const elements = product(dims, proto.name);
  const external = (proto.dataLocation as number) === EXTERNAL;
  const payload = external ? externalPayload(proto) : inlinePayload(note);
  if (!external) checkRawLength(proto, note, elements, dims);
  const readable = payload.kind === 'inline' && note.payloadOmitted !== true && elements <= maxInlineElements;
  return {
    name: proto.name,
    dims,
    elements,
    dataType: proto.dataType,
    payload,
    values: readable ? toValues(proto, note, elements) : elements === 0 ? [] : null,
    sparse: false,
    storedElements: elements,
  };
}

/** A sparse tensor under the name of its values, with its dense dims. Throws like `toTensor`. */
export function toSparseTensor(proto: onnx.SparseTensorProto, notes: SideTable, maxInlineElements: number): Tensor {
  const stored = proto.values ? toTensor(proto.values as onnx.TensorProto, notes, maxInlineElements) : null;
  if (stored === null) throw new ReadFailure('invalid-graph', t('A sparse tensor of the model has no values.'));
  const dims = toDims(proto.dims, stored.name);
  return {
    ...stored,
    dims,
    elements: product(dims, stored.name),
    values: null,
    sparse: true,
    storedElements: stored.elements,
  };
}

function toDims(protoDims: readonly WireNumber[], name: string): number[] {
  const dims = protoDims.map(toNumber);
  const bad = dims.find((dim) => dim < 0 || !Number.isSafeInteger(dim));
  if (bad !== undefined) {
    throw new ReadFailure(
      'invalid-graph',
      t('Tensor "{0}" has a dimension of {1}, which no tensor can have.', name, bad),
    );
  }
  return dims;
}

function product(dims: readonly number[], name: string): number {
  if (dims.includes(0)) return 0;
  let elements = 1;
  for (const dim of dims) {
    elements *= dim;
    if (!Number.isSafeInteger(elements)) {
      throw new ReadFailure(
        'invalid-graph',
        t('Tensor "{0}" ({1}) has more elements than can exist.', name, dims.join('x')),
      );
    }
  }
  return elements;
}

function inlinePayload(note: Note): Payload {
  return note.payload === undefined || note.payload.bytes === 0
    ? { kind: 'absent' }
    : { kind: 'inline', ...note.payload };
}

function externalPayload(proto: onnx.TensorProto): Payload {
  const entries = new Map(proto.externalData.map((entry) => [entry.key ?? '', entry.value ?? '']));
  const location = entries.get('location') ?? '';
  if (location === '') {
    throw new ReadFailure(
      'invalid-graph',
      t('Tensor "{0}" is in another file, but does not say in which.', proto.name),
    );
  }
  return {
    kind: 'external',
    location,
    offset: byteCount(entries.get('offset'), proto.name) ?? 0,
    bytes: byteCount(entries.get('length'), proto.name),
  };
}

function byteCount(text: string | undefined, name: string): number | null {
  if (text === undefined || text === '') return null;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value)) {
    throw new ReadFailure(
      'invalid-graph',
      t('Tensor "{0}" is in another file, at the impossible place "{1}".', name, text),
    );
  }
  return value;
}

/** Stripped tensors (no bytes at all) pass: their dims are all that is needed. */
function checkRawLength(proto: onnx.TensorProto, note: Note, elements: number, dims: readonly number[]): void {
  const bits = elementBits(proto.dataType);
  if (!note.rawBytes || bits === null) return;
  const expected = Math.ceil((elements * bits) / 8);
  if (note.rawBytes === expected) return;
  throw new ReadFailure(
    'invalid-graph',
    t(
      'Tensor "{0}" should hold {1} bytes ({2} {3}) but holds {4}. Export the model again.',
      proto.name,
      expected,
      dims.join('x') || 'scalar',
      dataTypeName(proto.dataType),
      note.rawBytes,
    ),
    note.payload?.offset,
  );
}

function toValues(proto: onnx.TensorProto, note: Note, elements: number): number[] | null {
  return note.rawBytes ? valuesFromBytes(proto.rawData, proto.dataType, elements) : valuesFromFields(proto, elements);
}
