import { describe, expect, it } from 'vitest';
import { secondsLeft } from '../../../../src/core/ladder/time-left';

const rung = (...counts: number[]) => ({ kernels: counts.map((count) => [0, count]) });

describe('time left', () => {
  const rungs = [rung(10), rung(20, 10), rung(60)];

  it('grows with the kernels that are still to be built, and with the rungs', () => {
    // 0.2 s for each of 10 kernels, and the 4 s of 20 for the rest.
    expect(secondsLeft(rungs, [6])).toBeCloseTo(0.2 * 90 + 2 * 4, 10);
    expect(secondsLeft(rungs, [6, 10])).toBeCloseTo(0.2 * 60 + 4, 10);
    expect(secondsLeft(rungs, [6, 10, 16])).toBe(0);
  });

  it('learns how much of it each rung takes whatever its size', () => {
    expect(secondsLeft(rungs, [8, 8])).toBeCloseTo(8, 10);
    expect(secondsLeft(rungs, [5, 15])).toBeCloseTo(30, 10);
    expect(secondsLeft([...rungs, rung(80)], [20, 25, 32])).toBeGreaterThan(32);
  });

  it('is never negative, and never shorter for a rung because larger ones went faster', () => {
    expect(secondsLeft(rungs, [9, 3])).toBeCloseTo(6, 10);
    expect(secondsLeft([rung(10), rung(30), rung(1)], [2, 30])).toBeGreaterThan(0);
  });

  it('is not known before a rung is done, and does not learn from failures', () => {
    expect(secondsLeft(rungs, [])).toBeNull();
    expect(secondsLeft(rungs, [null])).toBeNull();
    expect(secondsLeft(rungs, [null, 15])).toBeCloseTo(15 * (80 / 50), 10);
  });

  it('knows which rungs are over where a later one was refused before the others began', () => {
    expect(secondsLeft(rungs, [6, undefined, null])).toBeCloseTo(10, 10);
    expect(secondsLeft(rungs, [undefined, undefined, null])).toBeNull();
  });
});
