import { formatInstant, type Issue, periodIndex, TwinError, unknownName } from "@sage-twin/kernel";
import { aggregateChildren, type Combination, combinationsOf } from "./combine-children.js";
import type { HierarchyOptions } from "./hierarchy-options.js";
import { partsOf } from "./parts-of.js";
import { TimeTable } from "./time-table.js";

/** A part of the business that has no parts of its own, by its name at each level from the top. */
export interface HierarchyLeaf<Metric extends string = string> {
  /** `["UK", "South", "Brighton"]`. */
  readonly path: readonly string[];
  readonly table: TimeTable<Metric>;
}

/** A total that was given and differs from that of its parts. */
export interface TotalDifference {
  readonly path: readonly string[];
  readonly metric: string;
  readonly date: string;
  readonly given: number;
  readonly derived: number;
}

/** Periods in which a total was made without some of its parts, whose value was missing. */
export interface PartialTotal {
  readonly path: readonly string[];
  readonly metric: string;
  readonly cells: number;
}

/** A tree of tables. A sum or count of a node is that of its children, added up in their order, to the last bit. */
export interface Hierarchy<Metric extends string = string> {
  readonly levels: readonly string[];
  readonly partial: readonly PartialTotal[];
  /** The paths of one level, or of all nodes but the root, parents before children. */
  paths(level?: string): readonly (readonly string[])[];
  /** The paths one level below a path; those of the top level for `[]`. */
  children(path: readonly string[]): readonly (readonly string[])[];
  /** The table of a node; of all leaves together for `[]`. */
  table(path?: readonly string[]): TimeTable<Metric>;
  /** Where given totals differ from those of their parts by more than `tolerance` x the larger; default 1e-9. */
  check(given: Iterable<HierarchyLeaf<Metric>>, options?: { readonly tolerance?: number }): readonly TotalDifference[];
}

interface Node {
  readonly path: readonly string[];
  readonly children: Map<string, Node>;
  table?: TimeTable;
  weights?: ReadonlyMap<string, Float64Array>;
}

/**
 * Builds the totals of a hierarchy from the tables of its leaves: flows and stocks are summed, smallest and largest values kept as
 * such, rates, prices and scores weighted or computed from their formula. Leaves may span different periods, of one frequency.
 * Throws a `TwinError` with every issue: a path of another length, twice, or of empty names; tables that do not fit; a metric that
 * cannot be totalled.
 *
 * @example
 * ```ts
 * import { department, hierarchy, TimeTable } from "@sage-twin/schemas";
 *
 * const shops = department("shops", {
 *   visits: { unit: "visits", kind: "flow" },
 *   conversion: { unit: "1", kind: "rate" },
 * });
 * const shop = (visits: number, conversion: number) =>
 *   TimeTable.of({ frequency: "M", start: "2026-01", columns: { visits: [visits], conversion: [conversion] } });
 * const tree = hierarchy(
 *   [
 *     { path: ["UK", "Leeds"], table: shop(100, 0.1) },
 *     { path: ["UK", "York"], table: shop(300, 0.3) },
 *   ],
 *   { levels: ["country", "shop"], department: shops, weights: { conversion: "visits" } },
 * );
 * [...tree.table(["UK"]).rows()]; // => [{ date: "2026-01-01", visits: 400, conversion: 0.25 }]
 * ```
 */
export function hierarchy<Metric extends string>(
  leaves: Iterable<HierarchyLeaf<Metric>>,
  options: HierarchyOptions<Metric>,
): Hierarchy<Metric> {
  const { levels } = options;
  const root: Node = { path: [], children: new Map() };
  const issues: Issue[] = [];
  for (const { path, table } of leaves) plant(root, path, table, levels, issues);
  if (root.children.size === 0)
    issues.push({ code: "invalid-data", path: ["leaves"], message: "there are no leaves", fix: "give at least one" });
  if (issues.length > 0) throw new TwinError(issues);
  const combinations = combinationsOf(firstTable(root), options);
  const partial: PartialTotal[] = [];
  total(root, combinations, partial);
  const nodeAt = (path: readonly string[]): Node => {
    let node = root;
    path.forEach((name, level) => {
      const next = node.children.get(name);
      if (next === undefined) throw unknownName(levels[level] ?? "level", name, node.children.keys(), ["path", level]);
      node = next;
    });
    return node;
  };
  const table = (path: readonly string[] = []): TimeTable<Metric> => nodeAt(path).table as TimeTable<Metric>;
  return {
    levels,
    partial,
    paths(level) {
      const depth = level === undefined ? 0 : levels.indexOf(level) + 1;
      if (level !== undefined && depth === 0) throw unknownName("level", level, levels, ["level"]);
      return [...walk(root)].filter(({ length }) => length > 0 && (depth === 0 || length === depth));
    },
    children: (path) => Array.from(nodeAt(path).children.values(), (child) => child.path),
    table,
    check(given, { tolerance = 1e-9 } = {}) {
      return Array.from(given, (total) => differences(total, table(total.path), tolerance)).flat();
    },
  };
}

function plant(
  root: Node,
  path: readonly string[],
  table: TimeTable,
  levels: readonly string[],
  issues: Issue[],
): void {
  const at = ["leaves", path.join(" > ")];
  if (path.length !== levels.length || path.some((name) => name === "")) {
    const message = `the path has ${path.filter((name) => name !== "").length} names, where there are ${levels.length} levels`;
    issues.push({ code: "invalid-data", path: at, message, fix: `give one name for each of ${levels.join(", ")}` });
    return;
  }
  let node = root;
  for (const name of path) {
    const next = node.children.get(name) ?? { path: [...node.path, name], children: new Map() };
    node.children.set(name, next);
    node = next;
  }
  const first = root.table ?? table;
  root.table = first;
  if (node.table !== undefined) issues.push({ code: "conflict", path: at, message: "the path is there twice" });
  else if (table.frequency !== first.frequency)
    issues.push({
      code: "conflict",
      path: at,
      message: `'${table.frequency}' beside '${first.frequency}'`,
      fix: "resample one of them",
    });
  else if (
    table.metrics.length !== first.metrics.length ||
    !table.metrics.every((metric) => first.metrics.includes(metric))
  )
    issues.push({
      code: "conflict",
      path: at,
      message: `it has the metrics ${table.metrics.join(", ")}, and another leaf ${first.metrics.join(", ")}`,
    });
  node.table = table;
}

function firstTable(root: Node): TimeTable {
  return root.table as TimeTable;
}

function* walk(node: Node): Generator<readonly string[]> {
  yield node.path;
  for (const child of node.children.values()) yield* walk(child);
}

function total(node: Node, combinations: readonly Combination[], partial: PartialTotal[]): TimeTable {
  if (node.children.size === 0) return node.table as TimeTable;
  const tables = Array.from(node.children.values(), (child) => total(child, combinations, partial));
  const { frequency } = tables[0];
  const firsts = tables.map(({ start }) => periodIndex(start, frequency));
  const first = Math.min(...firsts);
  const length = Math.max(...tables.map((table, index) => firsts[index] + table.length)) - first;
  const present = new Uint8Array(length);
  tables.forEach((table, index) => {
    partsOf(table).present.forEach((there, row) => {
      present[firsts[index] - first + row] |= there;
    });
  });
  const children = Array.from(node.children.values(), ({ weights = new Map() }, index) => ({
    table: tables[index],
    offset: firsts[index] - first,
    weights,
  }));
  const { columns, weights, cells } = aggregateChildren(children, length, combinations);
  node.weights = weights;
  for (const [metric, count] of cells) if (count > 0) partial.push({ path: node.path, metric, cells: count });
  const intake = {
    rowsRead: tables.reduce((sum, { quality }) => sum + quality.rowsRead, 0),
    rowsRejected: tables.reduce((sum, { quality }) => sum + quality.rowsRejected, 0),
    reasons: [],
    duplicates: 0,
    unsorted: 0,
    ambiguousTimes: 0,
    cells: new Map<string, { read: number; empty: number; invalid: number }>(),
  };
  node.table = new TimeTable({ ...partsOf(tables[0]), first, columns, present, intake, incomplete: [], imputed: [] });
  return node.table;
}

function differences(given: HierarchyLeaf, derived: TimeTable, tolerance: number): TotalDifference[] {
  const { path, table } = given;
  const { frequency } = derived;
  if (table.frequency !== frequency)
    throw new TwinError({
      code: "conflict",
      path: ["given", path.join(" > ")],
      message: `'${table.frequency}' beside '${frequency}'`,
      fix: "resample one of them",
    });
  const offset = periodIndex(table.start, frequency) - periodIndex(derived.start, frequency);
  const found: TotalDifference[] = [];
  for (const metric of table.metrics) {
    const ours = derived.column(metric);
    table.column(metric).forEach((value, row) => {
      const other = ours[row + offset] ?? Number.NaN;
      const near = Math.abs(value - other) <= tolerance * Math.max(Math.abs(value), Math.abs(other));
      if (near || (Number.isNaN(value) && Number.isNaN(other))) return;
      const date = formatInstant(table.instant(row), frequency);
      found.push({ path, metric, date, given: value, derived: other });
    });
  }
  return found;
}
