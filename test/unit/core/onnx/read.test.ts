import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../src/core/onnx/byte-source';
import { DataType } from '../../../../src/core/onnx/data-types';
import { onlyTensor, read, refusal } from './reading';
import {
  attribute,
  bytes,
  concat,
  externalData,
  initializer,
  message,
  model,
  node,
  number,
  opset,
  rawData,
  tag,
  tensor,
  text,
  value,
  varint,
} from './wire';

const relu = node('Relu', ['x'], ['y']);

describe('the model', () => {
  it('has header, inputs, outputs, nodes and stated shapes', async () => {
    const { graph, ...header } = await read(
      model([relu, value(11, 'x', ['batch', 3, 224]), value(12, 'y', [1, 3]), value(13, 'z', [7])], text(3, '2.1')),
    );
    expect(header).toEqual({
      irVersion: 8,
      producer: { name: 'test', version: '2.1' },
      opsets: new Map([['', 17]]),
      externalFiles: [],
      warnings: [],
    });
    expect(graph.inputs).toEqual([{ name: 'x', dataType: DataType.FLOAT, shape: ['batch', 3, 224] }]);
    expect(graph.outputs).toEqual([{ name: 'y', dataType: DataType.FLOAT, shape: [1, 3] }]);
    expect(graph.valueInfos.get('z')?.shape).toEqual([7]);
    expect(graph.nodes).toEqual([
      { name: '', opType: 'Relu', domain: '', inputs: ['x'], outputs: ['y'], attributes: new Map() },
    ]);
  });

  it('knows the default domain under both its names', async () => {
    const { opsets, graph } = await read(
      concat(number(1, 8), message(7, node('Relu', ['x'], ['y'], { domain: 'ai.onnx' })), opset(11, 'ai.onnx')),
    );
    expect(opsets).toEqual(new Map([['', 11]]));
    expect(graph.nodes[0]?.domain).toBe('');
  });

  it('of IR version 3 lists initializers as inputs too; they are not inputs', async () => {
    const weights = initializer(tensor('w', [2], DataType.FLOAT, rawData(Float32Array.of(1, 2))));
    const file = concat(
      number(1, 3),
      message(7, value(11, 'x', [1]), value(11, 'w', [2]), weights, node('Add', ['x', 'w'], ['y'])),
      opset(7),
    );
    const { graph } = await read(file);
    expect(graph.inputs.map((input) => input.name)).toEqual(['x']);
    expect(graph.initializers.get('w')?.values).toEqual([1, 2]);
  });

  it('of IR version 1 needs no opset_import and no attribute types', async () => {
    const kernel = message(5, text(1, 'kernel'), number(8, 3), number(8, 5));
    const conv = message(1, text(1, 'x'), text(2, 'y'), text(4, 'Conv'), kernel);
    const { opsets, warnings, graph } = await read(concat(number(1, 1), message(7, conv)));
    expect(opsets).toEqual(new Map([['', 1]]));
    expect(warnings).toHaveLength(1);
    expect(graph.nodes[0]?.attributes.get('kernel')).toEqual({ kind: 'ints', values: [3, 5] });
  });

  it('may have its fields in any order, unknown fields, groups and training information', async () => {
    const unknown = concat(
      number(900, 1),
      message(901, bytes(1, 2, 3)),
      concat(tag(902, 3), number(1, 5), tag(903, 3), tag(903, 4), tag(902, 4)),
      concat(tag(904, 1), new Uint8Array(8)),
      concat(tag(905, 5), new Uint8Array(4)),
    );
    const training = message(20, message(1, initializer(tensor('momentum', [9], DataType.FLOAT))));
    const file = concat(opset(17), unknown, training, message(7, unknown, relu, unknown), unknown, number(1, 8));
    const { graph, irVersion } = await read(file);
    expect(irVersion).toBe(8);
    expect(graph.nodes).toHaveLength(1);
    expect(graph.initializers.size).toBe(0);
  });

  it('keeps sub-graphs with their own initializers', async () => {
    const branch = concat(initializer(tensor('c', [1], DataType.INT64, number(7, 42))), node('Identity', ['c'], ['o']));
    const choice = node('If', ['cond'], ['y'], {
      attributes: [attribute.graph('then_branch', branch), attribute.graph('else_branch', branch)],
    });
    const { graph } = await read(model([choice]));
    const then = graph.nodes[0]?.attributes.get('then_branch');
    if (then?.kind !== 'graph') throw new Error('no sub-graph');
    expect(onlyTensor(then.value).values).toEqual([42]);
  });

  it('is refused without a graph, without opsets, and with a node without operator', async () => {
    expect((await refusal(concat(number(1, 8), text(2, 'pytorch'), opset(17)))).code).toBe('invalid-graph');
    expect((await refusal(concat(number(1, 8), message(7, relu)))).code).toBe('invalid-graph');
    expect((await refusal(model([message(1, text(1, 'x'))]))).code).toBe('invalid-graph');
  });

  it('is refused with two graphs, which protobuf would merge into one', async () => {
    const twice = concat(model([relu]), model([relu]));
    expect(await refusal(twice)).toMatchObject({ code: 'malformed', message: expect.stringContaining('two graphs') });
  });
});

describe('attributes', () => {
  it('keep their kinds and values', async () => {
    const { graph } = await read(
      model([
        node('Op', [], ['y'], {
          attributes: [
            attribute.int('minus', -1),
            attribute.float('half', 0.5),
            attribute.ints('pads', [0, 1, -2]),
            concat(text(1, 'packed'), message(8, varint(300), varint(-1)), number(20, 7)),
            concat(text(1, 'mode'), text(4, 'línear'), number(20, 3)),
            concat(text(1, 'names'), text(9, 'a'), text(9, ''), number(20, 8)),
            concat(text(1, 'type'), message(14, message(1, number(1, 1))), number(20, 13)),
          ],
        }),
      ]),
    );
    expect(Object.fromEntries(graph.nodes[0]!.attributes)).toEqual({
      minus: { kind: 'int', value: -1 },
      half: { kind: 'float', value: 0.5 },
      pads: { kind: 'ints', values: [0, 1, -2] },
      packed: { kind: 'ints', values: [300, -1] },
      mode: { kind: 'string', value: 'línear' },
      names: { kind: 'strings', values: ['a', ''] },
      type: { kind: 'other' },
    });
  });

  it('too long to keep say how long they are', async () => {
    const long = 5000;
    const list = new Uint8Array(long).fill(1);
    const { graph } = await read(
      model([
        node('Op', [], ['y'], {
          attributes: [
            attribute.ints('unpacked', [...list]),
            concat(text(1, 'packed'), message(8, list), number(20, 7)),
            concat(text(1, 'huge'), message(8, new Uint8Array(100_000)), number(20, 7)),
            concat(text(1, 'floats'), message(7, new Uint8Array(long * 4)), number(20, 6)),
            concat(text(1, 'text'), message(4, new Uint8Array(200_000)), number(20, 3)),
          ],
        }),
      ]),
    );
    expect(Object.fromEntries(graph.nodes[0]!.attributes)).toEqual({
      unpacked: { kind: 'other', elements: long },
      packed: { kind: 'other', elements: long },
      huge: { kind: 'other', elements: 100_000 },
      floats: { kind: 'other', elements: long },
      text: { kind: 'other', elements: 200_000 },
    });
  });
});

describe('tensors', () => {
  const readTensor = async (...content: Uint8Array[]): ReturnType<typeof read> =>
    read(model([initializer(concat(...content))]));

  it('say where their payload is', async () => {
    const payload = Float32Array.from({ length: 2000 }, (_, index) => index);
    const file = model([initializer(tensor('w', [50, 40], DataType.FLOAT, rawData(payload)))]);
    const found = onlyTensor((await read(file)).graph);
    if (found.payload.kind !== 'inline') throw new Error('no payload');
    const { offset, bytes: length } = found.payload;
    expect(length).toBe(8000);
    const content = new DataView(file.buffer, file.byteOffset + offset, length);
    expect(content.getFloat32(4 * 1999, true)).toBe(1999);
    expect(found).toMatchObject({ dims: [50, 40], elements: 2000, values: null, sparse: false, storedElements: 2000 });
  });

  it('may be stripped of their payload', async () => {
    const found = onlyTensor((await readTensor(tensor('w', [64, 3, 7, 7], DataType.FLOAT))).graph);
    expect(found).toMatchObject({ elements: 9408, payload: { kind: 'absent' }, values: null });
    const emptied = tensor('w', [64], DataType.FLOAT, message(9, new Uint8Array(0)));
    expect(onlyTensor((await readTensor(emptied)).graph).payload).toEqual({ kind: 'absent' });
  });

  it('with a dimension of 0 hold nothing', async () => {
    const found = onlyTensor((await readTensor(tensor('none', [0, 2 ** 40, 2 ** 40], DataType.FLOAT))).graph);
    expect(found).toMatchObject({ elements: 0, values: [] });
  });

  it('may be in other files', async () => {
    const place = { location: 'weights/a.bin', offset: '4096', length: '16' };
    const external = [
      initializer(tensor('a', [4], DataType.FLOAT, externalData(place))),
      initializer(tensor('b', [9], DataType.FLOAT, externalData({ location: 'b.bin' }))),
      node('Constant', [], ['c'], {
        attributes: [attribute.tensor('value', tensor('', [1], DataType.FLOAT, externalData(place)))],
      }),
    ];
    const { graph, externalFiles } = await read(model(external));
    expect(externalFiles).toEqual(['weights/a.bin', 'b.bin']);
    expect(graph.initializers.get('a')?.payload).toEqual({
      kind: 'external',
      location: 'weights/a.bin',
      offset: 4096,
      bytes: 16,
    });
    expect(graph.initializers.get('b')?.payload).toMatchObject({ offset: 0, bytes: null });
  });

  it('in other files get their values where those can be opened', async () => {
    const data = new Uint8Array(new BigInt64Array([9n, 1n, -1n]).buffer);
    const file = model([
      initializer(tensor('shape', [2], DataType.INT64, externalData({ location: 'd', offset: '8' }))),
      initializer(tensor('beyond', [2], DataType.INT64, externalData({ location: 'd', offset: '16' }))),
      initializer(tensor('gone', [2], DataType.INT64, externalData({ location: 'e' }))),
    ]);
    const opened: string[] = [];
    const { graph } = await read(file, {
      openExternal: async (location) => {
        opened.push(location);
        if (location === 'e') throw new Error('gone');
        return memorySource(data);
      },
    });
    expect(graph.initializers.get('shape')?.values).toEqual([1, -1]);
    expect(graph.initializers.get('beyond')?.values).toBeNull();
    expect(graph.initializers.get('gone')?.values).toBeNull();
    expect(opened).toEqual(['d', 'e']);
  });

  it('that are sparse have dense dims and the number of their values', async () => {
    const sparse = message(
      15,
      message(1, tensor('s', [3], DataType.FLOAT, rawData(Float32Array.of(1, 2, 3)))),
      message(2, tensor('', [3], DataType.INT64, rawData(BigInt64Array.of(0n, 5n, 7n)))),
      number(3, 10),
      number(3, 20),
    );
    expect(onlyTensor((await read(model([sparse]))).graph)).toMatchObject({
      name: 's',
      dims: [10, 20],
      elements: 200,
      sparse: true,
      storedElements: 3,
      values: null,
    });
  });

  it('of strings have no values', async () => {
    const strings = tensor('s', [2], DataType.STRING, text(6, 'a'), text(6, 'bc'));
    expect(onlyTensor((await readTensor(strings)).graph)).toMatchObject({
      values: null,
      payload: { kind: 'inline', bytes: 3 },
    });
  });

  it('of types that a later ONNX may add pass', async () => {
    const later = tensor('t', [5], 77, message(9, bytes(1, 2, 3)));
    expect(onlyTensor((await readTensor(later)).graph)).toMatchObject({ dataType: 77, elements: 5, values: null });
  });

  it.each([
    ['a negative dimension', tensor('w', [-1, 3], DataType.FLOAT)],
    ['more elements than can exist', tensor('w', [2 ** 31, 2 ** 31], DataType.FLOAT)],
    ['a dimension beyond 2^53', concat(message(1, varint(2n ** 62n)), number(2, 1))],
    ['a payload of another length', tensor('w', [3], DataType.FLOAT, message(9, new Uint8Array(13)))],
    ['no location', tensor('w', [3], DataType.FLOAT, number(14, 1))],
    ['an impossible offset', tensor('w', [3], DataType.FLOAT, externalData({ location: 'a', offset: '-4' }))],
  ])('with %s are refused', async (_, content) => {
    expect((await refusal(model([initializer(content)]))).code).toBe('invalid-graph');
  });
});
