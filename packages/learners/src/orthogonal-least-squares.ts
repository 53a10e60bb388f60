/** A least-squares solution by orthogonal factorisation. */
export interface OrthogonalSolution {
  /** One for each column; 0 where a column is determined by the others. */
  readonly coefficients: Float64Array;
  /** Per column the diagonal of the inverse of X'X; NaN where the coefficient is not determined. */
  readonly inverseDiagonal: Float64Array;
  /** Which columns are determined by the others. */
  readonly dependent: readonly number[];
  readonly squares: number;
}

const independence = 1e-10;

/**
 * Minimises |target - X b| by Householder reflections with column pivoting (Golub and Van Loan 2013, algorithm 5.4.1).
 * The columns and the target are overwritten.
 */
export function solveOrthogonally(columns: readonly Float64Array[], target: Float64Array): OrthogonalSolution {
  const size = columns.length;
  const rows = target.length;
  const order = Array.from(columns, (_, index) => index);
  const lengths = columns.map((column) => Math.sqrt(tailSquares(column, 0)));
  const diagonal = new Float64Array(size);
  let rank = 0;
  for (; rank < Math.min(size, rows); rank++) {
    let best = rank;
    let bestShare = -1;
    for (let at = rank; at < size; at++) {
      const length = lengths[order[at]];
      const share = length > 0 ? Math.sqrt(tailSquares(columns[order[at]], rank)) / length : 0;
      if (share > bestShare) {
        best = at;
        bestShare = share;
      }
    }
    if (!(bestShare > independence)) break;
    [order[rank], order[best]] = [order[best], order[rank]];
    const pivot = columns[order[rank]];
    const length = Math.sqrt(tailSquares(pivot, rank));
    diagonal[rank] = pivot[rank] > 0 ? -length : length;
    pivot[rank] -= diagonal[rank];
    const norm = tailSquares(pivot, rank);
    for (let at = rank + 1; at < size; at++) reflect(columns[order[at]], pivot, rank, norm);
    reflect(target, pivot, rank, norm);
  }
  const coefficients = new Float64Array(size);
  const inverseDiagonal = new Float64Array(size).fill(Number.NaN);
  const solution = new Float64Array(rank);
  for (let i = rank - 1; i >= 0; i--) {
    let sum = target[i];
    for (let j = i + 1; j < rank; j++) sum -= columns[order[j]][i] * solution[j];
    solution[i] = sum / diagonal[i];
    coefficients[order[i]] = solution[i];
  }
  // Row i of the inverse of R, by solving R' x = e_i upwards from i; its squares sum to the diagonal.
  const inverse = new Float64Array(rank);
  for (let column = 0; column < rank; column++) {
    inverse.fill(0);
    inverse[column] = 1 / diagonal[column];
    for (let i = column + 1; i < rank; i++) {
      let sum = 0;
      for (let k = column; k < i; k++) sum -= columns[order[i]][k] * inverse[k];
      inverse[i] = sum / diagonal[i];
    }
    inverseDiagonal[order[column]] = inverse.reduce((sum, value) => sum + value * value, 0);
  }
  return {
    coefficients,
    inverseDiagonal,
    dependent: order.slice(rank).sort((a, b) => a - b),
    squares: tailSquares(target, rank),
  };
}

function tailSquares(values: Float64Array, from: number): number {
  let sum = 0;
  for (let i = from; i < values.length; i++) sum += values[i] * values[i];
  return sum;
}

/** Applies I - 2 v v' / |v|^2, where v is the end of `vector` from `from` on. */
function reflect(values: Float64Array, vector: Float64Array, from: number, norm: number): void {
  let product = 0;
  for (let i = from; i < values.length; i++) product += vector[i] * values[i];
  const factor = (2 * product) / norm;
  for (let i = from; i < values.length; i++) values[i] -= factor * vector[i];
}
