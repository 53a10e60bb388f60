import { type Frequency, formatInstant, periodStart } from "@sage-twin/kernel";
import type { Gap } from "../quality/quality.js";

/** The runs of periods, from number `first`, that are 0 in `present`. */
export function findGaps(present: Uint8Array, first: number, frequency: Frequency): Gap[] {
  const gaps: Gap[] = [];
  const date = (row: number): string => formatInstant(periodStart(first + row, frequency), frequency);
  for (let row = 0; row < present.length; row++) {
    if (present[row] !== 0) continue;
    const from = row;
    while (row + 1 < present.length && present[row + 1] === 0) row++;
    gaps.push({ from: date(from), to: date(row), periods: row - from + 1 });
  }
  return gaps;
}
