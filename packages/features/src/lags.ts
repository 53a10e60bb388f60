import { log } from "@sage-twin/kernel";
import { numbersOf, requireWhole } from "./numbers.js";

function beside(
  values: ArrayLike<number>,
  periods: number,
  combine: (value: number, earlier: number) => number,
): Float64Array {
  requireWhole(periods, ["periods"], 1);
  const numbers = numbersOf(values);
  return numbers.map((value, row) => (row < periods ? Number.NaN : combine(value, numbers[row - periods])));
}

/** How a value is compared with an earlier one. */
export const changes = {
  lag: (_: number, earlier: number): number => earlier,
  difference: (value: number, earlier: number): number => value - earlier,
  percentageChange: (value: number, earlier: number): number => value / earlier - 1,
  logChange: (value: number, earlier: number): number => log(value / earlier),
} as const;

/**
 * The value `periods` rows before (default 1), NaN where there is none.
 *
 * @example
 * ```ts
 * import { lag, percentageChange } from "@sage-twin/features";
 *
 * lag([10, 12, 9]); // => [NaN, 10, 12]
 * percentageChange([10, 12, 9]); // => [NaN, 0.19999999999999996, -0.25]
 * ```
 */
export function lag(values: ArrayLike<number>, periods = 1): Float64Array {
  return beside(values, periods, changes.lag);
}

/** The value less that `periods` rows before (default 1). */
export function difference(values: ArrayLike<number>, periods = 1): Float64Array {
  return beside(values, periods, changes.difference);
}

/** The change from `periods` rows before (default 1) as a share of it: 0.25 is 25 % more. Infinite after 0, as pandas' `pct_change`. */
export function percentageChange(values: ArrayLike<number>, periods = 1): Float64Array {
  return beside(values, periods, changes.percentageChange);
}

/** The natural logarithm of the value over that `periods` rows before (default 1); NaN where their signs differ. */
export function logChange(values: ArrayLike<number>, periods = 1): Float64Array {
  return beside(values, periods, changes.logChange);
}
