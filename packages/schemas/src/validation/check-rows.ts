import { describeValue } from "@sage-twin/kernel";
import type { AggregationRule, MetricDefinition } from "../departments/metric.js";
import type { Batch } from "../ingestion/batch.js";
import type { TimeCells } from "../ingestion/time-cells.js";
import type { IssueLog } from "./issue-log.js";

/** How one metric is fed. */
export interface Feed {
  readonly metric: string;
  readonly definition: MetricDefinition;
  readonly rule: AggregationRule;
  /** The place of its source column in a batch. */
  readonly column: number;
}

/** A batch after the checks: `cells` as its feed needs them, NaN where empty, and 1 in `bad` for each row that is wrong. */
export interface CheckedBatch {
  /** Local times as if UTC, and instants, in milliseconds. */
  readonly walls: Float64Array;
  readonly instants: Float64Array;
  readonly cells: readonly ArrayLike<unknown>[];
  readonly bad: Uint8Array;
}

/** Counts of the cells of one metric. */
export interface CellCounts {
  read: number;
  empty: number;
  invalid: number;
}

const emptyTexts = new Set(["", "NaN", "nan", "NA", "N/A", "null", "NULL"]);

/**
 * Checks a batch column by column; what is wrong goes to the log. The time is in column `time`, or not looked at when that is
 * negative.
 */
export function checkBatch(
  batch: Batch,
  feeds: readonly Feed[],
  time: number,
  names: readonly string[],
  reader: TimeCells,
  log: IssueLog,
  counts: readonly CellCounts[],
): CheckedBatch {
  const { rows, columns } = batch;
  const length = rows.length;
  const bad = new Uint8Array(length);
  const walls = new Float64Array(time < 0 ? 0 : length);
  const instants = new Float64Array(time < 0 ? 0 : length);
  for (const fault of batch.faults) log.addRow({ code: "invalid-data", ...fault });
  for (let i = 0; i < walls.length; i++) {
    const problem = reader.read(columns[time][i]);
    walls[i] = reader.wall;
    instants[i] = reader.instant;
    if (problem === undefined) continue;
    bad[i] = 1;
    log.addRow({
      code: "invalid-time",
      reason: "not a time",
      row: rows[i],
      column: names[time],
      message: problem,
    });
  }

  const parsed = new Map<number, Float64Array>();
  const cells = feeds.map(({ rule, column, definition }, index) => {
    const count = counts[index];
    const source = columns[column];
    count.read += length;
    if (rule === "count" || rule === "distinctCount") {
      const keys: unknown[] = [];
      for (let i = 0; i < length; i++) {
        const empty = isEmpty(source[i]);
        if (empty) count.empty++;
        keys.push(empty ? Number.NaN : source[i]);
      }
      return keys;
    }
    const reject = (i: number, reason: string, message: string, code: "invalid-data" | "out-of-range"): void => {
      bad[i] = 1;
      count.invalid++;
      log.addRow({
        code,
        reason,
        row: rows[i],
        column: names[column],
        message,
      });
    };
    const first = parsed.get(column);
    const numbers = first ?? new Float64Array(length);
    parsed.set(column, numbers);
    const { minimum = -Infinity, maximum = Infinity } = definition;
    for (let i = 0; i < length; i++) {
      if (first === undefined) numbers[i] = parseNumber(source[i]);
      const number = numbers[i];
      if (number >= minimum && number <= maximum && number < Infinity) continue;
      if (Number.isNaN(number)) count.empty++;
      else if (number === Infinity) {
        // two metrics of one column share its wrong cells, which are told once
        if (first === undefined) reject(i, "not a number", numberProblem(source[i]), "invalid-data");
        else count.invalid++;
      } else {
        const [side, limit] = number < minimum ? ["below the minimum", minimum] : ["above the maximum", maximum];
        reject(i, `${side} ${limit}`, `${number} is ${side} ${limit}`, "out-of-range");
      }
    }
    return numbers;
  });
  return { walls, instants, cells, bad };
}

function isEmpty(cell: unknown): boolean {
  return typeof cell === "string" ? emptyTexts.has(cell) : cell === undefined || cell === null || Number.isNaN(cell);
}

/** A cell as a finite number, NaN where it is empty, Infinity where it is anything else. */
function parseNumber(cell: unknown): number {
  if (typeof cell === "string") {
    const number = Number(cell);
    if (Number.isNaN(number)) return emptyTexts.has(cell.trim()) ? number : Infinity;
    if (number === 0 && cell.trim() === "") return Number.NaN;
    // Number also reads "0x1f", "0b1" and "0o7"
    return Number.isFinite(number) && !/[box]/i.test(cell) ? number : Infinity;
  }
  if (typeof cell === "number") return cell === -Infinity ? Infinity : cell;
  return cell === undefined || cell === null ? Number.NaN : Infinity;
}

function numberProblem(cell: unknown): string {
  const tooLarge = typeof cell === "string" && /^\s*[-+]?\d/.test(cell) && Math.abs(Number(cell)) === Infinity;
  return `${describeValue(cell)} is ${tooLarge ? "too large for a number" : "not a number"}`;
}
