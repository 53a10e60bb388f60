import {
  decodeNumbers,
  defineEnvelope,
  type EncodedNumbers,
  encodedNumbersShape,
  encodeNumbers,
  numberShape,
  objectShape,
  type Path,
} from "@sage-twin/kernel";
import { coordinateDescent } from "./coordinate-descent.js";
import { designOf, designTable, termsOf } from "./design.js";
import {
  byName,
  checkLinear,
  effectNotes,
  type LinearState,
  linearShapes,
  predictLinear,
  rememberLinear,
  unstandardise,
} from "./linear-state.js";
import { type OrthogonalSolution, solveOrthogonally } from "./orthogonal-least-squares.js";
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
  /**
   * The weight of the absolute coefficients, standardised as above, beside half of the squared errors (or the negative log-likelihood) and half of the ridge: coefficients
   * without use become 0, and with a ridge this is an elastic net. Default: 0.
   */
  readonly lasso?: number;
  /** `"refuse"` (default) throws on a missing feature; `"impute"` puts the column's mean of the training rows (or its most frequent text) there, and says so in the notes. */
  readonly missing?: "refuse" | "impute";
}

/** What a linear model tells beyond every fitted learner. */
export interface FittedLinear extends FittedLearner {
  readonly intercept: number;
  /**
   * In units of the target (or log-odds) per unit of the column; 0 for a column that is constant or that the others determine. A column of text has one coefficient, as `plan=gold`,
   * for each of its texts but the most frequent, which the others are compared with; a text unseen in training counts as that one.
   */
  readonly coefficients: Readonly<Record<string, number>>;
  /** Of each coefficient, by the classical formula; NaN with a penalty and where it is not determined. */
  readonly standardErrors: Readonly<Record<string, number>>;
}

/** What `linearRegression` tells. */
export interface FittedLinearRegression extends FittedLinear {
  /** The share of the target's variance that the training rows' predictions explain. */
  readonly rSquared: number;
  /** The standard deviation of the errors: root of squares over rows minus coefficients; NaN without rows to spare. */
  readonly residualDeviation: number;
}

interface RegressionState extends LinearState {
  readonly standardErrors: EncodedNumbers;
  readonly rSquared: number;
  readonly residualDeviation: EncodedNumbers;
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
 * Linear least squares, by orthogonal factorisation, with an intercept and an optional ridge (Hoerl and Kennard 1970); with a lasso (Tibshirani 1996) by coordinate descent. Columns that are
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
  const lasso = checkNumber(options.lasso ?? 0, "lasso", 0, 1e100);
  const impute = options.missing === "impute";
  return {
    name: "linearRegression",
    fit: (columns, target, { weights } = {}) =>
      publish(fitLinear(readTraining(columns, target, weights, impute), ridge, lasso, impute)),
  };
}

/** The fitted model that its `toJSON()` saved. */
export function openLinear(json: unknown, path?: Path): FittedLinearRegression {
  return publish(checkLinear(format.open(json, path)));
}

function fitLinear(table: TrainingTable, ridge: number, lasso: number, impute: boolean): RegressionState {
  const { target, weights, rows, names } = table;
  const design = designOf(table);
  const { columns, scales, notes } = standardise(designTable(design, rows), weights);
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
  const solve = lasso > 0 ? solveSparsely : solvePlainly;
  const away = target.map((value) => value - centre);
  const { coefficients: standard, inverseDiagonal, dependent } = solve(columns, away, weights, ridge, lasso);
  let all = 0;
  let squares = 0;
  for (let row = 0; row < rows; row++) {
    let error = away[row];
    for (let j = 0; j < size; j++) error -= standard[j] * columns[j][row];
    const weight = weights === undefined ? 1 : weights[row];
    all += weight * away[row] * away[row];
    squares += weight * error * error;
  }
  const determined = dependent.filter((index) => scales[index].scale > 0).map((index) => design.terms[index]);
  const constant = design.terms.filter((_, index) => scales[index].scale === 0);
  const variance = squares / (counted - 1 - (size - dependent.length));
  return {
    features: names,
    ...unstandardise(standard, scales, centre),
    fill: impute ? scales.map((scale) => scale.centre) : [],
    notes: [...design.notes, ...notes, ...effectNotes(constant, determined)],
    ...(Object.keys(design.texts).length > 0 ? { texts: design.texts } : {}),
    means: scales.map((scale) => scale.centre),
    standardErrors: encodeNumbers(
      scales.map(({ scale }, index) =>
        ridge > 0 || lasso > 0 ? Number.NaN : Math.sqrt(variance * inverseDiagonal[index]) / scale,
      ),
    ),
    rSquared: all > 0 ? 1 - squares / all : 1,
    residualDeviation: encodeNumbers([variance >= 0 ? Math.sqrt(variance) : Number.NaN]),
  };
}

type Solution = Pick<OrthogonalSolution, "coefficients" | "inverseDiagonal" | "dependent">;

/** By QR, the ridge as rows of its own. */
function solvePlainly(
  columns: readonly Float64Array[],
  target: Float64Array,
  weights: Float64Array | undefined,
  ridge: number,
): Solution {
  const rows = target.length;
  const more = ridge > 0 ? columns.length : 0;
  const root = (row: number): number => (weights === undefined ? 1 : Math.sqrt(weights[row]));
  const right = Float64Array.from({ length: rows + more }, (_, row) => (row < rows ? target[row] * root(row) : 0));
  const matrix = columns.map((column, index) =>
    Float64Array.from({ length: rows + more }, (_, row) =>
      row < rows ? column[row] * root(row) : row - rows === index ? Math.sqrt(ridge) : 0,
    ),
  );
  return solveOrthogonally(matrix, right);
}

function solveSparsely(
  columns: readonly Float64Array[],
  target: Float64Array,
  weights: Float64Array | undefined,
  ridge: number,
  lasso: number,
): Solution {
  const size = columns.length;
  const products = (a: Float64Array, b: Float64Array): number => {
    let sum = 0;
    for (let row = 0; row < a.length; row++) sum += a[row] * b[row] * (weights === undefined ? 1 : weights[row]);
    return sum;
  };
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      const sum = products(columns[i], columns[j]) + (i === j ? ridge : 0);
      matrix[i * size + j] = sum;
      matrix[j * size + i] = sum;
    }
  const linear = Float64Array.from(columns, (column) => products(column, target));
  const coefficients = coordinateDescent(matrix, linear, lasso, size, new Float64Array(size));
  return {
    coefficients,
    inverseDiagonal: new Float64Array(size),
    dependent: columns.flatMap((column, index) => (column.every((value) => value === 0) ? [index] : [])),
  };
}

function publish(state: RegressionState): FittedLinearRegression {
  const { features, notes, intercept, rSquared, texts = {} } = state;
  const terms = termsOf(features, texts);
  const fitted = Object.freeze({
    name: "linearRegression",
    features,
    notes,
    intercept,
    coefficients: byName(terms, state.coefficients),
    standardErrors: byName(terms, decodeNumbers(state.standardErrors)),
    rSquared,
    residualDeviation: decodeNumbers(state.residualDeviation)[0],
    predict: (columns) => predictLinear(state, columns),
    toJSON: () => format.seal(state),
  } satisfies FittedLinearRegression);
  rememberLinear(fitted, state);
  return fitted;
}
