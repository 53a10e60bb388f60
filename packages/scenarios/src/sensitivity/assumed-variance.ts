import type { DrawPlan, Effect, FittedProgram } from "@sage-twin/causal";
import type { fillNormal, Rng, RunOptions, TwinError } from "@sage-twin/kernel";
import type { Assumption, assumptionsOf } from "../assumptions.js";
import type { Simulation } from "../simulate.js";
import type { MetricInfo, totalOver } from "../totals.js";
import { redraw } from "./redraw.js";
import type { runTotals } from "./run-totals.js";

/** A share of a variance, 0 to 1, and its Monte Carlo standard error. */
export interface VarianceShare {
  readonly value: number;
  readonly error: number;
}

/** How much of the variance of an answer the effects carry that the data did not settle. */
export interface CarriedVariance {
  readonly metric: string;
  readonly unit: string;
  /** The standard deviation of the answer: of what the scenario adds to the metric's total over the horizon. */
  readonly deviation: number;
  /** What all assumed effects carry together. */
  readonly assumed: VarianceShare;
  /** What each assumed or sourced effect carries. */
  readonly effects: readonly (Assumption & { readonly share: VarianceShare })[];
}

/** How the shares are estimated. */
export interface AssumedVarianceOptions extends Pick<RunOptions, "onProgress" | "signal"> {
  /** Runs, which are made once and once more for each effect; whole tiles of 256. Default 1,024. */
  readonly runs?: number;
}

/**
 * What the first load of a page has anyway. It is handed over and not imported, so that this module, loaded when asked for, shares nothing that a bundler
 * would move to chunks of its own: importing it made the first load 1.2 kB larger.
 */
export interface Loaded {
  readonly TwinError: typeof TwinError;
  readonly Rng: typeof Rng;
  readonly fillNormal: typeof fillNormal;
  readonly tileRuns: number;
  readonly runTotals: typeof runTotals;
  readonly totalOver: typeof totalOver;
  readonly assumptionsOf: typeof assumptionsOf;
}

const mostRuns = 2 ** 20;

/**
 * Tells how much of the variance of a world's difference from the baseline, in each metric's total over the horizon, assumed effects carry.
 *
 * An effect's share is what redrawing it alone moves: the mean variance that it leaves when the other effects, the forecast's errors and drawn
 * sizes are as they were, over the variance of the answer (a total index by the estimator of Jansen 1999; of an effect that is correlated with others, what is
 * its own). All assumed effects are redrawn together for `assumed`. Where effects add up the shares sum to one with the rest; where they multiply they sum to
 * more. It is no matter whether the simulation kept its runs or counted them.
 */
export async function carriedVariance<Metric extends string>(
  loaded: Loaded,
  simulation: Simulation,
  catalogue: Readonly<Record<string, MetricInfo>>,
  world: number,
  levers: readonly string[],
  metrics: readonly Metric[],
  options: AssumedVarianceOptions,
): Promise<Readonly<Record<Metric, CarriedVariance>>> {
  const { TwinError, tileRuns, runTotals, totalOver, assumptionsOf } = loaded;
  const { fitted, seed, steps } = simulation;
  const { runs: wanted = 1024, signal, onProgress } = options;
  if (!(Number.isInteger(wanted) && wanted >= 2 && wanted <= mostRuns))
    throw new TwinError({
      code: "out-of-range",
      path: ["runs"],
      message: `expected a whole number from 2 to ${mostRuns}, received ${wanted}`,
    });
  const runs = Math.ceil(wanted / tileRuns) * tileRuns;
  // Runs hang together in other sampling plans, and their error could not be told.
  const draws: DrawPlan = { ...simulation.draws, sampling: "random" };
  const drawn = fitted.effects.map(() => new Float64Array(runs));
  const answers = (given: DrawPlan["given"], keep: boolean): readonly Float64Array[] => {
    const plan = { seed, runs, steps, draws: { ...draws, ...(given === undefined ? {} : { given }) } };
    const again = runTotals(fitted, simulation.worlds[world], plan, (tile, offset, width) => {
      if (keep) drawn.forEach((values, edge) => void values.set(tile.effect(edge).subarray(0, width), offset));
    });
    return metrics.map((metric) => {
      const total = totalOver(again, catalogue, metric, 0, 0, steps);
      const baseline = totalOver(again, catalogue, metric, -1, 0, steps);
      return total.map((value, run) => value - baseline[run]);
    });
  };
  const first = answers(undefined, true);
  const assumptions = assumptionsOf(fitted, levers);
  const places = assumptions.map((assumption) => placeOf(fitted.effects, assumption));
  const assumed = places.filter((edge) => fitted.effects[edge].evidence === "assumed");
  const total = assumptions.length + 1;
  const upstream = upstreamOf(fitted, metrics);
  const sharesOf = async (edges: readonly number[], done: number): Promise<readonly VarianceShare[]> => {
    // A macrotask, so that a page stays alive and an abort is heard.
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    const leading = edges.filter((edge) => draws.effects && upstream.has(fitted.effects[edge].to));
    const given = givenAnew(loaded, fitted, leading, drawn, seed);
    const moved = given.some((values) => values !== undefined) ? answers(given, false) : first;
    onProgress?.({ stage: "assumptions", done, total });
    return first.map((values, index) => shareOf(values, moved[index]));
  };
  const together = await sharesOf(assumed, 1);
  const each: (readonly VarianceShare[])[] = [];
  for (const edge of places) each.push(await sharesOf([edge], each.length + 2));
  return Object.fromEntries(
    metrics.map((metric, index): [string, CarriedVariance] => [
      metric,
      {
        metric,
        unit: catalogue[metric]?.unit ?? "",
        deviation: Math.sqrt(momentsOf(first[index]).variance),
        assumed: together[index],
        effects: assumptions.map((assumption, place) => ({ ...assumption, share: each[place][index] })),
      },
    ]),
  ) as Record<Metric, CarriedVariance>;
}

/** The metrics asked for and all that can move them: what leads to none of them has no share, and need not be run. */
function upstreamOf({ program: { nodes }, effects }: FittedProgram, metrics: readonly string[]): ReadonlySet<string> {
  const found = new Set(metrics);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const node of nodes) {
      if (!found.has(node.name) || node.kind === "metric") continue;
      for (const part of node.kind === "identity" ? node.inputs : [node.inflow, node.outflow])
        found.add(nodes[part].name);
    }
    for (const { from, to } of effects) if (found.has(to)) found.add(from);
  }
  return found;
}

/** The edge that an assumption is of. */
function placeOf(effects: readonly Effect[], { from, to, lag }: Assumption): number {
  return effects.findIndex((effect) => effect.from === from && effect.to === to && effect.lag === lag);
}

/** Some effects drawn anew, given all others; nothing for those that are certain. */
function givenAnew(
  { Rng, fillNormal }: Loaded,
  { program, effects }: FittedProgram,
  edges: readonly number[],
  drawn: readonly Float64Array[],
  seed: string,
): (Float64Array | undefined)[] {
  const given: (Float64Array | undefined)[] = effects.map(() => undefined);
  for (const group of program.effects) {
    const chosen = [...group.edges.keys()].filter(
      (place) => edges.includes(group.edges[place]) && effects[group.edges[place]].posterior.sd > 0,
    );
    if (chosen.length === 0) continue;
    const normals = group.edges.map((edge) => {
      const values = new Float64Array(drawn[edge].length);
      fillNormal(new Rng(seed).derive("assumed", edge).words(), values, 0, values.length);
      return values;
    });
    const values = redraw(
      group,
      chosen,
      group.edges.map((edge) => drawn[edge]),
      normals,
    );
    chosen.forEach((place, index) => {
      given[group.edges[place]] = values[index];
    });
  }
  return given;
}

function momentsOf(values: Float64Array): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, value) => sum + (value - values[0]), 0) / values.length + values[0];
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) };
}

/**
 * Half the mean squared move over the variance, which the answers before and after give alike (so that the share is one less their intraclass
 * correlation), and the standard error of that ratio, to first order.
 */
function shareOf(values: Float64Array, moved: Float64Array): VarianceShare {
  if (values === moved) return { value: 0, error: 0 };
  const [before, after] = [momentsOf(values), momentsOf(moved)];
  const mean = (before.mean + after.mean) / 2;
  const runs = values.length;
  const terms = values.map((value, run) => (value - moved[run]) ** 2 / 2);
  const spreads = values.map((value, run) => ((value - mean) ** 2 + (moved[run] - mean) ** 2) / 2);
  const variance = spreads.reduce((sum, spread) => sum + spread, 0);
  if (!(variance > 0)) return { value: 0, error: 0 };
  const value = terms.reduce((sum, term) => sum + term, 0) / variance;
  const squares = terms.reduce((sum, term, run) => sum + (term - value * spreads[run]) ** 2, 0);
  return { value, error: (Math.sqrt(squares / (runs - 1) / runs) * runs) / variance };
}
