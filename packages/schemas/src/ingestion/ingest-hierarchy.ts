import { type Issue, TwinError } from "@sage-twin/kernel";
import { type Hierarchy, type HierarchyLeaf, hierarchy } from "../tables/hierarchy.js";
import type { HierarchyOptions } from "../tables/hierarchy-options.js";
import type { TimeTable } from "../tables/time-table.js";
import type { Batch } from "./batch.js";
import type { IngestOptions } from "./ingest-options.js";
import { Intake } from "./intake.js";
import { RowReader } from "./row-reader.js";
import { type IngestSource, openSource } from "./source.js";

/**
 * Reads rows that name their place in a hierarchy, one column per level, into a table for each leaf and totals for each node
 * above. Throws a `TwinError` with all issues, as `ingest` and `hierarchy` do; a row
 * with a level that is empty, or that cannot be read at all, is an issue whatever `invalid` says.
 *
 * @example
 * ```ts
 * import { department, ingestHierarchy } from "@sage-twin/schemas";
 *
 * const shop = department("shop", { sales: { unit: "GBP", kind: "flow" } });
 * const csv = "date,country,shop,sales\n2026-01-05,UK,Leeds,1\n2026-01-05,UK,York,2\n2026-01-05,FR,Lyon,4";
 * const tree = await ingestHierarchy(csv, { schema: shop, frequency: "D", levels: ["country", "shop"] });
 * [tree.table(["UK"]).column("sales")[0], tree.table().column("sales")[0]]; // => [3, 7]
 * ```
 */
export async function ingestHierarchy<Metric extends string>(
  source: IngestSource,
  options: IngestOptions<Metric> & Omit<HierarchyOptions<Metric>, "department">,
): Promise<Hierarchy<Metric>> {
  const { levels, schema, weights = {}, additive = [] } = options;
  const first = await RowReader.open(options, levels);
  const leaves = new Map<string, { path: string[]; reader: RowReader; intake: Intake }>();
  const issues: Issue[] = [];
  const report = (found: readonly Issue[]): void => {
    issues.push(...found);
  };
  try {
    for await (const batch of openSource(source, { choose: first.choose, report }, options)) {
      for (const { row, message } of batch.faults) issues.push({ code: "invalid-data", path: ["rows", row], message });
      for (const [key, part] of partsOf(batch, levels, issues)) {
        let leaf = leaves.get(key);
        if (leaf === undefined) {
          const reader = await RowReader.open({ ...options, columns: first.columns, time: first.timeName }, levels);
          leaf = { path: JSON.parse(key) as string[], reader, intake: new Intake(options, reader) };
          leaves.set(key, leaf);
        }
        leaf.intake.add(part);
      }
    }
  } catch (error) {
    if (!TwinError.isInstance(error)) throw error;
    issues.push(...error.issues);
  }
  const tables: HierarchyLeaf<Metric>[] = [];
  for (const { path, intake } of leaves.values()) {
    try {
      tables.push({ path, table: intake.table() as TimeTable<Metric> });
    } catch (error) {
      if (!TwinError.isInstance(error)) throw error;
      issues.push(...error.issues);
    }
  }
  if (issues.length > 0) throw new TwinError(issues);
  return hierarchy(tables, { levels, department: schema, weights, additive });
}

/** The rows of a batch by the names of their levels. */
function partsOf(batch: Batch, levels: readonly string[], issues: Issue[]): Map<string, Batch> {
  const places = new Map<string, number[]>();
  for (let at = 0; at < batch.rows.length; at++) {
    const path = levels.map((_, level) => batch.columns[level + 1][at]);
    const empty = path.findIndex((name) => name === undefined || name === null || name === "");
    if (empty >= 0)
      issues.push({
        code: "invalid-data",
        path: ["rows", batch.rows[at], levels[empty]],
        message: "the level has no name",
        fix: "give every row its place",
      });
    else {
      const key = JSON.stringify(path.map(String));
      const known = places.get(key);
      if (known === undefined) places.set(key, [at]);
      else known.push(at);
    }
  }
  return new Map(
    Array.from(places, ([key, at]) => [
      key,
      {
        rows: at.map((place) => batch.rows[place]),
        columns: batch.columns.map((cells) => at.map((place) => cells[place])),
        faults: [],
      },
    ]),
  );
}
