import {
  addDuration,
  type Frequency,
  type Instant,
  type Issue,
  type RunOptions,
  TwinError,
  toInstant,
} from "@sage-twin/kernel";
import {
  type Columns,
  crossValidate,
  type Fold,
  groupedFolds,
  leakageWarnings,
  stratifiedFolds,
} from "@sage-twin/learners";
import { type CalibrationMethod, calibrate, fitCalibrator } from "@sage-twin/numerics";
import { type ChurnEvaluation, evaluateChurn } from "./churn-evaluation.js";
import { type ChurnLearner, learnerOf } from "./churn-learner.js";
import { type CustomerFeature, featuresAt } from "./customer-features.js";
import { type FittedChurnPredictor, publishChurn } from "./fitted-churn.js";
import { type CustomerHistory, readTransactions, type Transactions } from "./transactions.js";

/** How churn is learnt. */
export interface ChurnOptions {
  /** Default: `"trees"`. */
  readonly learner?: ChurnLearner;
  /** How probabilities are corrected by predictions of rows not learnt from. Default: `"beta"`. */
  readonly calibration?: Exclude<CalibrationMethod, "temperature">;
  /** Parts for cross-validation. Default: 5. */
  readonly folds?: number;
}

/** How a model is fitted. */
export type ChurnRunOptions = Pick<RunOptions, "signal" | "onProgress" | "seed">;

/** How transactions become rows. */
export interface ChurnTransactionOptions extends ChurnRunOptions {
  /** How long a customer must stay away to count as lost, such as `"90D"`. */
  readonly horizon: Frequency;
  /** What is after this instant is not seen. Default: the last row's time. */
  readonly until?: Instant;
  /** The most instants at which customers are looked at, the last a horizon before `until`, a third of a horizon apart. Default: 6. */
  readonly snapshots?: number;
}

/** A churn model that has not seen customers. */
export interface ChurnPredictor {
  /** Learns from a table of customers with what became of each: 1 left, 0 stayed. */
  fit(columns: Columns, churned: ArrayLike<number>, options?: ChurnRunOptions): Promise<FittedChurnPredictor>;
  /** Learns from transactions: customers looked at, at several instants, and whether they came back within the horizon. */
  fitTransactions(transactions: Transactions, options: ChurnTransactionOptions): Promise<FittedChurnPredictor>;
}

interface Sample {
  readonly columns: Columns;
  readonly labels: Float64Array;
  readonly folds: readonly Fold[];
  readonly notes: readonly string[];
}

const leastOfClass = 10;
const day = 86_400_000;

/**
 * Predicts who will leave: boosted trees or logistic regression on what is known of each customer, with probabilities calibrated by predictions of rows not learnt from,
 * reasons for each, an evaluation, and warnings of columns that tell the answer. From transactions the rows are those of `customerFeatures`, without a look ahead, and the evaluation is out of time.
 *
 * @throws TwinError for labels beside 0 and 1, and for fewer than 10 customers who left or stayed.
 *
 * @example
 * ```ts
 * import { churnPredictor } from "@sage-twin/predictors";
 *
 * const rows = Array.from({ length: 400 }, (_, row) => row);
 * const columns = { months: rows.map((row) => (row * 7) % 48), plan: rows.map((row) => ["basic", "gold"][row % 2]) };
 * const left = rows.map((row) => ((row * 7) % 48 < 12 && (row * 13) % 10 < 7 ? 1 : 0));
 * const fitted = await churnPredictor().fit(columns, left);
 * const [fresh, loyal] = fitted.predict([{ months: 3, plan: "basic" }, { months: 40, plan: "basic" }]);
 * fresh.probability > 0.5 && loyal.probability < 0.1; // => true
 * fresh.reasons[0].column; // => "months"
 * ```
 */
export function churnPredictor(options: ChurnOptions = {}): ChurnPredictor {
  const { learner = "trees", calibration = "beta", folds = 5 } = options;
  requireOneOf("learner", learner, ["trees", "logistic"]);
  requireOneOf("calibration", calibration, ["beta", "platt", "isotonic"]);
  const settings = { learner, calibration, folds };
  return {
    async fit(columns, churned, run = {}) {
      const labels = checkLabels(churned);
      const notes = leakageWarnings(columns, labels).map(({ message }) => message);
      const sample = { columns, labels, notes, folds: stratifiedFolds(labels, { folds, seed: run.seed }) };
      const { state, scored } = await learn(sample, settings, run);
      return publishChurn({ ...state, evaluation: evaluateChurn("out of fold", labels, scored) });
    },
    async fitTransactions(transactions, { horizon, until, snapshots = 6, ...run }) {
      const history = readTransactions(transactions);
      const end = until === undefined ? history.last : toInstant(until, ["until"]);
      const instants = snapshotTimes(history, end, horizon, snapshots);
      const known = Math.max(
        1,
        instants.filter((at) => addDuration(at, horizon) <= instants[instants.length - 1]).length,
      );
      const whole = sampleOf(history, instants, horizon, folds, run.seed);
      const { state, scored } = await learn(whole, settings, run);
      const own = { ...state, horizon };
      if (known === instants.length)
        return publishChurn({ ...own, evaluation: evaluateChurn("out of fold", whole.labels, scored) });
      return publishChurn({ ...own, evaluation: await outOfTime(history, instants, known, horizon, settings, run) });
    },
  };
}

type Settings = Required<ChurnOptions>;

/** The final model and calibrator, and each row's calibrated probability by models and calibrators that did not learn from it. */
async function learn(sample: Sample, { learner, calibration }: Settings, run: ChurnRunOptions) {
  const { columns, labels, folds } = sample;
  const algorithm = learnerOf(learner, labels.length);
  const { predictions } = await crossValidate(algorithm, columns, labels, folds, run);
  const pick = (values: Float64Array, rows: Int32Array): Float64Array => Float64Array.from(rows, (row) => values[row]);
  const scored = new Float64Array(labels.length);
  for (const { training, testing } of folds) {
    const own = fitCalibrator(calibration, pick(labels, training), pick(predictions, training));
    calibrate(own, pick(predictions, testing)).forEach((value, at) => {
      scored[testing[at]] = value;
    });
  }
  const model = algorithm.fit(columns, labels);
  const state = {
    learner,
    model: model.toJSON(),
    calibrator: fitCalibrator(calibration, labels, predictions),
    kinds: Object.fromEntries(model.features.map((name) => [name, kindOf(columns[name])])),
    notes: [...sample.notes, ...model.notes],
  };
  return { model, state, scored };
}

/** How well the customers of the last instant are told by what had happened until then. */
async function outOfTime(
  history: CustomerHistory,
  instants: readonly number[],
  known: number,
  horizon: Frequency,
  settings: Settings,
  run: ChurnRunOptions,
): Promise<ChurnEvaluation> {
  const earlier = sampleOf(history, instants.slice(0, known), horizon, settings.folds, run.seed);
  const { model, state } = await learn(earlier, settings, run);
  const last = featuresAt(history, instants[instants.length - 1], horizon);
  const labels = checkLabels(last.churned as Float64Array);
  return evaluateChurn("out of time", labels, calibrate(state.calibrator, model.predict(last.columns)));
}

/** The customers of several instants, one below the other; those of one customer stay in one fold. */
function sampleOf(
  history: CustomerHistory,
  instants: readonly number[],
  horizon: Frequency,
  folds: number,
  seed: string | number | undefined,
): Sample {
  const parts = instants.map((at) => featuresAt(history, at, horizon));
  const rows = parts.reduce((sum, { customers }) => sum + customers.length, 0);
  const labels = new Float64Array(rows);
  const owners: string[] = [];
  const columns: Record<string, Float64Array> = {};
  let offset = 0;
  for (const { customers, columns: own, churned } of parts) {
    labels.set(churned as Float64Array, offset);
    for (const name of Object.keys(own) as CustomerFeature[]) {
      columns[name] ??= new Float64Array(rows);
      columns[name].set(own[name], offset);
    }
    owners.push(...customers);
    offset += customers.length;
  }
  checkLabels(labels);
  const notes = [`learnt from ${rows} rows of customers at ${instants.length} instants`];
  return { columns, labels, notes, folds: groupedFolds(owners, { folds, seed }) };
}

/** The instants to look at customers, ascending: each leaves a horizon before its label, and as long a past at least. */
function snapshotTimes(history: CustomerHistory, end: number, horizon: Frequency, snapshots: number): number[] {
  if (!Number.isInteger(snapshots) || snapshots < 1 || snapshots > 100)
    throw new TwinError({
      code: "invalid-argument",
      path: ["snapshots"],
      message: `${snapshots}`,
      fix: "give a whole number from 1 to 100",
    });
  const length = addDuration(end, horizon) - end;
  const newest = end - length;
  const times = Array.from({ length: snapshots }, (_, back) => newest - (back * length) / 3)
    .filter((at) => at - history.first >= length)
    .reverse();
  if (times.length > 0 && end <= history.last) return times;
  throw new TwinError({
    code: "invalid-data",
    path: ["transactions"],
    message: `${Math.floor((Math.min(end, history.last) - history.first) / day)} days of transactions are not enough for a horizon of ${horizon}`,
    fix: "give at least two horizons of transactions, and `until` within them",
  });
}

function checkLabels(churned: ArrayLike<number>): Float64Array {
  const labels = Float64Array.from(churned);
  const wrong = labels.findIndex((label) => label !== 0 && label !== 1);
  const left = labels.reduce((sum, label) => sum + label, 0);
  const issues: Issue[] = [];
  if (wrong >= 0)
    issues.push({
      code: "invalid-data",
      path: ["churned", wrong],
      message: `${labels[wrong]}, and ${labels.reduce((sum, label) => sum + (label !== 0 && label !== 1 ? 1 : 0), -1)} more labels beside 0 and 1`,
      fix: "give 1 for customers who left and 0 for those who stayed; leave out customers of whom it is not known",
    });
  else if (left < leastOfClass || labels.length - left < leastOfClass)
    issues.push({
      code: "invalid-data",
      path: ["churned"],
      message: `${left} of ${labels.length} customers left`,
      fix: `give at least ${leastOfClass} who left and ${leastOfClass} who stayed`,
    });
  if (issues.length > 0) throw new TwinError(issues);
  return labels;
}

function kindOf(column: ArrayLike<unknown>): "number" | "text" {
  if (ArrayBuffer.isView(column)) return "number";
  for (let row = 0; row < column.length; row++) if (typeof column[row] === "string") return "text";
  return "number";
}

function requireOneOf(name: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw new TwinError({
    code: "invalid-argument",
    path: [name],
    message: `'${value}'`,
    fix: `known: ${known.join(", ")}`,
  });
}
