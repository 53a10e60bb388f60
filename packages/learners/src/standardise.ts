import type { Table } from "./table.js";

/** What a linear model does to a column before it uses it. */
export interface ColumnScale {
  readonly centre: number;
  /** The standard deviation (divisor n), or 0 for a constant column. */
  readonly scale: number;
}

/** Columns with mean 0 and standard deviation 1, a missing value at the mean; a constant column becomes zeros. */
export interface Standardised {
  readonly columns: Float64Array[];
  readonly scales: readonly ColumnScale[];
  readonly notes: readonly string[];
}

export function standardise({ names, columns, rows }: Table, weights: Float64Array | undefined): Standardised {
  const notes: string[] = [];
  const scales = columns.map((column, index) => {
    const known = { centre: 0, scale: 0, missing: 0, total: 0 };
    for (let row = 0; row < rows; row++) {
      const weight = weights === undefined ? 1 : weights[row];
      if (Number.isNaN(column[row])) known.missing++;
      else {
        known.total += weight;
        if (weight > 0) known.centre += (weight / known.total) * (column[row] - known.centre);
      }
    }
    let squares = 0;
    let size = 0;
    for (let row = 0; row < rows; row++) {
      const away = column[row] - known.centre;
      if (Number.isNaN(away)) continue;
      squares += (weights === undefined ? 1 : weights[row]) * away * away;
      size = Math.max(size, Math.abs(column[row]));
    }
    const deviation = known.total > 0 ? Math.sqrt(squares / known.total) : 0;
    if (known.missing > 0)
      notes.push(
        `${known.missing} missing of ${rows} values of '${names[index]}' take the column's mean ${known.centre.toPrecision(6)}`,
      );
    return { centre: known.centre, scale: deviation > 1e-12 * size ? deviation : 0 };
  });
  return { scales, notes, columns: applyScales(columns, scales) };
}

function applyScales(columns: readonly Float64Array[], scales: readonly ColumnScale[]): Float64Array[] {
  return columns.map((column, index) => {
    const { centre, scale } = scales[index];
    return scale === 0
      ? new Float64Array(column.length)
      : column.map((value) => (Number.isNaN(value) ? 0 : (value - centre) / scale));
  });
}
