import { onnx } from 'onnx-proto';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { RewriteBoard } from '../../../../../src/core/estimate/rewrites-for';
import { rewritesFor } from '../../../../../src/core/estimate/rewrites-for';
import { memorySource, type ByteSource } from '../../../../../src/core/onnx/byte-source';
import { halfBits } from '../../../../../src/core/onnx/half';
import { readModel } from '../../../../../src/core/onnx/read';
import { rewrittenFile } from '../../../../../src/core/onnx/rewrite/rewritten-pieces';
import { chainOfMatMuls, sparseSource } from '../sparse-source';
import { floats, integers, largestDifference, node, ramp, rewritten, run, smallModel } from './outputs';

const board: RewriteBoard = { tensorrt: '11.4', runtime: 'tensorrt-fp16' };
const { FLOAT, FLOAT16 } = onnx.TensorProto.DataType;

async function halved(bytes: Uint8Array) {
  const result = await rewritten(bytes, board);
  const before = await run(bytes);
  const after = await run(result.bytes, before.feeds);
  const { graph } = onnx.ModelProto.decode(result.bytes);
  return { ...result, graph: graph!, difference: largestDifference(before.outputs, after.outputs) };
}

describe('conversion to FP16', () => {
  it('rounds as onnxruntime does', async () => {
    const exponents = Array.from({ length: 60 }, (_, index) => 2 ** (index - 40));
    const numbers = exponents.flatMap((power) => ramp(50).map((value) => value * power));
    const values = Float32Array.from([
      ...numbers,
      0,
      -0,
      1,
      65504,
      65519.99,
      2 ** -24,
      2 ** -14,
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
    ]);
    const cast = smallModel({
      opset: 13,
      inputs: { x: [values.length] },
      outputs: [],
      nodes: [node('Cast', ['x'], ['y'], { to: FLOAT16 })],
    });
    const model = onnx.ModelProto.decode(cast);
    model.graph!.output = [{ name: 'y', type: { tensorType: { elemType: FLOAT16 } } }];
    const { outputs } = await run(onnx.ModelProto.encode(model).finish(), {
      x: new ort.Tensor('float32', values, [values.length]),
    });
    const { buffer, byteOffset, byteLength } = outputs.y!.data as Uint16Array;
    const expected = new Uint16Array(buffer, byteOffset, byteLength / 2);
    const bits = new Uint32Array(values.buffer);
    bits.forEach((each, index) => {
      const magnitude = Math.abs(values[index]!);
      // On purpose, numbers beyond the range are clamped to it and small ones do not vanish.
      if (magnitude >= 65520) expect(halfBits(each) & 0x7fff).toBe(0x7bff);
      else if (magnitude > 0 && (expected[index]! & 0x7fff) === 0) expect(halfBits(each) & 0x7fff).toBe(1);
      else expect(halfBits(each), `${values[index]}`).toBe(expected[index]);
    });
    expect(halfBits(0x7f800000)).toBe(0x7c00);
    expect(halfBits(0xffc00000)).toBe(0xfe00);
  });

  it('clamps and counts what is beyond the range, and keeps infinities', async () => {
    const weights = { w: floats([4], [1e6, -7e4, 65504, 1]), c: floats([1], [Infinity]) };
    const nodes = [node('Min', ['x', 'c'], ['m']), node('Mul', ['m', 'w'], ['y'])];
    const result = await rewritten(
      smallModel({ opset: 13, inputs: { x: [4] }, outputs: ['y'], nodes, weights }),
      board,
    );
    expect(result.clamped).toBe(2);
    const { outputs } = await run(result.bytes, { x: new ort.Tensor('float32', [1, 1, 1, 1], [4]) });
    expect([...(outputs.y!.data as Float32Array)]).toEqual([65504, -65504, 65504, 1]);
  });

  it('leaves inputs and outputs, scales of Resize and arithmetic with shapes in FP32', async () => {
    const scales = floats([4], [1, 1, 4 / 3, 4 / 3]);
    const nodes = [
      node('Resize', ['x', '', 'scales'], ['r'], { mode: 'nearest' }),
      node('Shape', ['x'], ['s']),
      node('Cast', ['s'], ['f'], { to: FLOAT }),
      node('Mul', ['f', 'factors'], ['g']),
      node('Floor', ['g'], ['h']),
      node('Cast', ['h'], ['sizes'], { to: 7 }),
      node('Resize', ['r', '', '', 'sizes'], ['y'], { mode: 'linear' }),
    ];
    // In FP16, 2051 is 2052.
    const weights = { scales, factors: floats([4], [1, 1, 0.5, 2051 / 6]) };
    const bytes = smallModel({ opset: 13, inputs: { x: [1, 2, 6, 6] }, outputs: ['y'], nodes, weights });
    const result = await halved(bytes);
    expect(result.difference).toBeLessThan(2e-3);
    expect(result.graph.initializer!.map(({ name, dataType }) => [name, dataType])).toContainEqual(['scales', FLOAT]);
    expect([...result.graph.input!, ...result.graph.output!].map(({ type }) => type?.tensorType?.elemType)).toEqual([
      FLOAT,
      FLOAT,
    ]);
  });

  it('gives operators that know FP32 alone FP32, and goes on in FP16 after them', async () => {
    const nodes = [
      node('Celu', ['x'], ['a'], { alpha: 1.5 }),
      node('Mul', ['a', 'w'], ['b']),
      node('Celu', ['b'], ['y']),
    ];
    const bytes = smallModel({
      opset: 13,
      inputs: { x: [3] },
      outputs: ['y'],
      nodes,
      weights: { w: floats([3], ramp(3)) },
    });
    const result = await halved(bytes);
    expect(result.difference).toBeLessThan(2e-3);
    expect(result.graph.node!.map(({ opType }) => opType)).toEqual(['Celu', 'Cast', 'Mul', 'Cast', 'Celu']);
  });

  it.each([
    { opset: 13, operator: 'CumSum', isHalf: false },
    { opset: 14, operator: 'CumSum', isHalf: true },
    { opset: 13, operator: 'IsInf', isHalf: false },
    { opset: 20, operator: 'IsInf', isHalf: true },
    { opset: 13, operator: 'MeanVarianceNormalization', isHalf: false },
  ])('gives $operator of opset $opset FP16 only where ONNX has it so: $isHalf', async ({ opset, operator, isHalf }) => {
    const nodes = [
      node('Mul', ['x', 'w'], ['a']),
      ...(operator === 'IsInf'
        ? [node('IsInf', ['a'], ['i']), node('Where', ['i', 'w', 'a'], ['b'])]
        : operator === 'CumSum'
          ? [node('CumSum', ['a', 'axis'], ['b'])]
          : [node(operator, ['a'], ['b'], { axes: [0] })]),
      node('Mul', ['b', 'w'], ['y']),
    ];
    const bytes = smallModel({
      opset,
      inputs: { x: [3] },
      outputs: ['y'],
      nodes,
      weights: { w: floats([3], ramp(3)), ...(operator === 'CumSum' ? { axis: integers([1], [0]) } : {}) },
    });
    const { graph, difference } = await halved(bytes);
    expect(difference).toBeLessThan(2e-3);
    const halves = new Set(graph.node!.filter(({ opType }) => opType === 'Mul').flatMap(({ output }) => output!));
    const [input] = graph.node!.find(({ opType }) => opType === operator)!.input!;
    expect(halves.has(input!)).toBe(isHalf);
  });

  it('takes Constant, ConstantOfShape, loops and weights read in both precisions', async () => {
    const { GRAPH, TENSOR } = onnx.AttributeProto.AttributeType;
    const info = (name: string, elemType: number, dims: readonly number[] = []) => ({
      name,
      type: { tensorType: { elemType, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
    });
    const body: onnx.IGraphProto = {
      name: 'body',
      node: [
        node('Identity', ['go'], ['on']),
        node('Mul', ['carried', 'w'], ['scaled']),
        node('Add', ['scaled', 'x'], ['next']),
      ],
      input: [info('i', 7), info('go', 9), info('carried', FLOAT, [4])],
      output: [info('on', 9), info('next', FLOAT, [4])],
    };
    const nodes = [
      node('ConstantOfShape', ['shape'], ['start'], { value: { type: TENSOR, t: floats([1], [0.25]) } }),
      node('Constant', [], ['times'], { value: { type: TENSOR, t: integers([], [3]) } }),
      node('Constant', [], ['two'], { value: { type: TENSOR, t: floats([], [2]) } }),
      node('Loop', ['times', '', 'start'], ['end'], { body: { type: GRAPH, g: body } }),
      node('Mul', ['end', 'two'], ['m']),
      node('Celu', ['w'], ['c']),
      node('Add', ['m', 'c'], ['y']),
    ];
    const weights = { w: floats([4], ramp(4)), shape: integers([1], [4]) };
    const result = await halved(smallModel({ opset: 13, inputs: { x: [4] }, outputs: ['y'], nodes, weights }));
    expect(result.difference).toBeLessThan(5e-3);
  });

  it('gives an output that is a weight or an input, and one that is read inside, in FP32', async () => {
    const nodes = [node('Relu', ['x'], ['y']), node('Mul', ['y', 'w'], ['z'])];
    const model = onnx.ModelProto.decode(
      smallModel({ opset: 13, inputs: { x: [4] }, outputs: ['y', 'z'], nodes, weights: { w: floats([4], ramp(4)) } }),
    );
    model.graph!.output!.push({ name: 'w', type: { tensorType: { elemType: FLOAT } } });
    expect((await halved(onnx.ModelProto.encode(model).finish())).difference).toBeLessThan(2e-3);
  });

  it('takes FP32 weights in every way of writing them', async () => {
    const large = ramp(2000);
    const weights = {
      w: floats([2000], large),
      r: { dataType: FLOAT, dims: [2000], rawData: new Uint8Array(Float32Array.from(large).buffer) },
    };
    const nodes = [node('Mul', ['x', 'w'], ['a']), node('Add', ['a', 'r'], ['y'])];
    expect(
      (await halved(smallModel({ opset: 13, inputs: { x: [2000] }, outputs: ['y'], nodes, weights }))).difference,
    ).toBeLessThan(2e-3);
  });
});

describe('the weights of a rewritten model', () => {
  it('are never all in memory: 2.7 GB cost some megabytes', async () => {
    const source = sparseSource(chainOfMatMuls(300, 2_250_000));
    const model = await readModel(source);
    if (!model.ok) throw new Error(model.error.message);
    const structure = rewritesFor(model.value, board);
    if (!structure.ok) throw new Error(structure.error.message);
    const file = rewrittenFile(structure.value, { file: source, openExternal: undefined, signal: undefined });
    if (!file.ok) throw new Error(file.error.message);
    const before = process.memoryUsage().rss;
    let [bytes, most] = [0, 0];
    for await (const piece of file.value.pieces) {
      bytes += piece.length;
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    expect(bytes).toBe(file.value.bytes);
    expect(bytes).toBeGreaterThan(1.3e9);
    expect(most).toBeLessThan(256e6);
  });

  const weighty = (external: boolean): Uint8Array =>
    smallModel({
      opset: 13,
      inputs: { x: [4] },
      outputs: ['y'],
      nodes: [node('Mul', ['x', 'w'], ['y'])],
      weights: {
        w: external
          ? {
              dataType: FLOAT,
              dims: [4],
              dataLocation: 1,
              externalData: [
                { key: 'location', value: 'w.data' },
                { key: 'offset', value: '4' },
              ],
            }
          : { dataType: FLOAT, dims: [4], rawData: new Uint8Array(16) },
      },
    });

  const failureOf = async (
    bytes: Uint8Array,
    open?: (location: string) => Promise<ByteSource | null>,
    file?: ByteSource,
  ) => {
    const model = await readModel(memorySource(bytes));
    const structure = model.ok ? rewritesFor(model.value, board) : model;
    if (!structure.ok) return structure.error.code;
    const made = rewrittenFile(structure.value, {
      file: file ?? memorySource(bytes),
      openExternal: open,
      signal: undefined,
    });
    if (!made.ok) return made.error.code;
    const drain = async (): Promise<void> => {
      for await (const piece of made.value.pieces) expect(piece.length).toBeGreaterThan(0);
    };
    await drain().catch(() => undefined);
    return made.value.failed()?.code ?? null;
  };

  it('may be beside the model, and end in a coded failure where they are not', async () => {
    const data = memorySource(new Uint8Array(20));
    expect(await failureOf(weighty(true), () => Promise.resolve(data))).toBeNull();
    expect(await failureOf(weighty(true), () => Promise.resolve(null))).toBe('unreadable');
    expect(await failureOf(weighty(true), () => Promise.resolve(memorySource(new Uint8Array(19))))).toBe('truncated');
    const broken: ByteSource = { size: 1e6, read: () => Promise.reject(new Error('I/O error')) };
    expect(await failureOf(weighty(false), undefined, broken)).toBe('unreadable');
  });

  it('beyond 2 GiB are refused, as no ONNX file can hold them', async () => {
    const source = sparseSource(chainOfMatMuls(300, 4_500_000));
    const model = await readModel(source);
    const structure = model.ok ? rewritesFor(model.value, board) : model;
    if (!structure.ok) throw new Error(structure.error.message);
    const made = rewrittenFile(structure.value, { file: source, openExternal: undefined, signal: undefined });
    expect(made).toMatchObject({ ok: false, error: { code: 'too-large' } });
  });

  it('of a graph that depends on itself are left alone', async () => {
    const nodes = [node('Add', ['x', 'b'], ['a']), node('Mul', ['a', 'w'], ['b']), node('Relu', ['b'], ['y'])];
    const bytes = smallModel({
      opset: 13,
      inputs: { x: [4] },
      outputs: ['y'],
      nodes,
      weights: { w: floats([4], ramp(4)) },
    });
    expect((await rewritten(bytes, board)).rewritten.rewrites).toEqual([]);
  });
});
