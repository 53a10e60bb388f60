const terms = 14;

/** C = A B for square matrices by rows. */
function multiply(a: Float64Array, b: Float64Array, size: number, product: Float64Array): void {
  product.fill(0);
  for (let row = 0; row < size; row++)
    for (let k = 0; k < size; k++) {
      const factor = a[row * size + k];
      if (factor === 0) continue;
      for (let column = 0; column < size; column++) product[row * size + column] += factor * b[k * size + column];
    }
}

/**
 * How far weights are from a graph without cycles: trace(exp(W o W)) - size, which is 0 for one alone (Zheng, Aragam, Ravikumar and Xing 2018, theorem 1).
 * Adds `factorOf(value)` times its gradient to `gradient`. The exponential is found by scaling and squaring.
 */
export function acyclicity(
  weights: Float64Array,
  size: number,
  factorOf: (value: number) => number,
  gradient: Float64Array,
): number {
  const squares = weights.map((weight) => weight * weight);
  let norm = 0;
  for (let row = 0; row < size; row++) {
    let sum = 0;
    for (let column = 0; column < size; column++) sum += squares[row * size + column];
    norm = Math.max(norm, sum);
  }
  if (!(norm < 1e4)) return Number.POSITIVE_INFINITY;
  let halvings = 0;
  for (; norm > 0.5; norm /= 2) halvings++;
  for (let halving = 0; halving < halvings; halving++) for (let at = 0; at < squares.length; at++) squares[at] /= 2;
  let power: Float64Array = new Float64Array(size * size);
  for (let node = 0; node < size; node++) power[node * size + node] = 1;
  let exponential: Float64Array = power.slice();
  let product: Float64Array = new Float64Array(size * size);
  for (let term = 1; term <= terms; term++) {
    multiply(power, squares, size, product);
    for (let at = 0; at < product.length; at++) {
      product[at] /= term;
      exponential[at] += product[at];
    }
    [power, product] = [product, power];
  }
  for (let halving = 0; halving < halvings; halving++) {
    multiply(exponential, exponential, size, product);
    [exponential, product] = [product, exponential];
  }
  let value = -size;
  for (let node = 0; node < size; node++) value += exponential[node * size + node];
  const factor = factorOf(value);
  for (let from = 0; from < size; from++)
    for (let to = 0; to < size; to++)
      gradient[from * size + to] += 2 * factor * exponential[to * size + from] * weights[from * size + to];
  return value;
}
