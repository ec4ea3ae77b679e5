import { describe, expect, it } from 'vitest';
import { crossValidate } from '../../../../src/core/estimate/cross-validation';

const points = [
  { name: 'a', kind: 'x', throughputFps: 10 },
  { name: 'b', kind: 'x', throughputFps: 20 },
  { name: 'c', kind: 'y', throughputFps: 40 },
];
const mean = (items: readonly { throughputFps: number }[]) =>
  items.reduce((sum, item) => sum + item.throughputFps, 0) / items.length;

describe('crossValidate', () => {
  it('predicts each point from the others alone', () => {
    const { folds, meanAbsoluteErrorFps, meanRelativeError, unanswered } = crossValidate(
      points,
      (training) => () => mean(training),
    );
    expect(folds.map((fold) => fold.predictedFps)).toEqual([30, 25, 15]);
    expect(meanAbsoluteErrorFps).toBeCloseTo((20 + 5 + 25) / 3, 12);
    expect(meanRelativeError).toBeCloseTo((2 + 0.25 + 0.625) / 3, 12);
    expect(unanswered).toBe(0);
  });

  it('leaves out whole groups, as for leave-family-out', () => {
    const { folds } = crossValidate(
      points,
      (training) => () => mean(training),
      (point) => point.kind,
    );
    expect(folds.map((fold) => fold.predictedFps)).toEqual([40, 40, 15]);
  });

  it('counts what a fit refuses instead of hiding it in the mean', () => {
    const result = crossValidate(points, (training) => (training.length < 3 ? null : () => 1));
    expect(result).toMatchObject({ meanAbsoluteErrorFps: null, meanRelativeError: null, unanswered: 3 });
    const partly = crossValidate(points, () => (point) => (point.name === 'a' ? Number.NaN : 20));
    expect(partly).toMatchObject({ meanAbsoluteErrorFps: 10, unanswered: 1 });
  });
});
