import { describe, expect, it } from 'vitest';
import type { Graph, Node } from '../../../../src/core/onnx/model';
import { read, refusal } from './reading';
import {
  attribute,
  concat,
  initializer,
  localFunction,
  message,
  model,
  node,
  number,
  opset,
  tensor,
  text,
} from './wire';

const body = (...args: Parameters<typeof node>): Uint8Array => node(args[0], args[1], args[2], args[3], 7);
const call = { domain: 'local' };

/** Nodes as `Op(inputs) -> outputs`. */
function lines(graph: Graph): string[] {
  return graph.nodes.map(({ opType, inputs, outputs }) => `${opType}(${inputs.join(',')}) -> ${outputs.join(',')}`);
}

function subgraph(found: Node | undefined, name: string): Graph {
  const value = found?.attributes.get(name);
  if (value?.kind !== 'graph') throw new Error(`no sub-graph ${name}`);
  return value.value;
}

describe('calls of model-local functions', () => {
  it('become the bodies, with names that nothing else in the model has', async () => {
    const swish = localFunction({
      name: 'Swish',
      inputs: ['x'],
      outputs: ['y'],
      nodes: [body('Sigmoid', ['x'], ['s']), body('Mul', ['x', 's'], ['y'])],
    });
    const { graph } = await read(
      model(
        [node('Swish', ['s'], ['a'], call), node('Relu', ['a'], ['@1/s']), node('Swish', ['a'], ['b'], call)],
        swish,
      ),
    );
    expect(lines(graph)).toEqual([
      'Sigmoid(s) -> @2/s',
      'Mul(s,@2/s) -> a',
      'Relu(a) -> @1/s',
      'Sigmoid(a) -> @3/s',
      'Mul(a,@3/s) -> b',
    ]);
  });

  it('may leave inputs and outputs out', async () => {
    const pair = localFunction({
      name: 'Pair',
      inputs: ['x', 'optional'],
      outputs: ['first', 'second'],
      nodes: [body('Clip', ['x', 'optional'], ['first']), body('Neg', ['first'], ['second'])],
    });
    const { graph } = await read(model([node('Pair', ['v'], ['', 'w'], call)], pair));
    expect(lines(graph)).toEqual(['Clip(v,) -> @1/first', 'Neg(@1/first) -> w']);
  });

  it('may hand inputs on or give one value twice', async () => {
    const through = localFunction({
      name: 'Through',
      inputs: ['x'],
      outputs: ['x', 'y', 'y'],
      nodes: [body('Neg', ['x'], ['y'])],
    });
    const { graph } = await read(model([node('Through', ['v'], ['a', 'b', 'c'], call)], through));
    expect(lines(graph)).toEqual(['Neg(v) -> b', 'Identity(v) -> a', 'Identity(b) -> c']);
  });

  it('bind attributes by reference, or to the default, or not at all', async () => {
    const leaky = localFunction({
      name: 'Leaky',
      inputs: ['x'],
      outputs: ['y'],
      attributes: ['other'],
      defaults: [attribute.float('slope', 0.25)],
      nodes: [
        body('LeakyRelu', ['x'], ['y'], {
          attributes: [attribute.reference('alpha', 'slope', 1), attribute.reference('none', 'other', 2)],
        }),
      ],
    });
    const { graph } = await read(
      model(
        [
          node('Leaky', ['a'], ['b'], call),
          node('Leaky', ['b'], ['c'], { ...call, attributes: [attribute.float('slope', 0.5)] }),
        ],
        leaky,
      ),
    );
    expect(graph.nodes.map((found) => Object.fromEntries(found.attributes))).toEqual([
      { alpha: { kind: 'float', value: 0.25 } },
      { alpha: { kind: 'float', value: 0.5 } },
    ]);
  });

  it('inside functions pass attributes on', async () => {
    const inner = localFunction({
      name: 'Inner',
      inputs: ['i'],
      outputs: ['o'],
      attributes: ['axis'],
      nodes: [body('Softmax', ['i'], ['o'], { attributes: [attribute.reference('axis', 'axis', 2)] })],
    });
    const outer = localFunction({
      name: 'Outer',
      inputs: ['i'],
      outputs: ['o'],
      attributes: ['dim'],
      nodes: [
        body('Inner', ['i'], ['t'], { ...call, attributes: [attribute.reference('axis', 'dim', 2)] }),
        body('Relu', ['t'], ['o']),
      ],
    });
    const { graph } = await read(
      model([node('Outer', ['x'], ['y'], { ...call, attributes: [attribute.int('dim', 3)] })], outer, inner),
    );
    expect(lines(graph)).toEqual(['Softmax(x) -> @1/t', 'Relu(@1/t) -> y']);
    expect(graph.nodes[0]?.attributes.get('axis')).toEqual({ kind: 'int', value: 3 });
  });

  it('inside sub-graphs, and sub-graphs inside functions, keep their scopes', async () => {
    const double = localFunction({
      name: 'Double',
      inputs: ['x'],
      outputs: ['y'],
      nodes: [body('Add', ['x', 'x'], ['y'])],
    });
    const inFunction = concat(
      initializer(tensor('one', [1], 1)),
      node('Add', ['x', 'one'], ['x2']),
      node('Double', ['x2'], ['z'], call),
      message(12, text(1, 'z')),
    );
    const chosen = localFunction({
      name: 'Chosen',
      inputs: ['x', 'c'],
      outputs: ['y'],
      nodes: [body('If', ['c'], ['y'], { attributes: [attribute.graph('then_branch', inFunction)] })],
    });
    const inMain = concat(node('Double', ['v'], ['inner'], call), message(12, text(1, 'inner')));
    const { graph } = await read(
      model(
        [
          node('Chosen', ['v', 'cond'], ['w'], call),
          node('If', ['cond'], ['u'], { attributes: [attribute.graph('then_branch', inMain)] }),
        ],
        double,
        chosen,
      ),
    );
    const first = subgraph(graph.nodes[0], 'then_branch');
    expect(lines(first)).toEqual(['Add(v,@1/one) -> @1/x2', 'Add(@1/x2,@1/x2) -> @1/z']);
    expect([...first.initializers.keys()]).toEqual(['@1/one']);
    expect(first.initializers.get('@1/one')?.name).toBe('@1/one');
    expect(first.outputs.map((output) => output.name)).toEqual(['@1/z']);
    expect(lines(subgraph(graph.nodes[1], 'then_branch'))).toEqual(['Add(v,v) -> inner']);
  });

  it('let a sub-graph have a name of its own that is also an input of the function', async () => {
    const shadowing = concat(message(11, text(1, 'x')), node('Neg', ['x'], ['y']), message(12, text(1, 'y')));
    const loop = localFunction({
      name: 'F',
      inputs: ['x'],
      outputs: ['r'],
      nodes: [body('Loop', ['x'], ['r'], { attributes: [attribute.graph('body', shadowing)] })],
    });
    const { graph } = await read(model([node('F', ['v'], ['w'], call)], loop));
    expect(lines(graph)).toEqual(['Loop(v) -> w']);
    expect(lines(subgraph(graph.nodes[0], 'body'))).toEqual(['Neg(@1/x) -> @1/y']);
  });

  it('choose among functions by domain and overload', async () => {
    const version = (overload: string | undefined, op: string): Uint8Array =>
      localFunction({
        name: 'F',
        overload,
        inputs: ['x'],
        outputs: ['y'],
        nodes: [body(op, ['x'], ['y'])],
      });
    const { graph } = await read(
      model(
        [
          node('F', ['a'], ['b'], call),
          node('F', ['b'], ['c'], { ...call, overload: 'two' }),
          node('F', ['c'], ['d'], { domain: 'elsewhere' }),
        ],
        version(undefined, 'Relu'),
        version('two', 'Tanh'),
      ),
    );
    expect(lines(graph)).toEqual(['Relu(a) -> b', 'Tanh(b) -> c', 'F(c) -> d']);
  });

  it('bring their opsets along', async () => {
    const f = localFunction({
      name: 'F',
      inputs: ['x'],
      outputs: ['y'],
      nodes: [body('Gelu', ['x'], ['t'], { domain: 'com.microsoft' }), body('Relu', ['t'], ['y'])],
      opsets: [opset(1, 'com.microsoft', 9), opset(6, '', 9)],
    });
    const { graph, opsets } = await read(model([node('F', ['x'], ['y'], call)], f));
    expect(Object.fromEntries(opsets)).toEqual({ '': 17, 'com.microsoft': 1 });
    expect(graph.nodes.map((found) => found.opset)).toEqual([undefined, 6]);
  });

  it('are refused when a function calls itself', async () => {
    const ping = localFunction({ name: 'A', inputs: [], outputs: [], nodes: [body('B', [], [], call)] });
    const pong = localFunction({ name: 'B', inputs: [], outputs: [], nodes: [body('A', [], [], call)] });
    expect((await refusal(model([node('A', [], [], call)], ping, pong))).code).toBe('invalid-graph');
    expect((await read(model([node('Relu', ['x'], ['y'])], ping, pong))).graph.nodes).toHaveLength(1);
  });
});

describe('functions that would grow without bound', () => {
  /** F0 calls F1 twice, F1 calls F2 twice, and so on: 2^count bodies. */
  function doubling(count: number, leaf: readonly Uint8Array[], attributes: readonly Uint8Array[] = []): Uint8Array {
    const levels = Array.from({ length: count }, (_, level) => {
      const next = (): Uint8Array => body(`F${level + 1}`, ['x'], [], { ...call, attributes });
      return localFunction({ name: `F${level}`, inputs: ['x'], outputs: [], nodes: [next(), next()] });
    });
    const last = localFunction({ name: `F${count}`, inputs: ['x'], outputs: [], nodes: leaf });
    return model([node('F0', ['v'], [], call)], ...levels, last);
  }

  it('are refused for their nodes', async () => {
    expect((await read(doubling(10, [body('Relu', ['x'], ['y'])]))).graph.nodes).toHaveLength(1024);
    expect((await refusal(doubling(60, [body('Relu', ['x'], ['y'])]))).code).toBe('too-large');
  });

  it('are refused for their calls, even of empty bodies', async () => {
    expect((await refusal(doubling(60, []))).code).toBe('too-large');
  });

  it('are refused for their names', async () => {
    const longName = 'n'.repeat(60_000);
    expect((await refusal(doubling(14, [body('Relu', [longName], [longName])]))).code).toBe('too-large');
  });

  it('are refused for their inputs', async () => {
    const manyInputs = Array.from({ length: 20_000 }, () => 'x');
    expect((await refusal(doubling(14, [body('Sum', manyInputs, ['y'])]))).code).toBe('too-large');
  });

  it('are refused for sub-graphs handed on as attributes', async () => {
    const levels = Array.from({ length: 40 }, (_, level) =>
      localFunction({
        name: `G${level}`,
        inputs: [],
        outputs: [],
        attributes: ['g'],
        nodes: [
          body(`G${level + 1}`, [], [], {
            ...call,
            attributes: [
              attribute.graph(
                'g',
                concat(
                  node('If', [], [], {
                    attributes: [
                      attribute.reference('then_branch', 'g', 5),
                      attribute.reference('else_branch', 'g', 5),
                    ],
                  }),
                ),
              ),
            ],
          }),
        ],
      }),
    );
    const last = localFunction({
      name: 'G40',
      inputs: [],
      outputs: [],
      attributes: ['g'],
      nodes: [body('If', [], [], { attributes: [attribute.reference('then_branch', 'g', 5)] })],
    });
    const start = node('G0', [], [], { ...call, attributes: [attribute.graph('g', node('Relu', [], []))] });
    expect((await refusal(model([start], ...levels, last))).code).toBe('too-large');
  });

  it('are refused for their depth', async () => {
    const levels = Array.from({ length: 500 }, (_, level) =>
      localFunction({ name: `F${level}`, inputs: [], outputs: [], nodes: [body(`F${level + 1}`, [], [], call)] }),
    );
    expect((await refusal(model([node('F0', [], [], call)], ...levels))).code).toBe('too-large');
  });

  it('are read when they stay within the limits', async () => {
    const chain = Array.from({ length: 50 }, (_, level) =>
      localFunction({
        name: `F${level}`,
        inputs: ['x'],
        outputs: ['y'],
        nodes: [body(level === 49 ? 'Relu' : `F${level + 1}`, ['x'], ['y'], level === 49 ? {} : call)],
      }),
    );
    expect(lines((await read(model([node('F0', ['a'], ['b'], call)], ...chain))).graph)).toEqual(['Relu(a) -> b']);
  });

  it('have attribute defaults that are checked like everything else', async () => {
    const broken = localFunction({
      name: 'F',
      inputs: [],
      outputs: [],
      nodes: [],
      defaults: [concat(text(1, 'a'), message(5, number(1, -3)), number(20, 4))],
    });
    expect((await refusal(model([], broken))).code).toBe('invalid-graph');
  });
});
