/** What a number of a business is: a flow over a period, a stock at its end, a rate, a price, or a score. */
export type MetricKind = "flow" | "stock" | "rate" | "price" | "score";

/** How the values within one period become one: `count` and `distinctCount` take any cell that is not empty, the others numbers. */
export type AggregationRule = "sum" | "mean" | "last" | "first" | "min" | "max" | "count" | "distinctCount";

/**
 * From where a value is no longer good: a level, or `{ deviation }`, the share of a reference (plan, last year) that the value
 * may be worse than it (or away from it, where no direction is good).
 */
export type Threshold = number | { readonly deviation: number };

/** One metric of a department. */
export interface MetricDefinition {
  /** `"GBP"`, `"orders"`, `"1"` for a share. */
  readonly unit: string;
  readonly kind: MetricKind;
  readonly description?: string;
  /** The direction in which the metric is better. Default: neither. */
  readonly good?: "up" | "down";
  /** The least value that a row may hold. */
  readonly minimum?: number;
  /** The greatest value that a row may hold. */
  readonly maximum?: number;
  /** Default by kind: a flow is summed, a stock is its last value, a rate, price or score its mean. */
  readonly aggregate?: AggregationRule;
  /** A value worse than this calls for a look. Of one form with `critical`, and before it. */
  readonly warning?: Threshold;
  /** A value worse than this calls for action. */
  readonly critical?: Threshold;
  /** Where the definition comes from: a standard or a textbook. */
  readonly source?: string;
  /**
   * What the metric equals, as a formula over metrics of its department or, as `department.metric`, of others. It is checked
   * where all of them are there.
   */
  readonly formula?: string;
  /** How far metric and formula may differ, as `tolerance x max(1, |metric|, |formula|)`. Default 1e-6. */
  readonly tolerance?: number;
  /** What must hold between the metric and others: `"clicks <= impressions"`. */
  readonly holds?: readonly string[];
}

/** Names that no metric can have: those of a row's date and of JavaScript's own. */
export const reservedNames: ReadonlySet<string> = new Set(["", "date", "__proto__", "constructor", "prototype"]);

/** The rule by which a metric is aggregated: its own, or the default of its kind. */
export function aggregationRule(definition: MetricDefinition): AggregationRule {
  return definition.aggregate ?? (definition.kind === "flow" ? "sum" : definition.kind === "stock" ? "last" : "mean");
}
