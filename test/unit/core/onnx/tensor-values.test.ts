import { describe, expect, it } from 'vitest';
import { DataType, dataTypeName, elementBits, isFloat, isQuantised } from '../../../../src/core/onnx/data-types';
import { onlyTensor, read } from './reading';
import { bytes, concat, float, initializer, message, model, number, raw, tag, tensor, varint } from './wire';

async function valuesOf(dataType: number, count: number, ...content: Uint8Array[]): Promise<readonly number[] | null> {
  const file = model([initializer(tensor('t', [count], dataType, ...content))]);
  return onlyTensor((await read(file)).graph).values;
}

describe('values in raw_data', () => {
  it.each<[keyof typeof DataType, Uint8Array, number[]]>([
    ['FLOAT', raw(Float32Array.of(1.5, -2)), [1.5, -2]],
    ['DOUBLE', raw(Float64Array.of(0.1)), [0.1]],
    ['INT8', bytes(0xff, 0x7f), [-1, 127]],
    ['UINT8', bytes(0xff, 0x7f), [255, 127]],
    ['INT16', bytes(0xfe, 0xff), [-2]],
    ['UINT16', bytes(0xfe, 0xff), [65534]],
    ['INT32', raw(Int32Array.of(-7)), [-7]],
    ['UINT32', raw(Uint32Array.of(4294967295)), [4294967295]],
    ['INT64', raw(BigInt64Array.of(-1n, 2n ** 40n)), [-1, 2 ** 40]],
    ['UINT64', raw(BigUint64Array.of(2n ** 63n)), [2 ** 63]],
    ['BOOL', bytes(0, 1, 2), [0, 1, 1]],
    // 1, -2, the largest, the smallest subnormal, infinity
    ['FLOAT16', bytes(0, 0x3c, 0, 0xc0, 0xff, 0x7b, 1, 0, 0, 0x7c), [1, -2, 65504, 2 ** -24, Infinity]],
    ['BFLOAT16', bytes(0x80, 0x3f, 0x49, 0xc0), [1, -3.140625]],
    ['FLOAT8E4M3FN', bytes(0x38, 0xc0, 0x7e, 0x01), [1, -2, 448, 2 ** -9]],
    ['FLOAT8E4M3FNUZ', bytes(0x40, 0x7f), [1, 240]],
    ['FLOAT8E5M2', bytes(0x3c, 0x7b, 0xfc), [1, 57344, -Infinity]],
    ['FLOAT8E5M2FNUZ', bytes(0x40, 0x7f), [1, 57344]],
    ['FLOAT8E8M0', bytes(127, 130), [1, 8]],
    ['UINT4', bytes(0x21, 0x0f), [1, 2, 15]],
    ['INT4', bytes(0x8f, 0x07), [-1, -8, 7]],
    ['FLOAT4E2M1', bytes(0x72, 0x0f), [1, 6, -6]],
    ['UINT2', bytes(0b11100100), [0, 1, 2, 3]],
    ['INT2', bytes(0b11100100), [0, 1, -2, -1]],
  ])('of %s', async (name, content, expected) => {
    expect(await valuesOf(DataType[name], expected.length, message(9, content))).toEqual(expected);
  });

  it('of NaN in every spelling', async () => {
    expect(await valuesOf(DataType.FLOAT8E4M3FN, 1, message(9, bytes(0x7f)))).toEqual([NaN]);
    expect(await valuesOf(DataType.FLOAT8E5M2FNUZ, 1, message(9, bytes(0x80)))).toEqual([NaN]);
    expect(await valuesOf(DataType.FLOAT16, 1, message(9, bytes(1, 0x7c)))).toEqual([NaN]);
    expect(await valuesOf(DataType.FLOAT8E8M0, 1, message(9, bytes(0xff)))).toEqual([NaN]);
  });
});

describe('values in typed fields', () => {
  it.each<[string, number, Uint8Array, number[]]>([
    ['packed floats', DataType.FLOAT, message(4, raw(Float32Array.of(1, 2))), [1, 2]],
    ['unpacked floats', DataType.FLOAT, concat(float(4, 1), float(4, 2)), [1, 2]],
    ['two runs of packed floats', DataType.FLOAT, concat(message(4, raw(Float32Array.of(1))), float(4, 2)), [1, 2]],
    ['packed doubles', DataType.DOUBLE, message(10, raw(Float64Array.of(1, 2))), [1, 2]],
    ['unpacked doubles', DataType.DOUBLE, concat(tag(10, 1), raw(Float64Array.of(3))), [3]],
    ['packed int64', DataType.INT64, message(7, varint(-5), varint(600)), [-5, 600]],
    ['unpacked int64', DataType.INT64, concat(number(7, -5), number(7, 600)), [-5, 600]],
    ['uint64', DataType.UINT64, number(11, 2n ** 63n), [2 ** 63]],
    ['uint32', DataType.UINT32, number(11, 4294967295), [4294967295]],
    ['int32', DataType.INT32, number(5, -3), [-3]],
    ['int8 in int32', DataType.INT8, number(5, -3), [-3]],
    ['bool in int32', DataType.BOOL, concat(number(5, 1), number(5, 0)), [1, 0]],
    ['float16 in int32', DataType.FLOAT16, number(5, 0x3c00), [1]],
    ['float8 in int32', DataType.FLOAT8E4M3FN, number(5, 0x38), [1]],
    ['two int4 in one int32', DataType.INT4, number(5, 0x8f), [-1, -8]],
  ])('as %s', async (_, dataType, content, expected) => {
    expect(await valuesOf(dataType, expected.length, content)).toEqual(expected);
  });

  it('are null when there are not as many as dims say', async () => {
    expect(await valuesOf(DataType.FLOAT, 3, message(4, raw(Float32Array.of(1, 2))))).toBeNull();
    expect(await valuesOf(DataType.INT8, 3, number(5, 1))).toBeNull();
  });
});

describe('values of larger tensors', () => {
  it('are kept up to 1024 elements, however they are stored', async () => {
    const doubles = (count: number): Uint8Array => message(9, raw(new Float64Array(count).fill(2)));
    expect(await valuesOf(DataType.DOUBLE, 1024, doubles(1024))).toHaveLength(1024);
    expect(await valuesOf(DataType.DOUBLE, 1025, doubles(1025))).toBeNull();
    const longest = (count: number): Uint8Array => message(7, ...Array.from({ length: count }, () => varint(-1)));
    expect(await valuesOf(DataType.INT64, 1024, longest(1024))).toHaveLength(1024);
    expect(await valuesOf(DataType.INT64, 1025, longest(1025))).toBeNull();
    const single = (count: number): Uint8Array => concat(...Array.from({ length: count }, () => float(4, 1)));
    expect(await valuesOf(DataType.FLOAT, 1024, single(1024))).toHaveLength(1024);
    expect(await valuesOf(DataType.FLOAT, 1025, single(1025))).toBeNull();
  });
});

describe('data types', () => {
  it('have names, widths and kinds', () => {
    expect(dataTypeName(10)).toBe('FLOAT16');
    expect(dataTypeName(99)).toBe('type 99');
    expect(elementBits(DataType.INT4)).toBe(4);
    expect(elementBits(DataType.STRING)).toBeNull();
    expect([isFloat(DataType.BFLOAT16), isFloat(DataType.INT8)]).toEqual([true, false]);
    expect([isQuantised(DataType.INT4), isQuantised(DataType.FLOAT)]).toEqual([true, false]);
  });
});
