import { TwinError, unknownName } from "@sage-twin/kernel";
import { addImputations, type Imputation } from "./imputation.js";
import { partsOf } from "./parts-of.js";
import { TimeTable } from "./time-table.js";

/**
 * What stands where a value is missing. `"none"`: nothing. `"forward"`: the last value before. `"linear"`: the straight line
 * between the values around. `"seasonal"`: the same between the nearest values of the same place in the season, which keeps a
 * trend and a season that are straight and fixed; where only one side has one, that value.
 */
export type FillPolicy = "none" | "forward" | "linear" | "seasonal";

/**
 * The table with missing values filled, each metric by its policy; `table.imputed` counts the cells by metric and policy, and
 * `quality.gaps` still tells the periods without a row. Missing values before the first (and for `"linear"` after the last) one
 * stay missing. Throws a `TwinError` for `"seasonal"` without a whole `seasonLength` of at least 2 periods, and for an unknown metric
 * or policy.
 *
 * @example
 * ```ts
 * import { fillMissing, TimeTable } from "@sage-twin/schemas";
 *
 * const table = TimeTable.of({ frequency: "D", start: "2026-01-05", columns: { sales: [2, NaN, 6], staff: [4, NaN, NaN] } });
 * const filled = fillMissing(table, { sales: "linear", staff: "forward" });
 * [...filled.column("sales"), ...filled.column("staff")]; // => [2, 4, 6, 4, 4, 4]
 * filled.imputed; // => [{ metric: "sales", policy: "linear", cells: 1 }, { metric: "staff", policy: "forward", cells: 2 }]
 * ```
 */
export function fillMissing<Metric extends string>(
  table: TimeTable<Metric>,
  policies: FillPolicy | Partial<Readonly<Record<Metric, FillPolicy>>>,
  options: { readonly seasonLength?: number } = {},
): TimeTable<Metric> {
  const { seasonLength = 0 } = options;
  const chosen = typeof policies === "string" ? undefined : new Map(Object.entries<FillPolicy | undefined>(policies));
  for (const metric of chosen?.keys() ?? [])
    if (!table.metrics.includes(metric as Metric)) throw unknownName("metric", metric, table.metrics, ["policies"]);
  const parts = partsOf(table);
  const made: Imputation[] = [];
  const columns = new Map<string, Float64Array>();
  for (const [metric, values] of parts.columns) {
    const policy = typeof policies === "string" ? policies : (chosen?.get(metric) ?? "none");
    const filled = fill(values, policy, seasonLength, metric);
    columns.set(metric, filled);
    let cells = 0;
    for (let row = 0; row < values.length; row++) if (Number.isNaN(values[row]) && !Number.isNaN(filled[row])) cells++;
    if (policy !== "none" && cells > 0) made.push({ metric, policy, cells });
  }
  return new TimeTable({ ...parts, columns, imputed: addImputations(parts.imputed, made) });
}

function fill(values: Float64Array, policy: FillPolicy, seasonLength: number, metric: string): Float64Array {
  if (policy === "none") return values;
  if (policy === "forward") {
    const filled = values.slice();
    for (let row = 1; row < filled.length; row++) if (Number.isNaN(filled[row])) filled[row] = filled[row - 1];
    return filled;
  }
  if (policy === "linear") return alongSteps(values, 1, false);
  if (policy !== "seasonal")
    throw unknownName("policy", String(policy), ["none", "forward", "linear", "seasonal"], [metric]);
  if (Number.isInteger(seasonLength) && seasonLength > 1) return alongSteps(values, seasonLength, true);
  throw new TwinError({
    code: "invalid-argument",
    path: ["seasonLength"],
    message: `'${metric}' is to be filled by its season, whose length is ${seasonLength || "not given"}`,
    fix: "give a whole number of periods from 2: seasonLength: 7",
  });
}

/** Fills along rows `step` apart: on the line between the nearest values, and beyond them with the nearest where `ends`. */
function alongSteps(values: Float64Array, step: number, ends: boolean): Float64Array {
  const filled = values.slice();
  for (let phase = 0; phase < step; phase++) {
    let before = -1;
    for (let row = phase; row < values.length; row += step) {
      if (Number.isNaN(values[row])) continue;
      for (let gap = before < 0 ? phase : before + step; gap < row; gap += step) {
        if (before >= 0) {
          const share = (gap - before) / (row - before);
          filled[gap] = values[before] + (values[row] - values[before]) * share;
        } else if (ends) filled[gap] = values[row];
      }
      before = row;
    }
    if (ends && before >= 0)
      for (let row = before + step; row < values.length; row += step) filled[row] = values[before];
  }
  return filled;
}
