import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { CoefficientPriors } from '../estimate/graph-cost/priors';

/** What one measured network would tell of the coefficients. */
export interface Sight {
  /** ∂ log latency / ∂ log coefficient, one per coefficient: each term's share of the latency, 0 to 1. */
  readonly slopes: readonly number[];
  /** Networks of one family share a residual, which therefore has to be told from the coefficients. */
  readonly family: string;
}

/** Standard deviation of the logarithm of latency: of one measurement, and between families. */
const noise = 0.04;
const familySpread = 0.1;

/**
 * How much a set of measurements tells of a latency model's coefficients: the logarithm of the determinant of their
 * posterior precision, families' residuals integrated out, under the linearised model with normal priors on the
 * logarithms (Bayesian Dₛ-optimality; Chaloner and Verdinelli 1995, section 2.2). Larger is better; differences of
 * it, halved, are nats of information.
 */
export function informationOf(sights: readonly Sight[], priors: CoefficientPriors, terms: readonly string[]): number {
  const families = [...new Set(sights.map(({ family }) => family))];
  const size = terms.length + families.length;
  const precision = Matrix.zeros(size, size);
  precision.setSubMatrix(priorPrecision(priors, terms), 0, 0);
  const ofFamilies = families.map(() => 1 / familySpread ** 2);
  for (const { slopes, family } of sights) {
    const index = families.indexOf(family);
    ofFamilies[index]! += 1 / noise ** 2;
    const row = [...slopes, ...families.map((_, other) => (other === index ? 1 : 0))];
    row.forEach((a, i) => {
      if (a === 0) return;
      row.forEach((b, j) => precision.set(i, j, precision.get(i, j) + (a * b) / noise ** 2));
    });
  }
  families.forEach((_, index) => {
    const at = terms.length + index;
    precision.set(at, at, precision.get(at, at) + 1 / familySpread ** 2);
  });
  return logDeterminant(precision) - ofFamilies.reduce((sum, value) => sum + Math.log(value), 0);
}

/** Coefficients are independent beforehand but for a factor that they may share. */
function priorPrecision({ byTerm, sharedSpread }: CoefficientPriors, terms: readonly string[]): Matrix {
  const covariance = Matrix.ones(terms.length, terms.length).mul(sharedSpread ** 2);
  terms.forEach((term, index) => {
    const { spread } = byTerm[term as keyof typeof byTerm];
    covariance.set(index, index, covariance.get(index, index) + spread ** 2);
  });
  const inverse = new CholeskyDecomposition(covariance).solve(Matrix.eye(terms.length));
  // Rounding leaves it a little lopsided, which the decomposition above refuses.
  return Matrix.add(inverse, inverse.transpose()).mul(0.5);
}

function logDeterminant(matrix: Matrix): number {
  const diagonal = new CholeskyDecomposition(matrix).lowerTriangularMatrix.diagonal();
  return 2 * diagonal.reduce((sum, value) => sum + Math.log(value), 0);
}
