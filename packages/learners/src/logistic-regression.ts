import {
  decodeNumbers,
  defineEnvelope,
  type EncodedNumbers,
  encodedNumbersShape,
  encodeNumbers,
  objectShape,
  optionalShape,
  type Path,
} from "@sage-twin/kernel";
import { cholesky, invertCholesky, minimise, solveCholesky } from "@sage-twin/numerics";
import { coordinateDescent } from "./coordinate-descent.js";
import { designOf, designTable, termsOf } from "./design.js";
import type { FittedLinear, LinearOptions } from "./linear-regression.js";
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
import { logistic } from "./logistic.js";
import { LogisticLikelihood } from "./logistic-likelihood.js";
import { solveOrthogonally } from "./orthogonal-least-squares.js";
import { standardise } from "./standardise.js";
import { checkBinary, checkNumber, readTraining, singleTargetNotes, type TrainingTable } from "./table.js";
import type { Learner } from "./types.js";

interface LogisticState extends LinearState {
  /** Absent in models saved before they were kept. */
  readonly standardErrors?: EncodedNumbers;
}

const format = /* @__PURE__ */ (() =>
  defineEnvelope<LogisticState>({
    kind: "learner/logistic",
    version: 1,
    parse: /* @__PURE__ */ objectShape({
      ...linearShapes,
      standardErrors: /* @__PURE__ */ optionalShape(encodedNumbersShape),
    }),
  }))();

const mostSteps = 50;
const widestNewton = 300;
const widestDeviation = 30; // of a standardised coefficient in log-odds: beyond it the rows say nothing of its size
const farthest = 30; // log-odds beyond which a probability is 0 or 1 for every purpose

/**
 * The probability that a target of 0 and 1 is 1, as a logistic function of a weighted sum, with a ridge of 1 by default (half of the ridge times
 * the squared standardised coefficients is added to the negative log-likelihood). By Newton's method (iteratively reweighted least squares), and by
 * L-BFGS beyond 300 columns or where a Newton step leads nowhere. Without a penalty
 * standard errors come from the curvature, columns that others determine get the coefficient 0, and where a sum separates the outcomes, or a part of the rows, there is no finite answer: `notes` says so.
 *
 * @example
 * ```ts
 * import { logisticRegression } from "@sage-twin/learners";
 *
 * const fitted = logisticRegression().fit({ visits: [1, 2, 3, 4, 5, 6] }, [0, 0, 1, 0, 1, 1]);
 * const [few, many] = fitted.predict({ visits: [1, 6] });
 * few < 0.5 && many > 0.5; // => true
 * ```
 */
export function logisticRegression(options: LinearOptions = {}): Learner<FittedLinear> {
  const ridge = checkNumber(options.ridge ?? 1, "ridge", 0, 1e100);
  const lasso = checkNumber(options.lasso ?? 0, "lasso", 0, 1e100);
  const impute = options.missing === "impute";
  return {
    name: "logisticRegression",
    fit(columns, target, { weights } = {}) {
      const table = readTraining(columns, target, weights, impute);
      checkBinary(table.target);
      return publish(fitLogistic(table, ridge, lasso, impute));
    },
  };
}

/** The fitted model that its `toJSON()` saved. */
export function openLogistic(json: unknown, path?: Path): FittedLinear {
  return publish(checkLinear(format.open(json, path)));
}

function fitLogistic(table: TrainingTable, ridge: number, lasso: number, impute: boolean): LogisticState {
  const design = designOf(table);
  const { terms } = design;
  const { columns, scales, notes } = standardise(designTable(design, table.rows), table.weights);
  const plain = ridge === 0 && lasso === 0;
  const varying = columns.flatMap((_, index) => (scales[index].scale > 0 ? [index] : []));
  const free = plain && varying.length > 0 ? dependentAmong(varying.map((index) => columns[index])) : [];
  const used = varying.filter((_, place) => !free.includes(place));
  const likelihood = new LogisticLikelihood(
    used.map((index) => columns[index]),
    table,
    ridge,
  );
  const start = new Float64Array(likelihood.size);
  const found =
    lasso > 0
      ? proximalNewton(likelihood, start, lasso)
      : ((likelihood.size <= widestNewton ? newton(likelihood, start) : undefined) ??
        minimise(likelihood, start, { tolerance: 1e-13 }).parameters);
  likelihood.evaluate(found, new Float64Array(likelihood.size));
  const errors = plain && likelihood.size <= widestNewton ? deviations(likelihood) : undefined;
  const standard = new Float64Array(columns.length);
  const standardErrors = new Float64Array(columns.length).fill(Number.NaN);
  used.forEach((index, place) => {
    standard[index] = found[place];
    if (errors !== undefined) standardErrors[index] = errors[place] / scales[index].scale;
  });
  const endless = used.filter((_, place) => errors !== undefined && !(errors[place] < widestDeviation));
  const certain = likelihood.odds.every((x) => Math.abs(x) > farthest / 2);
  return {
    features: table.names,
    ...unstandardise(standard, scales, found[likelihood.size - 1]),
    fill: impute ? scales.map((scale) => scale.centre) : [],
    notes: [
      ...singleTargetNotes(table.target),
      ...design.notes,
      ...notes,
      ...effectNotes(
        terms.filter((_, index) => scales[index].scale === 0),
        varying.filter((index) => !used.includes(index)).map((index) => terms[index]),
      ),
      ...(plain
        ? separationNotes(
            certain,
            endless.map((index) => terms[index]),
          )
        : []),
    ],
    ...(Object.keys(design.texts).length > 0 ? { texts: design.texts } : {}),
    means: scales.map((scale) => scale.centre),
    standardErrors: encodeNumbers(standardErrors),
  };
}

function separationNotes(certain: boolean, endless: readonly string[]): string[] {
  const fix = "the coefficients have no finite best value, give a ridge above 0";
  if (certain) return [`the columns separate the two outcomes: ${fix}`];
  return endless.length > 0 ? [`${endless.join(", ")} separate a part of the rows: ${fix}`] : [];
}

/** Which columns, by their place, the others determine. */
function dependentAmong(columns: readonly Float64Array[]): readonly number[] {
  return solveOrthogonally(
    columns.map((column) => column.slice()),
    new Float64Array(columns[0].length),
  ).dependent;
}

/** The standard errors of standardised coefficients: roots of the diagonal of the inverse curvature. */
function deviations(likelihood: LogisticLikelihood): Float64Array {
  const { size } = likelihood;
  try {
    const inverse = invertCholesky(cholesky(likelihood.curvature(), size), size);
    return Float64Array.from({ length: size }, (_, i) => Math.sqrt(inverse[i * size + i]));
  } catch {
    return new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  }
}

/** Newton steps on the likelihood with the lasso by coordinate descent (Lee, Sun and Saunders 2014). */
function proximalNewton(likelihood: LogisticLikelihood, start: Float64Array, lasso: number): Float64Array {
  const { size } = likelihood;
  const penalty = (x: Float64Array): number => {
    let sum = 0;
    for (let j = 0; j < size - 1; j++) sum += Math.abs(x[j]);
    return lasso * sum;
  };
  const gradient = new Float64Array(size);
  let x = start;
  let value = likelihood.evaluate(x, gradient) + penalty(x);
  for (let step = 0; step < 2 * mostSteps; step++) {
    const matrix = likelihood.curvature();
    const linear = gradient.map((slope, i) => {
      let sum = -slope;
      for (let j = 0; j < size; j++) sum += matrix[i * size + j] * x[j];
      return sum;
    });
    const aim = coordinateDescent(matrix, linear, lasso, size - 1, x);
    let next = aim;
    let nextValue = likelihood.evaluate(next, gradient) + penalty(next);
    for (let factor = 0.5; !(nextValue <= value) && factor > 1e-10; factor /= 2) {
      next = x.map((part, i) => part + factor * (aim[i] - part));
      nextValue = likelihood.evaluate(next, gradient) + penalty(next);
    }
    if (!(nextValue < value)) break;
    const gained = value - nextValue;
    x = next;
    value = nextValue;
    if (gained <= 1e-15 * (1 + Math.abs(value))) break;
  }
  return x;
}

/** Newton's method with halved steps; `undefined` where the curvature is singular or no step leads down. */
function newton(likelihood: LogisticLikelihood, start: Float64Array): Float64Array | undefined {
  const size = start.length;
  let x = start;
  let gradient = new Float64Array(size);
  let nextGradient = new Float64Array(size);
  let value = likelihood.evaluate(x, gradient);
  for (let iteration = 0; iteration < mostSteps; iteration++) {
    let step: Float64Array;
    try {
      step = solveCholesky(cholesky(likelihood.curvature(), size), gradient);
    } catch {
      return undefined;
    }
    const decrement = step.reduce((sum, part, i) => sum + part * gradient[i], 0);
    if (!(decrement > 1e-18 * (1 + Math.abs(value)))) return x;
    let next = x;
    let nextValue = Number.POSITIVE_INFINITY;
    for (let factor = 1; !(nextValue <= value - 1e-4 * factor * decrement); factor /= 2) {
      if (factor < 1e-10) return decrement < 1e-9 * (1 + Math.abs(value)) ? x : undefined;
      next = x.map((part, i) => part - factor * step[i]);
      nextValue = likelihood.evaluate(next, nextGradient);
    }
    x = next;
    value = nextValue;
    [gradient, nextGradient] = [nextGradient, gradient];
    if (likelihood.odds.every((odds) => Math.abs(odds) > farthest)) return x;
  }
  return x;
}

function publish(state: LogisticState): FittedLinear {
  const { features, notes, intercept, texts = {}, coefficients } = state;
  const terms = termsOf(features, texts);
  const errors = state.standardErrors === undefined ? [] : decodeNumbers(state.standardErrors);
  const fitted = Object.freeze({
    name: "logisticRegression",
    features,
    notes,
    intercept,
    coefficients: byName(terms, coefficients),
    standardErrors: byName(
      terms,
      terms.map((_, index) => errors[index] ?? Number.NaN),
    ),
    predict: (columns) => predictLinear(state, columns).map(logistic),
    toJSON: () => format.seal(state),
  } satisfies FittedLinear);
  rememberLinear(fitted, state);
  return fitted;
}
