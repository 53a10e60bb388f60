import { arrayShape, numberShape, objectShape, type Shape, textShape } from "@sage-twin/kernel";
import type { ColumnScale } from "./standardise.js";
import { readFeatures } from "./table.js";
import type { Columns } from "./types.js";

/** A sum of columns times coefficients. */
export interface LinearState {
  readonly features: readonly string[];
  readonly intercept: number;
  /** In the unit of each column. */
  readonly coefficients: readonly number[];
  /** What a missing value becomes; empty where missing values are refused. */
  readonly fill: readonly number[];
  readonly notes: readonly string[];
}

export const linearShapes = {
  features: /* @__PURE__ */ arrayShape(textShape),
  intercept: numberShape,
  coefficients: /* @__PURE__ */ arrayShape(numberShape),
  fill: /* @__PURE__ */ arrayShape(numberShape),
  notes: /* @__PURE__ */ arrayShape(textShape),
};

export const linearShape: Shape<LinearState> = /* @__PURE__ */ objectShape(linearShapes);

/** The sums of the rows of a table. */
export function predictLinear(state: LinearState, columns: Columns): Float64Array {
  const { features, coefficients, fill, intercept } = state;
  const table = readFeatures(columns, features, fill.length > 0);
  const sums = new Float64Array(table.rows).fill(intercept);
  table.columns.forEach((column, index) => {
    const coefficient = coefficients[index];
    if (coefficient === 0) return;
    for (let row = 0; row < sums.length; row++)
      sums[row] += coefficient * (Number.isNaN(column[row]) ? fill[index] : column[row]);
  });
  return sums;
}

/** Coefficients of standardised columns in the unit of the columns themselves. */
export function unstandardise(
  standard: ArrayLike<number>,
  scales: readonly ColumnScale[],
  centre: number,
): { readonly intercept: number; readonly coefficients: number[] } {
  const coefficients = scales.map(({ scale }, index) => (scale === 0 ? 0 : standard[index] / scale));
  const intercept = coefficients.reduce((sum, coefficient, index) => sum - coefficient * scales[index].centre, centre);
  return { intercept, coefficients };
}

export function byName(names: readonly string[], values: ArrayLike<number>): Readonly<Record<string, number>> {
  return Object.freeze(Object.fromEntries(names.map((name, index) => [name, values[index]])));
}
