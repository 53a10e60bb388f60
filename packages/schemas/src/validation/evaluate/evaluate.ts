import type { Clock } from "@sage-twin/kernel";
import type { ColumnView } from "../column-view.js";
import type { Expectation } from "../expectation.js";
import { evaluateConforms, evaluateCustom } from "./code.js";
import { evaluateHolds, evaluateIdentity } from "./formulas.js";
import type { RowOutcome, TableOutcome } from "./outcome.js";
import { evaluateMonotone, evaluateNoJump } from "./sequences.js";
import { evaluateDistribution, evaluateFreshness, evaluateRowCount } from "./tables.js";
import { evaluateBetween, evaluateInSet, evaluateMatches, evaluateNotNull, evaluateUnique } from "./values.js";

/** What an evaluation may need besides the columns. */
export interface EvaluationContext {
  readonly clock: Clock | undefined;
  /** The row objects, where the data are some. */
  readonly rows: readonly unknown[] | undefined;
  /** Tells that work goes on; throws where it is to stop. */
  readonly tick: () => Promise<void>;
}

/** What an expectation finds in the columns; it throws where it cannot be evaluated. */
export function evaluate(
  expectation: Expectation,
  view: ColumnView,
  { clock, rows, tick }: EvaluationContext,
): RowOutcome | TableOutcome | Promise<RowOutcome | TableOutcome> {
  switch (expectation.kind) {
    case "notNull":
      return evaluateNotNull(expectation, view);
    case "between":
      return evaluateBetween(expectation, view);
    case "unique":
      return evaluateUnique(expectation, view);
    case "inSet":
      return evaluateInSet(expectation, view);
    case "matches":
      return evaluateMatches(expectation, view);
    case "monotone":
      return evaluateMonotone(expectation, view);
    case "noJump":
      return evaluateNoJump(expectation, view);
    case "freshness":
      return evaluateFreshness(expectation, view, clock);
    case "rowCount":
      return evaluateRowCount(expectation, view);
    case "distribution":
      return evaluateDistribution(expectation, view);
    case "identity":
      return evaluateIdentity(expectation, view);
    case "holds":
      return evaluateHolds(expectation, view);
    case "conforms":
      return evaluateConforms(expectation, view, rows, tick);
    case "custom":
      return evaluateCustom(expectation, view);
  }
}
