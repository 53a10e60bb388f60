import { Rng, TwinError, unknownName } from "@sage-twin/kernel";
import { compileProgram } from "../compile.js";
import { independentDraws } from "../draws.js";
import type { FittedModel, QueryOptions } from "../fitted-model.js";
import { Tile, tileRuns } from "../tile.js";
import { ancestorsOf } from "./change-game.js";
import { shareOut } from "./share-out.js";

/** How much of a metric's variance another brings in by itself. */
export interface IntrinsicInfluence {
  readonly metric: string;
  /** In the target's unit, squared. */
  readonly variance: number;
  /** Of the whole. */
  readonly share: number;
}

/**
 * How much of a metric's variance comes from the errors of each metric that leads to it, its own included: what it adds beyond what it inherits
 * (Janzing, Blöbaum, Mastakouri and Budhathoki 2024), as Shapley values of the variance that is settled when errors are known, each estimated by
 * runs that share those errors and draw the others anew (Sobol 1993). At the last step, with effects at their means.
 */
export function intrinsicInfluence(
  model: FittedModel,
  target: string,
  { runs = 10_000, seed = "sage-twin" }: QueryOptions = {},
): readonly IntrinsicInfluence[] {
  const { program } = model;
  const names = program.nodes.map(({ name }) => name);
  const node = names.indexOf(target);
  if (node < 0) throw unknownName("metric", target, names, ["target"]);
  const ancestors = ancestorsOf(program, node);
  const players = program.noise.nodes.filter((index) => ancestors.has(index));
  if (players.length > mostPlayers) {
    throw new TwinError({
      code: "too-large",
      path: ["target"],
      message: `${players.length} metrics with errors lead to '${target}'`,
      fix: `ask for one of at most ${mostPlayers}`,
    });
  }
  const compiled = compileProgram(program);
  const tiles = Math.max(1, Math.ceil(runs / tileRuns));
  const draw = (again: ReadonlySet<number>): Float64Array => {
    const values = new Float64Array(tiles * tileRuns);
    for (let index = 0; index < tiles; index++) {
      const tile = new Tile(compiled, [], String(seed), index, { ...independentDraws, effects: false, again });
      for (let step = 0; step < program.steps; step++) tile.advance();
      values.set(tile.level(node), index * tileRuns);
    }
    return values;
  };
  const first = draw(new Set());
  const mean = first.reduce((sum, value) => sum + value, 0) / first.length;
  const settled = (coalition: readonly number[]): Float64Array => {
    const known = new Set(coalition.map((player) => players[player]));
    const other = draw(new Set(players.filter((player) => !known.has(player))));
    const otherMean = other.reduce((sum, value) => sum + value, 0) / other.length;
    let covariance = 0;
    for (let run = 0; run < first.length; run++) covariance += (first[run] - mean) * (other[run] - otherMean);
    return Float64Array.of(coalition.length === 0 ? 0 : covariance / first.length);
  };
  const { shares } = shareOut(players.length, 1, settled, new Rng(seed).derive("orders"));
  const whole = shares.reduce((sum, [share]) => sum + share, 0);
  return players
    .map((player, index) => ({ metric: names[player], variance: shares[index][0], share: shares[index][0] / whole }))
    .sort((a, b) => b.variance - a.variance);
}

const mostPlayers = 60;
