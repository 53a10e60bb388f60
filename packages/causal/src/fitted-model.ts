import { unknownName } from "@sage-twin/kernel";
import { checkHorizon, type FitOptions, fitInSteps } from "./fit.js";
import { fitStructural } from "./fit-structural.js";
import type { CausalGraph } from "./graph.js";
import type { HistoryTable } from "./history.js";
import { prepareGraph } from "./prepare.js";
import type { FittedProgram } from "./program.js";
import { type Interventions, type Ranges, worldOf } from "./queries/intervention.js";
import {
  type Observations,
  type ObservedProgram,
  observationsOf,
  observedProgram,
} from "./queries/observed-program.js";
import { type SampledWorld, sampleWorld } from "./queries/sampled-world.js";

/** How a query is sampled. */
export interface QueryOptions {
  /** Default 10,000. */
  readonly runs?: number;
  readonly seed?: string | number;
}

/** How a counterfactual is asked for. */
export interface CounterfactualOptions extends QueryOptions {
  /** Rows from the first on that the intervention plays out over. Default 1. */
  readonly steps?: number;
}

/** A fitted graph that can be asked. */
export class FittedModel implements ObservedProgram {
  readonly program: FittedProgram["program"];
  readonly effects: FittedProgram["effects"];
  readonly models: FittedProgram["models"];
  readonly links: FittedProgram["links"];
  readonly notes: FittedProgram["notes"];
  readonly #graph: CausalGraph;
  readonly #observations: Observations;
  /** Lowest and highest value that was seen of each metric. */
  readonly ranges: Ranges;

  /** @internal Made by `fit`. */
  constructor(fitted: FittedProgram, graph: CausalGraph, observations: Observations) {
    const { program, effects, models, links, notes } = fitted;
    this.program = program;
    this.effects = effects;
    this.models = models;
    this.links = links;
    this.notes = notes;
    this.#graph = graph;
    this.#observations = observations;
    this.ranges = rangesOf(observations);
  }

  /** The graph that was fitted. */
  get graph(): CausalGraph {
    return this.#graph;
  }

  /** What was observed. */
  get observations(): Observations {
    return this.#observations;
  }

  /**
   * What would be if metrics were set, scaled, shifted or drawn, whatever their causes do: do(x) in the sense of Pearl (2009). The others follow.
   *
   * @throws TwinError with an issue for each metric that is unknown or follows from others.
   */
  intervene(interventions: Interventions, { runs = 10_000, seed = "sage-twin" }: QueryOptions = {}): SampledWorld {
    const notes: string[] = [];
    const world = worldOf(this.program, interventions, this.ranges, notes);
    return sampleWorld(this.program, world, { runs, seed: String(seed), notes });
  }

  /**
   * What would have been in a row of the data, or in a row given as a record, if metrics had been others: the errors that the observations imply stay
   * (abduction, action, prediction: Pearl 2009, section 7.1). Only effects differ from run to run.
   *
   * @param row the number of a row, from the end where negative, or every metric's value.
   */
  counterfactual(
    row: number | Readonly<Record<string, number>>,
    interventions: Interventions,
    { runs = 10_000, seed = "sage-twin", steps = 1 }: CounterfactualOptions = {},
  ): SampledWorld {
    const observed =
      typeof row === "number"
        ? observedProgram(this.program, this.#observations, row, steps)
        : observedProgram(this.program, observationsOf(this.program, row), 0, 1);
    const notes: string[] = [];
    const world = worldOf(observed, interventions, this.ranges, notes);
    return sampleWorld(observed, world, { runs, seed: String(seed), notes });
  }
}

/**
 * Fits a graph to data and compiles it: effects by regression with their priors, on deviations from trend and season; each metric's own forecast as
 * its baseline, errors correlated across metrics and shared along the edges. With `mode: "structural"` rows are independent, and levels follow from causes.
 *
 * @throws TwinError with every problem of the graph, the data or the options.
 *
 * @example
 * ```ts
 * import { causalGraph, fit, linear } from "@sage-twin/causal";
 *
 * const x = Float64Array.from({ length: 50 }, (_, row) => row % 7);
 * const columns: Record<string, Float64Array> = { x, y: x.map((value) => 2 * value + 1) };
 * const table = { frequency: "D", start: 0, length: 50, metrics: ["x", "y"], column: (name: string) => columns[name] } as const;
 * const model = fit(causalGraph().cause("x", "y", linear()), table, { mode: "structural" });
 * Math.round(model.intervene({ x: 5 }).metric("y").mean[0]); // => 11
 * ```
 */
export function fit(graph: CausalGraph, table: HistoryTable, options: FitOptions = {}): FittedModel {
  const { mode = "forecast", ...rest } = options;
  if (mode !== "forecast" && mode !== "structural")
    throw unknownName("mode", String(mode), ["forecast", "structural"], ["mode"]);
  const prepared = prepareGraph(graph, table, options);
  const made = (fitted: FittedProgram): FittedModel =>
    new FittedModel(fitted, graph, { history: prepared.history, start: table.start, length: table.length });
  if (mode === "structural") return made(fitStructural(graph, table, prepared, checkHorizon(options.horizon ?? 1)));
  const work = fitInSteps(graph, table, rest, prepared);
  for (;;) {
    const { done, value } = work.next();
    if (done) return made(value);
  }
}

function rangesOf({ history }: Observations): Ranges {
  return new Map(
    [...history].map(([name, values]) => {
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (const value of values) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
      return [name, { low, high }];
    }),
  );
}
