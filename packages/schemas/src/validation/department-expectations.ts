import { type Frequency, type Issue, TwinError } from "@sage-twin/kernel";
import type { Department } from "../departments/department.js";
import { isForeign, parseFormula, qualifyNames } from "../departments/formula-names.js";
import type { MetricDefinition } from "../departments/metric.js";
import { requireDepartment } from "../departments/require-department.js";
import type { ColumnTable } from "../tables/column-table.js";
import type { TimeTable } from "../tables/time-table.js";
import { requireTable } from "./column-view.js";
import type { Expectation, ExpectationOf, Severity } from "./expectation.js";
import { between, holds, identity } from "./expectations.js";

type Rule = ExpectationOf<"identity"> | ExpectationOf<"holds">;

interface RuleOptions {
  /** Default `"error"`. */
  readonly severity?: Severity;
}

/** The rules that a department's metrics carry, their identities and inequalities; those that name other departments are left out. */
export function departmentRules(department: Department, options: RuleOptions = {}): readonly Rule[] {
  requireDepartment(department);
  return rulesOf(department, options).flatMap(({ rule, foreign }) => (foreign ? [] : [rule]));
}

/**
 * What a department expects of its periods: every metric within its range, and its rules.
 *
 * @example
 * ```ts
 * import { departmentExpectations, pickMetrics, revenueDepartment, validationPipeline } from "@sage-twin/schemas";
 *
 * const revenue = pickMetrics(revenueDepartment, ["revenue", "costs", "grossMargin"]);
 * const pipeline = validationPipeline("revenue").expect(...departmentExpectations(revenue));
 * const result = await pipeline.run([{ revenue: 100, costs: 60, grossMargin: 0.6 }]);
 * result.checks[2].expectation; // => "grossMargin = (revenue - costs) / revenue"
 * result.checks[2].status; // => "failed"
 * ```
 */
export function departmentExpectations(department: Department, options: RuleOptions = {}): readonly Expectation[] {
  requireDepartment(department);
  const ranges = Object.entries<MetricDefinition>(department.metrics).flatMap(([metric, { minimum, maximum }]) =>
    minimum === undefined && maximum === undefined
      ? []
      : [
          between(metric, {
            ...(minimum === undefined ? {} : { minimum }),
            ...(maximum === undefined ? {} : { maximum }),
            ...options,
          }),
        ],
  );
  return [...ranges, ...departmentRules(department, options)];
}

/**
 * The rules between departments, over columns `department.metric` as `joinTables` makes them; a rule is left out where one of its
 * departments or metrics is not among those given.
 */
export function crossDepartmentRules(departments: readonly Department[], options: RuleOptions = {}): readonly Rule[] {
  departments.forEach(requireDepartment);
  const known = new Set(
    departments.flatMap(({ name, metrics }) => Object.keys(metrics).map((metric) => `${name}.${metric}`)),
  );
  return departments.flatMap((department) =>
    rulesOf(department, options, true).flatMap(({ rule, foreign }) =>
      foreign && parseFormula(rule.formula, ["formula"]).names.every((name) => known.has(name)) ? [rule] : [],
    ),
  );
}

function rulesOf(
  { name, metrics }: Department,
  options: RuleOptions,
  qualified = false,
): { readonly rule: Rule; readonly foreign: boolean }[] {
  const text = (formula: string): string => (qualified ? qualifyNames(formula, name, ["formula"]) : formula);
  const foreign = (formula: string): boolean => parseFormula(formula, ["formula"]).names.some(isForeign);
  return Object.entries<MetricDefinition>(metrics).flatMap(([metric, { formula, tolerance, holds: texts = [] }]) => {
    const column = qualified ? `${name}.${metric}` : metric;
    const rules: { rule: Rule; foreign: boolean }[] = texts.map((inequality) => ({
      rule: holds(text(inequality), options),
      foreign: foreign(inequality),
    }));
    if (formula !== undefined) {
      const rule = identity(column, text(formula), { ...(tolerance === undefined ? {} : { tolerance }), ...options });
      rules.unshift({ rule, foreign: foreign(formula) });
    }
    return rules;
  });
}

/**
 * Tables of several departments side by side, period by period: the column `date` and every metric as `department.metric`, NaN where a
 * table does not reach. Throws a `TwinError` where frequencies differ.
 *
 * @example
 * ```ts
 * import { holds, joinTables, TimeTable, validationPipeline } from "@sage-twin/schemas";
 *
 * const customers = TimeTable.of({ frequency: "M", start: "2026-01", columns: { newCustomers: [5, 6] } });
 * const marketing = TimeTable.of({ frequency: "M", start: "2026-01", columns: { conversions: [4, 9] } });
 * const joined = joinTables({ customers, marketing });
 * const rules = validationPipeline("all").expect(holds("marketing.conversions <= customers.newCustomers"));
 * (await rules.run(joined, { detail: "complete" })).checks[0].rows; // => [1]
 * ```
 */
export function joinTables(tables: Readonly<Record<string, TimeTable>>): ColumnTable {
  const entries = Object.entries(tables);
  const [any] = entries;
  if (any === undefined) {
    throw new TwinError({
      code: "invalid-argument",
      path: ["tables"],
      message: "there are none",
      fix: "give at least one",
    });
  }
  for (const [name, table] of entries) requireTable(table, ["tables", name]);
  const frequency: Frequency = any[1].frequency;
  const issues = entries.flatMap(([name, table]): Issue[] =>
    table.frequency === frequency
      ? []
      : [
          {
            code: "conflict",
            path: ["tables", name],
            message: `'${table.frequency}' beside '${frequency}' of '${any[0]}'`,
            fix: "resample them to one frequency",
          },
        ],
  );
  if (issues.length > 0) throw new TwinError(issues);
  const dates = [...new Set(entries.flatMap(([, table]) => table.dates))].sort();
  const place = new Map(dates.map((date, row) => [date, row]));
  const columns: Record<string, string[] | Float64Array> = { date: dates };
  for (const [name, table] of entries) {
    const rows = table.dates.map((date) => place.get(date) ?? 0);
    for (const metric of table.metrics) {
      const joined = new Float64Array(dates.length).fill(Number.NaN);
      table.column(metric).forEach((value, row) => {
        joined[rows[row]] = value;
      });
      columns[`${name}.${metric}`] = joined;
    }
  }
  return columns;
}
