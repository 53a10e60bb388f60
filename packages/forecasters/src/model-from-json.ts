import { autoKind } from "./combined.js";
import { openKind } from "./kinds.js";
import type { FittedForecaster } from "./types.js";

/**
 * The fitted model that `toJSON()` saved. Throws a `TwinError`: "corrupt" for anything that is not one, "newer-version" for
 * one that a later version wrote.
 *
 * @example
 * ```ts
 * import { modelFromJSON, naive } from "@sage-twin/forecasters";
 *
 * const text = JSON.stringify(naive().fit([3, 5, 4]));
 * modelFromJSON(JSON.parse(text)).forecast(1).mean[0]; // => 4
 * ```
 */
export function modelFromJSON(json: unknown): FittedForecaster {
  return openKind(json, { "forecaster/auto": autoKind.open });
}
