import { TwinError } from "@sage-twin/kernel";

export interface Overlap {
  /** The rows whose propensity lies within the bounds. */
  readonly kept: readonly number[];
  readonly warnings: readonly string[];
}

/** Leaves out rows that are nearly always or nearly never treated (Crump, Hotz, Imbens and Mitnik 2009), and says how many. */
export function overlapOf(propensities: Float64Array, trim: number): Overlap {
  if (!(trim >= 0 && trim < 0.5))
    throw new TwinError({
      code: "out-of-range",
      path: ["trim"],
      message: `propensities are trimmed at a bound from 0 to 0.5, not ${trim}`,
    });
  const rows = propensities.length;
  const kept = Array.from(propensities.keys()).filter(
    (row) => propensities[row] > trim && propensities[row] < 1 - trim,
  );
  if (kept.length < 20)
    throw new TwinError({
      code: "invalid-data",
      path: ["data"],
      message: `treated and untreated rows do not overlap: ${kept.length} of ${rows} rows have a propensity between ${trim} and ${1 - trim}`,
      fix: "compare like with like: leave out rows or confounders that decide the treatment",
    });
  const left = rows - kept.length;
  return {
    kept,
    warnings:
      left > 0
        ? [
            `${left} of ${rows} rows are nearly always or nearly never treated (propensity beyond ${trim}) and are left out: the effect is that of the others`,
          ]
        : [],
  };
}
