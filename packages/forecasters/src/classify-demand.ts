import { checkSeries, refuse } from "./checks.js";

/** How regular a demand is in time and in size. */
export interface DemandClass {
  readonly kind: "smooth" | "erratic" | "intermittent" | "lumpy" | "none";
  /** Steps per demand: 1 where every step has one, infinite without any. */
  readonly averageInterval: number;
  /** The variance of the demands' sizes over their squared mean. */
  readonly squaredVariation: number;
}

const longInterval = 1.32;
const largeVariation = 0.49;

/**
 * The kind of a demand series by the limits of Syntetos, Boylan and Croston (2005): an average interval of 1.32 steps, a squared coefficient of
 * variation of 0.49. Smooth is below both, erratic varies in size, intermittent in time, lumpy in both; "none" has no demand.
 * Missing values (NaN) are left out; a negative value is a `TwinError`.
 *
 * @example
 * ```ts
 * import { classifyDemand } from "@sage-twin/forecasters";
 *
 * classifyDemand([0, 0, 3, 0, 0, 0, 4, 0, 3]).kind; // => "intermittent"
 * classifyDemand([0, 0, 3, 0, 0, 0, 4, 0, 3]).averageInterval; // => 3
 * ```
 */
export function classifyDemand(values: ArrayLike<number>): DemandClass {
  const known = checkSeries(values, "values").filter((value) => !Number.isNaN(value));
  const negative = known.findIndex((value) => value < 0);
  if (negative >= 0) refuse(["values"], `${known[negative]} is no demand`, "give values from 0", "invalid-data");
  const sizes = known.filter((value) => value > 0);
  const count = sizes.length;
  if (count === 0) return { kind: "none", averageInterval: Number.POSITIVE_INFINITY, squaredVariation: 0 };
  const averageInterval = known.length / count;
  const squaredVariation = variationOf(sizes);
  const rare = averageInterval >= longInterval;
  const varied = squaredVariation >= largeVariation;
  const kind = rare ? (varied ? "lumpy" : "intermittent") : varied ? "erratic" : "smooth";
  return { kind, averageInterval, squaredVariation };
}

/** The squared coefficient of variation of positive values; 0 for fewer than two. */
export function variationOf(sizes: Float64Array): number {
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const mean = sizes.reduce((sum, size) => sum + size / largest, 0) / sizes.length;
  const squares = sizes.reduce((sum, size) => sum + (size / largest - mean) * (size / largest - mean), 0);
  return sizes.length < 2 ? 0 : squares / (sizes.length - 1) / (mean * mean);
}
