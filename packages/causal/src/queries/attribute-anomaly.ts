import { log, Rng, type RunOptions, TwinError, unknownName } from "@sage-twin/kernel";
import { compileProgram } from "../compile.js";
import { independentDraws } from "../draws.js";
import type { Program } from "../program.js";
import { Tile, tileRuns } from "../tile.js";
import { type RowSpan, spanOf } from "./attribute.js";
import { ancestorsOf } from "./change-game.js";
import type { ObservedProgram } from "./observed-program.js";
import { reachBack, takeApart } from "./own-errors.js";
import { shareOutInSteps } from "./share-out.js";
import { WindowProgram } from "./window-program.js";

/** Which anomaly is asked about. */
export interface AnomalyOptions extends Pick<RunOptions, "seed" | "signal"> {
  /** A row: its number, from the end where negative, or a moment in it. */
  readonly row: number | string | Date;
  readonly target: string;
  /** Runs from which each tail is counted. Default 4,096; at most 1,000,000. */
  readonly runs?: number;
}

/** What one metric brought to an anomaly by itself. */
export interface AnomalyContribution {
  readonly metric: string;
  /** Of the score, in nats; below 0 for a metric that worked against the anomaly. */
  readonly value: number;
  /** Standard error of the orders drawn; 0 where all were taken. */
  readonly error: number;
}

/** Why a metric was unusual in a row. */
export interface AnomalyAttribution {
  readonly target: string;
  readonly row: number;
  readonly value: number;
  /** What the target would usually have been: the median of the runs. */
  readonly usual: number;
  /** How likely the target is to be at least as far out, on either side. */
  readonly probability: number;
  /** -log(probability), in nats. */
  readonly score: number;
  /** Standard error of the score, from counting runs. */
  readonly error: number;
  /** Whether no run lay as far out, so that the score is only known to be at least so large. */
  readonly atLeast: boolean;
  /** The largest first; the values sum to the score. */
  readonly contributions: readonly AnomalyContribution[];
  /** Over which orders of the metrics their contributions are averaged. */
  readonly method: string;
}

const mostExact = 12;
const mostRuns = 1_000_000;
/** Runs between one breath and the next. */
const breath = 65_536;

/**
 * Why a metric was unusual in one row: the score is -log of the chance of a value at least as far out in either tail, and it is shared out among the metrics
 * that lead to it by Shapley values, a coalition being worth what is left of it when its members' own errors are known (Budhathoki, Minorics, Blöbaum and
 * Janzing 2022). The row counts with as many before it as lags reach back. What each metric did of its own is what level, trend, season and causes do not
 * explain, effects at their means; errors of different metrics are taken as independent. All coalitions for up to 12 metrics, else 64 random orders.
 *
 * @throws TwinError for an unknown target or row, missing values in the rows, and too few other rows; and what `signal` was aborted with.
 *
 * @example
 * ```ts
 * import { attributeAnomaly, causalGraph, fit, linear } from "@sage-twin/causal";
 * import { Rng } from "@sage-twin/kernel";
 *
 * const rng = new Rng("example");
 * const ads = Float64Array.from({ length: 200 }, (_, row) => rng.normal() + (row === 150 ? 6 : 0));
 * const orders = ads.map((value) => 2 * value + rng.normal());
 * const columns: Record<string, Float64Array> = { ads, orders };
 * const table = { frequency: "D", start: 0, length: 200, metrics: ["ads", "orders"], column: (name: string) => columns[name] } as const;
 * const model = fit(causalGraph().cause("ads", "orders", linear()), table, { mode: "structural" });
 * const { score, contributions } = await attributeAnomaly(model, { row: 150, target: "orders" });
 * contributions[0].metric; // => "ads"
 * Math.abs(contributions.reduce((sum, { value }) => sum + value, 0) - score) < 1e-9; // => true
 * ```
 */
export async function attributeAnomaly(model: ObservedProgram, options: AnomalyOptions): Promise<AnomalyAttribution> {
  const { target, runs = 4096, seed = "sage-twin", signal } = options;
  const { program, observations } = model;
  const names = program.nodes.map(({ name }) => name);
  const node = names.indexOf(target);
  if (node < 0) throw unknownName("metric", target, names, ["target"]);
  if (!(Number.isInteger(runs) && runs >= 1 && runs <= mostRuns)) {
    throw new TwinError({
      code: "out-of-range",
      path: ["runs"],
      message: `${runs} runs`,
      fix: `give a whole number from 1 to ${mostRuns}`,
    });
  }
  signal?.throwIfAborted();
  const span: RowSpan = typeof options.row === "number" ? options.row : { first: options.row, rows: 1 };
  const row = rowIn(span, model);
  const back = Math.min(row, reachBack(model, node));
  const window = new WindowProgram(model, takeApart(model, { first: row, rows: 1 }), row - back, back + 1);
  const ancestors = ancestorsOf(program, node);
  const players = window.chancy.filter((index) => ancestors.has(index));
  const value = (observations.history.get(target) as Float64Array)[row];
  const draw = (coalition: readonly number[]): Float64Array => {
    const known = new Set(coalition.map((player) => players[player]));
    const free = new Set(players.filter((player) => !known.has(player)));
    return lastLevels(window.program(known, free), node, runs, String(seed));
  };
  const base = draw([]).sort();
  const tail = new Tail(base, value);
  const worth = (coalition: readonly number[]): Float64Array => {
    if (coalition.length === players.length) return Float64Array.of(0);
    return Float64Array.of(log(tail.share(coalition.length === 0 ? base : draw(coalition))));
  };
  const work = shareOutInSteps(players.length, 1, worth, new Rng(seed).derive("orders"), mostExact);
  for (let step = 1; ; step++) {
    const { done, value: found } = work.next();
    if (done) {
      const nothing = players.length === 0;
      const probability = nothing ? 1 : tail.share(base);
      const contributions = players.map((player, index) => ({
        metric: names[player],
        value: found.shares[index][0],
        error: found.errors[index],
      }));
      return {
        target,
        row,
        value,
        usual: base[base.length >> 1],
        probability,
        score: nothing ? 0 : -log(probability),
        error: Math.sqrt(Math.max(0, 1 - probability) / (probability * runs)),
        atLeast: !nothing && tail.count(base) === 0,
        contributions: contributions.sort((a, b) => b.value - a.value),
        method: found.method,
      };
    }
    signal?.throwIfAborted();
    if (step % Math.ceil(breath / runs) === 0) await new Promise<void>((resolve) => setTimeout(resolve));
  }
}

function rowIn(span: RowSpan, model: ObservedProgram): number {
  const { first } = spanOf(span, model, "row");
  const { length } = model.observations;
  if (Number.isInteger(first) && first >= 0 && first < length) return first;
  throw new TwinError({
    code: "out-of-range",
    path: ["row"],
    message: `row ${first} of ${length}`,
    fix: `give a row from 0 to ${length - 1}, or from the end as -1`,
  });
}

/** The levels of a node at the last step, run by run, with effects at their means. */
function lastLevels(program: Program, node: number, runs: number, seed: string): Float64Array {
  const compiled = compileProgram(program);
  const values = new Float64Array(runs);
  const certain = program.noise.nodes.length === 0;
  for (let offset = 0; offset < runs; offset += tileRuns) {
    const tile = new Tile(compiled, [], seed, offset / tileRuns, { ...independentDraws, effects: false });
    for (let step = 0; step < program.steps; step++) tile.advance();
    const levels = tile.level(node);
    if (certain) return values.fill(levels[0]);
    values.set(levels.subarray(0, Math.min(tileRuns, runs - offset)), offset);
  }
  return values;
}

/** Values at least as far out as one was, in either tail of what is usual, by rank: as many usual values lie beyond the one bound as beyond the other. */
class Tail {
  readonly #low: number;
  readonly #high: number;

  constructor(sorted: Float64Array, value: number) {
    const margin = 1e-9 * Math.max(Math.abs(value), sorted[sorted.length - 1] - sorted[0]);
    let below = 0;
    while (below < sorted.length && sorted[below] < value) below++;
    let above = 0;
    while (above < sorted.length && sorted[sorted.length - 1 - above] > value) above++;
    const upper = above <= below;
    this.#high = upper ? value - margin : (sorted[sorted.length - below] ?? Number.POSITIVE_INFINITY);
    this.#low = upper ? (sorted[above - 1] ?? Number.NEGATIVE_INFINITY) : value + margin;
  }

  count(values: Float64Array): number {
    let count = 0;
    for (const value of values) if (value >= this.#high || value <= this.#low) count++;
    return count;
  }

  /** The share of values that lie so far out, never 0. */
  share(values: Float64Array): number {
    return (this.count(values) + 0.5) / (values.length + 0.5);
  }
}
