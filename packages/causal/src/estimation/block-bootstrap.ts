import { log, Rng, TwinError } from "@sage-twin/kernel";
import { quantiles } from "@sage-twin/numerics";
import type { TestData } from "../refutation/test-columns.js";
import { checkCount, checkLevel } from "./effect-estimate.js";
import { columnNames, columnOf, rowsOf } from "./observations.js";

/** How rows are drawn anew. */
export interface BlockBootstrapOptions {
  /** Rows of a block, the mean of them for `"stationary"`. Default: the cube root of the rows, rounded up. */
  readonly blockLength?: number;
  /** Blocks of random (Politis and Romano 1994) or of equal length (Kunsch 1989). Default: `"stationary"`. */
  readonly kind?: "moving" | "stationary";
  /** Default: 500. */
  readonly runs?: number;
  readonly seed?: string | number;
  readonly signal?: AbortSignal;
}

/** The spread of a figure over data drawn anew. */
export interface BlockBootstrap {
  readonly value: number;
  readonly standardError: number;
  /** The figure in every run. */
  readonly draws: Float64Array;
  /** From, to, by the percentiles of the draws. Default level: 0.95. */
  interval(level?: number): readonly [number, number];
}

/**
 * The standard error of any figure from rows in time order: blocks of neighbouring rows are drawn with replacement, so that what persists
 * from row to row is kept.
 *
 * @throws TwinError for a block longer than the data, and where the figure is no number.
 */
export function blockBootstrap(
  data: TestData,
  figure: (data: Readonly<Record<string, Float64Array>>) => number,
  options: BlockBootstrapOptions = {},
): BlockBootstrap {
  const { kind = "stationary", runs = 500, seed = "bootstrap", signal } = options;
  const names = columnNames(data);
  const rows = names.length === 0 ? 0 : columnOf(data, names[0]).length;
  if (rows < 4)
    throw new TwinError({ code: "invalid-data", path: ["data"], message: `${rows} rows are too few to draw from` });
  let usual = 1;
  while (usual * usual * usual < rows) usual++;
  const length = checkCount(options.blockLength ?? usual, "blockLength", 1, rows);
  checkCount(runs, "runs", 2, 1_000_000);
  const value = figure(
    rowsOf(
      data,
      Int32Array.from({ length: rows }, (_, row) => row),
    ),
  );
  const rng = new Rng(seed).derive("block-bootstrap");
  const picked = new Int32Array(rows);
  const draws = new Float64Array(runs);
  for (let run = 0; run < runs; run++) {
    signal?.throwIfAborted();
    for (let at = 0; at < rows; ) {
      const size = kind === "moving" ? length : geometric(rng, length);
      const first = kind === "moving" ? rng.integer(rows - length + 1) : rng.integer(rows);
      for (let i = 0; i < size && at < rows; i++) picked[at++] = (first + i) % rows;
    }
    draws[run] = figure(rowsOf(data, picked));
  }
  const bad = draws.findIndex((draw) => !Number.isFinite(draw));
  if (bad >= 0)
    throw new TwinError({
      code: "domain",
      path: ["figure"],
      message: `the figure is ${draws[bad]} in run ${bad}`,
      fix: "give more rows, or a figure that every part of them determines",
    });
  const mean = draws.reduce((sum, draw) => sum + draw / runs, 0);
  const standardError = Math.sqrt(draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / (runs - 1));
  return {
    value,
    standardError,
    draws,
    interval(level = 0.95) {
      checkLevel(level);
      const [low, high] = quantiles(draws, [(1 - level) / 2, (1 + level) / 2]);
      return [low, high];
    },
  };
}

/** A length from 1 whose mean is `mean`. */
function geometric(rng: Rng, mean: number): number {
  return mean === 1 ? 1 : 1 + Math.floor(log(rng.uniform()) / log(1 - 1 / mean));
}
