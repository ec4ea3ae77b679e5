import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { CoefficientPrior } from '../estimate/graph-cost/priors';

/**
 * Standard deviation of the logarithm of latency about what the graph-cost model says: noise of the measurement, and
 * what families differ by, which is the larger part (ESTIMATORS.md, "Other boards and runtimes").
 */
const deviation = 0.1;

/**
 * How much a set of measurements tells of a latency model's coefficients: the logarithm of the determinant of their
 * posterior precision, under the model linearised in the logarithms with normal priors on those (Bayesian
 * D-optimality; Chaloner and Verdinelli 1995, section 2.2). Larger is better.
 *
 * @param slopes for each measured network ∂ log latency / ∂ log coefficient, one per term: the term's share of the
 *   latency, 0 to 1
 */
export function informationOf(slopes: readonly (readonly number[])[], prior: CoefficientPrior): number {
  const precision = priorPrecision(prior);
  for (const row of slopes) {
    row.forEach((a, i) => {
      if (a === 0) return;
      row.forEach((b, j) => precision.set(i, j, precision.get(i, j) + (a * b) / deviation ** 2));
    });
  }
  return logDeterminant(precision);
}

function priorPrecision({ covariance: rows }: CoefficientPrior): Matrix {
  const covariance = new Matrix(rows.map((row) => [...row]));
  const inverse = new CholeskyDecomposition(covariance).solve(Matrix.eye(rows.length));
  // Rounding leaves it a little lopsided, which the decomposition below refuses.
  return Matrix.add(inverse, inverse.transpose()).mul(0.5);
}

function logDeterminant(matrix: Matrix): number {
  const diagonal = new CholeskyDecomposition(matrix).lowerTriangularMatrix.diagonal();
  return 2 * diagonal.reduce((sum, value) => sum + Math.log(value), 0);
}
