import type { Feed } from "../validation/check-rows.js";
import type { Batch } from "./batch.js";
import { type CellFormat, numberReader } from "./cell-format.js";

export { dateReader } from "./date-format.js";

/** A cell that is no number as the format writes it. */
export interface WrongCell {
  /** Its place in the batch. */
  readonly at: number;
  readonly column: number;
  readonly message: string;
}

const emptyText = /^\s*(?:NaN|nan|N\/?A|null|NULL)?\s*$/;

/** Replaces text by the number that the format makes of it, and by NaN where it makes none, in the columns of numeric feeds. */
export function cellFormatter(
  format: CellFormat,
): (batch: Batch, feeds: readonly Feed[]) => { readonly formatted: Batch; readonly wrong: readonly WrongCell[] } {
  const read = numberReader(format);
  return (batch, feeds) => {
    const columns = [...batch.columns];
    const wrong: WrongCell[] = [];
    const done = new Set<number>();
    for (const { rule, column, definition } of feeds) {
      if (rule === "count" || rule === "distinctCount" || done.has(column)) continue;
      done.add(column);
      // a batch from before the header has no columns
      columns[column] = Array.from(batch.columns[column] ?? [], (cell, at) => {
        if (typeof cell !== "string" || emptyText.test(cell)) return cell;
        const number = read(cell, definition.unit);
        if (typeof number === "number") return number;
        wrong.push({ at, column, message: number });
        return Number.NaN;
      });
    }
    return { formatted: { ...batch, columns }, wrong };
  };
}
