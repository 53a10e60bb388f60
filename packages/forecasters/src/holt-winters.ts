import { autoEts } from "./auto-ets.js";
import { checkOptions, refuse } from "./checks.js";
import type { Forecaster } from "./types.js";

/** What `holtWinters` may be told. */
export interface HoltWintersOptions {
  /** Values in one season, such as 12 for months. */
  readonly seasonLength: number;
  /** Whether the season adds or multiplies; a multiplicative one needs positive values. Default: additive. */
  readonly season?: "additive" | "multiplicative";
  readonly damped?: boolean;
}

/**
 * Holt and Winters' trend and season: `autoEts` of the one form `ets(A,A,A)` or `ets(M,A,M)`, with `Ad` for a damped trend.
 *
 * @example
 * ```ts
 * import { holtWinters } from "@sage-twin/forecasters";
 *
 * const sales = [12, 18, 15, 21, 14, 20, 17, 23, 16, 22, 19, 25, 18, 24, 21, 27];
 * holtWinters({ seasonLength: 4 }).fit(sales).name; // => "ets(A,A,A)"
 * ```
 */
export function holtWinters(options: HoltWintersOptions): Forecaster {
  const { seasonLength, season = "additive", damped = false } = checkOptions(options);
  if (season !== "additive" && season !== "multiplicative")
    refuse(["season"], `'${season}' is no kind of season`, "give additive or multiplicative");
  const forms = season === "additive" ? (["AAA", "AAdA"] as const) : (["MAM", "MAdM"] as const);
  return { ...autoEts({ seasonLength, form: forms[damped ? 1 : 0] }), name: "holtWinters" };
}
