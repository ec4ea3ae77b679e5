/**
 * TensorProto.DataType of ONNX 1.20, under which the reader's numbers have their names. onnx-proto's own table ends
 * at BFLOAT16.
 */
export const DataType = {
  UNDEFINED: 0,
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  STRING: 8,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  UINT32: 12,
  UINT64: 13,
  COMPLEX64: 14,
  COMPLEX128: 15,
  BFLOAT16: 16,
  FLOAT8E4M3FN: 17,
  FLOAT8E4M3FNUZ: 18,
  FLOAT8E5M2: 19,
  FLOAT8E5M2FNUZ: 20,
  UINT4: 21,
  INT4: 22,
  FLOAT4E2M1: 23,
  FLOAT8E8M0: 24,
  UINT2: 25,
  INT2: 26,
} as const;

export type DataTypeName = keyof typeof DataType;

const names = new Map<number, DataTypeName>(
  (Object.entries(DataType) as [DataTypeName, number][]).map(([name, number]) => [number, name]),
);

const bits = new Map<number, number>([
  [DataType.FLOAT, 32],
  [DataType.UINT8, 8],
  [DataType.INT8, 8],
  [DataType.UINT16, 16],
  [DataType.INT16, 16],
  [DataType.INT32, 32],
  [DataType.INT64, 64],
  [DataType.BOOL, 8],
  [DataType.FLOAT16, 16],
  [DataType.DOUBLE, 64],
  [DataType.UINT32, 32],
  [DataType.UINT64, 64],
  [DataType.COMPLEX64, 64],
  [DataType.COMPLEX128, 128],
  [DataType.BFLOAT16, 16],
  [DataType.FLOAT8E4M3FN, 8],
  [DataType.FLOAT8E4M3FNUZ, 8],
  [DataType.FLOAT8E5M2, 8],
  [DataType.FLOAT8E5M2FNUZ, 8],
  [DataType.UINT4, 4],
  [DataType.INT4, 4],
  [DataType.FLOAT4E2M1, 4],
  [DataType.FLOAT8E8M0, 8],
  [DataType.UINT2, 2],
  [DataType.INT2, 2],
]);

const floats = new Set<number>([
  DataType.FLOAT,
  DataType.FLOAT16,
  DataType.DOUBLE,
  DataType.BFLOAT16,
  DataType.FLOAT8E4M3FN,
  DataType.FLOAT8E4M3FNUZ,
  DataType.FLOAT8E5M2,
  DataType.FLOAT8E5M2FNUZ,
  DataType.FLOAT4E2M1,
  DataType.FLOAT8E8M0,
]);

const quantised = new Set<number>([
  DataType.UINT8,
  DataType.INT8,
  DataType.FLOAT8E4M3FN,
  DataType.FLOAT8E4M3FNUZ,
  DataType.FLOAT8E5M2,
  DataType.FLOAT8E5M2FNUZ,
  DataType.UINT4,
  DataType.INT4,
  DataType.FLOAT4E2M1,
  DataType.UINT2,
  DataType.INT2,
]);

/** The name of a TensorProto.DataType number, e.g. `FLOAT16`; `type 99` for one that a later ONNX added. */
export function dataTypeName(dataType: number): string {
  return names.get(dataType) ?? `type ${dataType}`;
}

/** Bits that one element takes in raw_data; null for strings and types not known here. */
export function elementBits(dataType: number): number | null {
  return bits.get(dataType) ?? null;
}

/** Real floating-point types of any width. */
export function isFloat(dataType: number): boolean {
  return floats.has(dataType);
}

/** Types that quantised weights are stored in, at most eight bits wide. */
export function isQuantised(dataType: number): boolean {
  return quantised.has(dataType);
}
