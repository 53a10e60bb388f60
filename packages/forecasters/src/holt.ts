import { autoEts } from "./auto-ets.js";
import { checkOptions } from "./checks.js";
import type { Forecaster } from "./types.js";

/**
 * Holt's linear trend: `autoEts` of the one form `ets(A,A,N)`, or `ets(A,Ad,N)` with a damped trend.
 *
 * @example
 * ```ts
 * import { holt } from "@sage-twin/forecasters";
 *
 * holt({ damped: true }).fit([12, 15, 14, 17, 18, 17, 20, 22]).name; // => "ets(A,Ad,N)"
 * ```
 */
export function holt(options: { readonly damped?: boolean } = {}): Forecaster {
  return { ...autoEts({ form: checkOptions(options).damped === true ? "AAdN" : "AAN" }), name: "holt" };
}
