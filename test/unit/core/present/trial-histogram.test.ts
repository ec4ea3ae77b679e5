import fc from 'fast-check';
import { expect, it } from 'vitest';
import { trialHistogram } from '../../../../src/core/present/trial-histogram';

it('counts every trial once, in bars that touch from the shortest time to the longest', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 }),
      (times) => {
        const bins = trialHistogram(times);
        expect(bins.reduce((sum, { trials }) => sum + trials, 0)).toBe(times.length);
        expect(bins[0]?.fromMs).toBe(Math.min(...times));
        expect(bins.at(-1)?.toMs).toBe(Math.max(...times));
        bins.slice(1).forEach((bin, index) => expect(bin.fromMs).toBe(bins[index]?.toMs));
        expect(bins.length).toBeLessThanOrEqual(24);
      },
    ),
  );
});

it('has one bar for trials that all took the same time, and none without trials', () => {
  expect(trialHistogram([5, 5, 5])).toEqual([{ fromMs: 5, toMs: 5, trials: 3 }]);
  expect(trialHistogram([])).toEqual([]);
});

it('keeps the others apart when one trial takes very long', () => {
  const times = [...Array.from({ length: 49 }, (_, index) => 10 + index / 100), 40];
  const bins = trialHistogram(times);
  expect(bins).toHaveLength(24);
  expect(bins[0]?.trials).toBe(49);
  expect(bins.at(-1)?.trials).toBe(1);
});
