import { compileColumns } from "@sage-twin/formulas";
import { type Issue, TwinError, unknownName } from "@sage-twin/kernel";
import { parseFormula } from "../departments/formula-names.js";
import { aggregationRule } from "../departments/metric.js";
import type { HierarchyOptions } from "./hierarchy-options.js";
import type { TimeTable } from "./time-table.js";

/** How the values of parts become that of the whole, for one metric. */
export type Combination =
  | { readonly metric: string; readonly how: "sum" | "min" | "max" }
  | { readonly metric: string; readonly how: "weighted"; readonly weight: string }
  | { readonly metric: string; readonly how: "formula"; readonly formula: string };

/** The combination of each metric of the tables. Throws a `TwinError` with an issue for each metric that has none. */
export function combinationsOf<Metric extends string>(
  table: TimeTable,
  { department, weights = {}, additive = [] }: HierarchyOptions<Metric>,
): Combination[] {
  const issues: Issue[] = [];
  const chosen = new Map(Object.entries<Metric | undefined>(weights));
  for (const name of [...chosen.keys(), ...additive])
    if (!Object.hasOwn(department.metrics, name))
      issues.push(...unknownName("metric", name, Object.keys(department.metrics), ["weights", name]).issues);
  const combinations = table.metrics.flatMap((metric): Combination[] => {
    const path = ["metrics", metric];
    if (!Object.hasOwn(department.metrics, metric)) {
      issues.push(...unknownName("metric", metric, Object.keys(department.metrics), path).issues);
      return [];
    }
    const definition = department.metrics[metric as Metric];
    const { kind, formula } = definition;
    const rule = aggregationRule(definition);
    const weight = chosen.get(metric);
    if (weight !== undefined) {
      if (table.metrics.includes(weight)) return [{ metric, how: "weighted", weight }];
      issues.push(...unknownName("metric", weight, table.metrics, ["weights", metric]).issues);
      return [];
    }
    if (rule === "distinctCount" && !additive.includes(metric as Metric)) {
      const message = "a key may be in two parts, so that distinct counts of parts do not add up";
      issues.push({ code: "unsupported", path, message, fix: `if none is, say so: additive: ["${metric}"]` });
      return [];
    }
    if (rule === "min" || rule === "max") return [{ metric, how: rule }];
    if (kind === "flow" || kind === "stock") return [{ metric, how: "sum" }];
    if (formula !== undefined && parseFormula(formula, path).names.every((name) => table.metrics.includes(name)))
      return [{ metric, how: "formula", formula }];
    const message = `a ${kind} is not the sum of its parts`;
    issues.push({ code: "unsupported", path, message, fix: `declare what weighs it: weights: { ${metric}: ... }` });
    return [];
  });
  if (issues.length > 0) throw new TwinError(issues);
  return combinations;
}

/** A part, where it starts within the whole, and for each weighted metric the weight that its values have. */
interface Part {
  readonly table: TimeTable;
  readonly offset: number;
  readonly weights: ReadonlyMap<string, Float64Array>;
}

/** The columns of a whole. */
interface Whole {
  readonly columns: Map<string, Float64Array>;
  /** For each weighted metric the weight of the parts whose value is known. */
  readonly weights: Map<string, Float64Array>;
  /** For each metric in how many cells it was made without a part whose value was missing. */
  readonly cells: Map<string, number>;
}

/** Makes a whole of its parts. */
export function aggregateChildren(parts: readonly Part[], length: number, combinations: readonly Combination[]): Whole {
  const columns = new Map<string, Float64Array>();
  const cells = new Map<string, number>();
  const allWeights = new Map<string, Float64Array>();
  for (const { metric } of combinations) columns.set(metric, new Float64Array(length).fill(Number.NaN));
  for (const combination of combinations) {
    if (combination.how === "formula") continue;
    const { metric } = combination;
    const output = columns.get(metric) as Float64Array;
    const weights = new Float64Array(length);
    const known = new Uint32Array(length);
    if (combination.how === "weighted") allWeights.set(metric, weights);
    for (const { table, offset, weights: own } of parts) {
      const values = table.column(metric);
      const weight = combination.how === "weighted" ? (own.get(metric) ?? table.column(combination.weight)) : undefined;
      for (let row = 0; row < values.length; row++) {
        const at = row + offset;
        const value = weight === undefined ? values[row] : values[row] * weight[row];
        if (Number.isNaN(value)) continue;
        known[at]++;
        weights[at] += weight?.[row] ?? 0;
        const held = output[at];
        if (Number.isNaN(held)) output[at] = value;
        else if (combination.how === "min") output[at] = Math.min(held, value);
        else if (combination.how === "max") output[at] = Math.max(held, value);
        else output[at] = held + value;
      }
    }
    if (combination.how === "weighted")
      for (let row = 0; row < length; row++) output[row] = weights[row] === 0 ? Number.NaN : output[row] / weights[row];
    cells.set(
      metric,
      known.reduce((sum, count) => sum + (count > 0 && count < parts.length ? 1 : 0), 0),
    );
  }
  deriveFormulas(columns, length, combinations);
  return { columns, weights: allWeights, cells };
}

/** Formulas in an order in which each finds what it is made of. */
function deriveFormulas(
  columns: Map<string, Float64Array>,
  length: number,
  combinations: readonly Combination[],
): void {
  let open = combinations.filter((one) => one.how === "formula");
  while (open.length > 0) {
    const waiting = new Set(open.map(({ metric }) => metric));
    const ready = open.filter(({ metric, formula }) =>
      parseFormula(formula, [metric]).names.every((name) => name === metric || !waiting.has(name)),
    );
    if (ready.length === 0)
      throw new TwinError({
        code: "cycle",
        path: ["metrics", open[0].metric],
        message: `the formulas of ${[...waiting].join(", ")} need one another`,
        fix: "declare a weight for one of them",
      });
    for (const { metric, formula } of ready) {
      const { expression, names } = parseFormula(formula, [metric]);
      const inputs = names.map((name) => columns.get(name) as Float64Array);
      const output = columns.get(metric) as Float64Array;
      compileColumns(expression, names)(inputs, output, length);
      for (let row = 0; row < length; row++) if (!Number.isFinite(output[row])) output[row] = Number.NaN;
    }
    open = open.filter((one) => !ready.includes(one));
  }
}
