import { type Issue, inferFrequency, periodIndex } from "@sage-twin/kernel";
import type { Department } from "../departments/department.js";
import { parseFormula } from "../departments/formula-names.js";
import { aggregationRule, type MetricDefinition } from "../departments/metric.js";
import { objectBatches } from "../ingestion/batch.js";
import { TimeCells } from "../ingestion/time-cells.js";
import { assess, type Gap, type QualityReport } from "../quality/quality.js";
import { findGaps } from "../tables/gaps.js";
import { type CheckedBatch, checkBatch, type Feed } from "./check-rows.js";
import { ColumnView } from "./column-view.js";
import { departmentRules } from "./department-expectations.js";
import { describeExpectation } from "./describe-expectation.js";
import { evaluateHolds, evaluateIdentity } from "./evaluate/formulas.js";
import { unexpected } from "./evaluate/outcome.js";
import { IssueLog } from "./issue-log.js";

/** What `validate` found. */
export interface Validation<Row> {
  /** The rows without an issue, as they were given. */
  readonly valid: readonly Row[];
  /** The rows with an issue, their index from 0, and all their issues. */
  readonly rejected: readonly { readonly row: number; readonly value: Row; readonly issues: readonly Issue[] }[];
  /** Every issue (the first thousand of the rows, and the number of the others). */
  readonly issues: readonly Issue[];
  /** Of the valid rows, each taken as a period. */
  readonly quality: QualityReport;
}

/**
 * Checks row objects against a department without making a table: every metric a finite number within its range, or missing
 * (absent, null, NaN or empty), every time a time, and every rule of the department kept that needs its own numbers alone. Where no row has the time column, times are not looked at. Nothing is
 * thrown for wrong rows.
 *
 * @example
 * ```ts
 * import { department, validate } from "@sage-twin/schemas";
 *
 * const shop = department("shop", { price: { unit: "GBP", kind: "price", minimum: 0 } });
 * const { valid, rejected } = validate(shop, [{ date: "2026-01-01", price: 3 }, { date: "2026-01-02", price: -3 }]);
 * valid.length; // => 1
 * rejected[0].issues[0].message; // => "-3 is below the minimum 0"
 * ```
 */
export function validate<Metric extends string, Row extends Readonly<Record<string, unknown>>>(
  department: Department<Metric>,
  rows: Iterable<Row>,
  options: { readonly time?: string; readonly timeZone?: string } = {},
): Validation<Row> {
  const { time = "date", timeZone = "UTC" } = options;
  const all = [...rows];
  const timed = all.some((row) => typeof row === "object" && row !== null && Object.hasOwn(row, time));
  const byRow = new Map<number, Issue[]>();
  const log = new IssueLog("mend the row (rows count from 0)", (row, issue) => {
    const known = byRow.get(row);
    if (known === undefined) byRow.set(row, [issue]);
    else known.push(issue);
  });
  const metrics = Object.entries<MetricDefinition>(department.metrics);
  const names = [...metrics.map(([metric]) => metric), ...(timed ? [time] : [])];
  const feeds = metrics.map(
    ([metric, definition], column): Feed => ({ metric, definition, rule: aggregationRule(definition), column }),
  );
  const counts = feeds.map(() => ({ read: 0, empty: 0, invalid: 0 }));
  const reader = new TimeCells(timeZone);
  const columns = new Map(metrics.map(([metric]) => [metric, [] as number[]]));
  const rules = departmentRules(department).filter(({ formula }) => readsNumbers(formula, feeds));
  const times: number[] = [];
  let unsorted = 0;
  for (const batch of objectBatches(all, { choose: () => names, report: log.addAll.bind(log) }, {})) {
    const checked = checkBatch(batch, feeds, timed ? names.length - 1 : -1, names, reader, log, counts);
    checkRules(rules, batch.rows, checked, feeds, log);
    for (let i = 0; i < batch.rows.length; i++) {
      if (checked.bad[i] === 1) continue;
      feeds.forEach(({ metric }, feed) => {
        const cell = checked.cells[feed][i];
        columns.get(metric)?.push(typeof cell === "number" ? cell : 1);
      });
      if (!timed) continue;
      if (times.length > 0 && checked.walls[i] < times[times.length - 1]) unsorted++;
      times.push(checked.walls[i]);
    }
  }
  const distinct = Float64Array.from(new Set(times)).sort();
  const intake = {
    rowsRead: all.length,
    rowsRejected: byRow.size,
    reasons: log.reasons,
    duplicates: times.length - distinct.length,
    unsorted,
    ambiguousTimes: reader.ambiguous,
    cells: new Map(metrics.map(([metric], feed) => [metric, counts[feed]])),
  };
  const values = new Map(Array.from(columns, ([metric, list]) => [metric, Float64Array.from(list)]));
  return {
    valid: all.filter((_, row) => !byRow.has(row)),
    rejected: Array.from(byRow, ([row, issues]) => ({ row, value: all[row], issues })).sort((a, b) => a.row - b.row),
    issues: log.issues,
    quality: assess(intake, values, gapsBetween(distinct)),
  };
}

/** Whether a formula is over metrics whose cells are numbers: those of counted ones are keys. */
function readsNumbers(formula: string, feeds: readonly Feed[]): boolean {
  const counted = feeds.filter(({ rule }) => rule === "count" || rule === "distinctCount");
  return !parseFormula(formula, ["formula"]).names.some((name) => counted.some(({ metric }) => metric === name));
}

/** Marks the rows of a batch that break a rule; rows that are bad already are not looked at. */
function checkRules(
  rules: ReturnType<typeof departmentRules>,
  rows: ArrayLike<number>,
  { cells, bad }: CheckedBatch,
  feeds: readonly Feed[],
  log: IssueLog,
): void {
  if (rules.length === 0) return;
  const good = Uint32Array.from(bad.keys()).filter((row) => bad[row] === 0);
  const all = new ColumnView(
    bad.length,
    feeds.map(({ metric }) => metric),
    (name) => cells[feeds.findIndex(({ metric }) => metric === name)],
  );
  const view = all.subset(good);
  for (const rule of rules) {
    const { marks, message } = rule.kind === "identity" ? evaluateIdentity(rule, view) : evaluateHolds(rule, view);
    for (let i = 0; i < marks.length; i++) {
      if (marks[i] !== unexpected) continue;
      bad[good[i]] = 1;
      log.addRow({
        code: "contradiction",
        reason: describeExpectation(rule),
        row: rows[good[i]],
        ...(rule.kind === "identity" ? { column: rule.column } : {}),
        message: message(i),
      });
    }
  }
}

function gapsBetween(times: Float64Array): Gap[] {
  const frequency = inferFrequency(times);
  if (frequency === undefined) return [];
  const first = periodIndex(times[0], frequency);
  const present = new Uint8Array(periodIndex(times[times.length - 1], frequency) - first + 1);
  for (const time of times) present[periodIndex(time, frequency) - first] = 1;
  return findGaps(present, first, frequency);
}
