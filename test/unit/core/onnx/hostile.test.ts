import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../src/core/onnx/byte-source';
import type { ByteSource } from '../../../../src/core/onnx/byte-source';
import { readModel } from '../../../../src/core/onnx/read';
import { read, refusal } from './reading';
import { attribute, bytes, concat, initializer, message, model, node, number, tag, tensor, text, varint } from './wire';

const relu = node('Relu', ['x'], ['y']);
const conv = new Uint8Array(readFileSync(new URL('./backend/models/test_operator_params.onnx', import.meta.url)));
const loop = new Uint8Array(readFileSync(new URL('./backend/models/test_loop13_seq.onnx', import.meta.url)));

describe('damage', () => {
  it.each([
    ['field number 0', bytes(0x02, 0x00)],
    ['wire type 6', bytes(0x0e)],
    ['wire type 7', bytes(0x0f)],
    ['a field number beyond 29 bits', concat(varint(2n ** 35n), bytes(0))],
    ['a number of eleven bytes', concat(tag(999, 0), new Uint8Array(10).fill(0xff), bytes(1))],
    ['a number beyond 64 bits', concat(tag(999, 0), new Uint8Array(9).fill(0xff), bytes(2))],
    ['a group that is not closed', tag(999, 3)],
    ['a group closed by another number', concat(tag(999, 3), tag(998, 4))],
    ['a group that was not begun', tag(999, 4)],
    ['a part longer than the whole', concat(tag(999, 2), varint(50))],
    ['a part longer than any file', concat(tag(999, 2), varint(2n ** 63n))],
    ['a node as a number', number(1, 5)],
    ['a name as a number', number(2, 5)],
    ['floats as 64-bit', initializer(concat(tag(4, 1), new Uint8Array(8)))],
    ['dims of a broken length', initializer(concat(message(1, bytes(0x80))))],
    ['floats of a broken length', initializer(concat(message(4, bytes(1, 2, 3))))],
    ['int64 of a broken length', initializer(concat(message(7, bytes(1, 0x80))))],
    ['a long broken list', node('A', [], [], { attributes: [message(8, new Uint8Array(50_000).fill(0xff))] })],
    ['two types', message(11, message(2), message(2))],
  ])('by %s inside the graph is malformed', async (_, content) => {
    const failure = await refusal(model([relu, content]));
    expect(failure).toMatchObject({ code: 'malformed', offset: expect.any(Number) });
    expect(failure.offset).toBeLessThanOrEqual(model([relu, content]).length);
  });

  it('by missing bytes is truncated, with the offset where the file ends', async () => {
    for (let length = 1; length < conv.length; length++) {
      const failure = await refusal(conv.subarray(0, length));
      // A file may also end between two fields of the model, before its graph or its opsets.
      expect(['truncated', 'invalid-graph']).toContain(failure.code);
      if (failure.code === 'truncated') expect(failure.offset).toBe(length);
    }
    expect((await refusal(conv.subarray(0, conv.length >> 1))).code).toBe('truncated');
  });

  it('by zeros from some point on says so', async () => {
    const weights = message(9, new Uint8Array(4 * 3000).fill(1));
    const file = model([initializer(tensor('w', [3000], 1, weights)), ...Array<Uint8Array>(500).fill(relu)]);
    const arrived = 12_300;
    const failure = await refusal(concat(file.subarray(0, arrived), new Uint8Array(file.length - arrived)));
    expect(failure).toMatchObject({ code: 'malformed', message: expect.stringContaining('only zeros') });
    expect(failure.offset).toBeGreaterThanOrEqual(arrived);
    expect(failure.offset).toBeLessThan(arrived + relu.length);
  });
});

describe('a file that changes or fails while it is read', () => {
  it('is unreadable where reading rejects', async () => {
    const source: ByteSource = { size: 100, read: () => Promise.reject(new Error('EIO: disk failure')) };
    expect(await refusal(source)).toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining('EIO: disk failure'),
      offset: 0,
    });
  });

  it('is truncated where it gives fewer bytes than its size promised', async () => {
    const source: ByteSource = {
      size: conv.length,
      read: (offset, length) => Promise.resolve(conv.subarray(offset, Math.min(offset + length, 60))),
    };
    expect(await refusal(source)).toMatchObject({ code: 'truncated', offset: 60 });
  });

  it('may give more bytes than were asked for', async () => {
    const source: ByteSource = { size: conv.length, read: (offset) => Promise.resolve(conv.subarray(offset)) };
    expect((await read(source)).graph.nodes).toEqual((await read(conv)).graph.nodes);
  });

  it('stops when it is cancelled', async () => {
    const before = new AbortController();
    before.abort();
    expect((await refusal(conv, { signal: before.signal })).code).toBe('cancelled');
    const during = new AbortController();
    let reads = 0;
    const payload = message(9, new Uint8Array(4 * 5000));
    const file = model(Array.from({ length: 20 }, (_, index) => initializer(tensor(`w${index}`, [5000], 1, payload))));
    const source: ByteSource = {
      size: file.length,
      read: (offset, length) => {
        if (++reads === 5) during.abort();
        return Promise.resolve(file.subarray(offset, offset + length));
      },
    };
    expect((await refusal(source, { signal: during.signal })).code).toBe('cancelled');
    expect(reads).toBe(5);
  });
});

describe('limits', () => {
  function nested(levels: number): Uint8Array {
    let graph: Uint8Array = relu;
    for (let level = 0; level < levels; level++) {
      graph = node('If', [], [], { attributes: [attribute.graph('then_branch', graph)] });
    }
    return model([graph]);
  }

  it('hold for nesting', async () => {
    expect((await read(nested(30))).graph.nodes).toHaveLength(1);
    expect((await refusal(nested(40))).code).toBe('too-large');
    expect((await refusal(nested(3000))).code).toBe('too-large');
    const groups = concat(...Array.from({ length: 5000 }, () => tag(999, 3)));
    expect((await refusal(model([groups]))).code).toBe('too-large');
  });

  it('hold for nodes, messages, names, numbers and bytes', async () => {
    const many = (count: number, part: Uint8Array): Uint8Array => model(Array.from({ length: count }, () => part));
    const code = async (file: Uint8Array, limits: object): Promise<string> => (await refusal(file, { limits })).code;
    expect(await code(many(10, relu), { maxNodes: 10 })).toBe('too-large');
    expect(await code(many(10, initializer(message(1, new Uint8Array(1)))), { maxTensors: 9 })).toBe('too-large');
    const graphs = node('If', [], [], { attributes: Array.from({ length: 9 }, () => attribute.graph('g', relu)) });
    expect(await code(model([graphs]), { maxGraphs: 9 })).toBe('too-large');
    expect(await code(many(20, message(11)), { maxMessages: 15 })).toBe('too-large');
    expect(await code(model([node('Sum', Array<string>(50).fill(''), [])]), { maxNames: 40 })).toBe('too-large');
    const dims = initializer(message(1, new Uint8Array(60).fill(1)));
    expect(await code(many(5, dims), { maxNumbers: 200 })).toBe('too-large');
    expect(await code(many(50, relu), { maxStructureBytes: 500 })).toBe('too-large');
    // The graph counts too.
    expect((await read(many(9, relu), { limits: { maxNodes: 10 } })).graph.nodes).toHaveLength(9);
  });

  it('hold for the rank of tensors and the length of names', async () => {
    expect((await refusal(model([initializer(message(1, new Uint8Array(65).fill(1)))]))).code).toBe('too-large');
    expect((await refusal(model([node('Relu', ['x'.repeat(100_000)], [])]))).code).toBe('too-large');
  });

  it('keep a tensor of very many single numbers from filling memory', async () => {
    const single = concat(...Array.from({ length: 20_000 }, () => number(7, 1)));
    const file = model([initializer(concat(tensor('t', [20_000], 7), single))]);
    const found = (await read(file, { limits: { maxNumbers: 2000 } })).graph.initializers.get('t');
    expect(found).toMatchObject({ values: null, payload: { kind: 'inline', bytes: 20_000 } });
  });
});

describe('arbitrary bytes', () => {
  /** Reading always ends with an answer, and what it says when it refuses is meant for a person. */
  async function answers(content: Uint8Array): Promise<void> {
    const result = await readModel(memorySource(content));
    if (result.ok) return;
    expect(result.error.message).toMatch(/^[A-Z].*[.)]$/s);
    expect(result.error.message).not.toMatch(/undefined|NaN|\[object|call stack|Cannot read/);
  }

  it('get an answer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), (content) => answers(content)),
      { numRuns: 500 },
    );
  });

  it('get an answer behind the header of a model', async () => {
    const header = concat(number(1, 8), text(2, 'pytorch'));
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), (content) =>
        answers(concat(header, message(7, content), content)),
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a convolution', conv],
    ['a loop', loop],
  ])('get an answer when bytes of %s change', async (_, original) => {
    const change = fc.tuple(fc.nat(original.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const content = Uint8Array.from(original);
        for (const [at, byte] of changes) content[at] = byte;
        await answers(content);
      }),
      { numRuns: 1000 },
    );
  });

  it('get an answer when single bits of a model flip, and when a byte is lost', async () => {
    for (let at = 0; at < Math.min(loop.length, 400); at++) {
      const flipped = Uint8Array.from(loop);
      flipped[at]! ^= 1 << (at % 8);
      await answers(flipped);
      await answers(concat(loop.subarray(0, at), loop.subarray(at + 1)));
    }
  });
});
