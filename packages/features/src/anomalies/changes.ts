import { fTail, medianOf, studentTail } from "@sage-twin/numerics";
import { type AnomalyScores, shown } from "./method.js";
import { robustScale } from "./outliers.js";

/** What the windows before and after a row say of a change there. */
interface Change {
  readonly pValue: number;
  readonly score: number;
  readonly expected: number;
  readonly margin: number;
  readonly reason: string;
}

/**
 * Rows at which the level shifts: a step beside a straight line, by least squares over `window` rows on either side, whose t test is
 * significant at `level` shared among the rows (Bonferroni); of neighbouring rows the most significant. Lone outliers are held first.
 */
export function levelShift(values: Float64Array, window: number, level: number): AnomalyScores {
  const held = holdOutliers(values);
  return changes(values, window, level, (row) => stepBesideLine(held, row, window));
}

/**
 * Rows at which the spread changes: the variances of the differences in `window` rows before and after, whose F ratio is significant at
 * `level` shared among the rows; differences of independent values count for two thirds of their number. Lone outliers are held first.
 */
export function varianceChange(values: Float64Array, window: number, level: number): AnomalyScores {
  const held = holdOutliers(values);
  return changes(values, window, level, (row) => spreadRatio(held, row, window));
}

function changes(
  values: Float64Array,
  window: number,
  level: number,
  changeAt: (row: number) => Change | undefined,
): AnomalyScores {
  const found = Array.from(values, (_, row) =>
    row < window || row + window > values.length ? undefined : changeAt(row),
  );
  const tested = found.filter((change) => change !== undefined).length;
  const significant = found
    .map((change, row) => ({ change, row }))
    .filter(({ change }) => change !== undefined && change.pValue * tested < level) as {
    change: Change;
    row: number;
  }[];
  const column = (part: (change: Change) => number): Float64Array =>
    Float64Array.from(found, (change) => (change === undefined ? Number.NaN : part(change)));
  const flagged: number[] = [];
  for (const { row } of significant.sort((a, b) => b.change.score - a.change.score))
    if (flagged.every((other) => Math.abs(other - row) >= window)) flagged.push(row);
  return {
    scores: column(({ score }) => score),
    expected: column(({ expected }) => expected),
    lower: column(({ expected, margin }) => expected - margin),
    upper: column(({ expected, margin }) => expected + margin),
    flagged: flagged.sort((a, b) => a - b),
    reason: (row) => (found[row] as Change).reason,
  };
}

/** Values farther than five robust standard deviations of the differences from the median of the five around them, brought to that. */
function holdOutliers(values: Float64Array): Float64Array {
  const medians = values.map((_, row) => medianOf(values.subarray(Math.max(0, row - 2), row + 3)));
  const limit =
    5 *
    robustScale(
      values.map((value, row) => value - medians[row]),
      0,
    );
  return values.map((value, row) =>
    Math.abs(value - medians[row]) > limit ? medians[row] + Math.sign(value - medians[row]) * limit : value,
  );
}

function stepBesideLine(values: Float64Array, row: number, window: number): Change | undefined {
  const rows: number[] = [];
  for (let at = row - window; at < row + window; at++) if (!Number.isNaN(values[at])) rows.push(at);
  const after = rows.filter((at) => at >= row).length;
  if (after < 3 || rows.length - after < 3) return undefined;
  const time = residuals(
    rows,
    rows.map((at) => at - row),
  );
  const step = beside(
    residuals(
      rows,
      rows.map((at) => (at >= row ? 1 : 0)),
    ),
    time,
  );
  const series = beside(
    residuals(
      rows,
      rows.map((at) => values[at]),
    ),
    time,
  );
  const stepSize = dot(step, step);
  if (!(stepSize > 0)) return undefined;
  const shift = dot(step, series) / stepSize;
  const left = series.map((value, index) => value - shift * step[index]);
  const degrees = rows.length - 3;
  const error = Math.sqrt(dot(left, left) / degrees / stepSize);
  if (!(error > 0) && shift === 0) return undefined;
  const score = error > 0 ? Math.abs(shift) / error : Number.MAX_VALUE;
  const level = medianOf(values.subarray(row, row + window));
  return {
    pValue: error > 0 ? 2 * studentTail(score, degrees) : 0,
    score,
    expected: level - shift,
    margin: 2 * error,
    reason: `the level ${shift > 0 ? "rises" : "falls"} by ${shown(Math.abs(shift))}, to about ${shown(level)}`,
  };
}

function spreadRatio(values: Float64Array, row: number, window: number): Change | undefined {
  const spread = (from: number, to: number) => {
    let count = 0;
    let squares = 0;
    for (let at = from + 1; at < to; at++) {
      const difference = values[at] - values[at - 1];
      if (Number.isNaN(difference)) continue;
      count++;
      squares += difference * difference;
    }
    return { variance: squares / (2 * count), degrees: (2 / 3) * count };
  };
  const before = spread(row - window, row);
  const after = spread(row, row + window);
  if (before.degrees < 3 || after.degrees < 3 || !(before.variance > 0 && after.variance > 0)) return undefined;
  const grows = after.variance > before.variance;
  const ratio = grows ? after.variance / before.variance : before.variance / after.variance;
  const pValue =
    2 * (grows ? fTail(ratio, after.degrees, before.degrees) : fTail(ratio, before.degrees, after.degrees));
  const [from, to] = [Math.sqrt(before.variance), Math.sqrt(after.variance)];
  const level = medianOf(values.subarray(row - window, row));
  return {
    pValue,
    score: ratio,
    expected: level,
    margin: 2 * from,
    reason: `the standard deviation ${grows ? "rises" : "falls"} from ${shown(from)} to ${shown(to)}`,
  };
}

function residuals(rows: readonly number[], values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / rows.length;
  return values.map((value) => value - mean);
}

function beside(values: number[], other: number[]): number[] {
  const size = dot(other, other);
  const slope = size > 0 ? dot(values, other) / size : 0;
  return values.map((value, index) => value - slope * other[index]);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index], 0);
}
