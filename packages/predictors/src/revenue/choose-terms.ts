import { log } from "@sage-twin/kernel";

const mostTerms = 8;
const fewestRows = 20;
/** Of a column's square, below which it is a mixture of those already chosen. */
const nothingLeft = 1e-6;

/**
 * The columns that explain a response, the best first, as long as the likelihood gains more than the extended Bayesian information criterion asks of one among so many (Chen and Chen 2008).
 * Columns are compared by what those chosen before leave of them; rows with NaN are left out.
 */
export function chooseColumns(response: Float64Array, columns: readonly Float64Array[]): readonly number[] {
  const rows = Array.from(response.keys()).filter(
    (t) => Number.isFinite(response[t]) && columns.every((column) => Number.isFinite(column[t])),
  );
  const count = rows.length;
  if (count < fewestRows || columns.length === 0) return [];
  const threshold = log(count) + 2 * log(columns.length);
  let rest: Float64Array = Float64Array.from(rows, (t) => response[t]);
  const left: Float64Array[] = columns.map((column) => Float64Array.from(rows, (t) => column[t]));
  const before = left.map((column) => dot(column, column));
  const chosen: number[] = [];
  while (chosen.length < mostTerms && chosen.length < count / 10) {
    let best = -1;
    let most = 0;
    left.forEach((column, index) => {
      const square = dot(column, column);
      if (chosen.includes(index) || !(square > nothingLeft * before[index])) return;
      const product = dot(column, rest);
      if ((product * product) / square > most) [best, most] = [index, (product * product) / square];
    });
    const square = dot(rest, rest);
    if (best < 0 || !(count * log(square / Math.max(square - most, 1e-12 * square)) > threshold)) break;
    chosen.push(best);
    const axis = left[best].slice();
    rest = without(rest, axis);
    left.forEach((column, index) => {
      left[index] = without(column, axis);
    });
  }
  return chosen;
}

function without(values: Float64Array, axis: Float64Array): Float64Array {
  const share = dot(values, axis) / dot(axis, axis);
  return values.map((value, t) => value - share * axis[t]);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < a.length; t++) sum += a[t] * b[t];
  return sum;
}
