import { periodIndex, Rng, TwinError, toInstant, unknownName } from "@sage-twin/kernel";
import { quantiles } from "@sage-twin/numerics";
import { tileRuns } from "../tile.js";
import { ChangeGame } from "./change-game.js";
import type { ObservedProgram } from "./observed-program.js";
import { shareOut } from "./share-out.js";

/** Rows of the data: one, or `rows` of them from `first` on. Rows count from 0, or from the end where negative; a text or a `Date` is a moment in the first row. */
export type RowSpan = number | { readonly first: number | string | Date; readonly rows: number };

/** What change is asked about. */
export interface AttributeOptions {
  /** The rows before. */
  readonly from: RowSpan;
  /** The rows after, as many. */
  readonly to: RowSpan;
  readonly target: string;
  readonly seed?: string | number;
}

/** What one metric brought to the target by itself. */
export interface MetricContribution {
  readonly metric: string;
  /** In the target's unit: the mean over the draws of the effects. */
  readonly value: number;
  interval(level: number): { readonly level: number; readonly lower: number; readonly upper: number };
}

/** Why a metric moved between two periods. */
export interface ChangeAttribution {
  readonly target: string;
  /** The target's mean over the rows before. */
  readonly before: number;
  readonly after: number;
  readonly change: number;
  /** The largest first; the values sum to `change`. */
  readonly contributions: readonly MetricContribution[];
  /** Over which orders of the metrics their contributions are averaged. */
  readonly method: string;
}

/**
 * Why a metric moved between two periods of the data: the change is shared out among the metrics that lead to it, each by what it did beyond what
 * its causes explain, by Shapley values over all of them (after Budhathoki, Janzing, Bloebaum and Ng 2021, on the rows themselves). The values sum
 * to the change in each of 256 draws of the effects; intervals tell how much they hang on these. What a metric was before the first row counts with it.
 *
 * @throws TwinError for a target that is unknown, and for rows that the data do not have, that are incomplete, or not as many before as after.
 *
 * @example
 * ```ts
 * import { attribute, causalGraph, elasticity, fit } from "@sage-twin/causal";
 *
 * const price = Float64Array.from({ length: 40 }, (_, week) => (week === 39 ? 4 : 5 + (week % 3) / 10));
 * const orders = price.map((value, week) => 100 - 10 * value + (week % 4));
 * const columns: Record<string, Float64Array> = { price, orders };
 * const table = { frequency: "W", start: 0, length: 40, metrics: ["price", "orders"], column: (name: string) => columns[name] } as const;
 * const graph = causalGraph().cause("price", "orders", elasticity()).identity("revenue", "orders * price");
 * const { change, contributions } = attribute(fit(graph, table), { from: -2, to: -1, target: "revenue" });
 * Math.abs(contributions.reduce((sum, { value }) => sum + value, 0) - change) < 1e-9; // => true
 * ```
 */
export function attribute(model: ObservedProgram, options: AttributeOptions): ChangeAttribution {
  const { program, observations } = model;
  const { target, seed = "sage-twin" } = options;
  const names = program.nodes.map(({ name }) => name);
  const node = names.indexOf(target);
  if (node < 0) throw unknownName("metric", target, names, ["target"]);
  const before = spanOf(options.from, model, "from");
  const after = spanOf(options.to, model, "to");
  if (before.rows !== after.rows) {
    throw new TwinError({
      code: "invalid-argument",
      path: ["to"],
      message: `${before.rows} rows before and ${after.rows} after`,
      fix: "compare as many rows as there were before",
    });
  }
  const game = new ChangeGame(program, observations, node, [before.first, after.first], before.rows, String(seed));
  const { players } = game;
  const { shares, method } = shareOut(
    players.length,
    tileRuns,
    (coalition) => game.worth(coalition),
    new Rng(seed).derive("orders"),
  );
  const contributions = players.map((player, index) => contributionOf(names[player], shares[index]));
  const [start, end] = [[], players.map((_, index) => index)].map((coalition) => game.worth(coalition)[0]);
  return {
    target,
    before: start,
    after: end,
    change: end - start,
    contributions: contributions.sort((a, b) => Math.abs(b.value) - Math.abs(a.value)),
    method,
  };
}

/** One metric's contribution from its value in each draw. */
function contributionOf(metric: string, draws: Float64Array): MetricContribution {
  let sum = 0;
  for (const value of draws) sum += value;
  return {
    metric,
    value: sum / draws.length,
    interval(level) {
      const tail = (100 - level) / 200;
      const [lower, upper] = quantiles(draws, [tail, 1 - tail]);
      return { level, lower, upper };
    },
  };
}

/** The first row of a span, counted from the start, and how many rows it has. */
export function spanOf(
  span: RowSpan,
  { program, observations }: ObservedProgram,
  label: string,
): { first: number; rows: number } {
  const { first, rows } = typeof span === "number" ? { first: span, rows: 1 } : span;
  if (typeof first === "number") return { first: first < 0 ? observations.length + first : first, rows };
  const start = periodIndex(observations.start, program.frequency);
  return { first: periodIndex(toInstant(first, [label, "first"]), program.frequency) - start, rows };
}
