import { tileRuns } from "@sage-twin/causal";
import { fillNormal, formatInstant, periodStarts, Rng, TwinError, unknownName } from "@sage-twin/kernel";
import { type Assumption, assumptionsOf } from "./assumptions.js";
import type { Distributions } from "./distributions.js";
import { type Figure, figure, Outcome, type TimeAxis } from "./outcome.js";
import type { Scenario } from "./scenario.js";
import type { AssumedVarianceOptions, CarriedVariance } from "./sensitivity/assumed-variance.js";
import { runTotals } from "./sensitivity/run-totals.js";
import type { Simulation } from "./simulate.js";
import { type MetricInfo, totalOver } from "./totals.js";

/** One metric in one simulated world. */
export class MetricOutcome extends Outcome {
  readonly unit: string;
  readonly #over: (steps: number) => Figure;
  readonly #steps: number;

  constructor(
    axis: TimeAxis,
    runs: number,
    distributions: Distributions,
    unit: string,
    over: (steps: number) => Figure,
  ) {
    super(axis, runs, distributions);
    this.unit = unit;
    this.#over = over;
    this.#steps = axis.steps;
  }

  /** The whole horizon as one figure: flows summed, stocks at the end, ratios of totals, other prices, rates and scores averaged. */
  get total(): Figure {
    return this.#over(this.#steps);
  }

  /** The first `steps` steps as one figure, as `total` is for all. */
  over(steps: number): Figure {
    if (!Number.isInteger(steps) || steps < 1 || steps > this.#steps) {
      throw new TwinError({
        code: "out-of-range",
        path: ["steps"],
        message: `expected a whole number from 1 to ${this.#steps}, received ${steps}`,
      });
    }
    return this.#over(steps);
  }
}

/** Probabilities whose quantiles a saved result holds. */
const savedProbabilities = [0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975] as const;

/** A metric's saved distribution: the mean, and quantiles by probability, by step. */
export interface SavedOutcome {
  readonly mean: readonly number[];
  readonly quantiles: Readonly<Record<string, readonly number[]>>;
}

/** What a scenario came to: every metric's distribution beside the baseline's, with the same draws. */
export class SimulationResult<Metric extends string = string> {
  readonly scenario: string;
  /** The start of each step, ISO 8601. */
  readonly dates: readonly string[];
  readonly runs: number;
  readonly seed: string;
  readonly metrics: readonly Metric[];
  /** What to know: fallbacks of the fit, extrapolation, floors. */
  readonly notes: readonly string[];
  readonly #simulation: Simulation;
  readonly #catalogue: Readonly<Record<string, MetricInfo>>;
  readonly #world: number;
  readonly #levers: readonly string[];

  constructor(
    simulation: Simulation,
    catalogue: Readonly<Record<string, MetricInfo>>,
    scenario: Scenario,
    world: number,
  ) {
    const { program, notes } = simulation.fitted;
    this.#simulation = simulation;
    this.#catalogue = catalogue;
    this.#world = world;
    this.#levers = [...new Set(scenario.edits.map(({ lever }) => lever))];
    this.scenario = scenario.name;
    this.dates = Array.from(periodStarts(program.start, program.frequency, simulation.steps), (instant) =>
      formatInstant(instant, program.frequency),
    );
    this.runs = simulation.runs;
    this.seed = simulation.seed;
    this.metrics = simulation.metrics as readonly Metric[];
    this.notes = [...notes, ...simulation.notes];
  }

  /** A metric's distribution under the scenario. */
  metric(name: Metric): MetricOutcome {
    return this.#outcome(name, this.#world);
  }

  /** A metric's distribution without the scenario's edits: the forecast. */
  baseline(name: Metric): MetricOutcome {
    return this.#outcome(name, -1);
  }

  /** The scenario less the baseline, run by run: exactly 0 where the edits reach nothing. */
  difference(name: Metric): MetricOutcome {
    this.#check(name);
    return this.#make(name, this.#simulation.differences(name, this.#world), (steps) => {
      const total = this.#total(name, this.#world, steps);
      const baseline = this.#total(name, -1, steps);
      for (let run = 0; run < total.length; run++) total[run] -= baseline[run];
      return figure(total, this.#simulation.drawn);
    });
  }

  /** The assumed and sourced effects on the way from the edited levers to any metric, and what the data added to each. */
  assumptions(): readonly Assumption[] {
    return assumptionsOf(this.#simulation.fitted, this.#levers);
  }

  /**
   * How much of the variance of the scenario's difference, in each metric's total over the horizon, the assumptions carry: each by itself, and the
   * assumed ones together. Makes the first `runs` (1,024) of this result's runs again, and once more for each assumption.
   *
   * @throws TwinError for unknown metrics, and runs that are not a whole number from 2 to 1,048,576.
   */
  async assumedVariance<Asked extends Metric>(
    metrics: readonly Asked[],
    options: AssumedVarianceOptions = {},
  ): Promise<Readonly<Record<Asked, CarriedVariance>>> {
    for (const name of metrics) this.#check(name);
    const { carriedVariance } = await import("./sensitivity/assumed-variance.js");
    const loaded = { TwinError, Rng, fillNormal, tileRuns, runTotals, totalOver, assumptionsOf };
    return carriedVariance(loaded, this.#simulation, this.#catalogue, this.#world, this.#levers, metrics, options);
  }

  toJSON() {
    const saved = (outcome: Outcome): SavedOutcome => ({
      mean: [...outcome.mean],
      quantiles: Object.fromEntries(
        savedProbabilities.map((probability) => [probability, [...outcome.quantile(probability)]]),
      ),
    });
    const each = (outcomeOf: (name: Metric) => Outcome) =>
      Object.fromEntries(this.metrics.map((name) => [name, saved(outcomeOf(name))]));
    const { scenario, dates, runs, seed, notes } = this;
    return {
      scenario,
      dates,
      runs,
      seed,
      metrics: each((name) => this.metric(name)),
      baseline: each((name) => this.baseline(name)),
      assumptions: this.assumptions(),
      notes,
    };
  }

  #check(name: string): void {
    if (!this.metrics.includes(name as Metric)) throw unknownName("metric", name, this.metrics, ["metric"]);
  }

  #total(name: string, world: number, steps: number): Float64Array {
    return totalOver(this.#simulation, this.#catalogue, name, world, 0, steps);
  }

  #outcome(name: Metric, world: number): MetricOutcome {
    this.#check(name);
    return this.#make(name, this.#simulation.distributions(name, world), (steps) =>
      figure(this.#total(name, world, steps), this.#simulation.drawn),
    );
  }

  #make(name: string, distributions: Distributions, over: (steps: number) => Figure): MetricOutcome {
    const { start, frequency } = this.#simulation.fitted.program;
    return new MetricOutcome(
      { start, frequency, steps: this.#simulation.steps },
      this.runs,
      distributions,
      this.#catalogue[name]?.unit ?? "",
      over,
    );
  }
}
