import { type Clock, type Issue, periodIndex, pow, TwinError, unknownName } from "@sage-twin/kernel";
import type { Department } from "../departments/department.js";
import { requireDepartment } from "../departments/require-department.js";
import type { TimeTable } from "../tables/time-table.js";
import { requireTable, viewOf } from "../validation/column-view.js";
import { departmentRules } from "../validation/department-expectations.js";
import { evaluateHolds, evaluateIdentity } from "../validation/evaluate/formulas.js";
import { missing, unexpected } from "../validation/evaluate/outcome.js";
import { scoreOf, tableScore } from "./quality.js";

/** What data can be good or bad in. */
export type QualityDimension = "completeness" | "validity" | "uniqueness" | "timeliness" | "consistency";

/** How good data are in one dimension. */
export interface DimensionScore {
  /** 0..1; null where it was not judged. */
  readonly value: number | null;
  /** How it is computed, over the figures; or why it was not judged. */
  readonly formula: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** The five dimensions of something. */
export type Dimensions = Readonly<Record<QualityDimension, DimensionScore>>;

/** The quality of one column. */
export interface ColumnQuality {
  readonly dimensions: Dimensions;
  /** 0..100. */
  readonly score: number;
}

/** The quality of a department's table and its columns. Plain JSON. */
export interface TableQuality {
  readonly department: string;
  readonly weights: Readonly<Record<QualityDimension, number>>;
  readonly columns: Readonly<Record<string, ColumnQuality>>;
  readonly dimensions: Dimensions;
  /** 0..100. */
  readonly score: number;
  /** How the scores are computed. */
  readonly formulas: { readonly column: string; readonly table: string };
}

/** How quality is judged. */
export interface QualityOptions {
  /** What time it is; timeliness is not judged without. */
  readonly clock?: Clock;
  /** Whole periods without data after which the table is worth nothing. Default 3. */
  readonly shelfLife?: number;
  /** Whether several rows of a period are meant, to be added up; uniqueness is then not judged. Default false. */
  readonly aggregated?: boolean;
  /** The exponent of each dimension in a column's score. Default 1 each; 0 leaves it out. */
  readonly weights?: Partial<Readonly<Record<QualityDimension, number>>>;
}

const dimensionNames = ["completeness", "validity", "uniqueness", "timeliness", "consistency"] as const;

/**
 * How good a department's table is, per column and as a whole, in five dimensions that each show their formula. Completeness and
 * validity are those of `table.quality`, whose scores are the same where nothing else is judged. Throws a `TwinError` for a
 * column that the department does not have, or weights that are none.
 *
 * - completeness: 1 - missing periods / periods.
 * - validity: 1 - invalid cells / filled cells; of the table, x rows accepted / rows read.
 * - uniqueness: 1 - rows in a period that already had one / rows accepted.
 * - timeliness: max(0, 1 - age / shelf life), in whole periods (Ballou, Wang, Pazer and Tayi 1998).
 * - consistency: 1 - broken rules / rules checked, over all periods, of the department's identities and inequalities.
 *
 * @example
 * ```ts
 * import { department, tableQuality, TimeTable } from "@sage-twin/schemas";
 *
 * const shop = department("shop", {
 *   visits: { unit: "visits", kind: "flow" },
 *   orders: { unit: "orders", kind: "flow", holds: ["orders <= visits"] },
 * });
 * const columns = { visits: [10, 20, NaN, 40], orders: [1, 30, 3, 4] };
 * const quality = tableQuality(shop, TimeTable.of({ frequency: "M", start: "2026-01", columns }));
 * quality.columns.visits.dimensions.completeness; // => { value: 0.75, formula: "1 - missing / periods", figures: { missing: 1, periods: 4 } }
 * quality.columns.orders.dimensions.consistency.figures; // => { broken: 1, checked: 3 }
 * ```
 */
export function tableQuality(department: Department, table: TimeTable, options: QualityOptions = {}): TableQuality {
  requireDepartment(department);
  requireTable(table, ["table"]);
  const { clock, shelfLife = 3, aggregated = false } = options;
  const weights = checkOptions(department, table, options);
  const { quality, metrics, length } = table;
  const uniqueness = aggregated
    ? unjudged("not judged: several rows of a period are meant")
    : share("duplicates", quality.duplicates, "accepted", quality.rowsAccepted);
  const broken = countBroken(department, table);
  const consistencyOf = (rules: readonly RuleCount[]): DimensionScore => {
    const sum = (key: "broken" | "checked"): number => rules.reduce((total, rule) => total + rule[key], 0);
    return sum("checked") === 0
      ? unjudged("not judged: no rule of the department could be checked")
      : share("broken", sum("broken"), "checked", sum("checked"));
  };
  const columns: Record<string, ColumnQuality> = {};
  for (const metric of metrics) {
    const { cells, missing: absent, completeness, validity } = quality.metrics[metric];
    const dimensions: Dimensions = {
      completeness: { ...share("missing", absent, "periods", length), value: completeness },
      validity: { ...share("invalid", cells.invalid, "filled", cells.read - cells.empty), value: validity },
      uniqueness,
      timeliness: timelinessOf(table.column(metric), table, clock, shelfLife),
      consistency: consistencyOf(broken.filter(({ names }) => names.includes(metric))),
    };
    columns[metric] = { dimensions, score: columnScore(dimensions, weights) };
  }
  const all = Object.values(columns);
  const accepted = quality.rowsRead > 0 ? quality.rowsAccepted / quality.rowsRead : 0;
  const mean = (dimension: QualityDimension): number =>
    all.reduce((sum, { dimensions }) => sum + (dimensions[dimension].value ?? 0), 0) / all.length;
  const dimensions: Dimensions = {
    completeness: { value: mean("completeness"), formula: "mean of the columns", figures: { columns: all.length } },
    validity: {
      value: mean("validity") * accepted,
      formula: "mean of the columns x accepted / read",
      figures: { columns: all.length, accepted: quality.rowsAccepted, read: quality.rowsRead },
    },
    uniqueness,
    timeliness:
      clock === undefined
        ? unjudged(noClock)
        : { value: mean("timeliness"), formula: "mean of the columns", figures: { columns: all.length } },
    consistency: consistencyOf(broken),
  };
  return {
    department: department.name,
    weights,
    columns,
    dimensions,
    score: tableScore(
      all.map(({ score }) => score),
      quality.rowsAccepted,
      quality.rowsRead,
    ),
    formulas: {
      column: `100 x ${dimensionNames.map((name) => (weights[name] === 1 ? name : `${name}^${weights[name]}`)).join(" x ")}, of those judged`,
      table: "mean of the columns' scores x rows accepted / rows read",
    },
  };
}

/** The quality of several departments and, as the mean of their scores, of all of them. */
export function overallQuality(tables: readonly TableQuality[]): {
  readonly departments: Readonly<Record<string, TableQuality>>;
  readonly score: number;
  readonly formula: string;
} {
  if (tables.length === 0)
    throw new TwinError({
      code: "invalid-argument",
      path: ["tables"],
      message: "there are none",
      fix: "give at least one",
    });
  return {
    departments: Object.fromEntries(tables.map((table) => [table.department, table])),
    score: tables.reduce((sum, { score }) => sum + score, 0) / tables.length,
    formula: "mean of the departments' scores",
  };
}

const noClock = "not judged: no clock was given";

function unjudged(formula: string): DimensionScore {
  return { value: null, formula, figures: {} };
}

/** 1 - bad / all, and 1 of nothing. */
function share(badName: string, bad: number, allName: string, all: number): DimensionScore {
  return {
    value: all > 0 ? 1 - bad / all : 1,
    formula: `1 - ${badName} / ${allName}`,
    figures: { [badName]: bad, [allName]: all },
  };
}

function columnScore(dimensions: Dimensions, weights: TableQuality["weights"]): number {
  return scoreOf(
    dimensionNames.flatMap((name) => {
      const { value } = dimensions[name];
      if (value === null || weights[name] === 0) return [];
      return [weights[name] === 1 ? value : pow(value, weights[name])];
    }),
  );
}

function timelinessOf(
  values: Float64Array,
  table: TimeTable,
  clock: Clock | undefined,
  shelfLife: number,
): DimensionScore {
  if (clock === undefined) return unjudged(noClock);
  const last = values.findLastIndex((value) => !Number.isNaN(value));
  const formula = "max(0, 1 - age / shelfLife)";
  if (last < 0) return { value: 0, formula: "0: there is no value", figures: { shelfLife } };
  const whole = periodIndex(clock.now(), table.frequency) - 1; // the last period that is over
  const age = Math.max(0, whole - (periodIndex(table.start, table.frequency) + last));
  return { value: Math.max(0, 1 - age / shelfLife), formula, figures: { age, shelfLife } };
}

interface RuleCount {
  readonly names: readonly string[];
  readonly broken: number;
  readonly checked: number;
}

/** How often each rule of the department was checked and broken; those that need a metric which the table lacks are left out. */
function countBroken(department: Department, table: TimeTable): RuleCount[] {
  const { view } = viewOf(table);
  return departmentRules(department).flatMap((rule) => {
    try {
      const { marks, columns } = rule.kind === "identity" ? evaluateIdentity(rule, view) : evaluateHolds(rule, view);
      const count = (wanted: number): number => marks.reduce((sum, mark) => sum + (mark === wanted ? 1 : 0), 0);
      return [{ names: columns, broken: count(unexpected), checked: marks.length - count(missing) }];
    } catch (error) {
      if (TwinError.isInstance(error) && error.code === "unknown-name") return [];
      throw error;
    }
  });
}

function checkOptions(
  department: Department,
  table: TimeTable,
  { weights = {}, shelfLife = 3 }: QualityOptions,
): TableQuality["weights"] {
  const issues: Issue[] = table.metrics.flatMap((metric) =>
    Object.hasOwn(department.metrics, metric)
      ? []
      : unknownName("metric", metric, Object.keys(department.metrics), [department.name]).issues,
  );
  for (const [name, weight] of Object.entries(weights)) {
    if (!dimensionNames.includes(name as QualityDimension))
      issues.push(...unknownName("dimension", name, dimensionNames, ["weights", name]).issues);
    else if (!(Number.isFinite(weight) && weight >= 0))
      issues.push({
        code: "invalid-argument",
        path: ["weights", name],
        message: `${weight} is not a weight`,
        fix: "give 0 or more",
      });
  }
  if (!(Number.isFinite(shelfLife) && shelfLife > 0))
    issues.push({
      code: "invalid-argument",
      path: ["shelfLife"],
      message: `${shelfLife} is not a number of periods above 0`,
    });
  if (issues.length > 0) throw new TwinError(issues);
  return { completeness: 1, validity: 1, uniqueness: 1, timeliness: 1, consistency: 1, ...weights };
}
