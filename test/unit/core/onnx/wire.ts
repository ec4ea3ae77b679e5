/** Builds ONNX files byte by byte, so that tests can also write what no exporter would. */

export type Bytes = Uint8Array;

export function concat(...parts: readonly Bytes[]): Bytes {
  return joined(parts);
}

/** Parts of any number. */
export function joined(parts: readonly Bytes[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function bytes(...values: readonly number[]): Bytes {
  return Uint8Array.from(values);
}

export function varint(value: number | bigint): Bytes {
  let rest = BigInt.asUintN(64, BigInt(value));
  const out: number[] = [];
  do {
    out.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(out);
}

export function tag(field: number, wire: number): Bytes {
  return varint(field * 8 + wire);
}

export function number(field: number, value: number | bigint): Bytes {
  return concat(tag(field, 0), varint(value));
}

export function float(field: number, value: number): Bytes {
  return concat(tag(field, 5), new Uint8Array(Float32Array.of(value).buffer));
}

export function message(field: number, ...parts: readonly Bytes[]): Bytes {
  const content = concat(...parts);
  return concat(tag(field, 2), varint(content.length), content);
}

export function text(field: number, value: string): Bytes {
  return message(field, new TextEncoder().encode(value));
}

/** Any typed array as the little-endian bytes of raw_data. */
export function raw(values: ArrayBufferView): Bytes {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Fields of a TensorProto. */
export function tensor(name: string, dims: readonly number[], dataType: number, ...content: readonly Bytes[]): Bytes {
  return concat(...dims.map((dim) => number(1, dim)), number(2, dataType), text(8, name), ...content);
}

export function rawData(values: ArrayBufferView): Bytes {
  return message(9, raw(values));
}

export function externalData(entries: Readonly<Record<string, string>>): Bytes {
  const pairs = Object.entries(entries).map(([key, value]) => message(13, text(1, key), text(2, value)));
  return concat(...pairs, number(14, 1));
}

/** Fields of an AttributeProto. */
export const attribute = {
  int: (name: string, value: number) => concat(text(1, name), number(3, value), number(20, 2)),
  float: (name: string, value: number) => concat(text(1, name), float(2, value), number(20, 1)),
  ints: (name: string, values: readonly number[]) =>
    concat(text(1, name), ...values.map((value) => number(8, value)), number(20, 7)),
  tensor: (name: string, value: Bytes) => concat(text(1, name), message(5, value), number(20, 4)),
  graph: (name: string, value: Bytes) => concat(text(1, name), message(6, value), number(20, 5)),
  reference: (name: string, to: string, type: number) => concat(text(1, name), text(21, to), number(20, type)),
};

interface NodeOptions {
  readonly attributes?: readonly Bytes[];
  readonly domain?: string;
  readonly overload?: string;
}

/** Field 1 of a GraphProto; `node(...)` of a function is field 7. */
export function node(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  options: NodeOptions = {},
  field = 1,
): Bytes {
  return message(
    field,
    joined(inputs.map((input) => text(1, input))),
    joined(outputs.map((output) => text(2, output))),
    text(4, opType),
    ...(options.attributes ?? []).map((content) => message(5, content)),
    ...(options.domain === undefined ? [] : [text(7, options.domain)]),
    ...(options.overload === undefined ? [] : [text(8, options.overload)]),
  );
}

/** A ValueInfoProto of type FLOAT. */
export function value(field: number, name: string, dims: readonly (number | string)[]): Bytes {
  const shape = dims.map((dim) => message(1, typeof dim === 'number' ? number(1, dim) : text(2, dim)));
  return message(field, text(1, name), message(2, message(1, number(1, 1), message(2, ...shape))));
}

export function initializer(content: Bytes): Bytes {
  return message(5, content);
}

export function opset(version: number, domain = '', field = 8): Bytes {
  return message(field, text(1, domain), number(2, version));
}

interface FunctionOptions {
  readonly name: string;
  readonly domain?: string;
  readonly overload?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: readonly string[];
  readonly defaults?: readonly Bytes[];
  /** Built with `node(..., 7)`. */
  readonly nodes: readonly Bytes[];
  readonly opsets?: readonly Bytes[];
}

/** A FunctionProto in a model. */
export function localFunction(options: FunctionOptions): Bytes {
  return message(
    25,
    text(1, options.name),
    ...options.inputs.map((input) => text(4, input)),
    ...options.outputs.map((output) => text(5, output)),
    ...(options.attributes ?? []).map((name) => text(6, name)),
    ...options.nodes,
    ...(options.opsets ?? [opset(17, '', 9)]),
    text(10, options.domain ?? 'local'),
    ...(options.defaults ?? []).map((content) => message(11, content)),
    ...(options.overload === undefined ? [] : [text(13, options.overload)]),
  );
}

/** A ModelProto of IR version 8 and opset 17 around the fields of its graph. */
export function model(graphFields: readonly Bytes[], ...more: readonly Bytes[]): Bytes {
  return concat(number(1, 8), text(2, 'test'), message(7, text(2, 'g'), joined(graphFields)), opset(17), ...more);
}
