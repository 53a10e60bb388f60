import { type Path, TwinError } from "./errors.js";
import { describeValue } from "./json.js";

/** Numbers as JSON: null is NaN, and the text "Infinity", "-Infinity" or "-0" what JSON has no number for. */
export type EncodedNumbers = readonly (number | null | "Infinity" | "-Infinity" | "-0")[];

/**
 * Numbers as a JSON array that `decodeNumbers` turns back into the same bytes.
 *
 * @example
 * ```ts
 * import { encodeNumbers } from "@sage-twin/kernel";
 *
 * encodeNumbers(Float64Array.of(1.5, Number.NaN, -0)); // => [1.5, null, "-0"]
 * ```
 */
export function encodeNumbers(values: ArrayLike<number>): EncodedNumbers {
  return Array.from(values, (value) => {
    if (Number.isNaN(value)) return null;
    if (Object.is(value, -0)) return "-0";
    return Number.isFinite(value) ? value : value > 0 ? "Infinity" : "-Infinity";
  });
}

/** What `encodeNumbers` was given; a `TwinError` "corrupt" names the first element that it cannot have written. */
export function decodeNumbers(encoded: unknown, path: Path = []): Float64Array {
  if (!Array.isArray(encoded)) throw wrong(encoded, path, "an array of numbers");
  return Float64Array.from(encoded, (value: unknown, index) => {
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (value === null) return Number.NaN;
    if (value === "-0" || value === "Infinity" || value === "-Infinity") return Number(value);
    throw wrong(value, [...path, index], "a number or null");
  });
}

function wrong(value: unknown, path: Path, expected: string): TwinError {
  return new TwinError({
    code: "corrupt",
    path,
    message: `${describeValue(value)} is not ${expected}`,
  });
}
