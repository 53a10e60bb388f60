import type { ErrorCode } from "@sage-twin/kernel";

/** Marks of rows. */
export const fine = 0;
export const missing = 1;
export const unexpected = 2;

/** What an expectation of rows found: a mark for each row. */
export interface RowOutcome {
  readonly marks: Uint8Array;
  /** The columns to blame. */
  readonly columns: readonly string[];
  /** What an unexpected row holds there. */
  readonly value: (row: number) => unknown;
  /** What is wrong with an unexpected row. */
  readonly message: (row: number) => string;
  readonly code?: ErrorCode;
}

/** What an expectation of the whole found. */
export interface TableOutcome {
  readonly met: boolean;
  /** The figures that were judged. */
  readonly observed: Readonly<Record<string, number | string | null>>;
  readonly message: string;
}
