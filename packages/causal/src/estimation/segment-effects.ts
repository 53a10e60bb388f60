import { chiSquareTail } from "@sage-twin/numerics";
import type { TestData } from "../refutation/test-columns.js";
import type { EffectEstimate, EffectOptions } from "./effect-estimate.js";
import { columnOf, readObservations, rowsOf } from "./observations.js";

/** A function that finds an effect in data: `regressionEffect`, `weightedEffect`, `doublyRobustEffect` and their like. */
export type Estimator<Options extends EffectOptions, Found extends EffectEstimate = EffectEstimate> = (
  data: TestData,
  options: Options,
) => Found;

/** Effects by segment. */
export interface SegmentEffects<Found extends EffectEstimate = EffectEstimate> {
  /** By the segments' codes, in rising order. */
  readonly segments: readonly { readonly segment: number; readonly estimate: Found }[];
  /** The chance of effects at least as different where all are the same (Cochran's Q, 1954). */
  readonly pValue: number;
  toString(): string;
}

/**
 * The effect within each value of a column of codes, each found by itself, and whether they differ.
 *
 * @throws TwinError as the estimator does.
 */
export function segmentEffects<Options extends EffectOptions, Found extends EffectEstimate>(
  estimator: Estimator<Options, Found>,
  data: TestData,
  options: Options,
  by: string,
): SegmentEffects<Found> {
  const values = [...new Set(readObservations(data, [by]).columns.get(by))].sort((a, b) => a - b);
  const codes = Array.from(columnOf(data, by));
  const segments = values.map((segment) => ({
    segment,
    estimate: estimator(
      rowsOf(
        data,
        [...codes.keys()].filter((row) => codes[row] === segment),
      ),
      options,
    ),
  }));
  const weights = segments.map(({ estimate }) => 1 / estimate.standardError ** 2);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = segments.reduce((sum, { estimate }, at) => sum + (weights[at] / total) * estimate.effect, 0);
  const spread = segments.reduce((sum, { estimate }, at) => sum + weights[at] * (estimate.effect - mean) ** 2, 0);
  const pValue = segments.length > 1 ? chiSquareTail(spread, segments.length - 1) : 1;
  return {
    segments,
    pValue,
    toString: () =>
      [
        `effects by ${by}${pValue < 0.05 ? " differ" : ""}, p = ${pValue.toPrecision(2)}`,
        ...segments.map(({ segment, estimate }) => `- ${segment}: ${estimate.toString()}`),
      ].join("\n"),
  };
}
