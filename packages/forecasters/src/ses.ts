import { autoEts } from "./auto-ets.js";
import type { Forecaster } from "./types.js";

/**
 * Simple exponential smoothing: `autoEts` of the one form `ets(A,N,N)`.
 *
 * @example
 * ```ts
 * import { ses } from "@sage-twin/forecasters";
 *
 * ses().fit([12, 15, 14, 17, 13, 16, 15]).name; // => "ets(A,N,N)"
 * ```
 */
export function ses(): Forecaster {
  return { ...autoEts({ form: "ANN" }), name: "ses" };
}
