import { fillNormal, normalQuantile, type Rng, type WordStream } from "@sage-twin/kernel";
import { fillLatinHypercube, fillSobol, sobolDimensions } from "@sage-twin/numerics";

/**
 * How the effects of runs are drawn: each by itself; every run with another that mirrors it, errors included; one in each of a tile's equal
 * intervals; or at scrambled Sobol points over all runs, as far as these have dimensions, in Latin hypercubes beyond.
 */
export type Sampling = "antithetic" | "latin-hypercube" | "random" | "sobol";

/** What is uncertain in runs, and how it is drawn. */
export interface DrawPlan {
  readonly sampling: Sampling;
  /** Whether effects differ from run to run, or all runs have the posterior means. */
  readonly effects: boolean;
  /** Whether forecasts have errors. */
  readonly errors: boolean;
  /** Nodes whose errors are drawn once more, from streams of their own; none when absent. */
  readonly again?: ReadonlySet<number>;
  /** Effects that are given run by run, from the first on, by edge; drawn where undefined. */
  readonly given?: readonly (Float64Array | undefined)[];
}

/** Everything is uncertain, and each run is drawn by itself. */
export const independentDraws: DrawPlan = { sampling: "random", effects: true, errors: true };

/** Fills a tile's standard normal draws of errors. */
export function fillErrors(words: WordStream, sampling: Sampling, output: Float64Array): void {
  if (sampling !== "antithetic") {
    fillNormal(words, output, 0, output.length);
    return;
  }
  const half = output.length / 2;
  fillNormal(words, output, 0, half);
  mirror(output, half);
}

/** A source of a tile's standard normal draws of effects, one call for each effect in a fixed order. */
export function effectDraws(
  plan: DrawPlan,
  master: Rng,
  tile: number,
): (words: WordStream, output: Float64Array) => void {
  const { sampling, effects } = plan;
  if (!effects) return (_, output) => void output.fill(0);
  if (sampling === "random" || sampling === "antithetic") return (words, output) => fillErrors(words, sampling, output);
  const scrambles = sampling === "sobol" ? master.derive("sobol").words() : undefined;
  let dimension = 0;
  return (words, output) => {
    if (scrambles !== undefined && dimension < sobolDimensions)
      fillSobol(dimension++, tile * output.length, scrambles.next(), output);
    else fillLatinHypercube(words, output);
    for (let run = 0; run < output.length; run++) output[run] = normalQuantile(output[run]);
  };
}

function mirror(draws: Float64Array, half: number): void {
  for (let run = 0; run < half; run++) draws[half + run] = -draws[run];
}
