import type { World } from "@sage-twin/causal";
import { TwinError, unknownName } from "@sage-twin/kernel";
import { shapley } from "@sage-twin/numerics";
import { type Figure, figure } from "./outcome.js";
import type { MetricOutcome, SimulationResult } from "./result.js";
import { dominanceOf, riskOf, type TotalRisk, type WorstStep, worstStepOf } from "./risk.js";

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

/** One metric of a department in every scenario. */
export interface ComparisonRow {
  readonly department: string;
  readonly metric: string;
  readonly unit: string;
  /** The mean of its total without any scenario. */
  readonly baseline: number;
  /** Mean and 90 % interval of the difference over the horizon. */
  readonly scenarios: readonly {
    readonly scenario: string;
    readonly difference: number;
    readonly lower: number;
    readonly upper: number;
    readonly probabilityBetter: number | undefined;
  }[];
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
    if (this.#contributions.size === 0) {
      throw new TwinError({
        code: "not-found",
        path: ["why"],
        message: "the levers' contributions were not asked for",
        fix: "compare without { why: false }",
      });
    }
    const contributions = this.#contributions.get(name)?.[metric];
    if (contributions === undefined) throw unknownName("metric", metric, this.result(name).metrics, ["why"]);
    return contributions;
  }

  /** One scenario less another over the whole horizon, run by run. */
  between(metric: Metric, scenario: string, other: string): Figure {
    const total = this.result(scenario).metric(metric).total.samples;
    const against = this.result(other).metric(metric).total.samples;
    return figure(total.map((value, run) => value - against[run]));
  }

  /**
   * The share of runs in which each scenario, or the baseline, has the best total of a metric; ties are shared.
   *
   * @throws TwinError for a metric of which no way is good.
   */
  best(metric: Metric): Readonly<Record<string, number>> {
    const sign = this.#goodOf(metric) === "up" ? 1 : -1;
    const first = this.results[0].baseline(metric).total.samples;
    const totals = [first, ...this.results.map((result) => result.metric(metric).total.samples)];
    const wins = new Float64Array(totals.length);
    for (let run = 0; run < first.length; run++) {
      const most = Math.max(...totals.map((samples) => sign * samples[run]));
      const winners = totals.flatMap((samples, index) => (sign * samples[run] === most ? [index] : []));
      for (const winner of winners) wins[winner] += 1 / (winners.length * first.length);
    }
    return Object.fromEntries(["baseline", ...this.scenarios].map((name, index) => [name, wins[index]]));
  }

  /** How a scenario stands to another (the baseline unless named) where totals are uncertain: the order in which it dominates, 0 for none. */
  dominates(metric: Metric, scenario: string, other?: string): 0 | 1 | 2 {
    const sign = this.#goodOf(metric) === "up" ? 1 : -1;
    const ours = this.result(scenario).metric(metric).total.samples;
    const theirs = (other === undefined ? this.result(scenario).baseline(metric) : this.result(other).metric(metric))
      .total.samples;
    return dominanceOf(
      ours.map((value) => sign * value),
      theirs.map((value) => sign * value),
    );
  }

  /** What can go wrong with a metric under a scenario: its total, and its worst step. */
  risk(
    metric: Metric,
    scenario?: string,
    { level = 95, target }: { readonly level?: number; readonly target?: number } = {},
  ): TotalRisk & { readonly worst: WorstStep & { readonly date: string } } {
    const good = this.#goodOf(metric);
    const result = this.result(scenario);
    const outcome = result.metric(metric);
    const worst = worstStepOf(outcome.distributions, result.runs, result.dates.length, good);
    return {
      ...riskOf(outcome.total.samples, good, level, target),
      worst: { ...worst, date: result.dates[worst.step] },
    };
  }

  /** One row for each metric of each department: the baseline's total, and each scenario's difference from it. */
  table(departments: Readonly<Record<string, readonly Metric[]>>): readonly ComparisonRow[] {
    return Object.entries(departments).flatMap(([department, metrics]) =>
      metrics.map(
        (metric): ComparisonRow => ({
          department,
          metric,
          unit: this.results[0].metric(metric).unit,
          baseline: this.results[0].baseline(metric).total.mean,
          scenarios: this.scenarios.map((name) => {
            const { total, probabilityBetter } = this.difference(metric, name);
            const { lower, upper } = total.interval(90);
            return { scenario: name, difference: total.mean, lower, upper, probabilityBetter };
          }),
        }),
      ),
    );
  }

  #goodOf(metric: Metric): "down" | "up" {
    const good = this.#good[metric];
    if (good !== undefined) return good;
    throw new TwinError({
      code: "invalid-argument",
      path: ["compare", metric],
      message: `of '${metric}' it is not said which way is good`,
      fix: 'state good: "up" or "down" for it',
    });
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
              why: this.#contributions.size === 0 ? [] : this.why(metric, name),
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
    ...world,
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
