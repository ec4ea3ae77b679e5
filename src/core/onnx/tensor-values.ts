import type { onnx } from 'onnx-proto';
import { DataType, elementBits } from './data-types';
import { toNumber } from './numbers';

type FromRaw = (view: DataView, index: number) => number;

const fromRaw = new Map<number, FromRaw>([
  [DataType.FLOAT, (view, index) => view.getFloat32(index * 4, true)],
  [DataType.UINT8, (view, index) => view.getUint8(index)],
  [DataType.INT8, (view, index) => view.getInt8(index)],
  [DataType.UINT16, (view, index) => view.getUint16(index * 2, true)],
  [DataType.INT16, (view, index) => view.getInt16(index * 2, true)],
  [DataType.INT32, (view, index) => view.getInt32(index * 4, true)],
  [DataType.INT64, (view, index) => Number(view.getBigInt64(index * 8, true))],
  [DataType.BOOL, (view, index) => (view.getUint8(index) === 0 ? 0 : 1)],
  [DataType.FLOAT16, (view, index) => halfToNumber(view.getUint16(index * 2, true))],
  [DataType.DOUBLE, (view, index) => view.getFloat64(index * 8, true)],
  [DataType.UINT32, (view, index) => view.getUint32(index * 4, true)],
  [DataType.UINT64, (view, index) => Number(view.getBigUint64(index * 8, true))],
  [DataType.BFLOAT16, (view, index) => bfloat16ToNumber(view.getUint16(index * 2, true))],
  [DataType.FLOAT8E4M3FN, (view, index) => smallFloat(view.getUint8(index), 4, 3, 7, 'nan-at-all-ones')],
  [DataType.FLOAT8E4M3FNUZ, (view, index) => smallFloat(view.getUint8(index), 4, 3, 8, 'nan-at-minus-zero')],
  [DataType.FLOAT8E5M2, (view, index) => smallFloat(view.getUint8(index), 5, 2, 15, 'ieee')],
  [DataType.FLOAT8E5M2FNUZ, (view, index) => smallFloat(view.getUint8(index), 5, 2, 16, 'nan-at-minus-zero')],
  [DataType.FLOAT8E8M0, (view, index) => (view.getUint8(index) === 255 ? NaN : 2 ** (view.getUint8(index) - 127))],
  [DataType.UINT4, (view, index) => packed(view, index, 4)],
  [DataType.INT4, (view, index) => signed(packed(view, index, 4), 4)],
  [DataType.FLOAT4E2M1, (view, index) => smallFloat(packed(view, index, 4), 2, 1, 1, 'finite')],
  [DataType.UINT2, (view, index) => packed(view, index, 2)],
  [DataType.INT2, (view, index) => signed(packed(view, index, 2), 2)],
]);

/**
 * Values of a tensor from raw_data or the bytes of an external file, which are little-endian and, below eight bits,
 * packed from the lowest bits up. Null for strings, complex and unknown types, and where bytes are missing.
 */
export function valuesFromBytes(bytes: Uint8Array, dataType: number, elements: number): number[] | null {
  const read = fromRaw.get(dataType);
  const bits = elementBits(dataType);
  if (read === undefined || bits === null || bytes.length * 8 < elements * bits) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: elements }, (_, index) => read(view, index));
}

/** Values of a tensor from its typed fields (float_data, int32_data, ...); null where there are not enough. */
export function valuesFromFields(proto: onnx.TensorProto, elements: number): number[] | null {
  const dataType = proto.dataType;
  switch (dataType) {
    case DataType.FLOAT:
      return complete(proto.floatData, elements);
    case DataType.DOUBLE:
      return complete(proto.doubleData, elements);
    case DataType.INT64:
      return complete(proto.int64Data.map(toNumber), elements);
    case DataType.UINT64:
    case DataType.UINT32:
      return complete(proto.uint64Data.map(toNumber), elements);
    case DataType.INT32:
      return complete(proto.int32Data, elements);
    default:
      return valuesFromInt32Data(proto.int32Data, dataType, elements);
  }
}

/** int32_data holds the bits of one element of 8 or 16 bits, or of one byte of smaller elements, in each number. */
function valuesFromInt32Data(data: readonly number[], dataType: number, elements: number): number[] | null {
  const bits = elementBits(dataType);
  if (bits === null || bits > 16) return null;
  const width = Math.max(bits, 8) / 8;
  const bytes = new Uint8Array(data.length * width);
  const view = new DataView(bytes.buffer);
  data.forEach((value, index) => {
    if (width === 1) view.setUint8(index, value & 0xff);
    else view.setUint16(index * 2, value & 0xffff, true);
  });
  return valuesFromBytes(bytes, dataType, elements);
}

function complete(values: number[], elements: number): number[] | null {
  return values.length === elements ? values : null;
}

function packed(view: DataView, index: number, bits: number): number {
  const perByte = 8 / bits;
  const byte = view.getUint8(Math.floor(index / perByte));
  return (byte >> ((index % perByte) * bits)) & ((1 << bits) - 1);
}

function signed(value: number, bits: number): number {
  return value >= 1 << (bits - 1) ? value - (1 << bits) : value;
}

function halfToNumber(half: number): number {
  return smallFloat(half, 5, 10, 15, 'ieee');
}

function bfloat16ToNumber(value: number): number {
  return smallFloat(value, 8, 7, 127, 'ieee');
}

type Specials = 'ieee' | 'nan-at-all-ones' | 'nan-at-minus-zero' | 'finite';

/** A floating-point number of at most 16 bits, by the widths of its parts and the way it spells NaN and infinity. */
function smallFloat(
  code: number,
  exponentBits: number,
  mantissaBits: number,
  bias: number,
  specials: Specials,
): number {
  const signBit = 1 << (exponentBits + mantissaBits);
  const sign = (code & signBit) === 0 ? 1 : -1;
  const maxExponent = (1 << exponentBits) - 1;
  const exponent = (code >> mantissaBits) & maxExponent;
  const mantissa = code & ((1 << mantissaBits) - 1);
  if (specials === 'nan-at-minus-zero' && code === signBit) return NaN;
  if (specials === 'nan-at-all-ones' && (code & (signBit - 1)) === signBit - 1) return NaN;
  if (specials === 'ieee' && exponent === maxExponent) return mantissa === 0 ? sign * Infinity : NaN;
  const scale = 2 ** -mantissaBits;
  if (exponent === 0) return sign * mantissa * scale * 2 ** (1 - bias);
  return sign * (1 + mantissa * scale) * 2 ** (exponent - bias);
}
