import { type Issue, TwinError, unknownName } from "@sage-twin/kernel";
import { type Department, department } from "./department.js";
import { isForeign, parseFormula } from "./formula-names.js";
import type { MetricDefinition } from "./metric.js";
import { requireDepartment } from "./require-department.js";

/** The currency that the units of the catalogues name. */
const catalogueCurrency = "USD";

/**
 * A department with more metrics; one of a known name takes the place of the old definition. Throws a `TwinError` as
 * `department` does.
 *
 * @example
 * ```ts
 * import { extendDepartment, pickMetrics, revenueDepartment } from "@sage-twin/schemas";
 *
 * const shop = extendDepartment(pickMetrics(revenueDepartment, ["revenue", "orders"]), {
 *   vouchers: { unit: "USD", kind: "flow", good: "up", holds: ["vouchers <= revenue"] },
 * });
 * Object.keys(shop.metrics); // => ["revenue", "orders", "vouchers"]
 * ```
 */
export function extendDepartment<Metric extends string, const More extends Record<string, MetricDefinition>>(
  base: Department<Metric>,
  metrics: More,
): Department<Metric | (keyof More & string)> {
  requireDepartment(base);
  return department(base.name, { ...base.metrics, ...metrics } as Record<
    Metric | (keyof More & string),
    MetricDefinition
  >);
}

/**
 * The department with some of its metrics, in the order given; formulas that need others are left out. Throws a `TwinError` that
 * names the near metric for each unknown one.
 *
 * @example
 * ```ts
 * import { pickMetrics, revenueDepartment } from "@sage-twin/schemas";
 *
 * Object.keys(pickMetrics(revenueDepartment, ["revenue", "costs"]).metrics); // => ["revenue", "costs"]
 * ```
 */
export function pickMetrics<Metric extends string, const Picked extends Metric>(
  base: Department<Metric>,
  metrics: readonly Picked[],
): Department<Picked> {
  requireDepartment(base);
  const known = Object.keys(base.metrics);
  const issues: Issue[] = metrics.flatMap((metric, index) =>
    Object.hasOwn(base.metrics, metric) ? [] : unknownName("metric", String(metric), known, [index]).issues,
  );
  if (issues.length > 0) throw new TwinError(issues);
  const kept = (text: string): boolean =>
    parseFormula(text, ["formula"]).names.every((name) => isForeign(name) || metrics.includes(name as Picked));
  const picked = metrics.map((metric): [string, MetricDefinition] => {
    const { formula, holds, ...rest } = base.metrics[metric];
    const rules = holds?.filter(kept) ?? [];
    return [
      metric,
      {
        ...rest,
        ...(formula !== undefined && kept(formula) ? { formula } : {}),
        ...(rules.length > 0 ? { holds: rules } : {}),
      },
    ];
  });
  return department(base.name, Object.fromEntries(picked) as Record<Picked, MetricDefinition>);
}

/**
 * The department with its money in another currency: in every unit, `"USD"` (the catalogues' default) becomes `currency`. No
 * value is converted.
 *
 * @example
 * ```ts
 * import { inCurrency, revenueDepartment } from "@sage-twin/schemas";
 *
 * inCurrency(revenueDepartment, { currency: "GBP" }).metrics.averageOrderValue.unit; // => "GBP/order"
 * ```
 */
export function inCurrency<Metric extends string>(
  base: Department<Metric>,
  { currency }: { readonly currency: string },
): Department<Metric> {
  requireDepartment(base);
  if (typeof currency !== "string" || !/^[A-Z]{3}$/.test(currency)) {
    throw new TwinError({
      code: "invalid-argument",
      path: ["currency"],
      message: `'${String(currency).slice(0, 40)}' is not a currency`,
      fix: 'give its ISO 4217 code, such as "GBP"',
    });
  }
  const units = Object.entries<MetricDefinition>(base.metrics).map(([metric, { unit, ...rest }]) => [
    metric,
    { ...rest, unit: unit.replaceAll(new RegExp(`\\b${catalogueCurrency}\\b`, "g"), currency) },
  ]);
  return department(base.name, Object.fromEntries(units) as Record<Metric, MetricDefinition>);
}
