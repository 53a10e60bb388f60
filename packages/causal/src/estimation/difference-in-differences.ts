import type { TestData } from "../refutation/test-columns.js";
import { type EffectOptions, effectEstimate } from "./effect-estimate.js";
import { checkBinary, codesOf, readObservations } from "./observations.js";
import { type RegressionEffect, regressionEffect } from "./regression-effect.js";

/** What `differenceInDifferences` is told. */
export interface DifferenceInDifferencesOptions extends EffectOptions {
  /** A column of codes: stores, regions, or the two groups. */
  readonly unit: string;
  /** A column of codes: periods, or before (0) and after (1). */
  readonly time: string;
  /** Default: `unit`, or rows independent of each other where there are two units alone. */
  readonly clusters?: string;
}

/**
 * Difference in differences by two-way fixed effects: a treatment that is 1 in the rows under treatment, with the means of units and of times
 * taken out; with two units and two times, the textbook's difference of differences. Takes outcomes to have moved alike without the treatment.
 *
 * @throws TwinError for a treatment that is not 0 and 1 or does not vary within units and times.
 */
export function differenceInDifferences(data: TestData, options: DifferenceInDifferencesOptions): RegressionEffect {
  const { unit, time, treatment, outcome, adjustFor } = options;
  const { columns } = readObservations(data, [treatment, outcome, unit, time, ...(adjustFor ?? [])]);
  const get = (name: string): Float64Array => columns.get(name) as Float64Array;
  const treated = get(treatment);
  checkBinary(treatment, treated);
  const units = codesOf(get(unit));
  const clusters = options.clusters ?? (units.count > 2 ? unit : undefined);
  const answer = regressionEffect(data, {
    treatment,
    outcome,
    ...(adjustFor === undefined ? {} : { adjustFor }),
    within: [unit, time],
    ...(clusters === undefined ? {} : { clusters }),
  });
  const starts = new Map<number, number>();
  treated.forEach((value, row) => {
    if (value === 1)
      starts.set(units.codes[row], Math.min(starts.get(units.codes[row]) ?? Number.POSITIVE_INFINITY, get(time)[row]));
  });
  const warnings = [
    ...answer.warnings,
    ...(clusters === undefined ? ["two units: the standard error takes rows as independent of each other"] : []),
    ...(new Set(starts.values()).size > 1
      ? ["treatment starts at different times: effects that change with time are weighed oddly (Goodman-Bacon 2021)"]
      : []),
  ];
  return effectEstimate({ ...answer, method: "difference in differences", warnings });
}
