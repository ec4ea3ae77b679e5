import { describe, expect, it } from 'vitest';
import { secondsLeft } from '../../../src/core/ladder/time-left';

const rung = (...counts: number[]) => ({ kernels: counts.map((count) => [0, count]) });

describe('time left', () => {
  const rungs = [rung(10), rung(20, 10), rung(60)];

  it('grows with the kernels that are still to be built', () => {
    expect(secondsLeft(rungs, [5])).toBeCloseTo(45, 10);
    expect(secondsLeft(rungs, [5, 15])).toBeCloseTo(30, 10);
    expect(secondsLeft(rungs, [5, 15, 30])).toBe(0);
  });

  it('is not known before a rung is done, and does not learn from failures', () => {
    expect(secondsLeft(rungs, [])).toBeNull();
    expect(secondsLeft(rungs, [null])).toBeNull();
    expect(secondsLeft(rungs, [null, 15])).toBeCloseTo(30, 10);
  });

  it('knows which rungs are over where a later one was refused before the others began', () => {
    expect(secondsLeft(rungs, [5, undefined, null])).toBeCloseTo(15, 10);
    expect(secondsLeft(rungs, [undefined, undefined, null])).toBeNull();
  });
});
