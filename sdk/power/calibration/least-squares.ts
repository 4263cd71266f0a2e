/** Solution of a linear least-squares problem. */
export interface LeastSquares {
  readonly coefficients: readonly number[];
  /** Inverse of the normal matrix: times the variance of the noise, the covariance of the coefficients. */
  readonly inverse: readonly (readonly number[])[];
  readonly residuals: Float64Array;
  /** Sum of squared residuals. */
  readonly rest: number;
}

/** Pivots smaller than this share of the largest diagonal element count as 0. */
const SINGULAR = 1e-12;

/** Inverse by Gauss-Jordan elimination with pivots on the diagonal, enough for normal matrices; undefined where it is singular. */
function inverseOf(matrix: readonly (readonly number[])[]): number[][] | undefined {
  const size = matrix.length;
  const rows = matrix.map((row, index) => [...row, ...row.map((_, column) => (column === index ? 1 : 0))]);
  const largest = Math.max(...matrix.map((row, index) => row[index]!));
  for (let pivot = 0; pivot < size; pivot++) {
    const row = rows[pivot]!;
    const head = row[pivot]!;
    if (!(head > SINGULAR * largest)) return undefined;
    for (let column = 0; column < 2 * size; column++) row[column]! /= head;
    for (const other of rows) {
      const factor = other[pivot]!;
      if (other === row || factor === 0) continue;
      for (let column = 0; column < 2 * size; column++) other[column]! -= factor * row[column]!;
    }
  }
  return rows.map((row) => row.slice(size));
}

/** Coefficients that bring the sum of the columns closest to `target`; undefined where the columns depend on each other. */
export function leastSquares(columns: readonly ArrayLike<number>[], target: ArrayLike<number>): LeastSquares | undefined {
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    let sum = 0;
    for (let index = 0; index < target.length; index++) sum += a[index]! * b[index]!;
    return sum;
  };
  // Unit length: the pivots of columns of very different size are comparable.
  const lengths = columns.map((column) => Math.sqrt(dot(column, column)));
  if (lengths.some((length) => !(length > 0))) return undefined;
  const scaled = inverseOf(columns.map((a, row) => columns.map((b, column) => dot(a, b) / (lengths[row]! * lengths[column]!))));
  if (scaled === undefined) return undefined;
  const inverse = scaled.map((row, i) => row.map((value, j) => value / (lengths[i]! * lengths[j]!)));
  const projections = columns.map((column) => dot(column, target));
  const coefficients = inverse.map((row) => row.reduce((sum, value, index) => sum + value * projections[index]!, 0));
  const residuals = Float64Array.from(target);
  columns.forEach((column, which) => {
    const coefficient = coefficients[which]!;
    for (let index = 0; index < residuals.length; index++) residuals[index]! -= coefficient * column[index]!;
  });
  return { coefficients, inverse, residuals, rest: dot(residuals, residuals) };
}
