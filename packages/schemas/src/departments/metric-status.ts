import { TwinError } from "@sage-twin/kernel";
import type { MetricDefinition, Threshold } from "./metric.js";

/** How a value stands against a metric's thresholds. */
export type MetricStatus = "good" | "warning" | "critical";

/**
 * How a value stands: worse than `critical`, worse than `warning`, or good; a value at a threshold is not worse than it.
 * `undefined` where the value is missing (NaN) or the metric has no thresholds. Thresholds that are a deviation need
 * `reference`, the value they are relative to; a `TwinError` says so where it is missing or 0.
 *
 * @example
 * ```ts
 * import { metricStatus, revenueDepartment, customersDepartment } from "@sage-twin/schemas";
 *
 * metricStatus(customersDepartment.metrics.nps, -5); // => "critical"
 * metricStatus(revenueDepartment.metrics.revenue, 93, { reference: 100 }); // => "warning"
 * ```
 */
export function metricStatus(
  definition: MetricDefinition,
  value: number,
  { reference }: { readonly reference?: number } = {},
): MetricStatus | undefined {
  const { good, warning, critical } = definition;
  if (Number.isNaN(value) || (warning === undefined && critical === undefined)) return undefined;
  const worse = (threshold: Threshold | undefined): boolean => {
    if (threshold === undefined) return false;
    if (typeof threshold === "number") return good === "down" ? value > threshold : value < threshold;
    if (reference === undefined || !Number.isFinite(reference) || reference === 0) {
      throw new TwinError({
        code: "invalid-argument",
        path: ["reference"],
        message: `${reference} is not a reference: the thresholds are shares of one`,
        fix: "give the plan or last year's value: { reference: 100 }",
      });
    }
    const change = (value - reference) / Math.abs(reference);
    return (good === "up" ? -change : good === "down" ? change : Math.abs(change)) > threshold.deviation;
  };
  return worse(critical) ? "critical" : worse(warning) ? "warning" : "good";
}
