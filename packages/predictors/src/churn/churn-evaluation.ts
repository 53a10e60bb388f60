import { arrayShape, choiceShape, numberShape, objectShape, type Shape } from "@sage-twin/kernel";
import {
  auc,
  averagePrecision,
  brier,
  type CalibrationBin,
  calibrationCurve,
  calibrationError,
  type LiftPoint,
  liftCurve,
  logLoss,
} from "@sage-twin/numerics";

/** How good predictions of rows were that the model had not learnt from. */
export interface ChurnEvaluation {
  /** `"out of fold"`: each row by models of the other folds; `"out of time"`: the last instant's customers by what earlier ones showed. */
  readonly how: "out of fold" | "out of time";
  readonly rows: number;
  /** The share that left. */
  readonly share: number;
  readonly auc: number;
  readonly averagePrecision: number;
  readonly brier: number;
  readonly logLoss: number;
  /** The expected calibration error over ten bins. */
  readonly calibrationError: number;
  readonly calibration: readonly CalibrationBin[];
  /** Lift and gains by tenths of the customers, the most endangered first. */
  readonly lift: readonly LiftPoint[];
}

const number = numberShape;

export const evaluationShape: Shape<ChurnEvaluation> = /* @__PURE__ */ objectShape({
  how: /* @__PURE__ */ choiceShape("out of fold", "out of time"),
  rows: number,
  share: number,
  auc: number,
  averagePrecision: number,
  brier: number,
  logLoss: number,
  calibrationError: number,
  calibration: /* @__PURE__ */ arrayShape(
    /* @__PURE__ */ objectShape({ rows: number, predicted: number, observed: number }),
  ),
  lift: /* @__PURE__ */ arrayShape(
    /* @__PURE__ */ objectShape({ rows: number, share: number, captured: number, lift: number }),
  ),
});

const nearest = 1e-12;

/** Scores calibrated probabilities of rows not learnt from; both classes must be among them. */
export function evaluateChurn(
  how: ChurnEvaluation["how"],
  labels: Float64Array,
  probabilities: Float64Array,
): ChurnEvaluation {
  return {
    how,
    rows: labels.length,
    share: labels.reduce((sum, label) => sum + label, 0) / labels.length,
    auc: auc(labels, probabilities),
    averagePrecision: averagePrecision(labels, probabilities),
    brier: brier(labels, probabilities),
    logLoss: logLoss(
      labels,
      probabilities.map((p) => Math.min(1 - nearest, Math.max(nearest, p))),
    ),
    calibrationError: calibrationError(labels, probabilities),
    calibration: calibrationCurve(labels, probabilities),
    lift: liftCurve(labels, probabilities, Math.min(10, labels.length)),
  };
}
