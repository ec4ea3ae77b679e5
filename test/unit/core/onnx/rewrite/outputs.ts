import { onnx } from 'onnx-proto';
import * as ort from 'onnxruntime-node';
import { rewritesFor, type RewriteBoard } from '../../../../../src/core/estimate/rewrites-for';
import { memorySource } from '../../../../../src/core/onnx/byte-source';
import { readModel } from '../../../../../src/core/onnx/read';
import type { RewrittenModel } from '../../../../../src/core/onnx/rewrite/rewrite-model';
import { rewrittenFile } from '../../../../../src/core/onnx/rewrite/rewritten-pieces';
import type { Result } from '../../../../../src/core/result';

/** onnxruntime is the truth: what a network computes before and after. */

type Feeds = Record<string, ort.Tensor>;
type Outputs = ort.InferenceSession.ReturnType;

/** Runs a model on its inputs, or on random ones; open dimensions are 1 in front and 64 behind. */
export async function run(bytes: Uint8Array, feeds?: Feeds): Promise<{ feeds: Feeds; outputs: Outputs }> {
  const session = await ort.InferenceSession.create(bytes, {
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 3,
    intraOpNumThreads: 2,
  });
  try {
    const given = feeds ?? randomFeeds(session);
    return { feeds: given, outputs: await session.run(given) };
  } finally {
    await session.release();
  }
}

function randomFeeds(session: ort.InferenceSession): Feeds {
  let state = 7;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 4 * (state / 2 ** 32) - 2;
  };
  return Object.fromEntries(
    session.inputMetadata.map((input) => {
      if (!input.isTensor) throw new Error(`${input.name} is no tensor.`);
      const dims = input.shape.map((size, axis) => (typeof size === 'number' && size > 0 ? size : axis === 0 ? 1 : 64));
      const elements = dims.reduce((product, size) => product * size, 1);
      if (input.type === 'int64') {
        return [input.name, new ort.Tensor('int64', new BigInt64Array(elements).fill(1n), dims)];
      }
      return [input.name, new ort.Tensor('float32', Float32Array.from({ length: elements }, random), dims)];
    }),
  );
}

export interface Rewritten {
  readonly bytes: Uint8Array;
  readonly rewritten: RewrittenModel;
  readonly clamped: number;
}

/** Rewrites a model for a board. */
export async function rewritten(bytes: Uint8Array, board: RewriteBoard): Promise<Rewritten> {
  const model = valueOf(await readModel(memorySource(bytes)));
  const structure = valueOf(rewritesFor(model, board));
  const file = valueOf(
    rewrittenFile(structure, { file: memorySource(bytes), openExternal: undefined, signal: undefined }),
  );
  const pieces: Uint8Array[] = [];
  for await (const piece of file.pieces) pieces.push(piece.slice());
  const written = new Uint8Array(Buffer.concat(pieces));
  if (written.length !== file.bytes) throw new Error(`${file.bytes} bytes were promised, ${written.length} came.`);
  return { bytes: written, rewritten: structure, clamped: file.clamped() };
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

/** Largest difference of any output, relative to that output's largest magnitude. Throws where shapes differ. */
export function largestDifference(one: Outputs, other: Outputs): number {
  return Math.max(
    ...Object.keys(one).map((name) => {
      const [a, b] = [one[name]!, other[name]!];
      if (a.type !== b.type || String(a.dims) !== String(b.dims)) {
        throw new Error(`${name} is ${b.type} ${b.dims.join('×')} instead of ${a.type} ${a.dims.join('×')}.`);
      }
      const [before, after] = [a.data as Float32Array, b.data as Float32Array];
      let magnitude = 0;
      let difference = 0;
      for (let index = 0; index < before.length; index++) {
        magnitude = Math.max(magnitude, Math.abs(Number(before[index])));
        difference = Math.max(difference, Math.abs(Number(before[index]) - Number(after[index])));
        if (Number.isNaN(Number(after[index])) && !Number.isNaN(Number(before[index]))) return Infinity;
      }
      return magnitude === 0 ? difference : difference / magnitude;
    }),
  );
}

/** Operators of a model's main graph, each once. */
export function operatorsOf(bytes: Uint8Array): ReadonlySet<string> {
  return new Set((onnx.ModelProto.decode(bytes).graph?.node ?? []).map(({ opType }) => opType ?? ''));
}

type Values = readonly number[];

export interface SmallModel {
  readonly opset: number;
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>;
  readonly outputs: readonly string[];
  readonly nodes: readonly onnx.INodeProto[];
  readonly weights?: Readonly<Record<string, onnx.ITensorProto>>;
}

const { DataType } = onnx.TensorProto;
const { AttributeType } = onnx.AttributeProto;

/** A model of FP32 inputs and outputs. */
export function smallModel({ opset, inputs, outputs, nodes, weights = {} }: SmallModel): Uint8Array {
  const shape = (dims: readonly (number | string)[]) => ({
    dim: dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size })),
  });
  const info = (name: string, dims?: readonly (number | string)[]) => ({
    name,
    type: { tensorType: { elemType: DataType.FLOAT, ...(dims ? { shape: shape(dims) } : {}) } },
  });
  return onnx.ModelProto.encode({
    irVersion: opset >= 23 ? 11 : opset >= 21 ? 10 : 8,
    opsetImport: [{ domain: '', version: opset }],
    graph: {
      name: 'small',
      node: [...nodes],
      input: Object.entries(inputs).map(([name, dims]) => info(name, dims)),
      output: outputs.map((name) => info(name)),
      initializer: Object.entries(weights).map(([name, tensor]) => ({ ...tensor, name })),
    },
  }).finish();
}

/** Numbers become floats unless they are called integers. */
export function node(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Readonly<Record<string, number | Values | string | onnx.IAttributeProto>> = {},
  kind: 'ints' | 'floats' = 'ints',
): onnx.INodeProto {
  const attribute = Object.entries(attributes).map(([name, value]): onnx.IAttributeProto => {
    if (typeof value === 'string') return { name, type: AttributeType.STRING, s: Buffer.from(value) };
    if (typeof value === 'number') {
      return kind === 'ints' && Number.isInteger(value)
        ? { name, type: AttributeType.INT, i: value }
        : { name, type: AttributeType.FLOAT, f: value };
    }
    if (Array.isArray(value)) return { name, type: AttributeType.INTS, ints: [...(value as Values)] };
    return { name, ...(value as onnx.IAttributeProto) };
  });
  return { opType, input: [...input], output: [...output], attribute };
}

export function floats(dims: Values, values: Values): onnx.ITensorProto {
  return { dataType: DataType.FLOAT, dims: [...dims], floatData: [...values] };
}

export function integers(dims: Values, values: Values): onnx.ITensorProto {
  return { dataType: DataType.INT64, dims: [...dims], int64Data: [...values] };
}

/** So many numbers between −1 and 1, the same each time. */
export function ramp(count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.sin(1 + index * 1.7));
}

/** How far a model's outputs are from what they were, and what was done. */
export async function compare(bytes: Uint8Array, board: RewriteBoard) {
  const result = await rewritten(bytes, board);
  const before = await run(bytes);
  const after = await run(result.bytes, before.feeds);
  return {
    ...result,
    difference: largestDifference(before.outputs, after.outputs),
    codes: result.rewritten.rewrites.map(({ code }) => code),
    opset: Number(onnx.ModelProto.decode(result.bytes).opsetImport[0]?.version),
  };
}

/** One operator with the shape of its input, and with vectors as weights. */
export function single(
  opset: number,
  made: onnx.INodeProto,
  shape: readonly (number | string)[],
  weights: SmallModel['weights'] = {},
): Uint8Array {
  return smallModel({ opset, inputs: { x: shape }, outputs: ['y'], nodes: [made], weights });
}

export const vectors = (size: number) => ({
  scale: floats([size], ramp(size)),
  bias: floats([size], ramp(size).reverse()),
});
