import { type Issue, TwinError, unknownName } from "@sage-twin/kernel";
import { extendDepartment } from "./change-department.js";
import type { Department } from "./department.js";
import type { MetricDefinition } from "./metric.js";
import { requireDepartment } from "./require-department.js";

/**
 * The marketing department with its spend by channel: a metric `<channel>Spend` for each, and the rule that they add up to `spend`.
 * Throws a `TwinError` for a channel that is there twice or whose name a formula could not hold.
 *
 * @example
 * ```ts
 * import { marketingDepartment, withChannels } from "@sage-twin/schemas";
 *
 * const marketing = withChannels(marketingDepartment, ["search", "social"]);
 * marketing.metrics.searchSpend.unit; // => "USD"
 * marketing.metrics.spend.formula; // => "searchSpend + socialSpend"
 * ```
 */
export function withChannels<Metric extends string, const Channel extends string>(
  base: Department<Metric | "spend">,
  channels: readonly Channel[],
): Department<Metric | "spend" | `${Channel}Spend`> {
  requireDepartment(base);
  if (!Object.hasOwn(base.metrics, "spend"))
    throw unknownName("metric", "spend", Object.keys(base.metrics), [base.name]);
  const metrics: Record<string, MetricDefinition> = {};
  const issues: Issue[] = [];
  const { formula: _, ...spend } = base.metrics.spend;
  channels.forEach((channel, index) => {
    const key = `${channel}Spend`;
    const wrong = !/^[A-Za-z_]\w*$/.test(channel)
      ? "is not a name: letters, digits and _, a letter first"
      : Object.hasOwn(metrics, key) || Object.hasOwn(base.metrics, key)
        ? "is there twice"
        : undefined;
    if (wrong === undefined) metrics[key] = { ...spend, description: `Spend on the channel ${channel}` };
    else issues.push({ code: "invalid-argument", path: ["channels", index], message: `'${channel}' ${wrong}` });
  });
  if (channels.length === 0) issues.push({ code: "invalid-argument", path: ["channels"], message: "there are none" });
  if (issues.length > 0) throw new TwinError(issues);
  const total = { ...spend, formula: Object.keys(metrics).join(" + "), tolerance: 0.005 };
  return extendDepartment(base, { spend: total, ...metrics }) as Department<Metric | "spend" | `${Channel}Spend`>;
}
