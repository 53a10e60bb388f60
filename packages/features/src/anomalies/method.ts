/** How a value can be out of the ordinary. */
export type AnomalyMethod = "robustZ" | "iqr" | "stlResidual" | "esd" | "levelShift" | "varianceChange";

/** What one method says of every row. */
export interface AnomalyScores {
  /** How far out each row is, in the method's unit; NaN where it says nothing. */
  readonly scores: Float64Array;
  /** What a value of each row was expected to be, and between which bounds. */
  readonly expected: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** The flagged rows, ascending. */
  readonly flagged: readonly number[];
  /** Why a row is flagged. */
  readonly reason: (row: number) => string;
}

/** A number as a reader wants it: five significant digits. */
export function shown(value: number): string {
  return String(Number(value.toPrecision(5)));
}

/** The rows whose score is above a threshold. */
export function above(scores: Float64Array, threshold: number): number[] {
  const rows: number[] = [];
  scores.forEach((score, row) => {
    if (score > threshold) rows.push(row);
  });
  return rows;
}
