import { choiceShape, defineEnvelope, log, numberShape, objectShape, TwinError } from "@sage-twin/kernel";
import {
  type Columns,
  type FittedLearner,
  histogramTrees,
  type Learner,
  learnerFromJSON,
  logisticRegression,
  takeRows,
} from "@sage-twin/learners";
import { checkColumns } from "../lifetime/check-summary.js";

/** How the chance of leaving is learnt. */
export interface HazardOptions {
  /** `"logistic"` (the default): a logistic regression on the columns, the period and its logarithm; `"trees"`: boosted trees. */
  readonly learner?: "logistic" | "trees";
}

/** How survival is told. */
export interface SurvivalOptions {
  /** How many periods ahead. */
  readonly periods: number;
  /** Periods that each customer has stayed already. Default: 0. */
  readonly survived?: ArrayLike<number>;
}

/** A fitted model of who leaves when. */
export interface FittedHazard {
  readonly name: "hazard";
  readonly notes: readonly string[];
  /** By row, the probability of still being a customer after each of the periods ahead. */
  survival(columns: Columns, options: SurvivalOptions): readonly Float64Array[];
  /** By row, how many of the periods ahead the customer is expected to stay: the sum of the survival. */
  expectedPeriods(columns: Columns, options: SurvivalOptions): Float64Array;
  toJSON(): unknown;
}

interface HazardState {
  readonly learner: "logistic" | "trees";
  readonly model: unknown;
  /** The longest duration that was seen. */
  readonly longest: number;
}

const format = /* @__PURE__ */ (() =>
  defineEnvelope<HazardState>({
    kind: "predictor/hazard",
    version: 1,
    parse: objectShape({
      learner: choiceShape("logistic", "trees"),
      model: (value: unknown) => value,
      longest: numberShape,
    }),
  }))();

const mostRows = 5_000_000;
const mostPeriods = 10_000;
const own = ["period", "logPeriod"] as const;

/**
 * Survival in discrete time (Singer and Willett 1993): each customer counts once for each period at risk, and a classifier learns the chance of leaving in it from the customer's columns and the period. Customers who
 * are still there count for the periods that they stayed.
 *
 * @example
 * ```ts
 * import { discreteTimeHazard } from "@sage-twin/predictors";
 *
 * const rows = Array.from({ length: 400 }, (_, row) => row);
 * const plan = rows.map((row) => ["basic", "gold"][row % 2]);
 * const periods = rows.map((row) => 1 + ((row * 7) % (row % 2 ? 24 : 8)));
 * const fitted = discreteTimeHazard().fit({ plan }, periods, rows.map(() => 1));
 * const [basic, gold] = fitted.expectedPeriods({ plan: ["basic", "gold"] }, { periods: 24 });
 * basic < 6 && gold > 9; // => true
 * ```
 */
export function discreteTimeHazard(options: HazardOptions = {}): {
  /** @param periods at risk: whole numbers from 1. @param left 1 where the customer left in the last of them. */
  fit(columns: Columns, periods: ArrayLike<number>, left: ArrayLike<number>): FittedHazard;
} {
  const { learner = "logistic" } = options;
  return {
    fit(columns, periods, left) {
      const rows = checkColumns({ periods, left }, (name, row) =>
        name === "left"
          ? left[row] === 0 || left[row] === 1
            ? undefined
            : "give 1 for who left and 0 for who stayed"
          : Number.isInteger(periods[row]) && periods[row] >= 1
            ? undefined
            : "give a whole number from 1",
      );
      checkNames(columns, rows);
      let total = 0;
      for (let row = 0; row < rows; row++) total += periods[row];
      if (total > mostRows)
        throw new TwinError({
          code: "too-large",
          path: ["periods"],
          message: `${total} periods at risk in all`,
          fix: `count longer periods, or give fewer customers: at most ${mostRows}`,
        });
      const owners = new Int32Array(total);
      const period = new Float64Array(total);
      const label = new Float64Array(total);
      for (let row = 0, at = 0; row < rows; row++)
        for (let step = 1; step <= periods[row]; step++, at++) {
          owners[at] = row;
          period[at] = step;
          label[at] = step === periods[row] ? left[row] : 0;
        }
      const model = learnerOf(learner).fit({ ...takeRows(columns, owners), ...timeColumns(period) }, label);
      return publish({ learner, model: model.toJSON(), longest: period.reduce((a, b) => Math.max(a, b), 1) });
    },
  };
}

/** The model that `toJSON` saved. */
export function hazardFromJSON(json: unknown): FittedHazard {
  return publish(format.open(json));
}

function publish(state: HazardState): FittedHazard {
  const model = learnerFromJSON(state.model);
  const survival = (columns: Columns, { periods, survived }: SurvivalOptions): Float64Array[] => {
    if (!Number.isInteger(periods) || periods < 1 || periods > mostPeriods)
      throw new TwinError({
        code: "invalid-argument",
        path: ["periods"],
        message: `${periods}`,
        fix: `give a whole number from 1 to ${mostPeriods}`,
      });
    const rows = survived?.length ?? Object.values(columns)[0]?.length ?? 1;
    checkNames(columns, rows);
    const curves = Array.from({ length: rows }, () => new Float64Array(periods));
    const before = new Float64Array(rows).fill(1);
    for (let step = 0; step < periods; step++) {
      const hazard = hazardAt(model, columns, rows, (row) => (survived?.[row] ?? 0) + step + 1, state.longest);
      for (let row = 0; row < rows; row++) curves[row][step] = before[row] *= 1 - hazard[row];
    }
    return curves;
  };
  return {
    name: "hazard",
    notes: model.notes,
    survival,
    expectedPeriods: (columns, options) =>
      Float64Array.from(survival(columns, options), (curve) => curve.reduce((sum, share) => sum + share, 0)),
    toJSON: () => format.seal(state),
  };
}

/** The chance of leaving in a period; beyond the longest that was seen, that of the longest. */
function hazardAt(
  model: FittedLearner,
  columns: Columns,
  rows: number,
  periodOf: (row: number) => number,
  longest: number,
): Float64Array {
  const period = Float64Array.from({ length: rows }, (_, row) => Math.min(longest, periodOf(row)));
  return model.predict({ ...columns, ...timeColumns(period) });
}

function timeColumns(period: Float64Array): Readonly<Record<(typeof own)[number], Float64Array>> {
  return { period, logPeriod: period.map(log) };
}

function learnerOf(name: "logistic" | "trees"): Learner {
  return name === "trees"
    ? histogramTrees({ loss: "logistic", trees: 120, leaves: 4, l2: 5 })
    : logisticRegression({ missing: "impute" });
}

function checkNames(columns: Columns, rows: number): void {
  for (const [name, column] of Object.entries(columns)) {
    const taken = own.includes(name as (typeof own)[number]);
    if (taken || column.length !== rows)
      throw new TwinError({
        code: "invalid-data",
        path: ["columns", name],
        message: taken ? "the name is the model's own" : `${column.length} values, not ${rows}`,
        fix: taken ? "rename the column" : "give one for each customer",
      });
  }
}
