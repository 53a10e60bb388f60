import type { ErrorCode, Issue } from "@sage-twin/kernel";
import type { RejectionReason } from "../quality/quality.js";

const keptIssues = 1000;
const keptExamples = 3;

/** One thing that is wrong with a row. */
export interface RowIssue {
  readonly code: ErrorCode;
  /** What kind of thing, in words that do not depend on the row. */
  readonly reason: string;
  readonly row: number;
  readonly column?: string;
  /** What was received, and what was expected. */
  readonly message: string;
}

interface MutableReason {
  code: ErrorCode;
  column?: string;
  reason: string;
  count: number;
  examples: { row: number; message: string }[];
}

/** Gathers what is wrong with an input: every reason counted, the first thousand issues kept whole. */
export class IssueLog {
  readonly #whole: Issue[] = [];
  #issues: Issue[] = [];
  readonly #reasons = new Map<string, MutableReason>();
  readonly #fix: string;
  readonly #onRow: ((row: number, issue: Issue) => void) | undefined;
  #rowIssues = 0;

  constructor(fix: string, onRow?: (row: number, issue: Issue) => void) {
    this.#fix = fix;
    this.#onRow = onRow;
  }

  /** Adds issues of the input as a whole. A column that is not there takes the place of what its rows were blamed for. */
  addAll(issues: readonly Issue[]): void {
    this.#whole.push(...issues);
    const columns = new Set(issues.filter(({ path }) => path[0] === "columns").map(({ path }) => path[1]));
    for (const [key, { column, count }] of this.#reasons) {
      if (!columns.has(column ?? "")) continue;
      this.#reasons.delete(key);
      this.#rowIssues -= count;
      this.#issues = this.#issues.filter(({ path }) => path[2] !== column);
    }
  }

  addRow({ code, reason, row, column, message }: RowIssue): void {
    const key = `${reason}\n${column ?? ""}`;
    let known = this.#reasons.get(key);
    if (known === undefined) {
      known = {
        code,
        ...(column === undefined ? {} : { column }),
        reason,
        count: 0,
        examples: [],
      };
      this.#reasons.set(key, known);
    }
    known.count++;
    if (known.examples.length < keptExamples) known.examples.push({ row, message });
    const path = column === undefined ? ["rows", row] : ["rows", row, column];
    const issue: Issue = { code, path, message, fix: this.#fix };
    this.#rowIssues++;
    this.#onRow?.(row, issue);
    if (this.#issues.length < keptIssues) this.#issues.push(issue);
  }

  /** Whether the input as a whole is at fault, so that setting rows aside does not help. */
  get broken(): boolean {
    return this.#whole.length > 0;
  }

  get reasons(): readonly RejectionReason[] {
    return [...this.#reasons.values()];
  }

  /** The issues, by row; those beyond the first thousand are told by their number. */
  get issues(): readonly Issue[] {
    const rows = this.#issues.toSorted((a, b) => Number(a.path[1]) - Number(b.path[1]));
    const all = [...this.#whole, ...rows];
    const more = this.#rowIssues - this.#issues.length;
    if (more === 0) return all;
    return [
      ...all,
      {
        code: "invalid-data",
        path: ["rows"],
        message: `${more} more issues of these kinds`,
      },
    ];
  }
}
