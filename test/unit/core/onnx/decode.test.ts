import { describe, expect, it } from 'vitest';
import { memorySource, type ByteSource } from '../../../../src/core/onnx/byte-source';
import { DataType } from '../../../../src/core/onnx/data-types';
import { defaultLimits } from '../../../../src/core/onnx/limits';
import { NameReader, NameTable } from '../../../../src/core/onnx/name-reader';
import { read } from './reading';
import {
  attribute,
  concat,
  externalData,
  initializer,
  joined,
  localFunction,
  message,
  model,
  node,
  opset,
  rawData,
  tensor,
  text,
} from './wire';

const kernel = (side: number) => [attribute.ints('kernel_shape', [side, side]), attribute.int('group', 1)];

describe('nodes with the same attributes', () => {
  it('share them, and no others', async () => {
    const { graph } = await read(
      model([
        node('Conv', ['x', 'a'], ['p'], { attributes: kernel(3) }),
        node('Conv', ['p', 'b'], ['q'], { attributes: kernel(3) }),
        node('Conv', ['q', 'c'], ['r'], { attributes: kernel(5) }),
        node('Conv', ['r', 'd'], ['s'], { attributes: kernel(3), domain: 'ai.onnx' }),
        node('Relu', ['s'], ['y']),
      ]),
    );
    const sides = graph.nodes.map(({ attributes }) => attributes.get('kernel_shape'));
    expect(sides).toEqual([3, 3, 5, 3].map((side) => ({ kind: 'ints', values: [side, side] })).concat([undefined!]));
    expect(graph.nodes[1]!.attributes).toBe(graph.nodes[0]!.attributes);
    expect(graph.nodes.map(({ inputs }) => inputs[1])).toEqual(['a', 'b', 'c', 'd', undefined]);
  });

  it('have tensors and sub-graphs of their own', async () => {
    const branch = concat(node('Relu', ['x'], ['r']), text(2, 'body'));
    const constant = [attribute.tensor('value', tensor('', [1], DataType.FLOAT, rawData(Float32Array.of(7))))];
    const { graph } = await read(
      model([
        node('Constant', [], ['one'], { attributes: constant }),
        node('Constant', [], ['two'], { attributes: constant }),
        node('If', ['c'], ['p'], { attributes: [attribute.graph('then_branch', branch)] }),
        node('If', ['c'], ['q'], { attributes: [attribute.graph('then_branch', branch)] }),
      ]),
    );
    const [one, two, first, second] = graph.nodes.map(({ attributes }) => [...attributes.values()][0]);
    for (const each of [one, two]) expect(each).toMatchObject({ kind: 'tensor', value: { values: [7] } });
    expect(one).not.toBe(two);
    expect(first).toEqual(second);
    expect(first).not.toBe(second);
  });

  it('are told apart by lists too long to be kept', async () => {
    const long = (count: number) => [
      attribute.ints(
        'axes',
        Array.from({ length: count }, () => 1),
      ),
    ];
    const { graph } = await read(
      model([
        node('Sum', ['x'], ['p'], { attributes: long(6) }),
        node('Sum', ['p'], ['q'], { attributes: long(7) }),
        node('Sum', ['q'], ['y'], { attributes: long(7) }),
      ]),
      { limits: { maxListElements: 5 } },
    );
    expect(graph.nodes.map(({ attributes }) => attributes.get('axes'))).toEqual(
      [6, 7, 7].map((elements) => ({ kind: 'other', elements })),
    );
  });

  it('keep what calls of functions refer to', async () => {
    const scaled = localFunction({
      name: 'Scaled',
      domain: 'own',
      inputs: ['x'],
      outputs: ['y'],
      attributes: ['axis'],
      nodes: [node('Softmax', ['x'], ['y'], { attributes: [attribute.reference('axis', 'axis', 2)] }, 7)],
      opsets: [opset(17, '', 9)],
    });
    const call = (from: string, to: string, axis: number) =>
      node('Scaled', [from], [to], { domain: 'own', attributes: [attribute.int('axis', axis)] });
    const { graph } = await read(model([call('x', 'p', 1), call('p', 'y', 2)], scaled, opset(1, 'own')));
    expect(graph.nodes.map(({ attributes }) => attributes.get('axis'))).toEqual(
      [1, 2].map((value) => ({ kind: 'int', value })),
    );
  });
});

describe('names', () => {
  const bytesOf = (name: string) => new TextEncoder().encode(name);
  const long = 'n'.repeat(300);

  it.each(['w', 'layers.0.conv.weight', 'Gewicht für Stufe', '権重', '\uFEFFmarked', long, ''])('read "%s"', (name) => {
    const field = message(1, bytesOf(name));
    const reader = new NameReader(field, new NameTable());
    reader.uint32();
    expect(reader.string()).toBe(name);
    expect(reader.pos).toBe(field.length);
  });

  it('with equal hashes are not taken for each other', () => {
    const names = new NameTable();
    const all = Array.from({ length: 50_000 }, (_, index) => `layers.${index}.weight`);
    // Read again, when all are known.
    for (let round = 0; round < 2; round++) {
      expect(all.filter((name) => names.read(bytesOf(name), 0, name.length) !== name)).toEqual([]);
    }
  });

  it('may hold bytes that are no text', () => {
    const broken = Uint8Array.of(0x77, 0xff, 0xfe);
    const names = new NameTable();
    expect([names.read(broken, 0, 3), names.read(broken, 0, 3)]).toEqual(['w\uFFFD\uFFFD', 'w\uFFFD\uFFFD']);
  });

  it('beyond the end of the file are refused as protobufjs does', () => {
    expect(() => new NameReader(Uint8Array.of(9, 0x77), new NameTable()).string()).toThrow(/index out of range/);
  });
});

describe('many small weights', () => {
  const count = 40;
  const weights = (index: number) =>
    tensor(`w${index}`, [256], DataType.FLOAT, rawData(new Float32Array(256).fill(index)));
  const shape = (index: number) =>
    tensor(`s${index}`, [2], DataType.INT64, rawData(BigInt64Array.of(1n, BigInt(index))));
  const limits = { maxKeptBytes: 10 * 1024 };

  it('keep their values up to a number of bytes, and shapes theirs all the same', async () => {
    const stored = Array.from({ length: count }, (_, index) => [weights(index), shape(index)]).flat();
    const { graph } = await read(model(stored.map(initializer)), { limits });
    const known = (letter: string) =>
      [...graph.initializers.values()].filter(({ name, values }) => name.startsWith(letter) && values !== null);
    expect(known('w').map(({ name }) => name)).toEqual(Array.from({ length: 10 }, (_, index) => `w${index}`));
    expect(known('s').map(({ values }) => values?.[1])).toEqual(Array.from({ length: count }, (_, index) => index));
    expect(graph.initializers.get('w39')).toMatchObject({ elements: 256, payload: { kind: 'inline', bytes: 1024 } });
  });

  it('do so beside the model, too', async () => {
    const beside = (index: number) =>
      tensor(
        `w${index}`,
        [256],
        DataType.FLOAT,
        externalData({ location: 'w.bin', offset: String(1024 * index), length: '1024' }),
      );
    const data = memorySource(new Uint8Array(1024 * count));
    const stored = Array.from({ length: count }, (_, index) => initializer(beside(index)));
    const { graph } = await read(model(stored), { limits, openExternal: async () => data });
    expect([...graph.initializers.values()].filter(({ values }) => values !== null)).toHaveLength(10);
  });

  it('are room for the usual', () => {
    expect(defaultLimits.maxKeptBytes).toBeGreaterThanOrEqual(2 ** 22);
  });

  it('are read along with what is around them, in few pieces', async () => {
    const stored = Array.from({ length: 500 }, (_, index) =>
      tensor(`w${index}`, [3000], DataType.FLOAT, rawData(new Float32Array(3000))),
    );
    const file = model(stored.map(initializer));
    let reads = 0;
    const source: ByteSource = {
      size: file.length,
      read: async (offset, length) => {
        reads++;
        return file.subarray(offset, offset + length);
      },
    };
    await read(source);
    expect(file.length).toBeGreaterThan(5_000_000);
    expect(reads).toBeLessThan(60);
  });

  it('may be given as lists of numbers', async () => {
    const listed = tensor(
      'w',
      [40],
      DataType.FLOAT,
      message(4, joined(Array.from({ length: 40 }, () => new Uint8Array(4)))),
    );
    const { graph } = await read(model([initializer(listed)]), { limits: { maxKeptBytes: 100 } });
    expect(graph.initializers.get('w')?.values).toBeNull();
  });
});
