import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { campaignSpread } from '../estimate/calibration';
import type { CoefficientPrior } from '../estimate/graph-cost/priors';

/**
 * Standard deviation of the logarithm of latency about what the graph-cost model says: noise of the measurement, and
 * what families differ by, which is the larger part (ESTIMATORS.md, "Other boards and runtimes").
 */
const deviation = 0.1;

/**
 * Of each measured network ∂ log latency / ∂ log coefficient, one per term: the term's share of the latency, 0 to 1.
 */
export type Slopes = readonly (readonly number[])[];

/**
 * What is known of a latency model's coefficients before a ladder, as the precision of their logarithms: by the prior,
 * and by measurements on other boards of the kind or in other power modes. Each of those campaigns is faster or slower
 * than this board by a factor that nobody knows, which is integrated out.
 *
 * @param elsewhere the slopes of each campaign
 */
export function knowledgeOf(
  { covariance }: Pick<CoefficientPrior, 'covariance'>,
  elsewhere: readonly Slopes[],
): Matrix {
  const inverse = new CholeskyDecomposition(new Matrix(covariance.map((row) => [...row]))).solve(
    Matrix.eye(covariance.length),
  );
  // Rounding leaves it a little lopsided, which later decompositions refuse.
  const precision = Matrix.add(inverse, inverse.transpose()).mul(0.5);
  for (const slopes of elsewhere) {
    addMeasured(precision, slopes);
    // The Schur complement of the factor, whose slope is 1 in every network.
    const sums = covariance.map((_, term) => slopes.reduce((sum, row) => sum + row[term]!, 0) / deviation ** 2);
    const weight = slopes.length / deviation ** 2 + 1 / campaignSpread ** 2;
    sums.forEach((a, i) => sums.forEach((b, j) => precision.set(i, j, precision.get(i, j) - (a * b) / weight)));
  }
  return precision;
}

/**
 * How much a set of measurements tells of a latency model's coefficients beyond what is known: the logarithm of the
 * determinant of their posterior precision, under the model linearised in the logarithms with normal priors on those
 * (Bayesian D-optimality; Chaloner and Verdinelli 1995, section 2.2). Larger is better.
 */
export function informationOf(slopes: Slopes, known: Matrix): number {
  const precision = known.clone();
  addMeasured(precision, slopes);
  const diagonal = new CholeskyDecomposition(precision).lowerTriangularMatrix.diagonal();
  return 2 * diagonal.reduce((sum, value) => sum + Math.log(value), 0);
}

/** Adds what networks tell that were measured on this very board. */
export function addMeasured(precision: Matrix, slopes: Slopes): void {
  for (const row of slopes) {
    row.forEach((a, i) => {
      if (a === 0) return;
      row.forEach((b, j) => precision.set(i, j, precision.get(i, j) + (a * b) / deviation ** 2));
    });
  }
}
