import { Rng, unknownName } from "@sage-twin/kernel";
import { takeRows } from "../evaluation/take-rows.js";
import { checkWhole } from "../table.js";
import type { Columns, FittedLearner } from "../types.js";
import { candidateValues } from "./candidate-values.js";

/** Predictions as one column changes. */
export interface PartialDependence {
  /** Ascending numbers, or texts, the most frequent first. */
  readonly values: readonly (string | number)[];
  /** The mean prediction at each value. */
  readonly mean: Float64Array;
  /** By row the predictions at each value, the others of its columns kept (individual conditional expectation). */
  readonly individual: readonly Float64Array[];
  /** The number of each such row in `columns`. */
  readonly rows: Int32Array;
}

/** How fine. */
export interface PartialDependenceOptions {
  /** The most values. Default: 20. */
  readonly points?: number;
  /** The most rows, drawn. Default: 500. */
  readonly rows?: number;
  /** Default: `"dependence"`. */
  readonly seed?: string | number;
}

/**
 * How predictions hang on one column: in the mean over rows (Friedman 2001) and for each row by itself (Goldstein et al. 2015).
 *
 * @example
 * ```ts
 * import { linearRegression, partialDependence } from "@sage-twin/learners";
 *
 * const columns = { x: [1, 2, 3, 4], z: [0, 1, 0, 2] };
 * const { values, mean } = partialDependence(linearRegression().fit(columns, [2, 4, 6, 8]), columns, "x");
 * values; // => [1, 2, 3, 4]
 * Array.from(mean, (value) => value.toFixed(6)); // => ["2.000000", "4.000000", "6.000000", "8.000000"]
 * ```
 */
export function partialDependence(
  fitted: Pick<FittedLearner, "features" | "predict">,
  columns: Columns,
  column: string,
  options: PartialDependenceOptions = {},
): PartialDependence {
  if (!fitted.features.includes(column)) throw unknownName("column", String(column), fitted.features, ["column"]);
  const points = checkWhole(options.points ?? 20, "points", 2, 1000);
  const most = checkWhole(options.rows ?? 500, "rows", 1, 1_000_000);
  const total = columns[column]?.length ?? 0;
  const words = new Rng(options.seed ?? "dependence").words();
  const rows = Int32Array.from({ length: total }, (_, row) => row);
  for (let i = 0; i < most && most < total; i++) {
    const other = i + Math.floor(words.uniform() * (total - i));
    [rows[i], rows[other]] = [rows[other], rows[i]];
  }
  const drawn = rows.slice(0, most).sort();
  const kept = takeRows(columns, drawn);
  const values = candidateValues(columns[column], points);
  const mean = new Float64Array(values.length);
  const individual = Array.from(drawn, () => new Float64Array(values.length));
  values.forEach((value, at) => {
    const changed = new Array<number | string>(drawn.length).fill(value) as number[];
    fitted.predict({ ...kept, [column]: changed }).forEach((prediction, row) => {
      individual[row][at] = prediction;
      mean[at] += prediction / drawn.length;
    });
  });
  return { values, mean, individual, rows: drawn };
}
