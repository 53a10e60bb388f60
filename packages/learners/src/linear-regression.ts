import {
  defineEnvelope,
  encodedNumbersShape,
  encodeNumbers,
  numberShape,
  objectShape,
  type Path,
} from "@sage-twin/kernel";
import { byName, type LinearState, linearShapes, predictLinear, unstandardise } from "./linear-state.js";
import { solveOrthogonally } from "./orthogonal-least-squares.js";
import { standardise } from "./standardise.js";
import { checkNumber, readTraining, type TrainingTable } from "./table.js";
import type { FittedLearner, Learner } from "./types.js";

/** What the linear models may be told. */
export interface LinearOptions {
  /**
   * The weight of the squared coefficients, each times the standard deviation of its column, so that units do not matter.
   * The intercept is free. Default: 0 for `linearRegression`, 1 for `logisticRegression`.
   */
  readonly ridge?: number;
  /** `"refuse"` (default) throws on a missing feature; `"impute"` puts the column's mean of the training rows there, and says so in the notes. */
  readonly missing?: "refuse" | "impute";
}

/** What a linear model tells beyond every fitted learner. */
export interface FittedLinear extends FittedLearner {
  readonly intercept: number;
  /** In units of the target per unit of the column; 0 for a column that is constant or that the others determine. */
  readonly coefficients: Readonly<Record<string, number>>;
}

/** What `linearRegression` tells. */
export interface FittedLinearRegression extends FittedLinear {
  /** Of each coefficient, by the classical formula; NaN with a ridge and where it is not determined. */
  readonly standardErrors: Readonly<Record<string, number>>;
  /** The share of the target's variance that the training rows' predictions explain. */
  readonly rSquared: number;
  /** The standard deviation of the errors: root of squares over rows minus coefficients; NaN without rows to spare. */
  readonly residualDeviation: number;
}

interface RegressionState extends LinearState {
  readonly standardErrors: readonly (number | string | null)[];
  readonly rSquared: number;
  readonly residualDeviation: readonly (number | string | null)[];
}

const format = /* @__PURE__ */ (() =>
  defineEnvelope<RegressionState>({
    kind: "learner/linear",
    version: 1,
    parse: /* @__PURE__ */ objectShape({
      ...linearShapes,
      standardErrors: encodedNumbersShape,
      rSquared: numberShape,
      residualDeviation: encodedNumbersShape,
    }),
  }))();

/**
 * Linear least squares, by orthogonal factorisation, with an intercept and an optional ridge (Hoerl and Kennard 1970). Columns that are
 * constant or determined by others get the coefficient 0 and a note.
 *
 * @example
 * ```ts
 * import { linearRegression } from "@sage-twin/learners";
 *
 * const fitted = linearRegression().fit({ spend: [1, 2, 3, 4] }, [5, 7, 9, 11]);
 * fitted.coefficients.spend.toFixed(6); // => "2.000000"
 * fitted.predict({ spend: [10] })[0].toFixed(6); // => "23.000000"
 * ```
 */
export function linearRegression(options: LinearOptions = {}): Learner<FittedLinearRegression> {
  const ridge = checkNumber(options.ridge ?? 0, "ridge", 0, 1e100);
  const impute = options.missing === "impute";
  return {
    name: "linearRegression",
    fit: (columns, target, { weights } = {}) =>
      publish(fitLinear(readTraining(columns, target, weights, impute), ridge, impute)),
  };
}

/** The fitted model that its `toJSON()` saved. */
export function openLinear(json: unknown, path?: Path): FittedLinearRegression {
  return publish(format.open(json, path));
}

function fitLinear(table: TrainingTable, ridge: number, impute: boolean): RegressionState {
  const { target, weights, rows, names } = table;
  const { columns, scales, notes } = standardise(table, weights);
  let total = 0;
  let centre = 0;
  let counted = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights === undefined ? 1 : weights[row];
    if (weight === 0) continue;
    counted++;
    total += weight;
    centre += (weight / total) * (target[row] - centre);
  }
  const size = columns.length;
  const more = ridge > 0 ? size : 0;
  const root = (row: number): number => (weights === undefined ? 1 : Math.sqrt(weights[row]));
  const right = Float64Array.from({ length: rows + more }, (_, row) =>
    row < rows ? (target[row] - centre) * root(row) : 0,
  );
  const matrix = columns.map((column, index) =>
    Float64Array.from({ length: rows + more }, (_, row) =>
      row < rows ? column[row] * root(row) : row - rows === index ? Math.sqrt(ridge) : 0,
    ),
  );
  const all = right.reduce((sum, value) => sum + value * value, 0);
  const { coefficients: standard, inverseDiagonal, dependent } = solveOrthogonally(matrix, right);
  let squares = 0;
  for (let row = 0; row < rows; row++) {
    let error = target[row] - centre;
    for (let j = 0; j < size; j++) error -= standard[j] * columns[j][row];
    squares += (weights === undefined ? 1 : weights[row]) * error * error;
  }
  const left = dependent.filter((index) => scales[index].scale > 0);
  const constant = scales.flatMap(({ scale }, index) => (scale === 0 ? [names[index]] : []));
  const remarks = [
    ...(constant.length > 0 ? [`constant, without effect: ${constant.join(", ")}`] : []),
    ...(left.length > 0
      ? [`determined by the other columns, without effect: ${left.map((index) => names[index]).join(", ")}`]
      : []),
  ];
  const variance = squares / (counted - 1 - (size - dependent.length));
  return {
    features: names,
    ...unstandardise(standard, scales, centre),
    fill: impute ? scales.map((scale) => scale.centre) : [],
    notes: [...notes, ...remarks],
    standardErrors: encodeNumbers(
      scales.map(({ scale }, index) => (ridge > 0 ? Number.NaN : Math.sqrt(variance * inverseDiagonal[index]) / scale)),
    ),
    rSquared: all > 0 ? 1 - squares / all : 1,
    residualDeviation: encodeNumbers([variance >= 0 ? Math.sqrt(variance) : Number.NaN]),
  };
}

function publish(state: RegressionState): FittedLinearRegression {
  const { features, notes, intercept, coefficients, rSquared } = state;
  const numbers = (encoded: readonly (number | string | null)[]): number[] =>
    encoded.map((value) => (value === null ? Number.NaN : Number(value)));
  return Object.freeze({
    name: "linearRegression",
    features,
    notes,
    intercept,
    coefficients: byName(features, coefficients),
    standardErrors: byName(features, numbers(state.standardErrors)),
    rSquared,
    residualDeviation: numbers(state.residualDeviation)[0],
    predict: (columns) => predictLinear(state, columns),
    toJSON: () => format.seal(state),
  } satisfies FittedLinearRegression);
}
