import { type Growth, innerTrend, logistic } from "./additive-trend.js";

/** What is to be fitted; values are in units of their largest, times from 0 to 1. */
export interface AdditiveProblem {
  readonly growth: Growth;
  readonly cap: number;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly changepoints: readonly number[];
  readonly changepointPriorScale: number;
  /** The columns of all terms. */
  readonly columns: readonly Float64Array[];
  readonly multiplicative: readonly boolean[];
  readonly priorScales: readonly number[];
  /** Rate and offset to start from. */
  readonly start: { readonly rate: number; readonly offset: number };
}

/** Model minus values, and what moves it. */
export function residualsOf(problem: AdditiveProblem, trendSize: number) {
  const { growth, cap, times, values, changepoints, columns, multiplicative } = problem;
  const count = values.length;
  const size = trendSize + columns.length;
  const inner = new Float64Array(count);
  const trend = new Float64Array(count);
  const share = new Float64Array(count);
  const weight = new Float64Array(count);
  const weighted = new Float64Array(count);
  const shared = new Float64Array(count);
  const byRate = new Float64Array(count);
  const byOffset = new Float64Array(count);
  const residual = new Float64Array(count);
  const hinges = Math.max(0, trendSize - 2);
  const ones = new Float64Array(count).fill(1);
  let at = new Float64Array(size);

  const squares = (x: Float64Array): number => {
    at = x as Float64Array<ArrayBuffer>;
    const flat = growth === "flat";
    const rate = flat ? 0 : x[0];
    const offset = flat ? x[0] : x[1];
    innerTrend({ growth, rate, offset, changepoints, changes: Array.from(x.subarray(2, trendSize)) }, times, inner);
    share.fill(1);
    for (let i = 0; i < count; i++) {
      const p = growth === "logistic" ? logistic(inner[i]) : 0;
      trend[i] = growth === "logistic" ? cap * p : inner[i];
      weight[i] = growth === "logistic" ? cap * p * (1 - p) : 1;
      residual[i] = -values[i];
    }
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c];
      const effect = x[trendSize + c];
      if (effect === 0) continue;
      const target = multiplicative[c] ? share : residual;
      for (let i = 0; i < count; i++) target[i] += effect * column[i];
    }
    let sum = 0;
    for (let i = 0; i < count; i++) {
      residual[i] += trend[i] * share[i];
      weight[i] *= share[i];
      sum += residual[i] * residual[i];
    }
    return sum;
  };

  /** The columns of the trend's tangent but its hinges, before the weights of its rows. */
  const trendColumns = (): readonly Float64Array[] => {
    if (growth === "flat") return [ones];
    if (growth === "linear") return [times, ones];
    const [rate, offset] = at;
    for (let i = 0; i < count; i++) {
      byRate[i] = times[i] - offset;
      byOffset[i] = -rate;
    }
    return [byRate, byOffset];
  };
  /** Visits the hinges from the last one back, with the sums of rows beyond each, of these times the time, and times its square. */
  const fromEnd = (
    rows: Float64Array,
    visit: (hinge: number, sum: number, moment: number, second: number) => void,
  ): void => {
    let [sum, moment, second] = [0, 0, 0];
    let row = count - 1;
    for (let hinge = trendSize - 1; hinge >= 2; hinge--) {
      for (; row >= 0 && times[row] > changepoints[hinge - 2]; row--) {
        const part = rows[row] * times[row];
        sum += rows[row];
        moment += part;
        second += part * times[row];
      }
      visit(hinge, sum, moment, second);
    }
  };
  /** What the column's rows are multiplied by: the trend's own slope and share, the trend for a share of it, or nothing. */
  const weightOf = (index: number): Float64Array | undefined =>
    index < trendSize ? weight : multiplicative[index - trendSize] ? trend : undefined;

  return {
    squares,
    /** Half the gradient of the last sum of squares. */
    gradient(output: Float64Array): void {
      for (let i = 0; i < count; i++) {
        weighted[i] = residual[i] * weight[i];
        shared[i] = residual[i] * trend[i];
      }
      fromEnd(weighted, (hinge, sum, moment) => {
        output[hinge] = moment - changepoints[hinge - 2] * sum;
      });
      trendColumns().forEach((column, index) => {
        output[index] = dot(column, weighted);
      });
      columns.forEach((column, index) => {
        output[trendSize + index] = dot(column, multiplicative[index] ? shared : residual);
      });
    },
    /** Half the Gauss-Newton Hessian of the last sum of squares. */
    tangent(gram: Float64Array): void {
      const plain = [...trendColumns(), ...columns];
      const rowsOf = plain.map((column, index) => {
        const rows = weightOf(index < trendSize - hinges ? index : index + hinges);
        return rows === undefined ? column : column.map((value, i) => value * rows[i]);
      });
      const place = (index: number): number => (index < trendSize - hinges ? index : index + hinges);
      const put = (row: number, column: number, value: number): void => {
        gram[row * size + column] = value;
        gram[column * size + row] = value;
      };
      for (let a = 0; a < rowsOf.length; a++) {
        for (let b = 0; b <= a; b++) put(place(a), place(b), dot(rowsOf[a], rowsOf[b]));
        if (hinges === 0) continue;
        for (let i = 0; i < count; i++) weighted[i] = rowsOf[a][i] * weight[i];
        fromEnd(weighted, (hinge, sum, moment) => put(hinge, place(a), moment - changepoints[hinge - 2] * sum));
      }
      if (hinges === 0) return;
      for (let i = 0; i < count; i++) weighted[i] = weight[i] * weight[i];
      // Of two hinges the later one is where their product begins.
      fromEnd(weighted, (hinge, sum, moment, second) => {
        const own = changepoints[hinge - 2];
        for (let other = 2; other <= hinge; other++) {
          const before = changepoints[other - 2];
          put(hinge, other, second - (own + before) * moment + own * before * sum);
        }
      });
    },
  };
}

function dot(a: Float64Array, b: Float64Array): number {
  // Four sums run side by side in the processor.
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const whole = a.length & -4;
  let i = 0;
  for (; i < whole; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (; i < a.length; i++) s0 += a[i] * b[i];
  return s0 + s1 + (s2 + s3);
}
