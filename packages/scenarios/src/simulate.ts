import { type DrawPlan, type FittedProgram, type Sampling, tileRuns, type World } from "@sage-twin/causal";
import { type RunOptions, TwinError, unknownName } from "@sage-twin/kernel";
import { collectRuns, type RunPlan } from "./collect-runs.js";
import type { Distributions, Drawn } from "./distributions.js";
import { type RunTally, slotsOf } from "./run-tiles.js";

/** How a simulation is run. */
export interface SimulateOptions extends RunOptions {
  /** Default 10,000. `"auto"` draws as many as the wanted `precision` takes, at most 1,000,000. */
  readonly runs?: number | "auto";
  /**
   * For `runs: "auto"`: the standard error of the mean of every kept metric's total, and of its difference from the baseline, as a share of the
   * baseline's total; never less than ten times that share of the total's standard deviation. Default 0.001.
   */
  readonly precision?: number;
  /** How effects are drawn. Default `"random"`; a number of runs that is a power of two, from 256 on, suits the others best. */
  readonly sampling?: Sampling;
  /** What is uncertain: the effects, the forecasts' errors, or both (the default). */
  readonly uncertainty?: "all" | "effects" | "errors";
  /** Steps to simulate, from the program's first. Default: all. */
  readonly steps?: number;
  /** Metrics whose runs are wanted. Default: all. */
  readonly metrics?: readonly string[];
  /** Metrics whose total over time is their last value, such as stocks; for runs that are counted. Default: the program's stocks. */
  readonly last?: readonly string[];
}

/** Runs of the baseline and of worlds beside it, run by run with the same draws. `world` -1 is the baseline. */
export interface Simulation {
  readonly fitted: FittedProgram;
  readonly worlds: readonly World[];
  readonly draws: DrawPlan;
  readonly runs: number;
  readonly steps: number;
  readonly seed: string;
  readonly drawn: Drawn;
  readonly metrics: readonly string[];
  /** A metric's distribution by step. */
  distributions(metric: string, world: number): Distributions;
  /** That of its difference from the baseline, run by run. */
  differences(metric: string, world: number): Distributions;
  /** By run: the sum of a metric over steps, or its value at the last of them. */
  total(metric: string, world: number, from: number, until: number, last: boolean): Float64Array;
  /** Whether a world can move a metric at all. */
  moves(metric: string, world: number): boolean;
  /** What to know about the runs: extrapolation, floors. */
  readonly notes: readonly string[];
}

const mostRuns = 10_000_000;

/**
 * Simulates a program in the baseline and in each world, with one set of draws for all. More than 2^25 values (a quarter of a gigabyte)
 * are not kept but counted, step by step, on a grid that the first 4,096 runs place: means stay exact, quantiles are good to some
 * thousandths of a standard deviation, and single runs cannot be read.
 *
 * @throws TwinError for runs or steps that are not whole numbers in range.
 */
export async function simulateWorlds(
  fitted: FittedProgram,
  worlds: readonly World[],
  options: SimulateOptions = {},
): Promise<Simulation> {
  const { program } = fitted;
  const { runs = 10_000, precision = 0.001, steps = program.steps, metrics, last = [] } = options;
  const { sampling = "random", uncertainty = "all" } = options;
  const seed = String(options.seed ?? "sage-twin");
  if (runs !== "auto") checkCount("runs", runs, mostRuns);
  checkChoice("sampling", sampling, ["random", "antithetic", "latin-hypercube", "sobol"]);
  checkChoice("uncertainty", uncertainty, ["all", "effects", "errors"]);
  if (!(precision > 0 && precision < Number.POSITIVE_INFINITY)) {
    throw new TwinError({
      code: "out-of-range",
      path: ["precision"],
      message: `a precision is a share above 0, not ${precision}`,
    });
  }
  checkCount("horizon", steps, program.steps, "build the twin with a longer horizon");
  const names = program.nodes.map(({ name }) => name);
  const keep = (metrics ?? names).map((name) => {
    const node = names.indexOf(name);
    if (node < 0) throw unknownName("metric", name, names, ["metrics"]);
    return node;
  });
  const slots = slotsOf(program, worlds, keep);
  const lastNodes = keep.filter((node) => program.nodes[node].kind === "stock" || last.includes(names[node]));
  const drawn = sampling === "random" ? "independent" : "in tiles";
  const draws = { sampling, effects: uncertainty !== "errors", errors: uncertainty !== "effects" };
  const plan: RunPlan = { program, worlds, seed, steps, draws, keep, slots, last: lastNodes, drawn };
  const collected = await collectRuns(plan, runs === "auto" ? { precision } : runs, options);
  const slotOf = new Map(slots.map(({ world, node }, slot) => [`${world}/${names[node]}`, slot]));
  const find = (metric: string, world: number): number =>
    slotOf.get(`${world}/${metric}`) ?? (slotOf.get(`-1/${metric}`) as number);
  return {
    fitted,
    worlds,
    draws,
    runs: collected.runs,
    steps,
    seed,
    drawn,
    metrics: keep.map((node) => names[node]),
    distributions: (metric, world) => collected.distributions(find(metric, world)),
    differences: (metric, world) => collected.differences(find(metric, world), find(metric, -1)),
    total: (metric, world, from, until, last) => collected.total(find(metric, world), from, until, last),
    moves: (metric, world) => slotOf.has(`${world}/${metric}`),
    notes: [...collected.notes, ...describeRuns(fitted, worlds.length, collected.tallies, steps)],
  };
}

function checkChoice(what: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) throw unknownName(what, value, choices, [what]);
}

function checkCount(what: string, value: number, most: number, fix?: string): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new TwinError({
    code: "out-of-range",
    path: [what],
    message: `expected a whole number from 1 to ${most}, received ${value}`,
    ...(value > most && fix !== undefined ? { fix } : {}),
  });
}

function describeRuns(
  { program, effects }: FittedProgram,
  worlds: number,
  tallies: readonly RunTally[],
  steps: number,
): string[] {
  const notes: string[] = [];
  // Tiles are whole, however many of their runs are wanted.
  const simulated = tallies.reduce((sum, { runs }) => sum + Math.ceil(runs / tileRuns) * tileRuns, 0) * steps;
  program.edges.forEach((_, edge) => {
    const outside = tallies.reduce((sum, tally) => sum + tally.outside[edge], 0) / (simulated * Math.max(1, worlds));
    if (outside > 0.05) {
      notes.push(
        `'${effects[edge].from}' lies outside its observed range in ${Math.round(100 * outside)} % of the run-steps: its effect on '${effects[edge].to}' is extrapolated there`,
      );
    }
  });
  const runaway = tallies.reduce((sum, tally) => sum + tally.runaway, 0);
  if (runaway > 0)
    notes.push(`a loop fed itself without bound ${runaway} times, and was held at e^30 times the forecast`);
  const clamped = tallies.reduce((sum, tally) => sum + tally.clamped, 0);
  if (clamped > 0)
    notes.push(`a cause that must be positive was not, ${clamped} times, and was taken as just above zero`);
  const floored = tallies.reduce((sum, tally) => sum + tally.floored, 0);
  if (floored > 0) notes.push(`a stock was held at its floor ${floored} times`);
  return notes;
}
