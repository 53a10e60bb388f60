import {
  arrayShape,
  defineEnvelope,
  exp,
  log,
  numberShape,
  objectShape,
  optionalShape,
  type Path,
  recordShape,
  TwinError,
  textShape,
} from "@sage-twin/kernel";
import { minimise } from "@sage-twin/numerics";
import { softmax } from "./boost-classes.js";
import { publishClassifier } from "./classifier.js";
import { designOf, designTable, termsOf } from "./design.js";
import { byName, checkLinear, effectNotes, type LinearState, predictLinear, unstandardise } from "./linear-state.js";
import { readClasses } from "./read-classes.js";
import { standardise } from "./standardise.js";
import { checkNumber, readTraining, type TrainingTable } from "./table.js";
import type { Classifier, Columns, FittedClassifier, LearnerFitOptions } from "./types.js";

/** What `multinomialRegression` may be told. */
export interface MultinomialOptions {
  /** The weight of half of the squared standardised coefficients of all classes. The intercepts are free. Default: 1. */
  readonly ridge?: number;
  /** As for `linearRegression`. */
  readonly missing?: "refuse" | "impute";
}

/** What `multinomialRegression` tells beyond every fitted classifier. */
export interface FittedMultinomial extends FittedClassifier {
  /** By class. */
  readonly intercepts: Readonly<Record<string, number>>;
  /** By class, then by term, as for `linearRegression`. */
  readonly coefficients: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const numbers = /* @__PURE__ */ arrayShape(numberShape);
const texts = /* @__PURE__ */ arrayShape(textShape);
const format = /* @__PURE__ */ (() =>
  defineEnvelope({
    kind: "learner/multinomial",
    version: 1,
    parse: /* @__PURE__ */ objectShape({
      classes: texts,
      features: texts,
      texts: /* @__PURE__ */ optionalShape(/* @__PURE__ */ recordShape(texts)),
      fill: numbers,
      notes: texts,
      intercepts: numbers,
      coefficients: /* @__PURE__ */ arrayShape(numbers),
    }),
  }))();

type MultinomialState = ReturnType<typeof format.open>;

/**
 * The probabilities of several classes as the softmax of one weighted sum each, with a ridge (every class has its own coefficients, as in scikit-learn), by L-BFGS.
 *
 * @example
 * ```ts
 * import { multinomialRegression } from "@sage-twin/learners";
 *
 * const fitted = multinomialRegression().fit({ size: [1, 2, 3, 4, 5, 6] }, ["s", "s", "m", "m", "l", "l"]);
 * fitted.predict({ size: [0, 9] }); // => ["s", "l"]
 * ```
 */
export function multinomialRegression(options: MultinomialOptions = {}): Omit<Classifier, "fit"> & {
  fit(columns: Columns, target: ArrayLike<number> | ArrayLike<string>, options?: LearnerFitOptions): FittedMultinomial;
} {
  const ridge = checkNumber(options.ridge ?? 1, "ridge", 0, 1e100);
  const impute = options.missing === "impute";
  return {
    name: "multinomialRegression",
    fit(columns, target, { weights } = {}) {
      const { classes, places } = readClasses(target);
      return publish(fitMultinomial(readTraining(columns, places, weights, impute), classes, ridge, impute));
    },
  };
}

/** The fitted model that its `toJSON()` saved. */
export function openMultinomial(json: unknown, path: Path = []): FittedMultinomial {
  const state = format.open(json, path);
  const { classes, intercepts, coefficients } = state;
  if (
    classes.length < 2 ||
    new Set(classes).size !== classes.length ||
    intercepts.length !== classes.length ||
    coefficients.length !== classes.length
  )
    throw new TwinError({
      code: "corrupt",
      path: [...path, "state"],
      message: "the coefficients are not those of the classes",
      fix: "give the whole JSON that was saved",
    });
  for (const own of coefficients) checkLinear({ ...state, coefficients: own, means: undefined });
  return publish(state);
}

function fitMultinomial(
  table: TrainingTable,
  classes: readonly string[],
  ridge: number,
  impute: boolean,
): MultinomialState {
  const design = designOf(table);
  const { columns, scales, notes } = standardise(designTable(design, table.rows), table.weights);
  const width = columns.length + 1;
  const { target, weights, rows } = table;
  const scores = classes.map(() => new Float64Array(rows));
  const problem = {
    evaluate(parameters: Float64Array, gradient: Float64Array): number {
      scores.forEach((own, k) => {
        own.fill(parameters[k * width + width - 1]);
        columns.forEach((column, j) => {
          const factor = parameters[k * width + j];
          for (let row = 0; row < rows; row++) own[row] += factor * column[row];
        });
      });
      let value = logLosses(scores, target, weights);
      softmax(scores, scores);
      scores.forEach((own, k) => {
        for (let row = 0; row < rows; row++)
          own[row] = (own[row] - (target[row] === k ? 1 : 0)) * (weights === undefined ? 1 : weights[row]);
        gradient[k * width + width - 1] = own.reduce((sum, error) => sum + error, 0);
        columns.forEach((column, j) => {
          const factor = parameters[k * width + j];
          let sum = ridge * factor;
          for (let row = 0; row < rows; row++) sum += own[row] * column[row];
          gradient[k * width + j] = sum;
          value += (ridge * factor * factor) / 2;
        });
      });
      return value;
    },
  };
  const { parameters } = minimise(problem, new Float64Array(classes.length * width), {
    iterations: 2000,
    tolerance: 1e-14,
  });
  const sums = classes.map((_, k) =>
    unstandardise(parameters.subarray(k * width, k * width + width - 1), scales, parameters[k * width + width - 1]),
  );
  return {
    classes,
    features: table.names,
    texts: Object.keys(design.texts).length > 0 ? design.texts : undefined,
    fill: impute ? scales.map((scale) => scale.centre) : [],
    notes: [
      ...design.notes,
      ...notes,
      ...effectNotes(
        design.terms.filter((_, index) => scales[index].scale === 0),
        [],
      ),
    ],
    intercepts: sums.map(({ intercept }) => intercept),
    coefficients: sums.map(({ coefficients }) => coefficients),
  };
}

/** Minus the log-likelihood of the softmax of the scores. */
function logLosses(scores: readonly Float64Array[], target: Float64Array, weights: Float64Array | undefined): number {
  let value = 0;
  for (let row = 0; row < target.length; row++) {
    let most = Number.NEGATIVE_INFINITY;
    for (const own of scores) most = Math.max(most, own[row]);
    let sum = 0;
    for (const own of scores) sum += exp(own[row] - most);
    value += (weights === undefined ? 1 : weights[row]) * (most + log(sum) - scores[target[row]][row]);
  }
  return value;
}

function publish(state: MultinomialState): FittedMultinomial {
  const { classes, features, notes, fill, intercepts, coefficients } = state;
  const terms = termsOf(features, state.texts ?? {});
  const sums = classes.map(
    (_, k): LinearState => ({
      features,
      notes,
      fill,
      texts: state.texts,
      intercept: intercepts[k],
      coefficients: coefficients[k],
    }),
  );
  return Object.freeze({
    ...publishClassifier("multinomialRegression", features, classes, notes, (columns) => {
      const own = sums.map((sum) => predictLinear(sum, columns));
      softmax(own, own);
      return own;
    }),
    intercepts: byName(classes, intercepts),
    coefficients: Object.freeze(Object.fromEntries(classes.map((name, k) => [name, byName(terms, coefficients[k])]))),
    toJSON: () => format.seal(state),
  });
}
