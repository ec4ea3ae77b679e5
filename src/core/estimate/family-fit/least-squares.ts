import { Matrix, SingularValueDecomposition } from 'ml-matrix';

export interface LeastSquaresFit {
  /** One per column of the design. */
  readonly coefficients: readonly number[];
  /** 2-norm condition number of the design with its columns scaled to unit length. */
  readonly condition: number;
  /** xᵀ(XᵀX)⁻¹x for a new row x: the variance of its prediction in units of the noise's variance. */
  leverageAt(row: readonly number[]): number;
  /** xᵀ(XᵀX)⁻¹z: how much an observation at z moves the prediction at x. */
  influence(row: readonly number[], other: readonly number[]): number;
}

/** Observations beyond which the design is first reduced to a triangle of as many rows as columns. */
const maxRows = 200;

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
  if (rows.length > maxRows) {
    const reduced = triangle(rows, targets, columns);
    return leastSquares(reduced.rows, reduced.targets);
  }
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
  // The axes of X, each divided by its singular value, on columns as they are: asked for thousands of landmarks.
  const axes = singular.map((value, index) =>
    right.getColumn(index).map((part, column) => part / (value * scales[column]!)),
  );
  return {
    coefficients,
    condition: largest / smallest,
    leverageAt: (row) => {
      let sum = 0;
      for (const axis of axes) sum += dot(axis, row) ** 2;
      return sum;
    },
    influence: (row, other) => {
      let sum = 0;
      for (const axis of axes) sum += dot(axis, row) * dot(axis, other);
      return sum;
    },
  };
}

/**
 * The design's triangle R with XᵀX = RᵀR, and the targets turned with it, by Givens rotations: least squares on it has
 * the same solution, singular values and leverages.
 */
function triangle(rows: readonly (readonly number[])[], targets: readonly number[], columns: number) {
  const reduced = Array.from({ length: columns }, () => new Float64Array(columns + 1));
  const row = new Float64Array(columns + 1);
  for (let index = 0; index < rows.length; index += 1) {
    for (let column = 0; column < columns; column += 1) row[column] = rows[index]![column]!;
    row[columns] = targets[index]!;
    for (let column = 0; column < columns; column += 1) {
      const pivot = reduced[column]!;
      const length = Math.sqrt(pivot[column]! ** 2 + row[column]! ** 2);
      if (length === 0) continue;
      const cosine = pivot[column]! / length;
      const sine = row[column]! / length;
      for (let entry = column; entry <= columns; entry += 1) {
        const upper = pivot[entry]!;
        const lower = row[entry]!;
        pivot[entry] = cosine * upper + sine * lower;
        row[entry] = cosine * lower - sine * upper;
      }
    }
  }
  return {
    rows: reduced.map((entries) => [...entries.subarray(0, columns)]),
    targets: reduced.map((entries) => entries[columns]!),
  };
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += a[index]! * b[index]!;
  return sum;
}
