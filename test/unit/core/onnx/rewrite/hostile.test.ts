import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { rewritesFor, type RewriteBoard } from '../../../../../src/core/estimate/rewrites-for';
import { memorySource, type ByteSource } from '../../../../../src/core/onnx/byte-source';
import { readModel } from '../../../../../src/core/onnx/read';
import { rewrittenFile } from '../../../../../src/core/onnx/rewrite/rewritten-pieces';
import { floats, integers, node, ramp, smallModel, type SmallModel } from './outputs';

const boards: readonly RewriteBoard[] = [
  { tensorrt: '7.1', runtime: 'tensorrt-fp32' },
  { tensorrt: '8.2', runtime: 'tensorrt-fp16' },
  { tensorrt: '11.4', runtime: 'tensorrt-fp16' },
  { tensorrt: '11.4', runtime: 'tensorrt-int8' },
];

const { FLOAT, STRING } = onnx.TensorProto.DataType;
const { GRAPH, INTS } = onnx.AttributeProto.AttributeType;

type Open = (location: string) => Promise<ByteSource | null>;

/** The code that a rewrite ends with, or `written`; it may make a model larger by what a table or a mask takes. */
async function ending(bytes: Uint8Array, board: RewriteBoard, open?: Open): Promise<string> {
  const model = await readModel(memorySource(bytes));
  const structure = model.ok ? rewritesFor(model.value, board) : model;
  if (!structure.ok) return structure.error.code;
  const made = rewrittenFile(structure.value, { file: memorySource(bytes), openExternal: open, signal: undefined });
  if (!made.ok) return made.error.code;
  let length = 0;
  const drain = async (): Promise<void> => {
    for await (const piece of made.value.pieces) length += piece.length;
  };
  await drain().catch(() => undefined);
  expect(length).toBeLessThan(bytes.length + 2 ** 20);
  return made.value.failed()?.code ?? 'written';
}

/** Each board's ending, in the second that one model may take. */
async function endings(bytes: Uint8Array, open?: Open): Promise<readonly string[]> {
  const codes: string[] = [];
  for (const board of boards) {
    const before = process.cpuUsage();
    codes.push(await ending(bytes, board, open));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(1000);
  }
  return [...new Set(codes)].sort();
}

function model(nodes: readonly onnx.INodeProto[], weights: SmallModel['weights'] = {}, opset = 18): Uint8Array {
  return smallModel({ opset, inputs: { x: [4] }, outputs: ['y'], nodes, weights });
}

/** A product with a weight as it is given. */
function weighted(weight: onnx.ITensorProto): Uint8Array {
  return model([node('Mul', ['x', 'w'], ['y'])], { w: weight });
}

function changed(change: (model: onnx.ModelProto) => void): Uint8Array {
  const decoded = onnx.ModelProto.decode(weighted(floats([4], ramp(4))));
  change(decoded);
  return onnx.ModelProto.encode(decoded).finish();
}

const external = (entries: Readonly<Record<string, string>>): onnx.ITensorProto => ({
  dataType: FLOAT,
  dims: [4],
  dataLocation: 1,
  externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
});

/** A function of one input and output that calls others. */
const calling = (name: string, calls: readonly string[]): onnx.IFunctionProto => ({
  name,
  domain: 'own',
  input: ['a'],
  output: [`o${calls.length - 1}`],
  opsetImport: [
    { domain: '', version: 18 },
    { domain: 'own', version: 1 },
  ],
  node: calls.map((call, at) => ({
    opType: call,
    domain: call === 'Relu' ? '' : 'own',
    input: [at === 0 ? 'a' : `o${at - 1}`],
    output: [`o${at}`],
  })),
});

const withFunctions = (functions: readonly onnx.IFunctionProto[]): Uint8Array =>
  changed((decoded) => {
    decoded.opsetImport.push(onnx.OperatorSetIdProto.create({ domain: 'own', version: 1 }));
    decoded.functions = [...functions] as onnx.FunctionProto[];
    decoded.graph!.node = [{ opType: functions[0]!.name!, domain: 'own', input: ['x'], output: ['y'] }];
  });

const branch = (nodes: readonly onnx.INodeProto[], output: string): onnx.IAttributeProto => ({
  type: GRAPH,
  g: { name: 'b', node: [...nodes], output: [{ name: output, type: { tensorType: { elemType: FLOAT } } }] },
});

const either = (inner: readonly onnx.INodeProto[], output: string, gives: string): onnx.INodeProto =>
  node('If', ['yes'], [gives], { then_branch: branch(inner, output), else_branch: branch(inner, output) });

const yes = { yes: { dataType: 9, dims: [], int32Data: [1] } };

function nested(depth: number): onnx.INodeProto[] {
  let nodes = [node('HardSwish', ['x'], ['d0'])];
  for (let at = 1; at <= depth; at++) {
    const then_branch = branch(nodes, `d${at - 1}`);
    nodes = [node('If', ['yes'], [`d${at}`], { then_branch, else_branch: branch([node('Relu', ['x'], ['r'])], 'r') })];
  }
  return [...nodes, node('Relu', [`d${depth}`], ['y'])];
}

const many = (count: number): onnx.IAttributeProto => ({ type: INTS, ints: new Array<number>(count).fill(-1) });

describe('weights that are not what the model says end in a coded failure', () => {
  it.each<[string, onnx.ITensorProto, string]>([
    ['a file that is not there', external({ location: 'w.data' }), 'unreadable'],
    ['a path that leads out', external({ location: '../../../../etc/passwd' }), 'unreadable'],
    ['no location', external({}), 'invalid-graph'],
    ['a negative offset', external({ location: 'w.data', offset: '-8' }), 'invalid-graph'],
    ['an offset beyond every file', external({ location: 'w.data', offset: '9223372036854775807' }), 'invalid-graph'],
    ['an offset that is no number', external({ location: 'w.data', offset: '0x10e' }), 'invalid-graph'],
    ['a length that is too short', external({ location: 'w.data', length: '3' }), 'unreadable'],
    ['three bytes for a number', { dataType: FLOAT, dims: [4], rawData: new Uint8Array(15) }, 'invalid-graph'],
    ['more bytes than numbers', { dataType: FLOAT, dims: [4], rawData: new Uint8Array(4096) }, 'invalid-graph'],
    ['fewer numbers than elements', { dataType: FLOAT, dims: [4], floatData: [1, 2, 3] }, 'invalid-graph'],
    [
      'more elements than there are atoms',
      { dataType: FLOAT, dims: [2 ** 40, 2 ** 40], rawData: new Uint8Array(4) },
      'invalid-graph',
    ],
    [
      'elements of terabytes',
      { dataType: FLOAT, dims: [2 ** 20, 2 ** 20], rawData: new Uint8Array(4) },
      'invalid-graph',
    ],
    ['a negative size', { dataType: FLOAT, dims: [-4], rawData: new Uint8Array(16) }, 'invalid-graph'],
    ['text', { dataType: STRING, dims: [4], stringData: [1, 2, 3, 4].map(() => new Uint8Array(1)) }, 'invalid-graph'],
    ['a type of the future', { dataType: 99, dims: [4], rawData: new Uint8Array(16) }, 'invalid-graph'],
  ])('%s', async (_, weight, code) => {
    expect(await endings(weighted(weight), () => Promise.resolve(null))).toEqual([code]);
  });
});

describe('graphs that nobody exports end in a coded failure, or stay what they compute', () => {
  it.each<[string, Uint8Array, string]>([
    ['a function that calls itself', withFunctions([calling('f', ['f'])]), 'invalid-graph'],
    ['functions that call each other', withFunctions([calling('f', ['g']), calling('g', ['f'])]), 'invalid-graph'],
    [
      'a cycle inside a branch',
      model([either([node('Relu', ['b'], ['a']), node('HardSwish', ['a'], ['b'])], 'b', 'y')], yes),
      'written',
    ],
    ['branches a thousand deep', model(nested(1000), yes), 'too-large'],
    ['branches thirty deep', model(nested(30), yes), 'written'],
    ['a million axes', model([node('ReduceMean', ['x'], ['y'], { axes: many(1e6) })], {}, 13), 'invalid-graph'],
    ['an equation of megabytes', model([node('Einsum', ['x'], ['y'], { equation: 'a'.repeat(4e6) })]), 'invalid-graph'],
    ['a million groups', model([node('GroupNormalization', ['x', 'x', 'x'], ['y'], { num_groups: 1e6 })]), 'written'],
    [
      'a billion heads',
      model([node('Attention', ['x', 'x', 'x'], ['y'], { q_num_heads: 1e9, kv_num_heads: 1 })], {}, 23),
      'written',
    ],
    ['an axis far below', model([node('LayerNormalization', ['x', 'x'], ['y'], { axis: -(2 ** 31) })]), 'written'],
    ['a billion parts', model([node('Split', ['x'], ['y'], { num_outputs: 1e9 })]), 'written'],
    [
      'pads of axes that are not there',
      model([node('Pad', ['x', 'p', '', 'a'], ['y'])], { p: integers([2], [1, 1]), a: integers([1], [9]) }),
      'written',
    ],
    ['two values of one name', model([node('HardSwish', ['x'], ['y']), node('Mish', ['x'], ['y'])]), 'written'],
    [
      'a value of the name of an input',
      model([node('HardSwish', ['x'], ['x']), node('Relu', ['x'], ['y'])]),
      'written',
    ],
    ['a node that reads itself', model([node('HardSwish', ['y'], ['y'])]), 'written'],
    [
      'two weights of one name',
      changed(({ graph }) => graph!.initializer!.push({ ...floats([2, 2], ramp(4)), name: 'w' })),
      'written',
    ],
    [
      'a weight that is an input as well',
      changed(({ graph }) => graph!.input!.push({ name: 'w', type: { tensorType: { elemType: FLOAT } } })),
      'written',
    ],
    ['a weight that has no name', changed(({ graph }) => (graph!.initializer![0]!.name = '')), 'written'],
    ['no graph', changed((decoded) => (decoded.graph = null)), 'invalid-graph'],
    ['no opset', changed((decoded) => (decoded.opsetImport = [])), 'invalid-graph'],
    ['an opset below zero', changed((decoded) => (decoded.opsetImport[0]!.version = -3)), 'written'],
    ['an opset of the far future', changed((decoded) => (decoded.opsetImport[0]!.version = 2 ** 31)), 'written'],
    ['a version of the format below zero', changed((decoded) => (decoded.irVersion = -1)), 'written'],
    [
      'names of the prototype',
      model([node('__proto__', ['x'], ['constructor']), node('HardSwish', ['constructor'], ['y'])]),
      'written',
    ],
  ])('%s', async (_, bytes, code) => {
    expect(await endings(bytes)).toEqual([code]);
  });

  it('a file that was cut anywhere', async () => {
    const whole = model([node('HardSwish', ['x'], ['h']), either([node('Mish', ['h'], ['m'])], 'm', 'y')], yes);
    for (let length = 0; length < whole.length; length += 3) {
      expect(await endings(whole.subarray(0, length))).not.toContain('internal');
    }
  });
});
