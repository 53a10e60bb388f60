import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { auc, brier, calibrate, calibrationError, fitCalibrator } from "@sage-twin/numerics";
import { describe, expect, it } from "vitest";
import {
  type Columns,
  crossValidate,
  foldsFrom,
  histogramTrees,
  type Learner,
  leakageWarnings,
  logisticRegression,
} from "../src/index.js";

const file = join(process.env.SAGE_TWIN_DATA ?? "../shared/data", "telco-churn.csv.gz");
const present = existsSync(file);
if (!present) console.log("churn.test.ts: telco-churn.csv.gz is absent, its tests are skipped: set SAGE_TWIN_DATA");

// The folds by golden/telco_folds.py: scikit-learn 1.9.1.
const folds = foldsFrom(
  [...JSON.parse(readFileSync(new URL("golden/telco-folds.json", import.meta.url), "utf8")).folds].map(Number),
);

describe.skipIf(!present)("the telephone churn table", () => {
  const [header, ...lines] = present ? gunzipSync(readFileSync(file)).toString().trim().split(/\r?\n/) : [""];
  const names = header.split(",");
  const cells = lines.map((line) => line.split(","));
  const numeric = ["tenure", "MonthlyCharges", "TotalCharges"];
  const label = cells.map((row) => (row.at(-1)?.trim() === "Yes" ? 1 : 0));
  const columns: Columns = Object.fromEntries(
    names.slice(1, -1).map((name, index) => {
      const own = cells.map((row) => row[index + 1].trim());
      return [name, numeric.includes(name) ? own.map((value) => (value === "" ? Number.NaN : Number(value))) : own];
    }),
  );

  it.each<[string, Learner, number, number]>([
    ["logistic regression", logisticRegression({ missing: "impute" }), 0.845, 0.136],
    ["trees", histogramTrees({ loss: "logistic", trees: 120, leaves: 4, l2: 5, columnSample: 0.5 }), 0.847, 0.135],
  ])("%s: area under the curve, Brier score and calibration", async (_, learner, area, score) => {
    const { predictions } = await crossValidate(learner, columns, label, folds);
    const pick = (values: ArrayLike<number>, rows: Int32Array): Float64Array =>
      Float64Array.from(rows, (row) => values[row]);
    const areas = folds.map(({ testing }) => auc(pick(label, testing), pick(predictions, testing)));
    const mean = areas.reduce((sum, value) => sum + value / areas.length, 0);
    expect(mean).toBeGreaterThan(area);
    expect(mean).toBeLessThan(0.86); // more would be a leak
    const mended = new Float64Array(label.length);
    for (const { training, testing } of folds) {
      const calibrator = fitCalibrator("beta", pick(label, training), pick(predictions, training));
      calibrate(calibrator, pick(predictions, testing)).forEach((value, at) => {
        mended[testing[at]] = value;
      });
    }
    expect(brier(label, mended)).toBeLessThan(score);
    expect(calibrationError(label, mended)).toBeLessThan(0.02);
  });

  it("no column tells churn by itself", () => {
    expect(leakageWarnings(columns, label)).toEqual([]);
  });
});
