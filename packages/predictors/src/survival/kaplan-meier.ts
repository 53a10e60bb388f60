import { exp, log, normalQuantile, TwinError } from "@sage-twin/kernel";
import { checkColumns } from "../lifetime/check-summary.js";

/** The share that is still there at each time at which someone left. */
export interface KaplanMeierCurve {
  readonly times: Float64Array;
  readonly survival: Float64Array;
  /** Bounds of the survival by the log-log transformation; NaN where all or none are left. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** In percent. */
  readonly level: number;
  readonly atRisk: Int32Array;
  readonly left: Int32Array;
  /** The first time at which half or fewer are left; infinite when more stay. */
  readonly median: number;
}

/**
 * The Kaplan-Meier estimate of survival (1958) with Greenwood's variance and log-log bounds (Kalbfleisch and Prentice 1980).
 *
 * @param durations how long each customer has been one, from 0.
 * @param left 1 where the customer left at that time, 0 where the customer was still there.
 * @param options.level of the bounds, in percent. Default: 95.
 *
 * @example
 * ```ts
 * import { kaplanMeier } from "@sage-twin/predictors";
 *
 * const { times, survival, median } = kaplanMeier([1, 2, 2, 3, 4], [1, 1, 0, 1, 0]);
 * times; // => Float64Array.of(1, 2, 3)
 * Array.from(survival, (share) => share.toFixed(2)); // => ["0.80", "0.60", "0.30"]
 * median; // => 3
 * ```
 */
export function kaplanMeier(
  durations: ArrayLike<number>,
  left: ArrayLike<number>,
  options: { readonly level?: number } = {},
): KaplanMeierCurve {
  const { level = 95 } = options;
  if (!(level > 0 && level < 100))
    throw new TwinError({
      code: "invalid-argument",
      path: ["level"],
      message: `${level}`,
      fix: "give a percentage, such as 95",
    });
  const rows = checkColumns({ durations, left }, (name, row) =>
    name === "left"
      ? left[row] === 0 || left[row] === 1
        ? undefined
        : "give 1 for who left and 0 for who stayed"
      : durations[row] >= 0
        ? undefined
        : "give a time from 0",
  );
  const order = Int32Array.from({ length: rows }, (_, row) => row).sort((a, b) => durations[a] - durations[b]);
  const steps: { time: number; risk: number; gone: number }[] = [];
  for (let at = 0; at < rows; ) {
    const time = durations[order[at]];
    const risk = rows - at;
    let gone = 0;
    for (; at < rows && durations[order[at]] === time; at++) gone += left[order[at]];
    if (gone > 0) steps.push({ time, risk, gone });
  }
  const z = normalQuantile(0.5 + level / 200);
  const [survival, lower, upper] = [steps, steps, steps].map(({ length }) => new Float64Array(length));
  let share = 1;
  let variance = 0;
  steps.forEach(({ risk, gone }, step) => {
    share *= 1 - gone / risk;
    variance += gone / (risk * (risk - gone));
    const width = (z * Math.sqrt(variance)) / log(share);
    survival[step] = share;
    lower[step] = exp(log(share) * exp(-width));
    upper[step] = exp(log(share) * exp(width));
  });
  return {
    times: Float64Array.from(steps, ({ time }) => time),
    survival,
    lower,
    upper,
    level,
    atRisk: Int32Array.from(steps, ({ risk }) => risk),
    left: Int32Array.from(steps, ({ gone }) => gone),
    median: steps.find((_, step) => survival[step] <= 0.5)?.time ?? Number.POSITIVE_INFINITY,
  };
}
