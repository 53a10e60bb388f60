import type { Issue } from "@sage-twin/kernel";
import type { ColumnTable } from "../tables/column-table.js";
import type { TimeTable } from "../tables/time-table.js";
import type { Severity } from "./expectation.js";

/** How much a result tells, from the verdict alone to every unexpected row. */
export type DetailLevel = "boolean" | "basic" | "summary" | "complete";

/** What became of an expectation. `"errored"`: it could not be evaluated. `"skipped"`: it was not to be. */
export type CheckStatus = "passed" | "failed" | "errored" | "skipped";

/** An expectation's verdict. */
export interface BooleanCheck {
  /** The expectation in words. */
  readonly expectation: string;
  readonly severity: Severity;
  readonly status: CheckStatus;
}

/** The verdict with counts and the first values. Of an expectation of the whole, `observed` and `message` tell. */
export interface BasicCheck extends BooleanCheck {
  /** Rows looked at: those where `when` holds. */
  readonly elements: number;
  /** Of them, rows without a value, which are passed over. */
  readonly missing: number;
  readonly unexpected: number;
  /** unexpected / (elements - missing): what `mostly` is compared with. 0 where there are none. */
  readonly unexpectedShare: number;
  /** The first 20 unexpected values. */
  readonly examples: readonly unknown[];
  /** The figures that were judged, of an expectation of the whole. */
  readonly observed?: Readonly<Record<string, number | string | null>>;
  /** Why it failed as a whole, was skipped, or could not be evaluated. */
  readonly message?: string;
  /** What went wrong in an errored one. */
  readonly problems?: readonly Issue[];
}

/** With the most common unexpected values and the first rows. */
export interface SummaryCheck extends BasicCheck {
  /** The 20 most common unexpected values, the most common first. */
  readonly mostCommon: readonly { readonly value: unknown; readonly count: number }[];
  /** The first 20 unexpected rows, from 0. */
  readonly exampleRows: readonly number[];
}

/** With every unexpected row and value. */
export interface CompleteCheck extends SummaryCheck {
  readonly rows: readonly number[];
  readonly values: readonly unknown[];
}

/** What a result tells of each expectation, by level. */
export interface CheckByLevel {
  readonly boolean: BooleanCheck;
  readonly basic: BasicCheck;
  readonly summary: SummaryCheck;
  readonly complete: CompleteCheck;
}

/** A row that was set aside, and why. */
export interface QuarantinedRow {
  /** From 0. */
  readonly row: number;
  /** The row as it was given; of columns and tables, as an object. */
  readonly value: unknown;
  readonly reasons: readonly Issue[];
}

/** Data that was accepted, in the form in which it came; a period that was set aside is a gap of its table. */
export type Accepted<Data> =
  Data extends TimeTable<infer Metric>
    ? TimeTable<Metric>
    : Data extends Iterable<infer Row>
      ? readonly Row[]
      : ColumnTable;

/** What a pipeline found. */
export interface PipelineResult<Level extends DetailLevel, Data> {
  /** Whether every expectation of severity "error" passed or was skipped. */
  readonly success: boolean;
  /** What the policy made of it. */
  readonly outcome: "accepted" | "partly accepted" | "rejected";
  readonly counts: Readonly<Record<CheckStatus, number>>;
  /** One for each expectation, in their order. */
  readonly checks: readonly CheckByLevel[Level][];
  /** The data that may be used; undefined where all was rejected. */
  readonly accepted: Accepted<Data> | undefined;
  readonly quarantined: readonly QuarantinedRow[];
}
