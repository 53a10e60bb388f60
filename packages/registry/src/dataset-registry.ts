import {
  type Clock,
  encodeNumbers,
  objectShape,
  recordShape,
  type Store,
  systemClock,
  TwinError,
  textShape,
  unknownName,
} from "@sage-twin/kernel";
import { type ColumnTable, type Department, TimeTable } from "@sage-twin/schemas";
import { loadColumn, saveColumn } from "./column-store.js";
import { columnsOf, datasetId, requireDataset, summarise } from "./content.js";
import { type DatasetDifference, type DifferenceOptions, datasetDifference } from "./dataset-difference.js";
import { type Dataset, type DatasetVersion, type TableSummary, versionShape } from "./dataset-version.js";
import { type ContentId, contentId } from "./digest.js";
import { Lineage } from "./lineage.js";
import { requireAlias, requireName } from "./require-name.js";

/** What is said of a version beside its content. */
export interface CommitOptions {
  readonly message: string;
  readonly author?: string;
  /** The versions that it was made from. Default: the newest one, if any. */
  readonly parents?: readonly string[];
  /** The departments that the data was checked against. */
  readonly schema?: readonly Department[];
  /** The ids of what the data was made from, as recorded in the lineage: files, other datasets. */
  readonly sources?: readonly ContentId[];
}

/** A version with its tables. */
export interface CheckedOut {
  readonly version: DatasetVersion;
  readonly tables: Dataset;
}

/** A version as it stands in the log: with each time table's saved form, its columns left out. */
interface Entry {
  readonly version: Omit<DatasetVersion, "index">;
  readonly frames: Readonly<Record<string, Frame>>;
}

type Frame = Readonly<Record<string, unknown>> & { readonly state: Readonly<Record<string, unknown>> };

const anyShape = (value: unknown): unknown => value;
const frameShape = (value: unknown, path?: readonly (string | number)[]): Frame => {
  const frame = recordShape(anyShape)(value, path);
  return { ...frame, state: recordShape(anyShape)(frame["state"], path) };
};
const entryShape = /* @__PURE__ */ objectShape({
  version: versionShape,
  frames: /* @__PURE__ */ recordShape(frameShape),
});
const tagsShape = /* @__PURE__ */ recordShape(textShape);
const shortestPrefix = 6;

/**
 * Versions of datasets over any store: what was committed is found again by its id, by a tag or as the latest, and compared.
 *
 * A version is named by its content: the same values have the same id on every machine. Columns that did not change are kept once. Nothing is
 * overwritten; what two writers commit at once is kept one after the other.
 *
 * @example
 * ```ts
 * import { memoryStore } from "@sage-twin/kernel";
 * import { datasetRegistry } from "@sage-twin/registry";
 * import { TimeTable } from "@sage-twin/schemas";
 *
 * const datasets = datasetRegistry(memoryStore());
 * const sales = (values: number[]) => TimeTable.of({ frequency: "M", start: "2026-01", columns: { sales: values } });
 * const first = await datasets.commit("shop", { revenue: sales([10, 12, 11]) }, { message: "first quarter" });
 * await datasets.tag("shop", "reported", first.id);
 * await datasets.commit("shop", { revenue: sales([10, 12, 13]) }, { message: "March corrected" });
 * const { tables } = await datasets.diff("shop", "reported", "latest");
 * tables.revenue.columns.sales.examples; // => [{ row: "2026-03-01", before: 11, after: 13 }]
 * ```
 */
export class DatasetRegistry {
  readonly #store: Store;
  readonly #clock: Clock;
  /** From what each version was made, and what was made from it. */
  readonly lineage: Lineage;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.lineage = new Lineage(store);
  }

  /**
   * Keeps a version and returns it. Where the newest version has the same content, schema and parents, that one is returned and nothing is
   * added. Throws a `TwinError` for what is no table, with every issue.
   */
  async commit(dataset: string, tables: Dataset, options: CommitOptions): Promise<DatasetVersion> {
    requireName("dataset", dataset);
    if (typeof options?.message !== "string" || options.message.trim() === "")
      throw new TwinError({
        code: "invalid-argument",
        path: ["message"],
        message: "a version needs a message",
        fix: "say in a few words what changed",
      });
    const named = requireDataset(tables);
    const summaries: Record<string, TableSummary> = {};
    for (const [name, table] of named) summaries[name] = summarise(table, ["tables", name]);
    const id = datasetId(summaries);
    const history = await this.history(dataset);
    const newest = history.at(-1);
    const parents = options.parents?.map((parent) => find(history, {}, parent).id);
    const schema = options.schema && contentId(JSON.parse(JSON.stringify(options.schema)));
    await this.lineage.record({ id, kind: "dataset", name: dataset }, options.sources ?? []);
    if (newest?.id === id && newest.schema === schema && parents === undefined) return newest;
    const frames: Record<string, Frame> = {};
    for (const [name, table] of named) {
      for (const [column, values] of columnsOf(table, ["tables", name]))
        await saveColumn(this.#store, summaries[name].columns[column], values);
      if (table instanceof TimeTable) frames[name] = frameOf(table);
    }
    if (options.schema !== undefined) await this.#store.put(`registry/schema/${schema}`, options.schema);
    const scores = Object.values(summaries).flatMap(({ score }) => (score === undefined ? [] : [score]));
    const version: Omit<DatasetVersion, "index"> = {
      id,
      dataset,
      parents: parents ?? (newest === undefined ? [] : [newest.id]),
      message: options.message,
      ...(options.author === undefined ? {} : { author: options.author }),
      at: new Date(this.#clock.now()).toISOString(),
      ...(schema === undefined ? {} : { schema }),
      rows: Object.values(summaries).reduce((sum, { rows }) => sum + rows, 0),
      ...(scores.length === 0 ? {} : { score: scores.reduce((sum, score) => sum + score, 0) / scores.length }),
      tables: summaries,
    };
    if (history.length === 0) await this.#store.append("registry/datasets", dataset);
    const index = await this.#store.append(logOf(dataset), { version, frames });
    return { ...version, index };
  }

  /** The names of the datasets that have a version, in the order of their first. */
  async names(): Promise<readonly string[]> {
    const names = new Set<string>();
    for await (const { value } of this.#store.scan("registry/datasets")) names.add(textShape(value));
    return [...names];
  }

  /** The versions of a dataset, oldest first; none when there is no such dataset. */
  async history(dataset: string): Promise<readonly DatasetVersion[]> {
    const versions: DatasetVersion[] = [];
    for await (const { index, value } of this.#store.scan(logOf(dataset)))
      versions.push({ ...entryShape(value, [dataset, index]).version, index });
    return versions;
  }

  /** One version: by its id or the first six or more digits of it, by a tag, or `"latest"`. */
  async version(dataset: string, reference = "latest"): Promise<DatasetVersion> {
    const history = await this.history(dataset);
    if (history.length === 0) throw unknownName("dataset", dataset, await this.names(), ["dataset"]);
    return find(history, await this.tags(dataset), reference);
  }

  /** A version with its tables as they were committed; every column is checked against its digest. */
  async checkout(dataset: string, reference = "latest"): Promise<CheckedOut> {
    const version = await this.version(dataset, reference);
    const frames = await this.#framesOf(version);
    const tables: Record<string, TimeTable | ColumnTable> = {};
    for (const [name, { columns }] of Object.entries(version.tables)) {
      const loaded = await Promise.all(
        Object.entries(columns).map(
          async ([column, summary]) =>
            [column, await loadColumn(this.#store, summary, [dataset, name, column])] as const,
        ),
      );
      const byName: ColumnTable = Object.fromEntries(loaded);
      const frame = frames[name];
      tables[name] = frame === undefined ? byName : thaw(frame, byName as Record<string, Float64Array>);
    }
    return { version, tables };
  }

  /** The departments that a version was checked against, as they were then; undefined when it was committed without. */
  async schema(dataset: string, reference = "latest"): Promise<readonly Department[] | undefined> {
    const { schema } = await this.version(dataset, reference);
    if (schema === undefined) return undefined;
    const stored = await this.#store.get(`registry/schema/${schema}`);
    if (stored !== undefined && contentId(stored.value) === schema) return stored.value as readonly Department[];
    throw new TwinError({ code: "corrupt", path: [dataset, "schema"], message: "the stored schema was changed" });
  }

  /** Gives a version a name of its own, or moves the name to it. */
  async tag(dataset: string, tag: string, reference = "latest"): Promise<void> {
    requireAlias("tag", tag);
    const { id } = await this.version(dataset, reference);
    await this.#changeTags(dataset, (tags) => ({ ...tags, [tag]: id }));
  }

  /** Takes a tag away. Throws a `TwinError` "unknown-name" when there is none of that name. */
  async untag(dataset: string, tag: string): Promise<void> {
    await this.#changeTags(dataset, (tags) => {
      if (!Object.hasOwn(tags, tag)) throw unknownName("tag", tag, Object.keys(tags), ["tag"]);
      const { [tag]: _, ...others } = tags;
      return others;
    });
  }

  /** The tags of a dataset and the ids that they stand for. */
  async tags(dataset: string): Promise<Readonly<Record<string, ContentId>>> {
    const stored = await this.#store.get(tagsOf(dataset));
    return stored === undefined ? {} : tagsShape(stored.value, [dataset, "tags"]);
  }

  /** What changed from one version to another: tables, columns, rows, values and their statistics, and the schema. */
  async diff(
    dataset: string,
    before: string,
    after = "latest",
    options: DifferenceOptions = {},
  ): Promise<DatasetDifference> {
    const [old, current] = [await this.checkout(dataset, before), await this.checkout(dataset, after)];
    const schemas = [
      await this.schema(dataset, old.version.id),
      await this.schema(dataset, current.version.id),
    ] as const;
    return datasetDifference(old, current, schemas, options);
  }

  async #framesOf({ dataset, index }: DatasetVersion): Promise<Entry["frames"]> {
    for await (const { value } of this.#store.scan(logOf(dataset), index))
      return entryShape(value, [dataset, index]).frames;
    return {};
  }

  async #changeTags(
    dataset: string,
    change: (tags: Readonly<Record<string, ContentId>>) => Readonly<Record<string, ContentId>>,
  ): Promise<void> {
    for (let attempt = 0; attempt < 20; attempt++) {
      const stored = await this.#store.get(tagsOf(dataset));
      const next = change(stored === undefined ? {} : tagsShape(stored.value, [dataset, "tags"]));
      if (await this.#store.compareAndSet(tagsOf(dataset), stored?.version ?? 0, next)) return;
    }
    throw new TwinError({ code: "conflict", path: [dataset, "tags"], message: "others keep changing the tags" });
  }
}

/**
 * Versions of datasets over a store.
 *
 * @param options.clock tells when a version is committed. Default: the machine's.
 */
export function datasetRegistry(store: Store, options: { readonly clock?: Clock } = {}): DatasetRegistry {
  return new DatasetRegistry(store, options.clock ?? systemClock);
}

function find(
  history: readonly DatasetVersion[],
  tags: Readonly<Record<string, ContentId>>,
  reference: string,
): DatasetVersion {
  const newest = history.at(-1);
  if (reference === "latest" && newest !== undefined) return newest;
  const wanted = Object.hasOwn(tags, reference) ? tags[reference] : reference;
  const isPrefix = typeof wanted === "string" && wanted.length >= shortestPrefix && /^[0-9a-f]+$/.test(wanted);
  const found = isPrefix ? history.filter(({ id }) => id.startsWith(wanted)) : [];
  if (new Set(found.map(({ id }) => id)).size > 1)
    throw new TwinError({
      code: "conflict",
      path: ["version"],
      message: `'${reference}' is the start of ${found.length} ids`,
      fix: "give more digits",
    });
  const last = found.at(-1);
  if (last !== undefined) return last;
  throw unknownName(
    "version",
    String(reference),
    [...Object.keys(tags), "latest", ...history.map(({ id }) => id)],
    ["version"],
  );
}

function frameOf(table: TimeTable): Frame {
  const envelope = table.toJSON();
  const { columns: _, ...state } = envelope.state as Readonly<Record<string, unknown>>;
  return { ...envelope, state };
}

function thaw(frame: Frame, columns: Readonly<Record<string, Float64Array>>): TimeTable {
  const metrics = frame.state["metrics"] as readonly string[];
  return TimeTable.fromJSON({
    ...frame,
    state: { ...frame.state, columns: metrics.map((metric) => encodeNumbers(columns[metric])) },
  });
}

const logOf = (dataset: string): string => `registry/dataset/${dataset}`;
const tagsOf = (dataset: string): string => `registry/tags/${dataset}`;
