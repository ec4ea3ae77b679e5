/**
 * Cholesky decomposition of small symmetric matrices, row by row in one array of numbers: hundreds of folds are solved
 * after each new landmark, for which a general library's matrices take ten times as long.
 */
export interface Cholesky {
  /** Solves A · x = b. */
  solve(b: ArrayLike<number>): Float64Array;
  /** bᵀ · A⁻¹ · b. */
  inverseForm(b: ArrayLike<number>): number;
  /** Logarithm of the determinant of A. */
  readonly logDeterminant: number;
}

/**
 * @param lower `size` × `size`, symmetric; its lower triangle is read and becomes the factor's
 * @returns null where it is not positive definite
 */
export function cholesky(lower: Float64Array, size: number): Cholesky | null {
  let logDeterminant = 0;
  for (let row = 0; row < size; row += 1) {
    const start = row * size;
    for (let column = 0; column <= row; column += 1) {
      const other = column * size;
      let sum = lower[start + column]!;
      for (let inner = 0; inner < column; inner += 1) sum -= lower[start + inner]! * lower[other + inner]!;
      if (column < row) lower[start + column] = sum / lower[other + column]!;
      else if (sum > 0) lower[start + row] = Math.sqrt(sum);
      else return null;
    }
    logDeterminant += 2 * Math.log(lower[start + row]!);
  }
  const forward = (b: ArrayLike<number>, x: Float64Array = new Float64Array(size)): Float64Array => {
    for (let row = 0; row < size; row += 1) {
      let sum = b[row]!;
      for (let inner = 0; inner < row; inner += 1) sum -= lower[row * size + inner]! * x[inner]!;
      x[row] = sum / lower[row * size + row]!;
    }
    return x;
  };
  // Asked for thousands of predictions, each of which would leave an array to be collected.
  let scratch: Float64Array | undefined;
  return {
    logDeterminant,
    inverseForm: (b) => {
      const x = forward(b, (scratch ??= new Float64Array(size)));
      let sum = 0;
      for (let index = 0; index < size; index += 1) sum += x[index]! * x[index]!;
      return sum;
    },
    solve: (b) => {
      const x = forward(b);
      for (let row = size - 1; row >= 0; row -= 1) {
        let sum = x[row]!;
        for (let inner = row + 1; inner < size; inner += 1) sum -= lower[inner * size + row]! * x[inner]!;
        x[row] = sum / lower[row * size + row]!;
      }
      return x;
    },
  };
}

/** Inverse of a small positive definite matrix, row by row. */
export function inverse(matrix: readonly (readonly number[])[]): Float64Array {
  const size = matrix.length;
  const factor = cholesky(Float64Array.from(matrix.flat()), size)!;
  const found = new Float64Array(size * size);
  for (let column = 0; column < size; column += 1) {
    const unit = new Float64Array(size);
    unit[column] = 1;
    factor.solve(unit).forEach((value, row) => (found[row * size + column] = value));
  }
  return found;
}
