import { type Issue, TwinError } from "@sage-twin/kernel";
import { checkDefinition, formulaIssues, issuesOf } from "./check-definition.js";
import { type MetricDefinition, reservedNames } from "./metric.js";

/** A part of the business and the metrics it is known by. */
export interface Department<Metric extends string = string> {
  readonly name: string;
  readonly metrics: Readonly<Record<Metric, MetricDefinition>>;
}

/**
 * Declares a department: its name and its metrics, checked and frozen. The names of the metrics flow into the types.
 * Throws a `TwinError` with every issue: a definition that does not hold, or a name that cannot be a metric's.
 *
 * @example
 * ```ts
 * import { department } from "@sage-twin/schemas";
 *
 * const revenue = department("revenue", {
 *   sales: { unit: "GBP", kind: "flow", good: "up" },
 *   orders: { unit: "orders", kind: "flow", good: "up", minimum: 0 },
 *   orderValue: { unit: "GBP/order", kind: "rate", formula: "sales / orders" },
 * });
 * Object.keys(revenue.metrics); // => ["sales", "orders", "orderValue"]
 * ```
 */
export function department<const Metrics extends Record<string, MetricDefinition>>(
  name: string,
  metrics: Metrics,
): Department<keyof Metrics & string> {
  const issues: Issue[] = [];
  const refuse = (path: string[], message: string, fix: string): void => {
    issues.push({ code: "invalid-argument", path, message, fix });
  };
  if (typeof name !== "string" || reservedNames.has(name))
    refuse(["name"], `'${name}' cannot be a name`, "give another");
  const entries = typeof metrics === "object" && metrics !== null ? Object.entries(metrics) : [];
  if (entries.length === 0) refuse(["metrics"], "there are no metrics", "define at least one");
  const names = entries.map(([metric]) => metric);
  const definitions = entries.map(([metric, definition]): [string, MetricDefinition] => {
    const path = ["metrics", metric];
    if (reservedNames.has(metric)) refuse(path, `'${metric}' cannot be a metric's name`, "rename it");
    try {
      const checked = checkDefinition(definition, path);
      issues.push(...formulaIssues(checked, names, path));
      return [metric, Object.freeze(checked)];
    } catch (error) {
      issues.push(...issuesOf(error));
      return [metric, definition];
    }
  });
  if (issues.length > 0) throw new TwinError(issues);
  return Object.freeze({
    name,
    metrics: Object.freeze(Object.fromEntries(definitions)) as Department<keyof Metrics & string>["metrics"],
  });
}
