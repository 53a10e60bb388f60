import { finiteOrMissing } from "../numbers.js";
import { instantsOf, type WindowOptions, windowBounds, windowSpan } from "./bounds.js";
import { WindowStatistics } from "./statistics.js";

const day = 86_400_000;

/**
 * The window of `window` rows, or of a duration, that ends at each row (or lies around it); the answer's methods give a statistic of
 * every window. The semantics are those of pandas' `rolling`.
 *
 * @param values one number per row; NaN is missing, and so are infinities.
 * @throws TwinError `invalid-argument` for options that make no window, and for times that do not ascend.
 *
 * @example
 * ```ts
 * import { rolling } from "@sage-twin/features";
 *
 * const sales = rolling([3, 5, 4, 8], { window: 2 });
 * sales.mean(); // => [NaN, 4, 4.5, 6]
 * sales.max(); // => [NaN, 5, 5, 8]
 *
 * const times = ["2026-01-01", "2026-01-02", "2026-01-05", "2026-01-06"];
 * rolling([3, 5, 4, 8], { window: "2D", times }).sum(); // => [3, 8, 4, 12]
 * ```
 */
export function rolling(values: ArrayLike<number>, options: WindowOptions): WindowStatistics {
  const numbers = finiteOrMissing(values);
  const span = windowSpan(options);
  const timed = options.times !== undefined || span.rows === undefined;
  const times = timed ? instantsOf(options.times, numbers.length) : undefined;
  return new WindowStatistics(
    numbers,
    () => windowBounds(numbers.length, span, times),
    span.minPeriods,
    () => (times === undefined ? Float64Array.from(numbers, (_, row) => row) : times.map((time) => time / day)),
  );
}
