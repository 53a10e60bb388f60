import { TwinError } from "@sage-twin/kernel";
import { checkLabelled, fallingOrder } from "./classification-scores.js";

/** Rows whose predicted probabilities are alike. */
export interface CalibrationBin {
  readonly rows: number;
  /** The mean predicted probability. */
  readonly predicted: number;
  /** The share of rows that are 1. */
  readonly observed: number;
}

/** Rows by predicted probability in `bins` equally wide bins, each with its upper bound, without the empty ones. Default: 10. */
export function calibrationCurve(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  bins = 10,
): CalibrationBin[] {
  checkLabelled(labels, probabilities, 0, 1);
  checkParts(bins, "bins");
  const sums = Array.from({ length: bins }, () => ({ rows: 0, predicted: 0, ones: 0 }));
  for (let row = 0; row < labels.length; row++) {
    const bin = sums[Math.max(0, Math.ceil(probabilities[row] * bins) - 1)];
    bin.rows++;
    bin.predicted += probabilities[row];
    bin.ones += labels[row];
  }
  return sums
    .filter(({ rows }) => rows > 0)
    .map(({ rows, predicted, ones }) => ({ rows, predicted: predicted / rows, observed: ones / rows }));
}

/**
 * The expected calibration error: the mean distance between predicted and observed over the bins of `calibrationCurve`, weighted by their rows (Naeini, Cooper and Hauskrecht 2015).
 *
 * @example
 * ```ts
 * import { calibrationError } from "@sage-twin/numerics";
 *
 * calibrationError([0, 1, 1, 1], [0.2, 0.2, 0.9, 0.9]).toFixed(2); // => "0.20"
 * ```
 */
export function calibrationError(labels: ArrayLike<number>, probabilities: ArrayLike<number>, bins = 10): number {
  return calibrationCurve(labels, probabilities, bins).reduce(
    (sum, { rows, predicted, observed }) => sum + (rows / labels.length) * Math.abs(predicted - observed),
    0,
  );
}

/** The parts of a Brier score; `reliability - resolution + uncertainty + within` is the score. */
export interface BrierParts {
  /** How far predicted and observed shares are apart in the bins: 0 is best. */
  readonly reliability: number;
  /** How far the observed shares of the bins are from that of all rows: more is better. */
  readonly resolution: number;
  /** What always predicting the share of 1 would score. */
  readonly uncertainty: number;
  /** What the spread of predictions within the bins adds (Stephenson, Coelho and Jolliffe 2008). */
  readonly within: number;
}

/** The Brier score in parts (Murphy 1973), over the bins of `calibrationCurve`. */
export function brierParts(labels: ArrayLike<number>, probabilities: ArrayLike<number>, bins = 10): BrierParts {
  const curve = calibrationCurve(labels, probabilities, bins);
  const size = labels.length;
  const share = curve.reduce((sum, { rows, observed }) => sum + (rows / size) * observed, 0);
  const mean = (of: (bin: CalibrationBin) => number): number =>
    curve.reduce((sum, bin) => sum + (bin.rows / size) * of(bin), 0);
  const reliability = mean(({ predicted, observed }) => (predicted - observed) * (predicted - observed));
  const resolution = mean(({ observed }) => (observed - share) * (observed - share));
  const uncertainty = share * (1 - share);
  let score = 0;
  for (let row = 0; row < size; row++)
    score += ((probabilities[row] - labels[row]) * (probabilities[row] - labels[row])) / size;
  return { reliability, resolution, uncertainty, within: score - reliability + resolution - uncertainty };
}

/** The rows with the highest scores, up to one share of all. */
export interface LiftPoint {
  /** How many of the rows, the highest scores first. */
  readonly rows: number;
  /** Of all rows. */
  readonly share: number;
  /** The share of all rows of 1 that are among them: the gains curve. */
  readonly captured: number;
  /** How many times as frequent 1 is among them as among all rows. */
  readonly lift: number;
}

/** Lift and gains of the highest-scored rows, for `parts` equally large parts added one after another. Default: 10. */
export function liftCurve(labels: ArrayLike<number>, scores: ArrayLike<number>, parts = 10): LiftPoint[] {
  checkLabelled(labels, scores, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  checkParts(parts, "parts");
  const order = fallingOrder(scores);
  const ones = order.reduce((sum, row) => sum + labels[row], 0);
  let found = 0;
  let at = 0;
  return Array.from({ length: parts }, (_, part) => {
    const rows = Math.round(((part + 1) * order.length) / parts);
    for (; at < rows; at++) found += labels[order[at]];
    const share = rows / order.length;
    return { rows, share, captured: found / ones, lift: found / rows / (ones / order.length) };
  });
}

function checkParts(parts: number, name: string): void {
  if (Number.isInteger(parts) && parts >= 1 && parts <= 10_000) return;
  throw new TwinError({
    code: "invalid-argument",
    path: [name],
    message: `${parts} is not a whole number from 1 to 10000`,
    fix: "give such a number",
  });
}
