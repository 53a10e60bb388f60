import type { Department } from "../departments/department.js";

/** How leaves become totals. */
export interface HierarchyOptions<Metric extends string> {
  /** From the top: `["country", "region", "shop"]`. */
  readonly levels: readonly string[];
  readonly department: Department<Metric>;
  /**
   * The metric that weighs a rate, price or score: a total is sum(weight x value) / sum(weight). Default: the metric's `formula` on the
   * totals; a mean without either is an issue, as means do not add up.
   */
  readonly weights?: Partial<Readonly<Record<NoInfer<Metric>, NoInfer<Metric>>>>;
  /** Distinct counts whose keys never occur in two parts, so that they add up. Default: none, and a distinct count is an issue. */
  readonly additive?: readonly NoInfer<Metric>[];
}
