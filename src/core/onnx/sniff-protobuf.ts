import { t } from '../language';
import type { ByteSource } from './byte-source';

/** A field at the top of a protobuf message, with the first bytes of its content. */
interface TopField {
  readonly number: number;
  readonly wire: number;
  /** The number, or the length of the content. */
  readonly value: number;
  readonly content: Uint8Array;
}

const MAX_FIELDS = 16;
const PEEK_BYTES = 256;
const utf8 = new TextDecoder();

/** What a protobuf file without an ONNX graph is, and what to do, as sentences; null where nothing shows. */
export async function describeProtobuf(source: ByteSource): Promise<string | null> {
  const fields = await topFields(source);
  const first = fields[0];
  if (first === undefined) return null;
  if (isTensor(fields)) return t('This is a single ONNX tensor (a TensorProto, as test data has), not a model.');
  if (isSavedModel(fields)) {
    return t('This is a TensorFlow SavedModel. Convert its folder to ONNX with tf2onnx and open that file.');
  }
  if (isCoreMl(fields)) return t('This is a Core ML model. Open the ONNX file or the original that it was made from.');
  if (first.number === 1 && first.wire === 2) {
    if (isTensorFlowNode(first.content)) {
      return t('This is a frozen TensorFlow graph. Convert it to ONNX with tf2onnx and open that file.');
    }
    if (isPaddleBlock(first.content)) {
      return t('This is a PaddlePaddle model. Convert it to ONNX with paddle2onnx and open that file.');
    }
    if (fields.some((field) => field.number === 100 && field.wire === 2)) {
      return t('This is a Caffe model. Convert it to ONNX and open that file.');
    }
  }
  return null;
}

/** TensorProto: its field 2 is a number (the data type), where a ModelProto has the producer's name. */
function isTensor(fields: readonly TopField[]): boolean {
  const type = fields.find((field) => field.number === 2);
  const content = fields.some((field) => field.wire === 2 && [4, 5, 6, 7, 8, 9, 10, 11].includes(field.number));
  return (
    type?.wire === 0 && type.value >= 1 && type.value <= 64 && content && fields.every(({ number }) => number <= 16)
  );
}

/** SavedModel: a schema version of 1, then MetaGraphDefs, each beginning with its own MetaInfoDef. */
function isSavedModel(fields: readonly TopField[]): boolean {
  const [version, ...graphs] = fields;
  if (version?.number !== 1 || version.wire !== 0 || version.value !== 1 || graphs.length === 0) return false;
  return graphs.every(({ number, wire, content }) => number === 2 && wire === 2 && content[0] === 0x0a);
}

/** Core ML's Model: version, description, and the kind of network in a field from 200 on. */
function isCoreMl(fields: readonly TopField[]): boolean {
  const [version, description] = fields;
  return (
    version?.number === 1 &&
    version.wire === 0 &&
    description?.number === 2 &&
    description.wire === 2 &&
    fields.some(({ number, wire }) => number >= 200 && number <= 3000 && wire === 2)
  );
}

/** NodeDef: its name, then the name of its operator. */
function isTensorFlowNode(content: Uint8Array): boolean {
  const name = readText(content, 0, 0x0a);
  const operator = name === null ? null : readText(content, name.end, 0x12);
  return operator !== null && /^[A-Z_][A-Za-z0-9_>]*$/.test(operator.text);
}

/** BlockDesc: index 0, then the index of its parent, -1. */
function isPaddleBlock(content: Uint8Array): boolean {
  return [0x08, 0x00, 0x10, 0xff, 0xff].every((byte, index) => content[index] === byte);
}

function readText(bytes: Uint8Array, at: number, tag: number): { text: string; end: number } | null {
  const length = bytes[at + 1];
  if (bytes[at] !== tag || length === undefined || length >= 0x80) return null;
  const end = at + 2 + length;
  return end > bytes.length ? null : { text: utf8.decode(bytes.subarray(at + 2, end)), end };
}

async function topFields(source: ByteSource): Promise<TopField[]> {
  const fields: TopField[] = [];
  let at = 0;
  while (at < source.size && fields.length < MAX_FIELDS) {
    const bytes = await source.read(at, Math.min(PEEK_BYTES, source.size - at));
    const tag = varint(bytes, 0);
    const wire = tag === null ? -1 : tag.value % 8;
    if (tag === null || tag.value < 8 || (wire !== 0 && wire !== 1 && wire !== 2 && wire !== 5)) return fields;
    const number = Math.floor(tag.value / 8);
    if (wire === 1 || wire === 5) {
      fields.push({ number, wire, value: 0, content: new Uint8Array(0) });
      at += tag.end + (wire === 1 ? 8 : 4);
      continue;
    }
    const value = varint(bytes, tag.end);
    if (value === null) return fields;
    fields.push({ number, wire, value: value.value, content: bytes.subarray(value.end) });
    at += value.end + (wire === 2 ? value.value : 0);
  }
  return fields;
}

function varint(bytes: Uint8Array, start: number): { value: number; end: number } | null {
  let value = 0;
  for (let index = 0; index < 10; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 128 ** index;
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  return null;
}
