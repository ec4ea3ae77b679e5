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

/** Bits of the types whose names do not say how wide they are. */
const unnamedBits = new Map<DataTypeName, number>([
  ['FLOAT', 32],
  ['BOOL', 8],
  ['DOUBLE', 64],
]);

const bits = new Map(
  [...names].flatMap(([number, name]) => {
    const width = unnamedBits.get(name) ?? Number(/\d+/.exec(name)?.[0] ?? 0);
    return width === 0 ? [] : [[number, width] as const];
  }),
);

const floats = new Set([...names].flatMap(([number, name]) => (/FLOAT|DOUBLE/.test(name) ? [number] : [])));

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
  const isOther = dataType === DataType.BOOL || dataType === DataType.FLOAT8E8M0;
  return (elementBits(dataType) ?? Infinity) <= 8 && !isOther;
}
