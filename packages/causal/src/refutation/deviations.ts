import { cos, log, sin } from "@sage-twin/kernel";
import { cholesky, solveCholesky } from "@sage-twin/numerics";

/** How many sine and cosine pairs stand for a season. */
const mostPairs = 3;

/** What a column is without its level, trend and season, found by least squares over its known rows; gaps stay gaps. */
export function deviationsOf(values: Float64Array, seasonLength: number, onLogScale: boolean): Float64Array {
  const response = onLogScale ? values.map(log) : values;
  const regressors = trendAndSeason(values.length, seasonLength);
  const rows = Array.from(response.keys()).filter((row) => Number.isFinite(response[row]));
  const width = regressors.length;
  const normal = new Float64Array(width * width);
  const right = new Float64Array(width);
  for (const row of rows) {
    for (let i = 0; i < width; i++) {
      right[i] += regressors[i][row] * response[row];
      for (let j = 0; j < width; j++) normal[i * width + j] += regressors[i][row] * regressors[j][row];
    }
  }
  const slopes = solveCholesky(cholesky(normal, width), right);
  return response.map((value, row) => {
    let expected = 0;
    for (let i = 0; i < width; i++) expected += slopes[i] * regressors[i][row];
    return value - expected;
  });
}

/** The columns of level, trend and season. */
export function trendAndSeason(length: number, seasonLength: number): Float64Array[] {
  const column = (at: (row: number) => number): Float64Array => Float64Array.from({ length }, (_, row) => at(row));
  const regressors = [column(() => 1), column((row) => row / length - 0.5)];
  const pairs = seasonLength > 1 && length >= 3 * seasonLength ? Math.min(Math.floor(seasonLength / 2), mostPairs) : 0;
  for (let pair = 1; pair <= pairs; pair++) {
    const turn = (2 * Math.PI * pair) / seasonLength;
    regressors.push(column((row) => cos(turn * (row % seasonLength))));
    if (2 * pair < seasonLength) regressors.push(column((row) => sin(turn * (row % seasonLength))));
  }
  return regressors;
}
