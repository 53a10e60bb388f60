import { arrayShape, numberShape, optionalShape, recordShape, TwinError, textShape } from "@sage-twin/kernel";
import { type Texts, termsOf, textsOf } from "./design.js";
import type { ColumnScale } from "./standardise.js";
import { readFeatures, type Table } from "./table.js";
import type { Columns } from "./types.js";

/** A sum of columns times coefficients. */
export interface LinearState {
  readonly features: readonly string[];
  readonly intercept: number;
  /** One for each term, in the unit of its column. */
  readonly coefficients: readonly number[];
  /** By term what a missing value becomes; empty where missing values are refused. */
  readonly fill: readonly number[];
  readonly notes: readonly string[];
  /** By text column its texts, the one without term first; absent without text columns. */
  readonly texts?: Texts;
  /** By term the mean of the training rows; absent in models saved before it was kept. */
  readonly means?: readonly number[];
}

export const linearShapes = {
  features: /* @__PURE__ */ arrayShape(textShape),
  intercept: numberShape,
  coefficients: /* @__PURE__ */ arrayShape(numberShape),
  fill: /* @__PURE__ */ arrayShape(numberShape),
  notes: /* @__PURE__ */ arrayShape(textShape),
  texts: /* @__PURE__ */ optionalShape(/* @__PURE__ */ recordShape(/* @__PURE__ */ arrayShape(textShape))),
  means: /* @__PURE__ */ optionalShape(/* @__PURE__ */ arrayShape(numberShape)),
};

/** The state itself; a `TwinError` "corrupt" where its parts are not of one length. */
export function checkLinear<State extends Pick<LinearState, "features" | "coefficients" | "fill" | "texts" | "means">>(
  state: State,
): State {
  const { features, texts = {}, coefficients, fill, means } = state;
  const terms = termsOf(features, texts).length;
  if (
    coefficients.length === terms &&
    (fill.length === 0 || fill.length === terms) &&
    (means ?? coefficients).length === terms
  )
    return state;
  throw new TwinError({
    code: "corrupt",
    path: ["state", "coefficients"],
    message: `${coefficients.length} coefficients for ${terms} terms`,
    fix: "give the whole JSON that was saved",
  });
}

/** The columns that a sum reads. */
export function readForSum({ features, fill, texts = {} }: LinearState, columns: Columns): Table {
  return readFeatures(
    columns,
    features,
    fill.length > 0,
    features.map((name) => textsOf(texts, name)),
  );
}

/** The sums of the rows of a table. */
export function predictLinear(state: LinearState, columns: Columns): Float64Array {
  const { coefficients, fill, intercept } = state;
  const table = readForSum(state, columns);
  const sums = new Float64Array(table.rows).fill(intercept);
  let term = 0;
  table.columns.forEach((column, feature) => {
    const levels = table.levels[feature];
    if (levels === undefined) {
      const coefficient = coefficients[term];
      if (coefficient !== 0)
        for (let row = 0; row < sums.length; row++)
          sums[row] += coefficient * (Number.isNaN(column[row]) ? fill[term] : column[row]);
      term++;
      return;
    }
    // A missing text and one unseen in training count as the first.
    for (let row = 0; row < sums.length; row++) if (column[row] > 0) sums[row] += coefficients[term + column[row] - 1];
    term += Math.max(0, levels.length - 1);
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

/** Notes on terms that cannot have an effect. */
export function effectNotes(constant: readonly string[], determined: readonly string[]): string[] {
  return [
    ...(constant.length > 0 ? [`constant, without effect: ${constant.join(", ")}`] : []),
    ...(determined.length > 0 ? [`determined by the other columns, without effect: ${determined.join(", ")}`] : []),
  ];
}

const states = /* @__PURE__ */ new WeakMap<object, LinearState>();

export function rememberLinear(fitted: object, state: LinearState): void {
  states.set(fitted, state);
}

/** What a fitted linear or logistic regression consists of; `undefined` for other models. */
export function linearOf(fitted: object): LinearState | undefined {
  return states.get(fitted);
}
