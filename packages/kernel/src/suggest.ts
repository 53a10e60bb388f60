import { TwinError } from "./errors.js";

const longestName = 80; // longer names are not compared: the work grows with the product of the lengths

/**
 * The candidate nearest to `name` by edit distance, or `undefined` when none is near.
 *
 * @example
 * ```ts
 * import { nearest } from "@sage-twin/kernel";
 *
 * nearest("reveneu", ["orders", "revenue"]); // => "revenue"
 * ```
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > longestName) return undefined;
  const limit = Math.max(1, Math.floor(name.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** The `TwinError` for a name that is not among `candidates`; it names the nearest one, or lists a few. */
export function unknownName(
  what: string,
  name: string,
  candidates: Iterable<string>,
  path: readonly (string | number)[] = [],
): TwinError {
  const known = [...candidates];
  const near = nearest(name, known);
  const fix =
    near !== undefined
      ? `did you mean '${near}'?`
      : known.length > 0
        ? `known: ${known.slice(0, 12).join(", ")}${known.length > 12 ? ", ..." : ""}`
        : undefined;
  return new TwinError({ code: "unknown-name", path, message: `unknown ${what} '${name.slice(0, longestName)}'`, fix });
}

/** Levenshtein distance where swapping two neighbours counts once (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = a[row - 1] === b[column - 1] ? 0 : 1;
      let cost = Math.min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + substitution);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        cost = Math.min(cost, beforePrevious[column - 2] + 1);
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length];
}
