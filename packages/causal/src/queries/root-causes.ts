import { exp, log, normalDistribution, Rng, type RunOptions, TwinError, unknownName } from "@sage-twin/kernel";

import { compileProgram, compileWorld } from "../compile.js";
import type { NodeEdits } from "../program.js";
import { Tile, tileRuns } from "../tile.js";
import { type RowSpan, spanOf } from "./attribute.js";
import { ancestorsOf } from "./change-game.js";
import type { ObservedProgram } from "./observed-program.js";
import { type OwnErrors, takeApart } from "./own-errors.js";
import { shareOutInSteps } from "./share-out.js";
import { WindowProgram } from "./window-program.js";

/** Which unusual period is asked about. */
export interface RootCauseOptions extends Pick<RunOptions, "seed" | "signal"> {
  /** The rows in which something is unusual. */
  readonly rows: RowSpan;
  /** What moved. Without one, every metric of the graph is ranked by what is unusual in itself alone. */
  readonly target?: string;
}

/** How much a metric is to be suspected. */
export interface RootCause {
  readonly metric: string;
  /** What the ranking goes by: `surprise`, times the size of `share` where there is a target. */
  readonly score: number;
  /** How far the metric's own part was shifted over the rows, in standard errors of that shift: what its causes, level, trend and season do not explain. */
  readonly shift: number;
  /** -log of the chance of a shift as large either way, in nats: the mean over the draws of the effects. */
  readonly surprise: number;
  /** The probability that it shifted of its own, if one metric in all is expected to: the mean over the draws of the effects. */
  readonly confidence: number;
  /** What that brought to the target's mean over the rows, in the target's unit; undefined without a target. */
  readonly contribution: number | undefined;
  /** The contribution's size as a share of those of all metrics, 0..1; undefined without a target. */
  readonly share: number | undefined;
}

/** Where an unusual period comes from. */
export interface RootCauses {
  readonly target: string | undefined;
  /** The target's mean over the rows less what it would have been; undefined without a target. The contributions and `rest` sum to it. */
  readonly change: number | undefined;
  /** What metrics brought that are too little unusual to be told apart: only where more than eight lead to the target. */
  readonly rest: number | undefined;
  /** The most suspect first. */
  readonly causes: readonly RootCause[];
}

/** So many metrics are told apart in the change of the target, those of the largest shifts; the others count together. */
const toldApart = 8;
/** The shift of a metric that broke, in standard deviations of its errors, is taken as normal with this standard deviation. */
const usualShift = 3;
const breath = 16;

/**
 * Ranks metrics as root causes of an unusual period: by the shift of each one's own part over the rows (what level, trend, season and causes leave
 * unexplained, matched to how its errors persist), and by the share of the target's change that follows from it, as Shapley values through the graph. A metric
 * that only passes on what its causes did has no shift of its own. Means over 256 draws of the effects.
 *
 * @throws TwinError for an unknown target or rows, missing values in them, and too few other rows; and what `signal` was aborted with.
 *
 * @example
 * ```ts
 * import { causalGraph, fit, linear, rankRootCauses } from "@sage-twin/causal";
 * import { Rng } from "@sage-twin/kernel";
 *
 * const rng = new Rng("example");
 * const ads = Float64Array.from({ length: 200 }, () => rng.normal());
 * const visits = ads.map((value, row) => value + rng.normal() + (row >= 190 ? 3 : 0));
 * const orders = visits.map((value) => 5 * value + rng.normal());
 * const columns: Record<string, Float64Array> = { ads, visits, orders };
 * const table = { frequency: "D", start: 0, length: 200, metrics: ["ads", "visits", "orders"], column: (name: string) => columns[name] } as const;
 * const graph = causalGraph().cause("ads", "visits", linear()).cause("visits", "orders", linear());
 * const model = fit(graph, table, { mode: "structural" });
 * const { causes } = await rankRootCauses(model, { rows: { first: 190, rows: 10 }, target: "orders" });
 * causes[0].metric; // => "visits"
 * causes[0].confidence > 0.99; // => true
 * ```
 */
export async function rankRootCauses(model: ObservedProgram, options: RootCauseOptions): Promise<RootCauses> {
  const { target, seed = "sage-twin", signal } = options;
  const { program } = model;
  const names = program.nodes.map(({ name }) => name);
  const node = target === undefined ? -1 : names.indexOf(target);
  if (target !== undefined && node < 0) throw unknownName("metric", target, names, ["target"]);
  signal?.throwIfAborted();
  const span = checkedRows(options.rows, model);
  const { first, rows } = span;
  const apart = takeApart(model, span);
  const window = new WindowProgram(model, apart, first, rows);
  const upstream = target === undefined ? undefined : ancestorsOf(program, node);
  const suspects = window.chancy.filter((index) => upstream?.has(index) ?? true);
  // One tile holds the draws of the effects that everything below shares.
  const expected = compileProgram(window.program(new Set(), new Set()));
  const draws = new Tile(expected, [], String(seed), 0);
  const shifts = new Map(suspects.map((index) => [index, shiftsOf(index, model, apart, window, draws, span)] as const));
  const meanShift = (index: number): number => mean((shifts.get(index) as Shifts).standard);
  const causes = suspects.map((index): RootCause => {
    const { standard, rowsInAll } = shifts.get(index) as Shifts;
    const prior = 1 / Math.max(2, suspects.length);
    const surprise = mean(standard.map(surpriseOf));
    const confidence = mean(standard.map((shift) => chanceOfShift(shift, rowsInAll, prior)));
    const metric = names[index];
    return {
      metric,
      score: surprise,
      shift: meanShift(index),
      surprise,
      confidence,
      contribution: undefined,
      share: undefined,
    };
  });
  const ranked = (list: RootCause[]): RootCause[] => list.sort((a, b) => b.score - a.score);
  if (target === undefined) return { target, change: undefined, rest: undefined, causes: ranked(causes) };

  const bySize = [...suspects].sort((a, b) => Math.abs(meanShift(b)) - Math.abs(meanShift(a)));
  const few = bySize.length <= toldApart + 1;
  const players = few ? bySize.map((index) => [index]) : bySize.slice(0, toldApart).map((index) => [index]);
  if (!few) players.push(bySize.slice(toldApart));
  const worth = (coalition: readonly number[]): Float64Array => {
    const edits = coalition.flatMap((player) =>
      players[player].map(
        (index): NodeEdits => ({
          node: index,
          factor: new Float64Array(rows).fill(1),
          shift: new Float64Array(rows),
          moves: (shifts.get(index) as Shifts).moves,
        }),
      ),
    );
    const tile = new Tile(expected, [compileWorld(expected.program, { edits })], String(seed), 0);
    const total = new Float64Array(tileRuns);
    for (let step = 0; step < rows; step++) {
      tile.advance();
      const levels = tile.level(node, 0);
      for (let run = 0; run < tileRuns; run++) total[run] += levels[run] / rows;
    }
    return total;
  };
  const work = shareOutInSteps(players.length, tileRuns, worth, new Rng(seed).derive("orders"));
  for (let step = 1; ; step++) {
    const { done, value: found } = work.next();
    if (!done) {
      signal?.throwIfAborted();
      if (step % breath === 0) await new Promise<void>((resolve) => setTimeout(resolve));
      continue;
    }
    const brought = new Map(
      players.flatMap((group, index) =>
        group.length === 1 ? [[names[group[0]], mean(found.shares[index])] as const] : [],
      ),
    );
    const all = found.shares.map(mean);
    const sizes = all.reduce((sum, value) => sum + Math.abs(value), 0);
    return {
      target,
      change: all.reduce((sum, value) => sum + value, 0),
      rest: few ? undefined : all[players.length - 1],
      causes: ranked(
        causes.map((cause) => {
          const contribution = brought.get(cause.metric);
          const share = sizes > 0 ? Math.abs(contribution ?? 0) / sizes : 0;
          return {
            ...cause,
            contribution,
            share: contribution === undefined ? undefined : share,
            score: cause.surprise * share,
          };
        }),
      ),
    };
  }
}

interface Shifts {
  /** By draw of the effects: the shift of the metric's own part, over its standard error. */
  readonly standard: Float64Array;
  /** How many independent rows the shift rests on. */
  readonly rowsInAll: number;
  /** By step and draw: how much further the metric was than it would have been. */
  readonly moves: readonly Float64Array[];
}

/** A shift of e(t) from the first row on is 1 in the first of its innovations and 1 - decay in the later ones: it is estimated by that pattern. */
function shiftsOf(
  node: number,
  { program }: ObservedProgram,
  { own, features }: ReturnType<typeof takeApart>,
  window: WindowProgram,
  draws: Tile,
  { first, rows }: { readonly first: number; readonly rows: number },
): Shifts {
  const { errors, decay, sd } = own[node] as OwnErrors;
  const definition = program.nodes[node];
  const edges = definition.kind === "metric" ? definition.edges : [];
  const group = program.effects.find((candidate) => candidate.node === node);
  const before = first > 0 && Number.isFinite(errors[first - 1]) ? errors[first - 1] : 0;
  const kept = window.keptErrors(node);
  const standard = new Float64Array(tileRuns);
  const moves = Array.from({ length: rows }, (_, step) =>
    new Float64Array(tileRuns).fill(errors[first + step] - kept[step]),
  );
  let pattern = 0;
  for (let step = 0; step < rows; step++) {
    const weight = step === 0 ? 1 : 1 - decay;
    const innovation = errors[first + step] - decay * (step === 0 ? before : errors[first + step - 1]);
    pattern += weight * weight;
    for (let run = 0; run < tileRuns; run++) standard[run] += (weight * innovation) / sd;
  }
  edges.forEach((edge) => {
    const { feature, lag } = program.edges[edge];
    const { values, usual } = features[feature];
    const meanEffect = (group?.mean ?? [])[group?.edges.indexOf(edge) ?? -1] ?? 0;
    const drawn = draws.effect(edge);
    const unusual = (row: number): number => values[Math.max(0, row - lag)] - usual[Math.max(0, row - lag)];
    for (let step = 0; step < rows; step++) {
      const weight = step === 0 ? 1 : 1 - decay;
      const past = first + step > 0 ? unusual(first + step - 1) : 0;
      const change = unusual(first + step) - decay * past;
      for (let run = 0; run < tileRuns; run++) {
        const off = drawn[run] - meanEffect;
        standard[run] -= (weight * off * change) / sd;
        moves[step][run] -= off * unusual(first + step);
      }
    }
  });
  for (let run = 0; run < tileRuns; run++) standard[run] /= Math.sqrt(pattern);
  return { standard, rowsInAll: pattern, moves };
}

/** -log of the chance that a normal number lies as far from 0, either way. */
function surpriseOf(shift: number): number {
  const size = Math.abs(shift);
  if (size < 8) return -log(2 * normalDistribution(-size));
  // Mills' ratio (Feller 1968, section VII.1).
  const inverse = 1 / (size * size);
  return (size * size) / 2 + log(size * Math.sqrt(Math.PI / 2)) - log(1 - inverse * (1 - inverse * (3 - 15 * inverse)));
}

/** The probability of a shift by Bayes' rule: a normal one of `usualShift` standard deviations against none. */
function chanceOfShift(shift: number, rows: number, prior: number): number {
  const spread = usualShift * usualShift * rows;
  const against = ((1 - prior) / prior) * Math.sqrt(1 + spread) * exp((-shift * shift * spread) / (2 * (1 + spread)));
  return 1 / (1 + against);
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function checkedRows(span: RowSpan, model: ObservedProgram): { readonly first: number; readonly rows: number } {
  const { first, rows } = spanOf(span, model, "rows");
  const { length } = model.observations;
  if (Number.isInteger(first) && Number.isInteger(rows) && rows >= 1 && first >= 0 && first + rows <= length)
    return { first, rows };
  throw new TwinError({
    code: "out-of-range",
    path: ["rows"],
    message: `rows ${first} to ${first + rows - 1} of ${length}`,
    fix: "name rows of the data",
  });
}
