import {
  describeValue,
  formatInstant,
  type Instant,
  type Issue,
  inferFrequency,
  periodIndex,
  periodStart,
  TwinError,
  toInstant,
} from "@sage-twin/kernel";

/** One movement of one item. Several in one period add up. */
export interface DemandRow {
  readonly item: string;
  readonly time: Instant;
  /** From 0. */
  readonly quantity: number;
}

/** What demand is learnt from: rows, or columns of equally spaced demands by item, the oldest first. */
export type DemandHistory = readonly DemandRow[] | Readonly<Record<string, ArrayLike<number>>>;

/** The demand of one item by period. */
export interface ItemDemand {
  readonly item: string;
  readonly values: Float64Array;
}

/** The items of a history on one calendar. */
export interface DemandTable {
  readonly items: readonly ItemDemand[];
  readonly notes: readonly string[];
  readonly frequency?: string;
  /** The start of the first period after the history, in milliseconds since 1970. */
  readonly next?: number;
}

const mostPeriods = 1_000_000;
const mostIssues = 100;

/** Reads a history; periods between an item's first row and the last of all are without demand where they have no row. */
export function readDemand(history: DemandHistory, frequency: string | undefined): DemandTable {
  const table = Array.isArray(history)
    ? fromRows(history, frequency)
    : fromColumns(history as Record<string, ArrayLike<number>>);
  if (table.items.length > 0) return table;
  throw fault(["history"], "there are no items", "give rows { item, time, quantity } or columns of demands by item");
}

function fault(path: Issue["path"], message: string, fix: string): TwinError {
  return new TwinError({ code: "invalid-data", path, message, fix });
}

function fromColumns(columns: Readonly<Record<string, ArrayLike<number>>>): DemandTable {
  const issues: Issue[] = [];
  const items = Object.entries(columns ?? {}).map(([item, column]) => {
    const values = Float64Array.from(column ?? []);
    const wrong = values.findIndex((value) => !(value >= 0 && value < Number.POSITIVE_INFINITY));
    if ((wrong >= 0 || values.length === 0) && issues.length < mostIssues)
      issues.push({
        code: "invalid-data",
        path: ["history", item, ...(wrong >= 0 ? [wrong] : [])],
        message: wrong >= 0 ? `${describeValue(column[wrong])} is no demand` : "there are no values",
        fix: "give numbers from 0, and 0 where there was no demand",
      });
    return { item, values };
  });
  if (issues.length > 0) throw new TwinError(issues);
  return { items, notes: [] };
}

function fromRows(rows: readonly DemandRow[], given: string | undefined): DemandTable {
  const issues: Issue[] = [];
  const times = new Float64Array(rows.length);
  rows.forEach((row: Partial<DemandRow> | null, index) => {
    const problem = (name: string, message: string, fix: string): void => {
      if (issues.length < mostIssues)
        issues.push({ code: "invalid-data", path: ["history", index, name], message, fix });
    };
    if (typeof row?.item !== "string")
      problem("item", `${describeValue(row?.item)} is no item`, "give its name as text");
    if (!(typeof row?.quantity === "number" && row.quantity >= 0 && row.quantity < Number.POSITIVE_INFINITY))
      problem("quantity", `${describeValue(row?.quantity)} is no demand`, "give a number from 0, leave returns out");
    try {
      times[index] = toInstant(row?.time as Instant, ["history", index, "time"]);
    } catch (error) {
      if (!TwinError.isInstance(error)) throw error;
      if (issues.length < mostIssues) issues.push(...error.issues);
    }
  });
  if (issues.length > 0) throw new TwinError(issues);
  const frequency = given ?? inferFrequency(Float64Array.from(new Set(times)).sort());
  if (frequency === undefined)
    throw fault(["frequency"], "the times show no frequency", 'give the period to add demands up by, such as "W"');
  const totals = new Map<string, Map<number, number>>();
  let last = Number.NEGATIVE_INFINITY;
  rows.forEach(({ item, quantity }, index) => {
    const periods = totals.get(item) ?? new Map<number, number>();
    totals.set(item, periods);
    const period = periodIndex(times[index], frequency);
    periods.set(period, (periods.get(period) ?? 0) + quantity);
    last = Math.max(last, period);
  });
  let filled = 0;
  const items = Array.from(totals, ([item, periods]) => {
    let first = last;
    for (const period of periods.keys()) first = Math.min(first, period);
    if (last - first >= mostPeriods)
      throw fault(["history"], `'${item.slice(0, 40)}' spans ${last - first + 1} periods`, "give a longer frequency");
    const values = new Float64Array(last - first + 1);
    for (const [period, total] of periods) values[period - first] = total;
    filled += values.length - periods.size;
    return { item, values };
  });
  const notes =
    rows.length === 0
      ? []
      : [
          `${filled} periods between an item's first row and ${formatInstant(periodStart(last, frequency), frequency)}, the last period of all, have no row: they count as 0`,
        ];
  return { items, notes, frequency, next: rows.length === 0 ? undefined : periodStart(last + 1, frequency) };
}
