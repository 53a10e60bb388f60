import type { ErrorCode, Shape } from "@sage-twin/kernel";
import {
  arrayShape,
  booleanShape,
  numberShape,
  objectShape,
  optionalShape,
  recordShape,
  textShape,
} from "@sage-twin/kernel";
import type { QualityReport } from "./quality.js";

/** The shape of a saved quality report. */
export const qualityShape: Shape<QualityReport> = /* @__PURE__ */ objectShape({
  rowsRead: numberShape,
  rowsAccepted: numberShape,
  rowsRejected: numberShape,
  reasons: arrayShape(
    objectShape({
      code: textShape as Shape<ErrorCode>,
      column: optionalShape(textShape),
      reason: textShape,
      count: numberShape,
      examples: arrayShape(objectShape({ row: numberShape, message: textShape })),
    }),
  ),
  duplicates: numberShape,
  unsorted: numberShape,
  ambiguousTimes: numberShape,
  gaps: arrayShape(objectShape({ from: textShape, to: textShape, periods: numberShape })),
  incomplete: arrayShape(
    objectShape({
      date: textShape,
      periods: numberShape,
      expected: numberShape,
      dropped: booleanShape,
    }),
  ),
  metrics: recordShape(
    objectShape({
      cells: objectShape({
        read: numberShape,
        empty: numberShape,
        invalid: numberShape,
      }),
      missing: numberShape,
      outliers: numberShape,
      constant: booleanShape,
      completeness: numberShape,
      validity: numberShape,
      score: numberShape,
    }),
  ),
  score: numberShape,
}) as Shape<QualityReport>;
