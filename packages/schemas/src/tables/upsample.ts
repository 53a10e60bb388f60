import { type Frequency, periodStart, TwinError, unknownName } from "@sage-twin/kernel";
import type { Department } from "../departments/department.js";
import { type AggregationRule, aggregationRule } from "../departments/metric.js";
import { finerPeriods } from "./frequency-order.js";
import { addImputations, type Imputation } from "./imputation.js";
import { splitEvenly } from "./split.js";
import type { TableParts } from "./table-parts.js";

/** The parts of a table at a finer frequency; see `TimeTable.resample`. */
export function upsampleColumns(
  parts: TableParts,
  frequency: Frequency,
  department: Department,
  between: "carry" | "linear",
): TableParts {
  const { first: coarseFirst, present: coarsePresent, columns, frequency: coarse } = parts;
  const length = coarsePresent.length;
  const spans = Array.from(coarsePresent, (_, row) => {
    const span = finerPeriods(coarseFirst + row, coarse, frequency);
    if (span !== undefined) return span;
    throw new TwinError({
      code: "unsupported",
      path: ["frequency"],
      message: `periods of '${frequency}' do not lie within periods of '${coarse}'`,
      fix: 'resample to a frequency that both hold, such as "D", and from there',
    });
  });
  const first = spans[0][0];
  const count = spans[length - 1][1] - first + 1;
  const present = new Uint8Array(count);
  spans.forEach(([from, to], row) => {
    present.fill(coarsePresent[row], from - first, to - first + 1);
  });
  const made: Imputation[] = [];
  const finer = new Map<string, Float64Array>();
  for (const [metric, values] of columns) {
    if (!Object.hasOwn(department.metrics, metric))
      throw unknownName("metric", metric, Object.keys(department.metrics), [department.name]);
    const rule = aggregationRule(department.metrics[metric]);
    if (rule === "distinctCount")
      throw new TwinError({
        code: "unsupported",
        path: [metric],
        message: "a distinct count of a period does not tell those of finer ones",
        fix: `ingest the source at '${frequency}'`,
      });
    const output = new Float64Array(count).fill(Number.NaN);
    const flow = rule === "sum" || rule === "count";
    const times = flow || between === "carry" ? undefined : anchors(rule, coarseFirst, coarse, length);
    let cells = 0;
    spans.forEach(([from, to], row) => {
      if (Number.isNaN(values[row])) return;
      const size = to - from + 1;
      const known = rule === "first" || rule === "last" ? 1 : 0;
      cells += size === 1 ? 0 : size - known;
      if (flow) splitEvenly(values[row], size, output, from - first);
      else if (times === undefined) output.fill(values[row], from - first, to - first + 1);
      else
        for (let period = from; period <= to; period++)
          output[period - first] = onLine(values, times, row, anchor(rule, period, frequency));
    });
    finer.set(metric, output);
    made.push({ metric, policy: flow ? "split" : between, cells });
  }
  return {
    ...parts,
    frequency,
    first,
    columns: finer,
    present,
    incomplete: [],
    imputed: addImputations(parts.imputed, made),
  };
}

/** The time in a period that its value is of: the end of a stock's, the middle of a mean's. */
function anchor(rule: AggregationRule, period: number, frequency: Frequency): number {
  const [start, end] = [periodStart(period, frequency), periodStart(period + 1, frequency)];
  return rule === "last" ? end : rule === "first" ? start : (start + end) / 2;
}

function anchors(rule: AggregationRule, first: number, frequency: Frequency, length: number): Float64Array {
  return Float64Array.from({ length }, (_, row) => anchor(rule, first + row, frequency));
}

/** The value at a time within row `row`, on the straight line to its neighbour on that side; its own where that is missing. */
function onLine(values: Float64Array, times: Float64Array, row: number, time: number): number {
  const other = time < times[row] ? row - 1 : row + 1;
  if (time === times[row] || other < 0 || other >= values.length || Number.isNaN(values[other])) return values[row];
  const share = (time - times[row]) / (times[other] - times[row]);
  return values[row] + (values[other] - values[row]) * share;
}
