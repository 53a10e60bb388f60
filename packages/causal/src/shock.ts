import { exp, normalQuantile, type Rng } from "@sage-twin/kernel";
import { gaussianCopula, quantiles, studentCopula, studentQuantile } from "@sage-twin/numerics";
import { fillErrors, type Sampling } from "./draws.js";

/** A number that is not known, as plain data. */
export type Distribution =
  | { readonly kind: "normal"; readonly mean: number; readonly sd: number }
  /** exp of a normal number: `median` times or over e^sd in two runs of three. */
  | { readonly kind: "lognormal"; readonly median: number; readonly sd: number }
  /** A Student number of `degrees` degrees of freedom, scaled to `sd`; degrees above 2. */
  | { readonly kind: "student"; readonly mean: number; readonly sd: number; readonly degrees: number }
  | { readonly kind: "uniform"; readonly low: number; readonly high: number }
  | { readonly kind: "triangular"; readonly low: number; readonly mode: number; readonly high: number }
  /** Values seen before, straight lines between their quantiles. */
  | { readonly kind: "empirical"; readonly values: readonly number[] };

/** Sizes that are given run by run, from the first on: points of an experiment. */
export interface GivenSizes {
  readonly kind: "given";
  readonly values: Float64Array;
}

/** An edit whose size differs from run to run: one draw a run, the same at all steps. */
export interface Shock {
  readonly kind: "scale" | "set" | "shift";
  readonly size: Distribution | GivenSizes;
  /** How likely it is to happen at all. */
  readonly chance: number;
  /** The share of the edit that holds, by step, 0..1. */
  readonly share: Float64Array;
}

/** How the shocks of a world hang together: the Cholesky factor (by rows) of their normal scores' correlation, and degrees of freedom for a t copula. */
export interface ShockCopula {
  readonly factor: Float64Array;
  readonly degrees?: number;
}

/** The number below which a distribution lies with `probability`. */
export function quantileOf(distribution: Distribution, probability: number): number {
  switch (distribution.kind) {
    case "normal":
      return distribution.mean + distribution.sd * normalQuantile(probability);
    case "lognormal":
      return distribution.median * exp(distribution.sd * normalQuantile(probability));
    case "student": {
      const { mean, sd, degrees } = distribution;
      return mean + sd * Math.sqrt((degrees - 2) / degrees) * studentQuantile(probability, degrees);
    }
    case "uniform":
      return distribution.low + (distribution.high - distribution.low) * probability;
    case "triangular": {
      const { low, mode, high } = distribution;
      const rise = (mode - low) / (high - low);
      return probability < rise
        ? low + Math.sqrt(probability * (high - low) * (mode - low))
        : high - Math.sqrt((1 - probability) * (high - low) * (high - mode));
    }
    case "empirical":
      return quantiles(Float64Array.from(distribution.values), [probability])[0];
  }
}

/** Draws a tile's sizes of each shock, one a run; NaN where it does not happen. */
export function drawShocks(
  shocks: readonly Shock[],
  copula: ShockCopula | undefined,
  rng: Rng,
  sampling: Sampling,
  runs: number,
  tile: number,
): readonly Float64Array[] {
  const draw = (...labels: readonly (string | number)[]): Float64Array => {
    const normals = new Float64Array(runs);
    fillErrors(rng.derive(...labels).words(), sampling, normals);
    return normals;
  };
  const sizes = shocks.map((_, index) => draw("shock", index));
  const factor = copula?.factor ?? identity(shocks.length);
  const degrees = copula?.degrees;
  if (degrees === undefined) gaussianCopula(sizes, factor);
  else
    studentCopula(
      sizes,
      factor,
      degrees,
      Array.from({ length: degrees }, (_, index) => draw("shared", index)),
    );
  shocks.forEach(({ size, chance }, index) => {
    if (size.kind === "given") {
      sizes[index].set(size.values.subarray(tile * runs, (tile + 1) * runs));
      return;
    }
    const happens = rng.derive("chance", index).words();
    const values = size.kind === "empirical" ? Float64Array.from(size.values).sort() : undefined;
    for (let run = 0; run < runs; run++) {
      const probability = Math.min(highest, Math.max(lowest, sizes[index][run]));
      const value = values === undefined ? quantileOf(size, probability) : between(values, probability);
      sizes[index][run] = chance >= 1 || happens.uniform() < chance ? value : Number.NaN;
    }
  });
  return sizes;
}

function identity(size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, cell) => (cell % (size + 1) === 0 ? 1 : 0));
}

const lowest = 1e-12;
const highest = 1 - 1e-12;

/** The quantile of sorted values, straight lines between them. */
function between(sorted: Float64Array, probability: number): number {
  const position = probability * (sorted.length - 1);
  const low = Math.floor(position);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low] + (position - low) * (sorted[high] - sorted[low]);
}
