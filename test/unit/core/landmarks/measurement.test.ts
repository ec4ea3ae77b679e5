import { describe, expect, it } from 'vitest';
import { trialStatistics } from '../../../../src/core/landmarks/measurement';

describe('trial statistics', () => {
  it('sums up trials', () => {
    const statistics = trialStatistics([12, 10, 11, 10, 17], 2);
    expect(statistics).toMatchObject({
      trials: 5,
      meanMs: 12,
      medianMs: 11,
      p90Ms: 17,
      p99Ms: 17,
      minMs: 10,
      maxMs: 17,
    });
    expect(statistics?.throughputFps).toBeCloseTo((5 * 2 * 1000) / 60, 10);
    expect(statistics?.standardDeviationMs).toBeCloseTo(Math.sqrt((0 + 4 + 1 + 4 + 25) / 4), 10);
  });

  it('takes percentiles by nearest rank', () => {
    const times = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(trialStatistics(times, 1)).toMatchObject({ medianMs: 50.5, p90Ms: 90, p99Ms: 99 });
  });

  it.each([[[]], [[1, 0]], [[1, -2]], [[1, Number.NaN]], [[Number.POSITIVE_INFINITY]]])(
    'has nothing to say of %j',
    (times) => {
      expect(trialStatistics(times, 1)).toBeNull();
    },
  );
});
