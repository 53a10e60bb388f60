import {
  type Columns,
  type Contributions,
  type FittedLearner,
  type FittedLinear,
  type FittedTrees,
  histogramTrees,
  type Learner,
  linearContributions,
  logisticRegression,
  treeContributions,
} from "@sage-twin/learners";

/** `"trees"`: boosted histogram trees; `"logistic"`: logistic regression with missing values imputed. */
export type ChurnLearner = "trees" | "logistic";

const fewRows = 20_000;

/** Small trees for few rows, as the churn figures in the guide are of. */
export function learnerOf(name: ChurnLearner, rows: number): Learner {
  if (name === "logistic") return logisticRegression({ missing: "impute" });
  const shape = rows <= fewRows ? { trees: 120, leaves: 4 } : { trees: 200, leaves: 8 };
  return histogramTrees({ loss: "logistic", ...shape, l2: 5, columnSample: 0.5 });
}

/** What each column adds to the log-odds of each row. */
export function contributionsOf(name: ChurnLearner, fitted: FittedLearner, columns: Columns): Contributions {
  return name === "trees"
    ? treeContributions(fitted as FittedTrees, columns)
    : linearContributions(fitted as FittedLinear, columns);
}
