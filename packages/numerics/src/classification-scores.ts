import { log, TwinError } from "@sage-twin/kernel";

/** Scores of predictions of 0 and 1. `labels` holds 0 or 1 for each row, `scores` numbers that rise with the chance of 1. */

type Numbers = ArrayLike<number>;

/** Refuses labels beside 0 and 1, and predictions that are not as many finite numbers between `least` and `most`. */
export function checkLabelled(labels: Numbers, scores: Numbers, least: number, most: number): void {
  const problem = (path: (string | number)[], message: string, fix: string): never => {
    throw new TwinError({ code: "invalid-data", path, message, fix });
  };
  if (labels.length !== scores.length || labels.length === 0)
    problem(
      ["scores"],
      `${scores.length} scores for ${labels.length} labels`,
      "give one for each row, and one row at least",
    );
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] !== 0 && labels[row] !== 1)
      problem(["labels", row], `${labels[row]} is neither 0 nor 1`, "code the two outcomes as 0 and 1");
    if (!(scores[row] >= least && scores[row] <= most))
      problem(
        ["scores", row],
        `${scores[row]} is not a number from ${least} to ${most}`,
        "give such a number for each row",
      );
  }
}

/** Rows by falling score. */
export function fallingOrder(scores: Numbers): Int32Array {
  return Int32Array.from({ length: scores.length }, (_, row) => row).sort((a, b) => scores[b] - scores[a] || a - b);
}

/** Calls `visit` for each different score, falling, with how many rows up to there are 0 and 1. */
function eachThreshold(labels: Numbers, scores: Numbers, visit: (zeros: number, ones: number) => void): void {
  const order = fallingOrder(scores);
  let ones = 0;
  for (let i = 0; i < order.length; i++) {
    ones += labels[order[i]];
    if (i + 1 < order.length && scores[order[i + 1]] === scores[order[i]]) continue;
    visit(i + 1 - ones, ones);
  }
}

/**
 * The area under the receiver operating characteristic: the probability that a row of 1 scores above a row of 0, ties half (Hanley and McNeil 1982). NaN where one class is missing.
 *
 * @example
 * ```ts
 * import { auc } from "@sage-twin/numerics";
 *
 * auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // => 0.75
 * ```
 */
export function auc(labels: Numbers, scores: Numbers): number {
  checkLabelled(labels, scores, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  let pairs = 0;
  let zeros = 0;
  let ones = 0;
  eachThreshold(labels, scores, (nextZeros, nextOnes) => {
    pairs += (nextZeros - zeros) * ((ones + nextOnes) / 2);
    zeros = nextZeros;
    ones = nextOnes;
  });
  return pairs / (zeros * ones);
}

/** The mean precision over the rows of 1, at each threshold weighted by the recall gained there, without interpolation (as scikit-learn's). NaN without a 1. */
export function averagePrecision(labels: Numbers, scores: Numbers): number {
  checkLabelled(labels, scores, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  let sum = 0;
  let before = 0;
  eachThreshold(labels, scores, (zeros, ones) => {
    sum += (ones - before) * (ones / (zeros + ones));
    before = ones;
  });
  return sum / before;
}

/** The mean of minus the logarithm of the probability given to what happened; infinite where that was 0. */
export function logLoss(labels: Numbers, probabilities: Numbers): number {
  checkLabelled(labels, probabilities, 0, 1);
  let sum = 0;
  for (let row = 0; row < labels.length; row++)
    sum -= log(labels[row] === 1 ? probabilities[row] : 1 - probabilities[row]);
  return sum / labels.length;
}

/** The mean squared distance of probabilities from what happened (Brier 1950). */
export function brier(labels: Numbers, probabilities: Numbers): number {
  checkLabelled(labels, probabilities, 0, 1);
  let sum = 0;
  for (let row = 0; row < labels.length; row++)
    sum += (probabilities[row] - labels[row]) * (probabilities[row] - labels[row]);
  return sum / labels.length;
}

/** The share of the variance of `actual` that `predicted` explains, 1 - squared errors over squared distances from the mean; NaN where all are equal. */
export function rSquared(actual: Numbers, predicted: Numbers): number {
  let mean = 0;
  for (let row = 0; row < actual.length; row++) mean += (actual[row] - mean) / (row + 1);
  let errors = 0;
  let spread = 0;
  for (let row = 0; row < actual.length; row++) {
    errors += (actual[row] - predicted[row]) * (actual[row] - predicted[row]);
    spread += (actual[row] - mean) * (actual[row] - mean);
  }
  return spread > 0 ? 1 - errors / spread : Number.NaN;
}
