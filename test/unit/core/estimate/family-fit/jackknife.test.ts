import { describe, expect, it } from 'vitest';
import { jackknifePlus } from '../../../../../src/core/estimate/family-fit/jackknife';

const folds = (count: number) => Array.from({ length: count }, (_, index) => ({ prediction: 100, error: index + 1 }));

describe('jackknifePlus', () => {
  it.each([
    [2, 2 / 3],
    [4, 0.8],
    [5, 5 / 6],
    [8, 8 / 9],
  ])('uses the widest of %i folds and says that they support a level of %d', (count, level) => {
    const interval = jackknifePlus(folds(count), 0.9)!;
    expect(interval.level).toBeCloseTo(level, 12);
    expect(interval).toMatchObject({ low: 100 - count, high: 100 + count });
  });

  it('reaches 90% from nine folds on, then leaves the widest out as the definition says', () => {
    expect(jackknifePlus(folds(9), 0.9)).toEqual({ level: 0.9, low: 91, high: 109 });
    // ⌈0.9 · 20⌉ = 18th of 19.
    expect(jackknifePlus(folds(19), 0.9)).toEqual({ level: 0.9, low: 82, high: 118 });
    // ⌈0.5 · 10⌉ = 5th of 9.
    expect(jackknifePlus(folds(9), 0.5)).toEqual({ level: 0.5, low: 95, high: 105 });
  });

  it('takes its ends from the folds, not from a mean of them', () => {
    const interval = jackknifePlus(
      [
        { prediction: 10, error: 1 },
        { prediction: 20, error: 1 },
      ],
      0.9,
    );
    expect(interval).toMatchObject({ low: 9, high: 21 });
  });

  it('gives nothing for a single fold', () => {
    expect(jackknifePlus(folds(1), 0.9)).toBeNull();
    expect(jackknifePlus([], 0.9)).toBeNull();
  });
});
