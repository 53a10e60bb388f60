import type { ErrorCode, Frequency } from "@sage-twin/kernel";
import type { RejectionReason } from "../quality/quality.js";
import type { RowOptions } from "./ingest-options.js";

/** How an endless source becomes periods. */
export interface StreamOptions<Metric extends string> extends RowOptions<Metric> {
  readonly frequency: Frequency;
  /**
   * How late rows may come: a period closes when a time of this much after its end was read. Default: none, a period closes with
   * the first row of a later one.
   */
  readonly lateness?: Frequency;
  /**
   * What happens to a row of a closed period. `"reject"` (default): it is set aside and counted. `{ correctWithin }`: for so long
   * after its closing a period is kept, and a row of it gives a correction; later ones are set aside and counted.
   */
  readonly late?: "reject" | { readonly correctWithin: Frequency };
  /**
   * The column, or columns together, that identify a record: a row takes the place of the earlier row of its key, in its period
   * or another. Keys are known as long as their period is kept. Default: every row is a record of its own.
   */
  readonly key?: string | readonly string[];
}

/** A period whose values are known. */
export interface StreamedPeriod<Metric extends string = string> {
  /** `"correction"`: it was given before, and these values take the place of those. */
  readonly kind: "closed" | "correction";
  /** Its start as ISO text. */
  readonly date: string;
  /** Its start in milliseconds since 1970. */
  readonly start: number;
  /** By metric, NaN where missing. */
  readonly values: Readonly<Record<Metric, number>>;
  /** Rows that the values were made of. */
  readonly rows: number;
}

/** What a stream did so far. `rowsRead = rowsAccepted + rowsRejected`. */
export interface StreamReport {
  readonly rowsRead: number;
  readonly rowsAccepted: number;
  readonly rowsRejected: number;
  readonly reasons: readonly (RejectionReason & { readonly code: ErrorCode })[];
  /** Rows of closed periods: those rejected and those that gave corrections. */
  readonly late: { readonly rejected: number; readonly corrected: number };
  /** Accepted rows that took the place of an earlier row of their key. */
  readonly replaced: number;
  /** Rows that were earlier than the row before them. */
  readonly unsorted: number;
  /** Local times that the end of summer time makes twice; each was taken for the first. */
  readonly ambiguousTimes: number;
  /** Periods given, and corrections of them. */
  readonly closed: number;
  readonly corrections: number;
  /** Periods that are held: the open ones, and those kept for corrections. */
  readonly held: number;
}
