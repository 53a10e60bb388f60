import { type Frequency, formatInstant, periodIndex, periodStart, TwinError, unknownName } from "@sage-twin/kernel";
import type { Department } from "../departments/department.js";
import { aggregationRule } from "../departments/metric.js";
import { MetricAccumulator } from "../ingestion/accumulate.js";
import type { IncompletePeriod } from "../quality/quality.js";
import type { TableParts } from "./table-parts.js";

/** The parts of a table at a coarser frequency; see `TimeTable.resample`. */
export function resampleColumns(
  parts: TableParts,
  frequency: Frequency,
  department: Department,
  dropEnds: boolean,
): TableParts {
  const { first: fineFirst, present: finePresent, columns, frequency: fine } = parts;
  const length = finePresent.length;
  const first = periodIndex(periodStart(fineFirst, fine), frequency);
  const slots = new Int32Array(length);
  const starts = Float64Array.from(slots, (_, row) => periodStart(fineFirst + row, fine));
  for (let row = 0; row < length; row++) {
    slots[row] = periodIndex(starts[row], frequency) - first;
    if (periodIndex(periodStart(fineFirst + row + 1, fine) - 1, frequency) - first !== slots[row]) {
      throw new TwinError({
        code: "unsupported",
        path: ["frequency"],
        message: `periods of '${fine}' do not lie within periods of '${frequency}'`,
        fix: 'ingest the source at a finer frequency, such as "D", and resample that',
      });
    }
  }
  const count = slots[length - 1] + 1;
  const found = new Int32Array(count);
  for (let row = 0; row < length; row++) found[slots[row]] += finePresent[row];

  const expected = Int32Array.from(found, (_, slot) => {
    const end = periodIndex(periodStart(first + slot + 1, frequency) - 1, fine);
    return end - periodIndex(periodStart(first + slot, frequency), fine) + 1;
  });
  const whole = (slot: number): boolean => found[slot] === expected[slot];
  let begin = 0;
  let end = count;
  if (dropEnds) {
    while (begin < end && !whole(begin)) begin++;
    while (begin < end && !whole(end - 1)) end--;
    if (begin === end) {
      throw new TwinError({
        code: "out-of-range",
        path: ["incomplete"],
        message: `the table holds no whole period of '${frequency}'`,
        fix: 'keep them: incomplete: "keep"',
      });
    }
  }
  const incomplete: IncompletePeriod[] = [];
  for (let slot = 0; slot < count; slot++) {
    if (whole(slot)) continue;
    const date = formatInstant(periodStart(first + slot, frequency), frequency);
    incomplete.push({
      date,
      periods: found[slot],
      expected: expected[slot],
      dropped: slot < begin || slot >= end,
    });
  }
  const present = Uint8Array.from(found, (periods) => (periods > 0 ? 1 : 0));
  const resampled = new Map<string, Float64Array>();
  for (const [metric, values] of columns) {
    if (!Object.hasOwn(department.metrics, metric))
      throw unknownName("metric", metric, Object.keys(department.metrics), [department.name]);
    const rule = aggregationRule(department.metrics[metric]);
    // finer counts add up; finer distinct counts do not
    if (rule === "distinctCount") {
      throw new TwinError({
        code: "unsupported",
        path: [metric],
        message: "distinct counts of finer periods do not give that of a coarser one",
        fix: `ingest the source at '${frequency}'`,
      });
    }
    const accumulator = new MetricAccumulator(rule === "count" ? "sum" : rule);
    accumulator.reserve(count);
    accumulator.add(values, slots, starts, length);
    resampled.set(metric, accumulator.result(count).slice(begin, end));
  }
  return {
    ...parts,
    frequency,
    first: first + begin,
    columns: resampled,
    present: present.slice(begin, end),
    incomplete,
  };
}
