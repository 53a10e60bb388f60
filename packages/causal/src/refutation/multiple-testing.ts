/** How p-values of many tests are corrected. */
export type Correction = "benjamini-hochberg" | "holm";

/**
 * The p-values corrected for their number: with `"holm"` the chance of any false finding is at most the level (Holm 1979), with
 * `"benjamini-hochberg"` the expected share of false ones among the findings is (Benjamini and Hochberg 1995).
 *
 * @example
 * ```ts
 * import { correctForTests } from "@sage-twin/causal";
 *
 * correctForTests([0.01, 0.5, 0.02], "holm"); // => [0.03, 0.5, 0.04]
 * ```
 */
export function correctForTests(pValues: readonly number[], correction: Correction): number[] {
  const count = pValues.length;
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[a] - pValues[b]);
  const corrected = new Array<number>(count);
  let bound = correction === "holm" ? 0 : 1;
  for (let step = 0; step < count; step++) {
    const rank = correction === "holm" ? step : count - 1 - step;
    const value = pValues[order[rank]];
    bound =
      correction === "holm"
        ? Math.max(bound, Math.min(1, value * (count - rank)))
        : Math.min(bound, (value * count) / (rank + 1));
    corrected[order[rank]] = bound;
  }
  return corrected;
}
