import { Matrix, SingularValueDecomposition } from 'ml-matrix';

export interface LeastSquaresFit {
  /** One per column of the design. */
  readonly coefficients: readonly number[];
  /** 2-norm condition number of the design with its columns scaled to unit length. */
  readonly condition: number;
  /** xᵀ(XᵀX)⁻¹x for a new row x: the variance of its prediction in units of the noise's variance. */
  leverageAt(row: readonly number[]): number;
}

/**
 * Ordinary least squares by singular value decomposition of the design, its columns scaled to unit length first, so
 * that columns of different units (1/𝒫², 1/𝒫, 1) do not cost precision.
 *
 * @param rows the design, one row per observation, all of the same length
 * @param targets the observed value of each row
 * @returns null where the coefficients are not determined (fewer rows than columns, or a numerically rank-deficient
 *   design)
 */
export function leastSquares(rows: readonly (readonly number[])[], targets: readonly number[]): LeastSquaresFit | null {
  const columns = rows[0]?.length ?? 0;
  if (columns === 0 || rows.length < columns) return null;
  const design = new Matrix(rows.map((row) => [...row]));
  const scales = Array.from({ length: columns }, (_, column) => Math.hypot(...design.getColumn(column)));
  if (scales.some((scale) => !(scale > 0) || !Number.isFinite(scale))) return null;
  for (let column = 0; column < columns; column += 1) design.mulColumn(column, 1 / scales[column]!);

  const decomposition = new SingularValueDecomposition(design, { autoTranspose: true });
  const singular = decomposition.diagonal;
  const largest = Math.max(...singular);
  const smallest = Math.min(...singular);
  if (!(smallest > largest * rows.length * Number.EPSILON)) return null;

  const left = decomposition.leftSingularVectors;
  const right = decomposition.rightSingularVectors;
  const projected = singular.map((value, index) => dot(left.getColumn(index), targets) / value);
  const coefficients = scales.map((scale, column) => dot(right.getRow(column), projected) / scale);
  return {
    coefficients,
    condition: largest / smallest,
    leverageAt: (row) => {
      const scaled = row.map((value, column) => value / scales[column]!);
      return singular.reduce((sum, value, index) => sum + (dot(right.getColumn(index), scaled) / value) ** 2, 0);
    },
  };
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}
