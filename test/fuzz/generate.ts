import { onnx } from 'onnx-proto';
import type { Random } from './random';

/** Nodes of a generated model at most: what is larger ends as too-large in any case, and takes the fuzzer's time. */
const maxNodes = 60_000;

/** Nodes of most: combinations are found in small ones, and only what grows too fast in large ones. */
const usualNodes = 300;

type Node = onnx.INodeProto;

/** A well-formed model of an extreme shape: what mutations of real files hardly ever reach, as it needs size. */
export function generate(random: Random): Uint8Array {
  const shape = random.pick(Object.keys(shapes) as GeneratedShape[]);
  return modelOfShape(shape, random.size(random.chance(0.02) ? maxNodes : usualNodes), random);
}

/** A well-formed model with about so many nodes (of `dense`: so many inputs of its joins, divided by 4.5). */
export function modelOfShape(shape: GeneratedShape, count: number, random: Random): Uint8Array {
  const graph = shapes[shape](count, random);
  return onnx.ModelProto.encode({
    irVersion: 8,
    producerName: `fuzz ${shape} ${count}`,
    opsetImport: [{ domain: '', version: random.pick([7, 11, 13, 17, 18, 20]) }],
    functions: graph.functions ?? [],
    graph: {
      name: 'g',
      input: [floats('x', graph.input ?? [1, 3, 32, 32])],
      output: [{ name: graph.output }],
      node: graph.nodes,
      initializer: graph.tensors ?? [],
    },
  }).finish();
}

interface Generated {
  readonly nodes: Node[];
  readonly output: string;
  readonly input?: readonly (number | string)[];
  readonly tensors?: onnx.ITensorProto[];
  readonly functions?: onnx.IFunctionProto[];
}

export type GeneratedShape =
  | 'chain'
  | 'residual'
  | 'dense'
  | 'wide'
  | 'split'
  | 'functions'
  | 'branches'
  | 'rank'
  | 'names'
  | 'constants'
  | 'folding'
  | 'operators';

const shapes: Readonly<Record<GeneratedShape, (count: number, random: Random) => Generated>> = {
  chain: (count, random) => {
    const operators = random.pick([['Relu'], ['Conv', 'Relu'], ['Sigmoid', 'Identity', 'Neg']]);
    const nodes = series(count, (index, from, to) => {
      const opType = operators[index % operators.length]!;
      return node(opType, opType === 'Conv' ? [from, 'w'] : [from], [to]);
    });
    return { nodes, output: `v${count}`, tensors: [weights('w', [3, 3, 1, 1])] };
  },
  residual: (count) => ({
    nodes: series(count, (index, from, to) =>
      index % 2 === 0 ? node('Relu', [from], [to]) : node('Add', [from, index === 1 ? 'x' : `v${index - 1}`], [to]),
    ),
    output: `v${count}`,
  }),
  dense: (count) => {
    // Their joins have a quarter of a million inputs.
    const layers = Math.min(Math.ceil(3 * Math.sqrt(count)), 700);
    const nodes: Node[] = [];
    for (let index = 0; index < layers; index++) {
      nodes.push(
        node(
          'Concat',
          Array.from({ length: index + 1 }, (_, each) => `v${each}`),
          [`c${index}`],
          { axis: 1 },
        ),
      );
      nodes.push(node('ReduceMax', [`c${index}`], [`v${index + 1}`], { axes: [1] }));
    }
    return { nodes: [node('Identity', ['x'], ['v0']), ...nodes], output: `v${layers}` };
  },
  wide: (count, random) => {
    const names = Array.from({ length: count }, (_, index) => `w${index}`);
    const join = random.pick(['Sum', 'Concat', 'Max']);
    return {
      nodes: [
        ...names.map((name) => node('Relu', ['x'], [name])),
        node(join, names, ['y'], join === 'Concat' ? { axis: 1 } : {}),
      ],
      output: 'y',
    };
  },
  split: (count, random) => {
    const parts = Array.from({ length: count }, (_, index) => `p${index}`);
    const used = parts.filter(() => random.chance(0.5));
    return {
      nodes: [node('Split', ['x'], parts, { axis: 1 }), node('Concat', [...used, parts[0]!], ['y'], { axis: 1 })],
      input: [1, count, 4, 4],
      output: 'y',
    };
  },
  functions: (count, random) => {
    const calls = random.size(Math.max(1, Math.floor(count / 4)));
    const body = Math.max(1, Math.floor(count / calls));
    return {
      nodes: series(calls, (_, from, to) => ({ ...node('F', [from], [to]), domain: 'f' })),
      output: `v${calls}`,
      functions: [
        {
          name: 'F',
          domain: 'f',
          input: ['v0'],
          output: [`v${body}`],
          opsetImport: [{ domain: '', version: 13 }],
          node: series(body, (_, from, to) => node('Relu', [from], [to])),
        },
      ],
    };
  },
  branches: (count) => {
    const depth = Math.ceil(Math.log2(count + 1));
    let inner: Node[] = [node('Identity', ['x'], ['deep'])];
    for (let level = 0; level < depth; level++) {
      const graph: onnx.IGraphProto = {
        name: 'b',
        node: inner,
        output: [{ name: level === 0 ? 'deep' : `d${level - 1}` }],
      };
      inner = [
        {
          ...node('If', ['c'], [`d${level}`]),
          attribute: ['then_branch', 'else_branch'].map((name) => ({ name, type: 5, g: graph })),
        },
      ];
    }
    return {
      nodes: inner,
      output: String(inner[0]!.output![0]),
      tensors: [{ name: 'c', dims: [], dataType: 9, int32Data: [1] }],
    };
  },
  rank: (count) => ({
    nodes: series(Math.min(count, 2000), (_, from, to) => node('Relu', [from], [to])),
    input: Array.from({ length: count }, () => 1),
    output: `v${Math.min(count, 2000)}`,
  }),
  names: (count, random) => {
    const name = (index: number): string => `${'n'.repeat(random.size(3000))}${index}`;
    const names = Array.from({ length: Math.min(count, 4000) }, (_, index) => name(index));
    return {
      nodes: names.map((each, index) => ({ ...node('Relu', [names[index - 1] ?? 'x'], [each]), name: each })),
      output: names.at(-1) ?? 'x',
    };
  },
  constants: (count, random) => {
    const value = random.pick([0, -1, 1, 2 ** 31, 2 ** 53, 9.2e18, count]);
    const operator = random.pick([
      'Reshape',
      'Expand',
      'Tile',
      'ConstantOfShape',
      'Range',
      'Pad',
      'Slice',
      'TopK',
      'OneHot',
    ]);
    const dims = Array.from({ length: random.size(8) }, () => (random.chance(0.4) ? value : random.size(64)));
    return {
      nodes: [
        node(operator, operator === 'ConstantOfShape' ? ['s'] : ['x', 's', 's', 's'], ['y']),
        ...series(Math.min(count, 500), (_, from, to) => node('Relu', [from === 'v0' ? 'y' : from], [to])),
      ],
      output: `v${Math.min(count, 500)}`,
      tensors: [{ name: 's', dims: [dims.length], dataType: 7, int64Data: dims }],
    };
  },
  folding: (count, random) => {
    const elements = random.size(1024);
    const list = Array.from({ length: elements }, (_, index) => index);
    return {
      nodes: [
        ...series(count, (_, from, to) => node('Add', [from === 'v0' ? 'k' : from, 'k'], [to])),
        node('Reshape', ['x', `v${count}`], ['y']),
      ],
      output: 'y',
      tensors: [{ name: 'k', dims: [elements], dataType: 7, int64Data: list }],
    };
  },
  operators: (count) => ({
    nodes: series(count, (index, from, to) => node(`Operator${index}`, [from], [to])),
    output: `v${count}`,
  }),
};

function series(count: number, make: (index: number, from: string, to: string) => Node): Node[] {
  const nodes = Array.from({ length: count }, (_, index) => make(index, `v${index}`, `v${index + 1}`));
  const [first] = nodes;
  if (first?.input?.includes('v0')) first.input = first.input.map((name) => (name === 'v0' ? 'x' : name));
  return nodes;
}

function node(
  opType: string,
  input: string[],
  output: string[],
  ints: Readonly<Record<string, number | number[]>> = {},
): Node {
  const attribute = Object.entries(ints).map(([name, value]) =>
    Array.isArray(value) ? { name, type: 7, ints: value } : { name, type: 2, i: value },
  );
  return { opType, input, output, attribute };
}

function floats(name: string, dims: readonly (number | string)[]): onnx.IValueInfoProto {
  const dim = dims.map((each) => (typeof each === 'string' ? { dimParam: each } : { dimValue: each }));
  return { name, type: { tensorType: { elemType: 1, shape: { dim } } } };
}

function weights(name: string, dims: number[]): onnx.ITensorProto {
  return { name, dims, dataType: 1, rawData: new Uint8Array(4 * dims.reduce((product, each) => product * each, 1)) };
}
