import { describeValue } from "@sage-twin/kernel";
import { quantiles } from "@sage-twin/numerics";
import type { ColumnView } from "../column-view.js";
import type { ExpectationOf } from "../expectation.js";
import { fine, missing, type RowOutcome, unexpected } from "./outcome.js";

/** No value before the one that comes before it; missing ones are passed over. */
export function evaluateMonotone(expectation: ExpectationOf<"monotone">, view: ColumnView): RowOutcome {
  const { column, direction = "up", strictly = false } = expectation;
  const { values, wrong } = view.instants(column);
  const sign = direction === "up" ? 1 : -1;
  const before = previousValues(values);
  const marks = Uint8Array.from(values, (value, row) => {
    if (wrong?.[row] === 1) return unexpected;
    if (Number.isNaN(value)) return missing;
    const change = sign * (value - before[row]);
    return change < 0 || (strictly && change === 0) ? unexpected : fine;
  });
  const cells = view.column(column);
  const side = direction === "up" ? "below" : "above";
  return {
    marks,
    columns: [column],
    value: (row) => cells[row],
    message: (row) =>
      wrong?.[row] === 1
        ? `${describeValue(cells[row])} is neither a number nor a time`
        : `${cells[row]} is ${strictly ? "not past" : side} the value before it`,
  };
}

/**
 * No change from the value before that is impossible: beyond a share of that value (which 0 has not), or by more robust deviations from the median
 * change than allowed (1.4826 MAD; where that is 0, 1.2533 mean deviations: Iglewicz and Hoaglin 1993).
 */
export function evaluateNoJump(expectation: ExpectationOf<"noJump">, view: ColumnView): RowOutcome {
  const { column, deviations, relative } = expectation;
  const { values, wrong } = view.numbers(column);
  const before = previousValues(values);
  const changes = values.map((value, row) => value - before[row]);
  let middle = 0;
  let limit = Infinity;
  if (deviations !== undefined) {
    const known = changes.filter((change) => !Number.isNaN(change)).sort();
    middle = median(known);
    const distances = known.map((change) => Math.abs(change - middle)).sort();
    const spread = 1.4826 * median(distances);
    const mean = (1.2533 * distances.reduce((sum, distance) => sum + distance, 0)) / distances.length;
    // differences of equal steps differ by the rounding of their values: that is no spread
    const rounding = 8 * Number.EPSILON * values.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0);
    const scale = spread > rounding ? spread : mean > rounding ? mean : Infinity;
    limit = deviations * scale;
  }
  const most = (row: number): number => (relative === undefined ? limit : relative * Math.abs(before[row]) || Infinity);
  const marks = Uint8Array.from(values, (value, row) => {
    if (wrong?.[row] === 1) return unexpected;
    if (Number.isNaN(value)) return missing;
    return Math.abs(changes[row] - middle) > most(row) ? unexpected : fine;
  });
  const cells = view.column(column);
  return {
    marks,
    columns: [column],
    value: (row) => cells[row],
    message: (row) =>
      wrong?.[row] === 1
        ? `${describeValue(cells[row])} is not a number`
        : `${values[row]} after ${before[row]} is a jump: the change may lie ${most(row)} from ${middle}`,
  };
}

/** For each row the last value before it, NaN where there is none. */
function previousValues(values: Float64Array): Float64Array {
  let last = Number.NaN;
  return values.map((value) => {
    const before = last;
    if (!Number.isNaN(value)) last = value;
    return before;
  });
}

function median(ascending: Float64Array): number {
  return ascending.length === 0 ? Number.NaN : quantiles(ascending, [0.5])[0];
}
