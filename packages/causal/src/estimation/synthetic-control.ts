import { TwinError } from "@sage-twin/kernel";
import { simplexLeastSquares } from "@sage-twin/numerics";
import type { TestData } from "../refutation/test-columns.js";
import { checkCount } from "./effect-estimate.js";
import { checkRoles, columnNames, readObservations } from "./observations.js";
import { dot } from "./robust-regression.js";

/** What `syntheticControl` is told; each column is a unit's series. */
export interface SyntheticControlOptions {
  /** The unit that something was done to. */
  readonly treated: string;
  /** Default: every other column. */
  readonly donors?: readonly string[];
  /** The first row after it was done. */
  readonly start: number;
}

/** What a synthetic control finds. */
export interface SyntheticControl {
  /** Mean of treated less synthetic over the rows from `start`. */
  readonly effect: number;
  readonly weights: Readonly<Record<string, number>>;
  /** The weighted donors, over all rows. */
  readonly synthetic: Float64Array;
  /** Treated less synthetic, over all rows. */
  readonly gap: Float64Array;
  /** Root mean square of the gap before `start`. */
  readonly errorBefore: number;
  /** The share of units whose gap grew as much after `start` as the treated one's, itself among them: at least 1 / (donors + 1). */
  readonly pValue: number;
  readonly warnings: readonly string[];
  toString(): string;
}

/**
 * The effect on one unit, by a mix of other units that follows it before: weights from 0 that sum to 1 (Abadie, Diamond and Hainmueller 2010).
 * Placebos in space: each donor is treated in turn, and the ratio of gap after to gap before is ranked.
 *
 * @throws TwinError for fewer than two donors, unknown columns, gaps, and a `start` with fewer than 2 rows before.
 */
export function syntheticControl(data: TestData, options: SyntheticControlOptions): SyntheticControl {
  const { treated, start } = options;
  const donors = options.donors ?? columnNames(data).filter((name) => name !== treated);
  if (donors.length < 2)
    throw new TwinError({
      code: "invalid-argument",
      path: ["donors"],
      message: `a synthetic control needs at least 2 donors, not ${donors.length}`,
    });
  checkRoles([["treated", treated], ...donors.map((name) => ["donors", name] as const)]);
  const { columns, rows, notes } = readObservations(data, [treated, ...donors]);
  if (notes.length > 0)
    throw new TwinError({
      code: "invalid-data",
      path: ["data"],
      message: "a series has gaps",
      fix: "fill them, or leave out the donors that have them",
    });
  checkCount(start, "start", 2, rows - 1);
  const series = [treated, ...donors].map((name) => columns.get(name) as Float64Array);
  const own = follow(series[0], series.slice(1), start);
  const ratios = series.map((unit, at) => {
    const others = series.filter((_, other) => other !== at && other !== 0);
    return at === 0 ? own.ratio : follow(unit, others, start).ratio;
  });
  const pValue = ratios.filter((ratio) => ratio >= own.ratio).length / ratios.length;
  const before = series[0].subarray(0, start);
  const mean = before.reduce((sum, value) => sum + value / start, 0);
  const deviation = Math.sqrt(before.reduce((sum, value) => sum + (value - mean) ** 2 / start, 0));
  const warnings = [
    ...(own.errorBefore > 0.5 * deviation
      ? [
          `the donors follow ${treated} poorly before: the gap is ${own.errorBefore.toPrecision(2)} where it moves by ${deviation.toPrecision(2)}`,
        ]
      : []),
    ...(donors.length < 19
      ? [`${donors.length} donors: the p-value cannot fall below ${(1 / ratios.length).toFixed(2)}`]
      : []),
  ];
  const { gap, synthetic, errorBefore } = own;
  const effect = gap.subarray(start).reduce((sum, value) => sum + value / (rows - start), 0);
  return {
    effect,
    weights: Object.fromEntries(donors.map((name, at) => [name, own.weights[at]])),
    synthetic,
    gap,
    errorBefore,
    pValue,
    warnings,
    toString: () =>
      [
        `${treated}: ${effect.toPrecision(4)} a row against its synthetic control, p = ${pValue.toFixed(2)} among ${ratios.length} units`,
        ...warnings.map((warning) => `- ${warning}`),
      ].join("\n"),
  };
}

function follow(unit: Float64Array, donors: readonly Float64Array[], start: number) {
  const before = donors.map((donor) => donor.subarray(0, start));
  const size = donors.length;
  const target = unit.subarray(0, start);
  const gram = Float64Array.from({ length: size * size }, (_, at) =>
    dot(before[Math.floor(at / size)], before[at % size]),
  );
  const weights = simplexLeastSquares(
    gram,
    Float64Array.from(before, (donor) => dot(donor, target)),
  );
  const synthetic = unit.map((_, row) => donors.reduce((sum, donor, at) => sum + weights[at] * donor[row], 0));
  const gap = unit.map((value, row) => value - synthetic[row]);
  const rootMeanSquare = (values: Float64Array): number => Math.sqrt(dot(values, values) / values.length);
  const errorBefore = rootMeanSquare(gap.subarray(0, start));
  return {
    weights,
    synthetic,
    gap,
    errorBefore,
    ratio: rootMeanSquare(gap.subarray(start)) / Math.max(errorBefore, 1e-300),
  };
}
