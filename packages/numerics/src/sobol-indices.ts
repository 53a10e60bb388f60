import { Rng, TwinError } from "@sage-twin/kernel";
import { quantiles } from "./quantiles.js";
import { fillSobol, sobolDimensions } from "./sobol.js";

/** A function of points in the unit cube: one column for each input, one result for each row. */
export type CubeFunction = (columns: readonly Float64Array[]) => Float64Array;

/** How indices are estimated. */
export interface SobolIndexOptions {
  /** Base points; the function is evaluated at (inputs + 2) times as many. Default 1,024; a power of two suits best. */
  readonly samples?: number;
  /** Resamples for the intervals. Default 200. */
  readonly resamples?: number;
  /** In percent. Default 90. */
  readonly level?: number;
  readonly seed?: string | number;
}

/** One index with its bootstrap interval. */
export interface SensitivityIndex {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** How much of a function's variance goes with each input. */
export interface SobolIndices {
  /** By itself. */
  readonly first: readonly SensitivityIndex[];
  /** By itself and together with others. */
  readonly total: readonly SensitivityIndex[];
  readonly variance: number;
  readonly evaluations: number;
}

const mostInputs = sobolDimensions / 2;

/**
 * First-order and total variance-based sensitivity indices (Sobol 1993) with independent uniform inputs: the first by the estimator of Saltelli et
 * al. 2010, the second by Jansen 1999, on two halves of one scrambled Sobol sequence; intervals by the bootstrap over rows.
 *
 * @throws TwinError for no inputs or more than 50, and for results that are not finite.
 */
export function sobolIndices(evaluate: CubeFunction, inputs: number, options: SobolIndexOptions = {}): SobolIndices {
  const { samples = 1024, resamples = 200, level = 90, seed = "sage-twin" } = options;
  if (!(Number.isInteger(inputs) && inputs >= 1 && inputs <= mostInputs))
    throw refuse("inputs", `${inputs} inputs`, `give 1 to ${mostInputs}`);
  if (!(Number.isInteger(samples) && samples >= 8 && samples <= 2 ** 20))
    throw refuse("samples", `${samples} samples`, "give a whole number from 8 to 1,048,576");
  const rng = new Rng(seed);
  const scrambles = rng.derive("sobol").words();
  const halves = Array.from({ length: 2 * inputs }, (_, dimension) =>
    fillSobol(dimension, 0, scrambles.next(), new Float64Array(samples)),
  );
  const a = halves.slice(0, inputs);
  const b = halves.slice(inputs);
  const run = (columns: readonly Float64Array[]): Float64Array => {
    const results = evaluate(columns);
    if (results.length !== samples || !results.every(Number.isFinite))
      throw refuse("evaluate", "the function did not give one finite number for each row");
    return results;
  };
  const atA = run(a);
  const atB = run(b);
  const mixed = a.map((_, input) => run(a.map((column, other) => (other === input ? b[other] : column))));
  const everyRow = Int32Array.from({ length: samples }, (_, row) => row);
  const whole = indicesOf(atA, atB, mixed, everyRow);
  const words = rng.derive("bootstrap").words();
  const again = Array.from({ length: resamples }, () =>
    indicesOf(
      atA,
      atB,
      mixed,
      everyRow.map(() => Math.floor(words.uniform() * samples)),
    ),
  );
  const tail = (100 - level) / 200;
  const withInterval = (kind: "first" | "total") =>
    whole[kind].map((value, input): SensitivityIndex => {
      const [lower, upper] =
        resamples > 1
          ? quantiles(
              Float64Array.from(again, (one) => one[kind][input]),
              [tail, 1 - tail],
            )
          : [value, value];
      return { value, lower, upper };
    });
  return {
    first: withInterval("first"),
    total: withInterval("total"),
    variance: whole.variance,
    evaluations: samples * (inputs + 2),
  };
}

function indicesOf(atA: Float64Array, atB: Float64Array, mixed: readonly Float64Array[], rows: Int32Array) {
  let sum = 0;
  for (const row of rows) sum += atA[row] + atB[row];
  const mean = sum / (2 * rows.length);
  let square = 0;
  for (const row of rows) square += (atA[row] - mean) ** 2 + (atB[row] - mean) ** 2;
  const variance = square / (2 * rows.length);
  const first: number[] = [];
  const total: number[] = [];
  for (const both of mixed) {
    let own = 0;
    let others = 0;
    for (const row of rows) {
      own += (atB[row] - mean) * (both[row] - atA[row]);
      others += (atA[row] - both[row]) ** 2;
    }
    first.push(variance > 0 ? own / rows.length / variance : 0);
    total.push(variance > 0 ? others / (2 * rows.length) / variance : 0);
  }
  return { first, total, variance };
}

function refuse(field: string, message: string, fix?: string): TwinError {
  return new TwinError({
    code: "invalid-argument",
    path: ["sobolIndices", field],
    message,
    ...(fix === undefined ? {} : { fix }),
  });
}
