import { describeValue } from "@sage-twin/kernel";
import type { FittedLinear } from "../linear-regression.js";
import { linearOf, readForSum } from "../linear-state.js";
import { refuse } from "../table.js";
import type { Columns } from "../types.js";
import type { Contributions } from "./tree-contributions.js";

/**
 * Shapley values of each column in each sum of a linear or logistic regression, columns taken as independent: the coefficient times the distance from the mean of the training rows (Lundberg and
 * Lee 2017, corollary 1). The texts of a column are summed up.
 *
 * @example
 * ```ts
 * import { linearContributions, linearRegression } from "@sage-twin/learners";
 *
 * const fitted = linearRegression().fit({ spend: [1, 2, 3, 4] }, [5, 7, 9, 11]);
 * const { base, columns } = linearContributions(fitted, { spend: [4] });
 * base.toFixed(6); // => "8.000000"
 * columns.spend[0].toFixed(6); // => "3.000000"
 * ```
 */
export function linearContributions(fitted: FittedLinear, columns: Columns): Contributions {
  const state = linearOf(fitted);
  if (state?.means === undefined)
    return refuse(
      ["model"],
      `${describeValue(fitted?.name)} has no coefficients with means of their columns`,
      "give a model that linearRegression or logisticRegression fitted",
    );
  const { features, coefficients, means, fill } = state;
  const table = readForSum(state, columns);
  let base = state.intercept;
  let term = 0;
  const parts = table.columns.map((column, feature) => {
    const levels = table.levels[feature];
    if (levels === undefined) {
      const own = term++;
      base += coefficients[own] * means[own];
      return column.map((value) => coefficients[own] * ((Number.isNaN(value) ? fill[own] : value) - means[own]));
    }
    const first = term;
    let expected = 0;
    for (let place = 1; place < levels.length; place++, term++) expected += coefficients[term] * means[term];
    base += expected;
    return column.map((place) => (place > 0 ? coefficients[first + place - 1] : 0) - expected);
  });
  return { base, columns: Object.fromEntries(features.map((name, index) => [name, parts[index]])) };
}
