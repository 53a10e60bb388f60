import { cholesky } from "@sage-twin/numerics";

const fewestPairs = 12;

/**
 * The Cholesky factor of the correlation of error series, shrunk towards independence by as much as the sample is small
 * (Schaefer and Strimmer 2005, target D), and further until it is positive definite. Pairs use the rows where both are known.
 */
export function correlationFactor(series: readonly Float64Array[]): Float64Array {
  const size = series.length;
  const correlation = new Float64Array(size * size);
  let noise = 0;
  let signal = 0;
  for (let i = 0; i < size; i++) {
    correlation[i * size + i] = 1;
    for (let j = 0; j < i; j++) {
      const { value, pairs } = correlate(series[i], series[j]);
      if (pairs < fewestPairs) continue;
      correlation[i * size + j] = value;
      correlation[j * size + i] = value;
      noise += (1 - value * value) ** 2 / (pairs - 1);
      signal += value * value;
    }
  }
  let kept = signal > 0 ? Math.max(0, 1 - noise / signal) : 0;
  for (;;) {
    const shrunk = correlation.map((value, index) => (index % (size + 1) === 0 ? 1 : kept * value));
    try {
      return cholesky(shrunk, size);
    } catch {
      kept *= 0.95;
    }
  }
}

function correlate(a: Float64Array, b: Float64Array): { value: number; pairs: number } {
  const rows = [...a.keys()].filter((row) => Number.isFinite(a[row]) && Number.isFinite(b[row]));
  const pairs = rows.length;
  let meanA = 0;
  let meanB = 0;
  for (const row of rows) {
    meanA += a[row] / pairs;
    meanB += b[row] / pairs;
  }
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (const row of rows) {
    ab += (a[row] - meanA) * (b[row] - meanB);
    aa += (a[row] - meanA) ** 2;
    bb += (b[row] - meanB) ** 2;
  }
  const value = ab / Math.sqrt(aa * bb);
  return { value: Number.isFinite(value) ? value : 0, pairs };
}
