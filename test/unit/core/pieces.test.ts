import { describe, expect, it } from 'vitest';
import { onceInPieces, type Pieces } from '../../../src/core/pieces';

describe('work that is done once, in pieces', () => {
  it('is gone on with by all who ask for it, and begun once', async () => {
    const done: number[] = [];
    const work = onceInPieces(function* (): Pieces<string> {
      for (const piece of [1, 2, 3]) {
        done.push(piece);
        yield;
      }
      return 'made';
    });
    const patient = work.withPauses(async () => {
      await Promise.resolve();
    });
    expect(done).toEqual([1]);
    expect(work.now()).toBe('made');
    expect(await patient).toBe('made');
    expect(work.now()).toBe('made');
    expect(done).toEqual([1, 2, 3]);
  });

  it('keeps what is done where the pause ends it', async () => {
    let pieces = 0;
    const work = onceInPieces(function* (): Pieces<number> {
      pieces += 1;
      yield;
      return pieces;
    });
    const stopped = work.withPauses(() => {
      throw new Error('stopped');
    });
    await expect(stopped).rejects.toThrow('stopped');
    expect(work.now()).toBe(1);
  });

  it('is begun again after it has thrown, and gives nothing that was not made', () => {
    let attempts = 0;
    const work = onceInPieces(function* (): Pieces<string> {
      attempts += 1;
      yield;
      if (attempts === 1) throw new Error('a defect');
      return 'made';
    });
    expect(() => work.now()).toThrow('a defect');
    expect(work.now()).toBe('made');
  });
});
