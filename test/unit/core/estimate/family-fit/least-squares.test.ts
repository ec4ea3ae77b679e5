import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastSquares } from '../../../../../src/core/estimate/family-fit/least-squares';

describe('leastSquares', () => {
  it('finds the coefficients that made the data, whatever the units of its columns', () => {
    const coefficient = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(coefficient, coefficient, fc.integer({ min: -6, max: 6 }), (slope, offset, exponent) => {
        const unit = 10 ** exponent;
        const rows = [1, 2, 3, 5, 8].map((x) => [x * unit, 1]);
        const fit = leastSquares(
          rows,
          rows.map(([x]) => slope * x! + offset),
        )!;
        expect(fit.coefficients[0]! * unit).toBeCloseTo(slope * unit, 6);
        expect(fit.coefficients[1]!).toBeCloseTo(offset, 5);
      }),
    );
  });

  it('minimises the residuals: they are orthogonal to every column', () => {
    const rows = [
      [1, 1],
      [2, 1],
      [4, 1],
      [9, 1],
    ];
    const targets = [2, 1, 5, 3];
    const fit = leastSquares(rows, targets)!;
    const residuals = rows.map((row, index) => targets[index]! - row[0]! * fit.coefficients[0]! - fit.coefficients[1]!);
    for (const column of [0, 1]) {
      expect(residuals.reduce((sum, residual, index) => sum + residual * rows[index]![column]!, 0)).toBeCloseTo(0, 10);
    }
  });

  it('gives leverages that add up to the number of coefficients', () => {
    const rows = [0.3, 0.5, 1, 2, 7].map((x) => [1 / x ** 2, 1 / x, 1]);
    const fit = leastSquares(rows, [1, 2, 3, 4, 5])!;
    expect(rows.reduce((sum, row) => sum + fit.leverageAt(row), 0)).toBeCloseTo(3, 8);
  });

  it('has condition 1 for orthogonal columns', () => {
    const rows = [
      [1, 1000],
      [1, -1000],
    ];
    expect(leastSquares(rows, [0, 0])!.condition).toBeCloseTo(1, 10);
  });

  it.each([
    ['fewer rows than columns', [[1, 2]], [1]],
    ['equal columns', [[1, 1], [2, 2], [3, 3]], [1, 2, 3]], // prettier-ignore
    ['a column of zeros', [[0, 1], [0, 2]], [1, 2]], // prettier-ignore
    ['no rows', [], []],
  ])('is null for %s', (_, rows, targets) => {
    expect(leastSquares(rows, targets)).toBeNull();
  });
});
