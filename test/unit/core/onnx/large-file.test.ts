import { describe, expect, it } from 'vitest';
import { read, refusal } from './reading';
import { chainOfMatMuls, sparseMessage, sparseSource } from './sparse-source';
import { bytes, number, opset, text } from './wire';

describe('a file of many large weights', () => {
  it('of 2.7 GB costs about a kilobyte a tensor', async () => {
    const source = sparseSource(chainOfMatMuls(300, 2_250_000));
    expect(source.size).toBeGreaterThan(2.6e9);
    const { graph } = await read(source);
    expect(graph.nodes).toHaveLength(300);
    expect([...graph.initializers.values()].reduce((sum, tensor) => sum + tensor.elements, 0)).toBe(675_000_000);
    expect(source.bytesRead).toBeLessThan(400_000);
    expect(source.reads).toBeLessThan(350);
  });

  it('may have a single weight of more than 2^32 bytes', async () => {
    const elements = 2 ** 31 + 5;
    const source = sparseSource(chainOfMatMuls(2, elements));
    const { graph } = await read(source);
    const last = graph.initializers.get('w1');
    expect(last?.elements).toBe(elements);
    expect(last?.payload).toEqual({ kind: 'inline', offset: expect.any(Number), bytes: elements * 4 });
    expect((last?.payload as { offset: number }).offset).toBeGreaterThan(elements * 4);
    expect(source.bytesRead).toBeLessThan(10_000);
  });

  it('is not read beyond its end', async () => {
    const whole = chainOfMatMuls(3, 1_000_000_000);
    const source = sparseSource(whole);
    const cut = { ...source, size: 5_000_000_000, read: source.read };
    expect(await refusal(cut)).toMatchObject({ code: 'truncated', offset: 5_000_000_000 });
    expect(source.bytesRead).toBeLessThan(20_000);
  });

  it.each([
    ['strings', 6],
    ['doubles', 10],
    ['64-bit integers', 7],
    ['training information', 0],
  ])('may hold %s', async (_, field) => {
    const payload = { zeros: 3_000_000_000 };
    const tensor =
      field === 0 ? [] : sparseMessage(5, number(1, 375_000_000), number(2, 1), ...sparseMessage(field, payload));
    const training = field === 0 ? sparseMessage(20, payload) : [];
    const source = sparseSource([
      bytes(0x08, 0x08),
      ...sparseMessage(7, text(2, 'g'), ...tensor),
      opset(17),
      ...training,
    ]);
    expect((await read(source)).graph.initializers.size).toBe(field === 0 ? 0 : 1);
    expect(source.bytesRead).toBeLessThan(10_000);
  });
});
