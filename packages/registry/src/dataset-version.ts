import {
  arrayShape,
  choiceShape,
  numberShape,
  objectShape,
  optionalShape,
  recordShape,
  type Shape,
  textShape,
} from "@sage-twin/kernel";
import type { ColumnTable, TimeTable } from "@sage-twin/schemas";
import type { ContentId } from "./digest.js";

/** The tables of a dataset by their names, most often those of departments. */
export type Dataset = Readonly<Record<string, TimeTable | ColumnTable>>;

/** A column by the kind of its values and the digest of them. */
export interface ColumnSummary {
  readonly type: "numbers" | "texts";
  readonly id: ContentId;
  readonly missing: number;
}

/** What a version says of one table without its values. */
export interface TableSummary {
  readonly kind: "time-table" | "column-table";
  readonly rows: number;
  /** Of time tables. */
  readonly frequency?: string;
  /** The start of the first period of a time table, in milliseconds since 1970. */
  readonly start?: number;
  readonly columns: Readonly<Record<string, ColumnSummary>>;
  /** The quality score of a time table, 0..100. */
  readonly score?: number;
}

/**
 * One version of a dataset. Its id is the SHA-256 of the content alone (names, frequencies, starts and columns; not their order, the message or
 * the time): two versions have one id if and only if their values are the same.
 */
export interface DatasetVersion {
  readonly id: ContentId;
  readonly dataset: string;
  /** Its place in the dataset's history, from 0. */
  readonly index: number;
  /** The versions that it was made from: by default the one before it. */
  readonly parents: readonly ContentId[];
  readonly message: string;
  readonly author?: string;
  /** When it was committed, in ISO 8601. */
  readonly at: string;
  /** The id of the departments that it was checked against. */
  readonly schema?: ContentId;
  readonly rows: number;
  /** The mean quality score of its time tables, 0..100. */
  readonly score?: number;
  readonly tables: Readonly<Record<string, TableSummary>>;
}

const columnShape = /* @__PURE__ */ objectShape({
  type: /* @__PURE__ */ choiceShape("numbers", "texts"),
  id: textShape,
  missing: numberShape,
});

const tableShape = /* @__PURE__ */ objectShape({
  kind: /* @__PURE__ */ choiceShape("time-table", "column-table"),
  rows: numberShape,
  frequency: /* @__PURE__ */ optionalShape(textShape),
  start: /* @__PURE__ */ optionalShape(numberShape),
  columns: /* @__PURE__ */ recordShape(columnShape),
  score: /* @__PURE__ */ optionalShape(numberShape),
});

/** What a log entry must look like to be a version; its index is the entry's. */
export const versionShape: Shape<Omit<DatasetVersion, "index">> = /* @__PURE__ */ objectShape({
  id: textShape,
  dataset: textShape,
  parents: /* @__PURE__ */ arrayShape(textShape),
  message: textShape,
  author: /* @__PURE__ */ optionalShape(textShape),
  at: textShape,
  schema: /* @__PURE__ */ optionalShape(textShape),
  rows: numberShape,
  score: /* @__PURE__ */ optionalShape(numberShape),
  tables: /* @__PURE__ */ recordShape(tableShape),
});
