import type { Columns } from "../types.js";

/** The rows of a table whose numbers are in `rows`, in that order; one may come several times. */
export function takeRows(columns: Columns, rows: ArrayLike<number>): Columns {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => {
      const numbers = ArrayBuffer.isView(column);
      const taken = numbers
        ? Float64Array.from(rows, (row) => column[row] as number)
        : Array.from(rows, (row) => column[row]);
      return [name, taken as Columns[string]];
    }),
  );
}
