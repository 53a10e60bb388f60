import { Rng, TwinError } from "@sage-twin/kernel";
import { fillSobol, sobolDimensions } from "@sage-twin/numerics";
import type { Scenario } from "../scenario.js";
import type { Study } from "../study.js";
import { type ExperimentOptions, experiment, fromCube } from "./experiment.js";

/** How assumptions that flip a decision are looked for. */
export interface DiscoverOptions extends ExperimentOptions {
  /** The answer below which the decision would be another. Default 0: the scenario is worse than the baseline. */
  readonly threshold?: number;
  /** Which side flips it. Default `"below"`. */
  readonly side?: "above" | "below";
  /** Points. Default 2,048. */
  readonly samples?: number;
  readonly seed?: string | number;
}

/** Ranges of inputs in which the decision flips. */
export interface DiscoveredBox {
  readonly ranges: readonly { readonly input: string; readonly low: number; readonly high: number }[];
  /** Of the cases in the box, the share that flip. */
  readonly density: number;
  /** Of all that flip, the share in the box. */
  readonly coverage: number;
}

/** What was found. */
export interface Discovery {
  /** The share of all cases that flip the decision. */
  readonly flips: number;
  /** The box that says most of it; undefined where nothing or everything flips, or no input tells. */
  readonly box: DiscoveredBox | undefined;
}

const peeled = 0.05;
const leastSupport = 0.05;
const wantedDensity = 0.9;

/**
 * Looks for the ranges of assumptions that flip a decision by peeling slices off a box (PRIM: Friedman and Fisher 1999; for scenarios Bryant and
 * Lempert 2010): each time the slice whose loss raises the share of flips most, until nine in ten flip or a twentieth of the points is left.
 */
export function discover(study: Study, plan: Scenario, options: DiscoverOptions): Discovery {
  const { threshold = 0, side = "below", samples = 2048, seed = "sage-twin" } = options;
  if (!(Number.isInteger(samples) && samples >= 64 && samples <= 2 ** 20))
    throw new TwinError({
      code: "out-of-range",
      path: ["samples"],
      message: `${samples} samples`,
      fix: "give a whole number from 64 to 1,048,576",
    });
  const { inputs, evaluate } = experiment(study, plan, options);
  if (inputs.length > sobolDimensions)
    throw new TwinError({
      code: "too-large",
      path: ["inputs"],
      message: `${inputs.length} inputs`,
      fix: `name at most ${sobolDimensions}`,
    });
  const scrambles = new Rng(seed).derive("discover").words();
  const cube = inputs.map((_, input) => fillSobol(input, 0, scrambles.next(), new Float64Array(samples)));
  const answers = evaluate(fromCube(inputs, cube));
  const flip = Array.from(answers, (answer) => (side === "below" ? answer < threshold : answer > threshold));
  const all = flip.filter(Boolean).length;
  if (all === 0 || all === samples || inputs.length === 0) return { flips: all / samples, box: undefined };
  let inside = Array.from({ length: samples }, (_, row) => row);
  const bounds = inputs.map(() => ({ low: 0, high: 1 }));
  const densityOf = (rows: readonly number[]): number => rows.filter((row) => flip[row]).length / rows.length;
  while (densityOf(inside) < wantedDensity && inside.length * (1 - peeled) >= leastSupport * samples) {
    const best = bestPeel(inside, cube, densityOf);
    if (best === undefined || best.density <= densityOf(inside)) break;
    if (best.end === "low") bounds[best.input].low = best.at;
    else bounds[best.input].high = best.at;
    inside = best.rows;
  }
  const ranges = inputs.flatMap(({ name, at }, input) => {
    const { low, high } = bounds[input];
    if (low === 0 && high === 1) return [];
    const [a, b] = [at(Math.max(0.001, low)), at(Math.min(0.999, high))];
    return [{ input: name, low: Math.min(a, b), high: Math.max(a, b) }];
  });
  if (ranges.length === 0) return { flips: all / samples, box: undefined };
  const hits = inside.filter((row) => flip[row]).length;
  return { flips: all / samples, box: { ranges, density: hits / inside.length, coverage: hits / all } };
}

interface Peel {
  readonly input: number;
  readonly end: "high" | "low";
  readonly at: number;
  readonly rows: number[];
  readonly density: number;
}

function bestPeel(
  inside: readonly number[],
  cube: readonly Float64Array[],
  densityOf: (rows: readonly number[]) => number,
): Peel | undefined {
  let best: Peel | undefined;
  const count = Math.max(1, Math.floor(peeled * inside.length));
  cube.forEach((column, input) => {
    const sorted = inside.map((row) => column[row]).sort((a, b) => a - b);
    for (const end of ["low", "high"] as const) {
      const at = end === "low" ? sorted[count] : sorted[sorted.length - 1 - count];
      const rows = inside.filter((row) => (end === "low" ? column[row] >= at : column[row] <= at));
      const density = densityOf(rows);
      if (best === undefined || density > best.density) best = { input, end, at, rows, density };
    }
  });
  return best;
}
