import { cos, type Instant, type Path, parseFrequency, periodIndex, periodStart, sin } from "@sage-twin/kernel";
import { requireWhole } from "../numbers.js";
import { instantsOf } from "../windows/bounds.js";

/** Waves that repeat with the calendar. */
export interface FourierOptions {
  /** The calendar period that the waves fit in: `"Y"`, `"Q"`, `"M"`, `"W"`, `"D"` or a multiple. */
  readonly period: string;
  /** How many waves: of one, two ... cycles a period. From 1 to 64. */
  readonly order: number;
}

/** The share of its period that has passed at an instant, 0..1, times 2 pi. */
function angleOf(instant: number, period: string): number {
  const index = periodIndex(instant, period);
  const start = periodStart(index, period);
  return (2 * Math.PI * (instant - start)) / (periodStart(index + 1, period) - start);
}

/** Sine and cosine of one, two ... cycles, in turn, at an instant. */
export function fourierReader({ period, order }: FourierOptions, path: Path = []): (instant: number) => number[] {
  parseFrequency(period);
  requireWhole(order, [...path, "order"], 1, 64);
  return (instant) => {
    const angle = angleOf(instant, period);
    return Array.from({ length: 2 * order }, (_, index) => {
      const cycles = (index >> 1) + 1;
      return index % 2 === 0 ? sin(cycles * angle) : cos(cycles * angle);
    });
  };
}

/**
 * Fourier terms of a calendar period: columns `sin1, cos1, sin2, cos2, ...`. They depend on the date alone, so that a table that starts
 * elsewhere gets the same values.
 *
 * @example
 * ```ts
 * import { fourierTerms } from "@sage-twin/features";
 *
 * const { sin1, cos1 } = fourierTerms(["2026-01-05T00:00Z", "2026-01-06T18:00Z"], { period: "W", order: 1 });
 * [sin1[0], cos1[0], sin1[1]]; // => [0, 1, 1]
 * ```
 */
export function fourierTerms(
  times: ArrayLike<number> | readonly Instant[],
  options: FourierOptions,
): Readonly<Record<string, Float64Array>> {
  const read = fourierReader(options);
  const terms = Array.from(instantsOf(times, times.length), read);
  return Object.fromEntries(
    Array.from({ length: 2 * options.order }, (_, index) => [
      `${index % 2 === 0 ? "sin" : "cos"}${(index >> 1) + 1}`,
      Float64Array.from(terms, (row) => row[index]),
    ]),
  );
}
