import { quantiles } from "@sage-twin/numerics";
import { isText } from "../table.js";
import type { Column } from "../types.js";

/** Up to `most` values that a column takes: its most frequent texts, or evenly spread quantiles of its numbers, ascending. */
export function candidateValues(column: Column, most: number): (string | number)[] {
  if (isText(column)) {
    const counts = new Map<string, number>();
    for (let row = 0; row < column.length; row++) {
      const text = column[row];
      if (typeof text === "string") counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    return [...counts]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, most)
      .map(([text]) => text);
  }
  const known = Float64Array.from(column as ArrayLike<number>).filter((value) => !Number.isNaN(value));
  if (known.length === 0) return [];
  const different = [...new Set(known)];
  if (different.length <= most) return different.sort((a, b) => a - b);
  const shares = Array.from({ length: most }, (_, i) => i / (most - 1));
  return [...new Set(quantiles(known, shares))];
}
