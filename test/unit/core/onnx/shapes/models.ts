import { readFileSync } from 'node:fs';
import { memorySource } from '../../../../../src/core/onnx/byte-source';
import { DataType } from '../../../../../src/core/onnx/data-types';
import type { Attribute, Dimension, Graph, Model, Node, Tensor } from '../../../../../src/core/onnx/model';
import { readModel } from '../../../../../src/core/onnx/read';
import { type ShapeOptions, type ShapeResult, inferShapes } from '../../../../../src/core/onnx/shapes/infer';
import type { Failure } from '../../../../../src/core/result';

/** Models for tests: fixtures from disk, and small ones written out. */

export const fixtures = new URL('../../../../fixtures/', import.meta.url);

export async function readFixture(file: string): Promise<Model> {
  return readBytes(readFileSync(new URL(`exported/${file}`, fixtures)));
}

export async function readBytes(bytes: Uint8Array): Promise<Model> {
  const result = await readModel(memorySource(new Uint8Array(bytes)));
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

/** Inference that must succeed. */
export function infer(model: Model, options?: ShapeOptions): ShapeResult {
  const result = inferShapes(model, options);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

/** Inference that must be refused. */
export function refusal(model: Model, options?: ShapeOptions): Failure {
  const result = inferShapes(model, options);
  if (result.ok) throw new Error('shapes were inferred');
  return result.error;
}

type PlainAttribute = number | string | readonly number[] | Graph;

/** `['Conv', ['x', 'w'], ['y'], { strides: [2, 2] }]` */
export type PlainNode = readonly [
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes?: Readonly<Record<string, PlainAttribute>>,
];

export interface PlainGraph {
  /** Float inputs. */
  readonly inputs?: Readonly<Record<string, readonly Dimension[] | null>>;
  readonly outputs?: readonly string[];
  readonly nodes: readonly PlainNode[];
  /** Float tensors by their dims, or int64 vectors by their elements under `int64`. */
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  readonly int64?: Readonly<Record<string, readonly number[]>>;
  readonly floats?: Readonly<Record<string, readonly number[]>>;
}

export function model(plain: PlainGraph, opset = 13): Model {
  return {
    irVersion: 8,
    producer: { name: '', version: '' },
    opsets: new Map([
      ['', opset],
      ['com.microsoft', 1],
    ]),
    graph: graph(plain),
    externalFiles: [],
    warnings: [],
  };
}

export function graph(plain: PlainGraph): Graph {
  const initializers = new Map<string, Tensor>();
  for (const [name, dims] of Object.entries(plain.weights ?? {})) initializers.set(name, tensor(name, dims, null));
  for (const [name, values] of Object.entries(plain.int64 ?? {})) {
    initializers.set(name, tensor(name, [values.length], values, DataType.INT64));
  }
  for (const [name, values] of Object.entries(plain.floats ?? {})) {
    initializers.set(name, tensor(name, [values.length], values));
  }
  const last = plain.nodes.at(-1);
  return {
    name: 'graph',
    inputs: Object.entries(plain.inputs ?? {}).map(([name, shape]) => ({ name, dataType: DataType.FLOAT, shape })),
    outputs: (plain.outputs ?? last?.[2] ?? []).map((name) => ({ name, dataType: 0, shape: null })),
    nodes: plain.nodes.map(node),
    initializers,
    valueInfos: new Map(),
  };
}

function node([opType, inputs, outputs, attributes = {}]: PlainNode): Node {
  const [domain, name] = opType.includes('.') ? split(opType) : ['', opType];
  return {
    name: '',
    opType: name,
    domain,
    inputs,
    outputs,
    attributes: new Map(Object.entries(attributes).map(([key, value]) => [key, attribute(value)])),
  };
}

function split(opType: string): [string, string] {
  const at = opType.lastIndexOf('.');
  return [opType.slice(0, at), opType.slice(at + 1)];
}

/** Whole numbers are ints: a test that needs a float attribute uses a fraction. */
function attribute(value: PlainAttribute): Attribute {
  if (typeof value === 'number') return Number.isInteger(value) ? { kind: 'int', value } : { kind: 'float', value };
  if (typeof value === 'string') return { kind: 'string', value };
  if (isList(value)) {
    return value.every(Number.isInteger) ? { kind: 'ints', values: value } : { kind: 'floats', values: value };
  }
  return { kind: 'graph', value };
}

function isList(value: readonly number[] | Graph): value is readonly number[] {
  return Array.isArray(value);
}

function tensor(
  name: string,
  dims: readonly number[],
  values: readonly number[] | null,
  dataType: number = DataType.FLOAT,
): Tensor {
  const elements = dims.reduce((a, b) => a * b, 1);
  return {
    name,
    dims,
    elements,
    dataType,
    payload: { kind: 'absent' },
    values,
    sparse: false,
    storedElements: elements,
  };
}
