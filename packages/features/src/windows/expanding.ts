import { finiteOrMissing, requireWhole } from "../numbers.js";
import { growingBounds } from "./bounds.js";
import { WindowStatistics } from "./statistics.js";

/**
 * The window of all rows up to each row; the answer's methods give a statistic of every window, NaN where it holds fewer than
 * `minPeriods` values (default 1). The semantics are those of pandas' `expanding`.
 *
 * @example
 * ```ts
 * import { expanding } from "@sage-twin/features";
 *
 * expanding([4, 2, 6]).mean(); // => [4, 3, 4]
 * expanding([4, 2, 6], { minPeriods: 2 }).min(); // => [NaN, 2, 2]
 * ```
 */
export function expanding(
  values: ArrayLike<number>,
  { minPeriods = 1 }: { readonly minPeriods?: number } = {},
): WindowStatistics {
  requireWhole(minPeriods, ["minPeriods"], 0);
  const numbers = finiteOrMissing(values);
  return new WindowStatistics(
    numbers,
    () => growingBounds,
    minPeriods,
    () => Float64Array.from(numbers, (_, row) => row),
  );
}
