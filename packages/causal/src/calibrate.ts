import { compileProgram } from "./compile.js";
import { errorDeviations } from "./error-deviations.js";
import type { MetricNode, Program } from "./program.js";
import { Tile, tileRuns } from "./tile.js";

const pilotTiles = 8;

/** What a metric's forecast says its error should be, and how the calibrated program meets it. */
export interface Calibration {
  readonly program: Program;
  /** Metrics whose causes' errors alone vary more than their forecast does, with the number of steps at which they do. */
  readonly excess: ReadonlyMap<string, number>;
}

/**
 * Splits each metric's forecast error into its causes' share and a residual of its own: a pilot run of 2,048 gives the mean and variance of
 * what the causes bring, step by step; the offset takes up the mean, and the residual's spread what is missing to the forecast's variance.
 *
 * @param location the centre of each metric's forecast on the link scale, by node.
 * @param sd the standard deviation of each metric's forecast error on the link scale, by node.
 */
export function calibrate(
  program: Program,
  location: readonly Float64Array[],
  sd: readonly Float64Array[],
  seed: string,
): Calibration {
  const compiled = compileProgram(program);
  const tiles = Array.from({ length: pilotTiles }, (_, index) => new Tile(compiled, [], `${seed}/pilot`, index));
  const runs = pilotTiles * tileRuns;
  const excess = new Map<string, number>();
  const caused = program.nodes.map((node) => node.kind === "metric" && !node.given && node.edges.length > 0);
  const deviations = program.nodes.map((node) =>
    node.kind === "metric" ? errorDeviations(node.persistence, program.steps) : new Float64Array(0),
  );
  for (let step = 0; step < program.steps; step++) {
    for (const tile of tiles) tile.drawErrors();
    program.nodes.forEach((node, index) => {
      if (caused[index]) {
        for (const edge of (node as MetricNode).edges) program.edges[edge].centre[step] = meanSeen(tiles, edge, runs);
      }
      for (const tile of tiles) tile.gather(index);
      if (caused[index]) {
        const metric = node as MetricNode;
        const { mean, variance, covariance } = moments(tiles, index, runs);
        metric.offset[step] = location[index][step] - mean;
        const unit = deviations[index][step];
        // variance + 2 spread covariance + spread^2 = sd^2, for the unit error path
        const cross = covariance / unit;
        const missing = sd[index][step] ** 2 - variance;
        const spread = -cross + Math.sqrt(Math.max(0, cross * cross + missing));
        if (!(spread > 0) && sd[index][step] > 0) excess.set(node.name, (excess.get(node.name) ?? 0) + 1);
        metric.spread[step] = Math.max(0, spread);
        if (compiled.noiseOf[index] >= 0) compiled.errorScale[index][step] = metric.spread[step] / unit;
      }
      for (const tile of tiles) tile.finish(index);
    });
    for (const tile of tiles) tile.endStep();
  }
  return { program, excess };
}

function meanSeen(tiles: readonly Tile[], edge: number, runs: number): number {
  let mean = 0;
  for (const tile of tiles) {
    const values = tile.seen(edge);
    for (let run = 0; run < tileRuns; run++) mean += values[run] / runs;
  }
  return mean;
}

function moments(tiles: readonly Tile[], node: number, runs: number) {
  let mean = 0;
  let errorMean = 0;
  for (const tile of tiles) {
    const errors = tile.errors(node);
    for (let run = 0; run < tileRuns; run++) {
      mean += tile.causes[run] / runs;
      if (errors !== undefined) errorMean += errors[run] / runs;
    }
  }
  let variance = 0;
  let covariance = 0;
  for (const tile of tiles) {
    const errors = tile.errors(node);
    for (let run = 0; run < tileRuns; run++) {
      const distance = tile.causes[run] - mean;
      variance += (distance * distance) / (runs - 1);
      if (errors !== undefined) covariance += (distance * (errors[run] - errorMean)) / (runs - 1);
    }
  }
  return { mean, variance, covariance };
}
