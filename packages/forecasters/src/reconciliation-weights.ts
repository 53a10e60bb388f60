import { cholesky, type Matrix, solveCholesky } from "@sage-twin/numerics";
import { shrunkCovariance } from "./shrunk-covariance.js";
import type { Summing } from "./summing-structure.js";

/** How base forecasts become bottom forecasts by one matrix. */
export type TraceMethod = "ols" | "wlsStructural" | "wlsVariance" | "minTShrink";

const ridge = 2e-8;

/**
 * The matrix, bottom x names, that turns base forecasts into bottom forecasts with the least total variance for errors of covariance W:
 * (S' W^-1 S)^-1 S' W^-1 (Wickramasuriya, Athanasopoulos and Hyndman 2019). W is the identity, the number of bottom series in each, the variance of its
 * residuals, or their shrunk covariance.
 */
export function traceWeights(
  { names, bottom, matrix }: Summing,
  method: TraceMethod,
  residuals: readonly Float64Array[],
): Matrix {
  const size = names.length;
  const width = bottom.length;
  const scaled = new Float64Array(width * size); // S' W^-1
  if (method === "minTShrink") {
    const factor = cholesky(shrunkCovariance(residuals), size);
    for (let j = 0; j < width; j++) {
      const column = Float64Array.from({ length: size }, (_, i) => matrix[i * width + j]);
      scaled.set(solveCholesky(factor, column), j * size);
    }
  } else {
    for (let i = 0; i < size; i++) {
      const weight = 1 / diagonal(method, matrix.subarray(i * width, (i + 1) * width), residuals[i]);
      for (let j = 0; j < width; j++) scaled[j * size + i] = matrix[i * width + j] * weight;
    }
  }
  const normal = new Float64Array(width * width);
  for (let j = 0; j < width; j++)
    for (let k = 0; k < width; k++) {
      let sum = 0;
      for (let i = 0; i < size; i++) sum += scaled[j * size + i] * matrix[i * width + k];
      normal[j * width + k] = sum;
    }
  const factor = cholesky(normal, width);
  const weights = new Float64Array(width * size);
  const column = new Float64Array(width);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < width; j++) column[j] = scaled[j * size + i];
    const solved = solveCholesky(factor, column);
    for (let j = 0; j < width; j++) weights[j * size + i] = solved[j];
  }
  return weights;
}

function diagonal(method: TraceMethod, row: Float64Array, residuals: Float64Array): number {
  if (method === "ols") return 1;
  if (method === "wlsStructural") return row.reduce((sum, value) => sum + value, 0);
  return residuals.reduce((sum, value) => sum + value * value, 0) / residuals.length + ridge;
}
