import { normalDistribution, Rng, type RunOptions } from "@sage-twin/kernel";
import { checkCount, type EffectEstimate, type EffectOptions } from "../estimation/effect-estimate.js";
import { columnNames, columnOf, rowsOf } from "../estimation/observations.js";
import type { Estimator } from "../estimation/segment-effects.js";
import type { TestData } from "./test-columns.js";

/** How an effect is put to the test. */
export interface RefuteOptions extends Pick<RunOptions, "seed" | "signal"> {
  /** Repeats of each test. Default: 50. */
  readonly runs?: number;
  /** The share of rows that the subsets hold. Default: 0.8. */
  readonly share?: number;
}

/** One way to test an effect. */
export interface Refutation {
  readonly test: "dummy outcome" | "placebo treatment" | "random common cause" | "subsets";
  /** What the effect should be: 0, or the effect as it was. */
  readonly expected: number;
  /** The mean of the runs, and their standard deviation. */
  readonly mean: number;
  readonly deviation: number;
  /** Whether the runs are as expected. */
  readonly passed: boolean;
  /** In plain words. */
  readonly finding: string;
}

/** What the tests say of an effect. */
export interface Refutations {
  readonly estimate: EffectEstimate;
  readonly tests: readonly Refutation[];
  readonly passed: boolean;
  toString(): string;
}

const common = "random common cause";

/**
 * Puts an effect to four tests (after Sharma and Kiciman 2020): with the treatment permuted and with an outcome drawn at random the effect
 * should be 0; with a random confounder added and on random subsets it should stay. An effect that passes is not thereby right: a cause
 * that was not measured passes too, see `robustness`.
 *
 * @param estimator such as `regressionEffect`, called with `data` and `options`. Columns of clusters and groups stay in place.
 * @throws TwinError as the estimator does.
 *
 * @example
 * ```ts
 * import { refuteEffect, regressionEffect } from "@sage-twin/causal";
 * import { Rng } from "@sage-twin/kernel";
 *
 * const rng = new Rng("example");
 * const season = Array.from({ length: 500 }, () => rng.normal());
 * const ads = season.map((value) => value + rng.normal());
 * const orders = ads.map((value, row) => 3 * value + season[row] + rng.normal());
 * const options = { treatment: "ads", outcome: "orders", adjustFor: ["season"] };
 * refuteEffect(regressionEffect, { season, ads, orders }, options).passed; // => true
 * ```
 */
export function refuteEffect<Options extends EffectOptions>(
  estimator: Estimator<Options>,
  data: TestData,
  options: Options,
  { runs = 50, share = 0.8, seed = "refute", signal }: RefuteOptions = {},
): Refutations {
  checkCount(runs, "runs", 2, 100_000);
  const { treatment, outcome, adjustFor = [] } = options;
  const estimate = estimator(data, options);
  const rng = new Rng(seed).derive("refute");
  const rows = columnOf(data, treatment).length;
  const every = Int32Array.from({ length: rows }, (_, row) => row);
  const columns = rowsOf(data, every);
  const size = checkCount(Math.round(share * rows), "share of rows", 3, rows - 1);
  const newName = freeName(columnNames(data), common);
  const effects = (run: () => number): Float64Array =>
    Float64Array.from({ length: runs }, () => {
      signal?.throwIfAborted();
      return run();
    });
  const placebo = effects(() => {
    const order = shuffled(every, rng);
    const permuted = Float64Array.from(order, (row) => columns[treatment][row]);
    return estimator({ ...columns, [treatment]: permuted }, options).effect;
  });
  const dummy = effects(() => {
    const drawn = Float64Array.from(every, () => rng.normal());
    return estimator({ ...columns, [outcome]: drawn }, options).effect;
  });
  const withCause = effects(() => {
    const drawn = Float64Array.from(every, () => rng.normal());
    return estimator({ ...columns, [newName]: drawn }, { ...options, adjustFor: [...adjustFor, newName] }).effect;
  });
  const subsets = effects(() => estimator(rowsOf(data, shuffled(every, rng).slice(0, size).sort()), options).effect);
  const error = estimate.standardError;
  const tests = [
    judge("placebo treatment", 0, placebo, "a permuted treatment"),
    judge("dummy outcome", 0, dummy, "an outcome drawn at random"),
    judge(common, estimate.effect, withCause, "a random confounder", error),
    judge("subsets", estimate.effect, subsets, `${(100 * share).toFixed(0)} % of the rows`, error),
  ];
  return {
    estimate,
    tests,
    passed: tests.every(({ passed }) => passed),
    toString: () =>
      [estimate.toString(), ...tests.map(({ passed, finding }) => `${passed ? "passed" : "failed"}: ${finding}`)].join(
        "\n",
      ),
  };
}

const level = 0.01;

/** Where 0 is expected, the mean is tested against the runs' own noise; else the runs may move by the estimate's standard error. */
function judge(
  test: Refutation["test"],
  expected: number,
  effects: Float64Array,
  what: string,
  error?: number,
): Refutation {
  const runs = effects.length;
  const mean = effects.reduce((sum, value) => sum + value / runs, 0);
  const deviation = Math.sqrt(effects.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (runs - 1));
  const far = Math.abs(mean - expected);
  const passed =
    error === undefined
      ? 2 * normalDistribution(-far / (deviation / Math.sqrt(runs))) > level
      : far <= error && deviation <= 2 * error;
  const finding = `with ${what} the effect is ${mean.toPrecision(3)} (give or take ${deviation.toPrecision(2)}), where ${expected.toPrecision(4)} is expected`;
  return { test, expected, mean, deviation, passed, finding };
}

function shuffled(rows: Int32Array, rng: Rng): Int32Array {
  const order = rows.slice();
  for (let at = order.length - 1; at > 0; at--) {
    const other = rng.integer(at + 1);
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}

function freeName(names: readonly string[], wanted: string): string {
  return names.includes(wanted) ? freeName(names, `${wanted}'`) : wanted;
}
