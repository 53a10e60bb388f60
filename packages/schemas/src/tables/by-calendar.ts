import { floorTo, TwinError, unknownName } from "@sage-twin/kernel";
import type { Department } from "../departments/department.js";
import { aggregationRule } from "../departments/metric.js";
import { MetricAccumulator } from "../ingestion/accumulate.js";
import type { IncompletePeriod } from "../quality/quality.js";
import type { Calendar } from "./calendars.js";
import { partsOf } from "./parts-of.js";
import type { TimeTable } from "./time-table.js";

/** Metrics over the periods of a calendar. */
export interface CalendarTable<Metric extends string = string> {
  readonly calendar: string;
  readonly length: number;
  readonly metrics: readonly Metric[];
  readonly labels: readonly string[];
  /** The instant at which each period starts. */
  readonly starts: Float64Array;
  readonly columns: Readonly<Record<Metric, Float64Array>>;
  /** Periods that lack some of the table's finer ones. */
  readonly incomplete: readonly IncompletePeriod[];
}

/**
 * A table over the periods of a calendar: business days, retail weeks and months, fiscal quarters. Each metric is aggregated by its
 * rule in `department`; every period that lacks some of its finer ones is listed, and with `incomplete: "drop"` those at either end
 * are left out. Throws a `TwinError` where a period of the table crosses one of the calendar's.
 *
 * @example
 * ```ts
 * import { businessDays, department, resampleByCalendar, TimeTable } from "@sage-twin/schemas";
 *
 * const shop = department("shop", { sales: { unit: "GBP", kind: "flow" } });
 * const days = TimeTable.of({ frequency: "D", start: "2026-01-02", columns: { sales: [1, 2, 3, 4] } });
 * const table = resampleByCalendar(days, businessDays({ roll: "preceding" }), shop);
 * table.labels; // => ["2026-01-02", "2026-01-05"]
 * [...table.columns.sales]; // => [6, 4]
 * ```
 */
export function resampleByCalendar<Metric extends string>(
  table: TimeTable<Metric>,
  calendar: Calendar,
  department: Department<Metric>,
  options: { readonly incomplete?: "keep" | "drop" } = {},
): CalendarTable<Metric> {
  const { columns, present } = partsOf(table);
  const { length } = table;
  const starts = Float64Array.from({ length: length + 1 }, (_, row) => table.instant(row));
  const first = calendar.index(starts[0]);
  const slots = new Int32Array(length);
  const bounds = [calendar.start(first), calendar.start(calendar.index(starts[length] - 1) + 1)];
  const crossed = bounds.some((bound) => floorTo(bound, table.frequency) !== bound);
  for (let row = 0; row < length; row++) {
    slots[row] = calendar.index(starts[row]) - first;
    if (!crossed && calendar.index(starts[row + 1] - 1) - first === slots[row]) continue;
    throw new TwinError({
      code: "unsupported",
      path: ["calendar"],
      message: `periods of '${table.frequency}' do not lie within ${calendar.name}`,
      fix: 'ingest the source at a finer frequency, such as "D"',
    });
  }
  const all = slots[length - 1] + 1;
  const found = new Int32Array(all);
  for (let row = 0; row < length; row++) found[slots[row]] += present[row];
  const expected = expectedPeriods(table, calendar, first, slots, all);
  let begin = 0;
  let end = all;
  if (options.incomplete === "drop") {
    while (begin < end && found[begin] < expected[begin]) begin++;
    while (begin < end && found[end - 1] < expected[end - 1]) end--;
    if (begin === end)
      throw new TwinError({
        code: "out-of-range",
        path: ["incomplete"],
        message: `the table holds no whole period of the ${calendar.name}`,
        fix: 'keep them: incomplete: "keep"',
      });
  }
  // numbers that a calendar skips, such as that of a 53rd week, are no periods
  const kept = Array.from(found, (_, slot) => slot).filter((slot) => slot >= begin && slot < end && expected[slot] > 0);
  const incomplete: IncompletePeriod[] = [];
  for (let slot = 0; slot < all; slot++)
    if (found[slot] < expected[slot])
      incomplete.push({
        date: calendar.label(first + slot),
        periods: found[slot],
        expected: expected[slot],
        dropped: slot < begin || slot >= end,
      });
  const resampled = Array.from(columns, ([metric, values]): [string, Float64Array] => {
    if (!Object.hasOwn(department.metrics, metric))
      throw unknownName("metric", metric, Object.keys(department.metrics), [department.name]);
    const rule = aggregationRule(department.metrics[metric as Metric]);
    if (rule === "distinctCount")
      throw new TwinError({
        code: "unsupported",
        path: [metric],
        message: "distinct counts of finer periods do not give that of a coarser one",
        fix: "leave the metric out of the department and the table",
      });
    const accumulator = new MetricAccumulator(rule === "count" ? "sum" : rule);
    accumulator.reserve(all);
    accumulator.add(values, slots, starts, length);
    const result = accumulator.result(all);
    return [metric, Float64Array.from(kept, (slot) => result[slot])];
  });
  return {
    calendar: calendar.name,
    length: kept.length,
    metrics: table.metrics,
    labels: kept.map((slot) => calendar.label(first + slot)),
    starts: Float64Array.from(kept, (slot) => calendar.start(first + slot)),
    columns: Object.fromEntries(resampled) as Record<Metric, Float64Array>,
    incomplete,
  };
}

/** How many finer periods each period of the calendar has; the table ends within the last and starts within the first. */
function expectedPeriods(
  table: TimeTable,
  calendar: Calendar,
  first: number,
  slots: Int32Array,
  count: number,
): Int32Array {
  const expected = new Int32Array(count);
  for (const slot of slots) expected[slot]++;
  const [start, end] = [calendar.start(first), calendar.start(first + count)];
  for (let row = -1; table.instant(row) >= start; row--) expected[0]++;
  for (let row = table.length; table.instant(row) < end; row++) expected[count - 1]++;
  return expected;
}
