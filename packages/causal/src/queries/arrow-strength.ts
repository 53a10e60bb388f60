import { TwinError } from "@sage-twin/kernel";
import { compileProgram } from "../compile.js";
import type { FittedModel, QueryOptions } from "../fitted-model.js";
import { moveInto } from "../link.js";
import type { MetricNode } from "../program.js";
import { Tile, tileRuns } from "../tile.js";

/** How much of an effect's variance goes with one edge. */
export interface ArrowStrength {
  readonly from: string;
  readonly to: string;
  /** In the effect's unit, squared. */
  readonly strength: number;
}

/**
 * The strength of every edge into a metric: half the mean squared change of the metric when that edge is fed with the cause of another run instead
 * (Janzing et al. 2013, measured by variance): the square of the effect times the variance of the cause where both are linear. At the last step.
 */
export function arrowStrength(
  model: FittedModel,
  target: string,
  { runs = 10_000, seed = "sage-twin" }: QueryOptions = {},
): readonly ArrowStrength[] {
  const { program } = model;
  const node = program.nodes.findIndex(({ name }) => name === target);
  const metric = program.nodes[node];
  if (metric?.kind !== "metric" || metric.edges.length === 0) {
    throw new TwinError({
      code: "invalid-argument",
      path: ["target"],
      message: `'${target}' has no causes with effects of their own`,
      fix: `name one of ${[...new Set(program.edges.map(({ to }) => program.nodes[to].name))].join(", ")}`,
    });
  }
  const compiled = compileProgram(program);
  const tiles = Math.max(2, Math.ceil(runs / tileRuns));
  const totals = new Float64Array(metric.edges.length);
  const moves = new Float64Array(tileRuns);
  const moved = new Float64Array(tileRuns);
  const before: (Float64Array | undefined)[] = metric.edges.map(() => undefined);
  for (let index = 0; index < tiles; index++) {
    const tile = new Tile(compiled, [], String(seed), index);
    for (let step = 0; step < program.steps; step++) tile.advance();
    const levels = tile.level(node);
    metric.edges.forEach((edge, position) => {
      const values = tile.saw(edge).slice();
      const other = before[position];
      before[position] = values;
      if (other === undefined) return;
      const effect = tile.effect(edge);
      for (let run = 0; run < tileRuns; run++) moves[run] = effect[run] * (other[run] - values[run]);
      moveInto((metric as MetricNode).link, moved, levels, moves, tileRuns);
      for (let run = 0; run < tileRuns; run++) totals[position] += (moved[run] - levels[run]) ** 2 / 2;
    });
  }
  return metric.edges.map((edge, position) => ({
    from: program.nodes[program.features[program.edges[edge].feature].node].name,
    to: target,
    strength: totals[position] / ((tiles - 1) * tileRuns),
  }));
}
