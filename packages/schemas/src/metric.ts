/** What a number of a business is: a flow over a period, a stock at its end, a rate, a price, or a score. */
export type MetricKind = "flow" | "stock" | "rate" | "price" | "score";

/** How the values within one period become one: `count` and `distinctCount` take any cell that is not empty, the others numbers. */
export type AggregationRule = "sum" | "mean" | "last" | "first" | "min" | "max" | "count" | "distinctCount";

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
}

/** Names that no metric can have: those of a row's date and of JavaScript's own. */
export const reservedNames: ReadonlySet<string> = new Set(["", "date", "__proto__", "constructor", "prototype"]);

/** The rule by which a metric is aggregated: its own, or the default of its kind. */
export function aggregationRule(definition: MetricDefinition): AggregationRule {
  return definition.aggregate ?? (definition.kind === "flow" ? "sum" : definition.kind === "stock" ? "last" : "mean");
}
