import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { CoefficientPriors } from '../estimate/graph-cost/priors';

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
export function informationOf(
  slopes: readonly (readonly number[])[],
  priors: CoefficientPriors,
  terms: readonly string[],
): number {
  const precision = priorPrecision(priors, terms);
  for (const row of slopes) {
    row.forEach((a, i) => {
      if (a === 0) return;
      row.forEach((b, j) => precision.set(i, j, precision.get(i, j) + (a * b) / deviation ** 2));
    });
  }
  return logDeterminant(precision);
}

/** Coefficients are independent beforehand but for a factor that they may share. */
function priorPrecision({ byTerm, sharedSpread }: CoefficientPriors, terms: readonly string[]): Matrix {
  const covariance = Matrix.ones(terms.length, terms.length).mul(sharedSpread ** 2);
  terms.forEach((term, index) => {
    const { spread } = byTerm[term as keyof typeof byTerm];
    covariance.set(index, index, covariance.get(index, index) + spread ** 2);
  });
  const inverse = new CholeskyDecomposition(covariance).solve(Matrix.eye(terms.length));
  // Rounding leaves it a little lopsided, which the decomposition below refuses.
  return Matrix.add(inverse, inverse.transpose()).mul(0.5);
}

function logDeterminant(matrix: Matrix): number {
  const diagonal = new CholeskyDecomposition(matrix).lowerTriangularMatrix.diagonal();
  return 2 * diagonal.reduce((sum, value) => sum + Math.log(value), 0);
}
