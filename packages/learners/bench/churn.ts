/** The churn bars on the telephone table: AUC, Brier score and calibration over five fixed folds, and the time of one fit. Usage: `npm run bench -- churn`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  bootstrapInterval,
  type Columns,
  crossValidate,
  foldsFrom,
  histogramTrees,
  type Learner,
  leakageWarnings,
  logisticRegression,
  randomForest,
  takeRows,
} from "@sage-twin/learners";
import { auc, brier, calibrate, calibrationError, fitCalibrator, logLoss } from "@sage-twin/numerics";

const directory = process.env.SAGE_TWIN_DATA ?? "../shared/data";
const text = gunzipSync(readFileSync(join(directory, "telco-churn.csv.gz"))).toString();
const [header, ...lines] = text.trim().split(/\r?\n/);
const cells = lines.map((line) => line.split(","));
const names = header.split(",");
const label = cells.map((row) => (row[names.indexOf("Churn")] === "Yes" ? 1 : 0));
const numeric = ["SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges"];
const columns: Record<string, Columns[string]> = {};
names.forEach((name, index) => {
  if (name === "customerID" || name === "Churn") return;
  const own = cells.map((row) => row[index].trim());
  columns[name] = numeric.includes(name) ? own.map((value) => (value === "" ? Number.NaN : Number(value))) : own;
});
/** 30 columns of numbers: an indicator for each text of a column but the first. */
const indicators: Record<string, Columns[string]> = {};
for (const [name, column] of Object.entries(columns)) {
  if (numeric.includes(name)) indicators[name] = column;
  else
    for (const level of [...new Set(Array.from(column as string[]))].sort().slice(1))
      indicators[`${name}=${level}`] = Float64Array.from(column as string[], (value) => (value === level ? 1 : 0));
}
const fileOfFolds = JSON.parse(readFileSync(new URL("../test/golden/telco-folds.json", import.meta.url), "utf8"));
const folds = foldsFrom([...fileOfFolds.folds].map(Number));
const trees = { loss: "logistic", trees: 120, leaves: 4, l2: 5, columnSample: 0.5 } as const;

/** The calibration of each fold is learnt from the others. */
function calibrated(predictions: Float64Array, method: "platt" | "beta" | "isotonic"): Float64Array {
  const output = new Float64Array(label.length);
  for (const { training, testing } of folds) {
    const pick = (values: ArrayLike<number>, rows: Int32Array): Float64Array =>
      Float64Array.from(rows, (row) => values[row]);
    const calibrator = fitCalibrator(method, pick(label, training), pick(predictions, training));
    calibrate(calibrator, pick(predictions, testing)).forEach((value, at) => {
      output[testing[at]] = value;
    });
  }
  return output;
}

/** The median time of five runs, and of the processor in them, in milliseconds. */
function timed(action: () => void): string {
  const runs = Array.from({ length: 5 }, () => {
    const used = process.cpuUsage();
    const start = performance.now();
    action();
    return [performance.now() - start, process.cpuUsage(used).user / 1000];
  });
  const middle = (of: number): string =>
    runs
      .map((run) => run[of])
      .sort((a, b) => a - b)[2]
      .toFixed(0);
  return `${middle(0)} ms (CPU ${middle(1)} ms)`;
}

const cases: [string, Learner, Columns][] = [
  ["logistic, 19 columns of numbers and text", logisticRegression({ missing: "impute" }), columns],
  ["logistic, 30 columns of numbers", logisticRegression({ missing: "impute" }), indicators],
  ["trees, 19 columns of numbers and text", histogramTrees(trees), columns],
  ["trees, 30 columns of numbers", histogramTrees(trees), indicators],
  ["forest, 30 columns of numbers", randomForest({ trees: 200, leafRows: 10 }), indicators],
];
console.log(`${label.length} rows, ${Object.keys(indicators).length} indicator columns, ${folds.length} folds`);
for (const [name, learner, table] of cases) {
  const { predictions } = await crossValidate(learner, table, label, folds);
  const perFold = folds.map(({ testing }) =>
    auc(
      Array.from(testing, (row) => label[row]),
      Array.from(testing, (row) => predictions[row]),
    ),
  );
  const beta = calibrated(predictions, "beta");
  const { training } = folds[0];
  const own = takeRows(table, training);
  const target = Float64Array.from(training, (row) => label[row]);
  console.log(
    `${name}: AUC ${(perFold.reduce((sum, value) => sum + value, 0) / folds.length).toFixed(4)} (folds' mean), ` +
      `Brier ${brier(label, predictions).toFixed(4)}, log loss ${logLoss(label, predictions).toFixed(4)}, ECE ${calibrationError(label, predictions).toFixed(4)}; ` +
      `after beta calibration Brier ${brier(label, beta).toFixed(4)}, ECE ${calibrationError(label, beta).toFixed(4)}; ` +
      `one fit of ${training.length} rows ${timed(() => learner.fit(own, target))}`,
  );
  if (name.startsWith("trees, 30")) {
    const { estimate, lower, upper } = await bootstrapInterval(label, predictions, auc, { samples: 100 });
    console.log(`  AUC over all rows ${estimate.toFixed(4)}, 95 % interval ${lower.toFixed(4)} to ${upper.toFixed(4)}`);
  }
}
console.log(`columns that alone tell churn: ${leakageWarnings(columns, label).length}`);
