import type { World } from "@sage-twin/causal";
import { TwinError, unknownName } from "@sage-twin/kernel";
import { shapley } from "@sage-twin/numerics";
import type { Figure } from "./outcome.js";
import type { MetricOutcome, SimulationResult } from "./result.js";

/** How a scenario differs from the baseline in one metric, run by run. */
export interface Difference {
  readonly unit: string;
  /** By step. */
  readonly mean: Float64Array;
  interval: MetricOutcome["interval"];
  /** Over the whole horizon. */
  readonly total: Figure;
  /** The share of runs in which the whole horizon is better than the baseline; 0.5 where nothing moves; `undefined` where no way is good. */
  readonly probabilityBetter: number | undefined;
}

/** What one lever's edits bring to a metric over the horizon, in its unit. */
export interface Contribution {
  readonly lever: string;
  readonly value: number;
}

/** Scenarios beside each other and the baseline, all with the same draws. */
export class Comparison<Metric extends string = string> {
  readonly scenarios: readonly string[];
  readonly results: readonly SimulationResult<Metric>[];
  readonly #good: Readonly<Record<string, "down" | "up" | undefined>>;
  readonly #contributions: ReadonlyMap<string, Readonly<Record<string, readonly Contribution[]>>>;

  constructor(
    results: readonly SimulationResult<Metric>[],
    good: Readonly<Record<string, "down" | "up" | undefined>>,
    contributions: ReadonlyMap<string, Readonly<Record<string, readonly Contribution[]>>>,
  ) {
    this.results = results;
    this.scenarios = results.map(({ scenario }) => scenario);
    this.#good = good;
    this.#contributions = contributions;
  }

  /** The result of a scenario. */
  result(scenario: string = this.scenarios[0]): SimulationResult<Metric> {
    const index = this.scenarios.indexOf(scenario);
    if (index < 0) throw unknownName("scenario", scenario, this.scenarios, ["scenario"]);
    return this.results[index];
  }

  /** A scenario (the first unless named) less the baseline. */
  difference(metric: Metric, scenario?: string): Difference {
    const outcome = this.result(scenario).difference(metric);
    const { total } = outcome;
    const good = this.#good[metric];
    return {
      unit: outcome.unit,
      mean: outcome.mean,
      interval: (level) => outcome.interval(level),
      total,
      probabilityBetter: good === undefined ? undefined : shareBetter(total.samples, good === "up" ? 1 : -1),
    };
  }

  /** What each edited lever brought to the mean change of a metric over the horizon: Shapley values, which sum to it. */
  why(metric: Metric, scenario?: string): readonly Contribution[] {
    const { scenario: name } = this.result(scenario);
    const contributions = this.#contributions.get(name)?.[metric];
    if (contributions === undefined) throw unknownName("metric", metric, this.result(name).metrics, ["why"]);
    return contributions;
  }

  toJSON() {
    return {
      scenarios: this.scenarios.map((name) => {
        const result = this.result(name);
        const metrics = result.metrics.map((metric) => {
          const { unit, mean, total, probabilityBetter } = this.difference(metric, name);
          const { lower, upper } = total.interval(90);
          return [
            metric,
            {
              unit,
              mean: [...mean],
              total: { mean: total.mean, level: 90, lower, upper },
              probabilityBetter,
              why: this.why(metric, name),
            },
          ] as const;
        });
        return { name, differences: Object.fromEntries(metrics), assumptions: result.assumptions() };
      }),
    };
  }
}

/** Runs above (or, with -1, below) zero; ties count half. */
function shareBetter(samples: Float64Array, sign: number): number {
  let better = 0;
  for (const value of samples) better += value * sign > 0 ? 1 : value === 0 ? 0.5 : 0;
  return better / samples.length;
}

const mostLevers = 6;

/** The worlds whose mean changes a scenario's contributions are made of: every combination of its edited levers but none and all. */
export function partialWorlds(world: World): readonly World[] {
  const players = world.edits.length;
  if (players > mostLevers) {
    throw new TwinError({
      code: "too-large",
      path: ["compare"],
      message: `contributions are told apart for at most ${mostLevers} edited levers, received ${players}`,
      fix: "compare scenarios of fewer levers, or pass { why: false }",
    });
  }
  return Array.from({ length: Math.max(0, (1 << players) - 2) }, (_, index) => ({
    edits: world.edits.filter((__, player) => ((index + 1) >> player) & 1),
  }));
}

/** Shapley values from the mean change of every combination: `partial` in the order of `partialWorlds`, then `whole`. */
export function contributionsOf(
  levers: readonly string[],
  partial: readonly number[],
  whole: number,
): readonly Contribution[] {
  if (levers.length === 0) return [];
  const values = shapley(levers.length, [0, ...partial, whole]);
  return levers.map((lever, index) => ({ lever, value: values[index] }));
}
