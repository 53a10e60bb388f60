import { describeValue, type Issue, TwinError } from "@sage-twin/kernel";
import { type ArrowTable, arrowColumns, type Columns } from "./arrow-columns.js";

/** A danfojs `DataFrame`, as far as it is read. */
export interface DanfoFrame {
  readonly columns: readonly string[];
  /** The cells, column by column. */
  readonly $dataIncolumnFormat: readonly unknown[];
}

/** A table of another library. */
export type Frame = ArrowTable | DanfoFrame;

/**
 * The columns of an Apache Arrow table or a danfojs `DataFrame`, recognised by their shape. Numbers stay numbers; Arrow's
 * timestamps become milliseconds since 1970, or ISO text where they are local, dates ISO text, decimals and whole numbers of 64
 * bits numbers where these can hold them, and nulls null. Throws a `TwinError` for a column of another type.
 *
 * @example
 * ```ts
 * import { columnsOf } from "@sage-twin/schemas";
 *
 * columnsOf({ columns: ["date", "sales"], $dataIncolumnFormat: [["2026-01-05"], [3]] }); // => { date: ["2026-01-05"], sales: [3] }
 * ```
 */
export function columnsOf(frame: Frame): Columns {
  return "$dataIncolumnFormat" in frame ? danfoColumns(frame) : arrowColumns(frame);
}

function danfoColumns({ columns, $dataIncolumnFormat: cells }: DanfoFrame): Columns {
  const issues: Issue[] = [];
  const named = new Map<string, ArrayLike<unknown>>();
  columns.forEach((name, index) => {
    const column = cells[index];
    if (Array.isArray(column) || ArrayBuffer.isView(column)) {
      if (named.has(name))
        issues.push({
          code: "conflict",
          path: ["columns", name],
          message: "the frame has it twice",
          fix: "rename one",
        });
      named.set(name, column as ArrayLike<unknown>);
    } else
      issues.push({
        code: "invalid-data",
        path: ["columns", name],
        message: `${describeValue(column)} is not a column`,
      });
  });
  if (issues.length > 0) throw new TwinError(issues);
  return Object.fromEntries(named);
}
