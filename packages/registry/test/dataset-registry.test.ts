import { createHash } from "node:crypto";
import { memoryStore, type Store, TwinError } from "@sage-twin/kernel";
import { type ColumnTable, department, ingest, TimeTable } from "@sage-twin/schemas";
import { manualClock } from "@sage-twin/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentId, type Dataset, datasetRegistry, fileId } from "../src/index.js";

const clock = manualClock("2026-03-01T12:00:00Z");
const sales = (values: number[], start = "2026-01"): TimeTable =>
  TimeTable.of({ frequency: "M", start, columns: { sales: values } });

interface Content {
  a: number[];
  b: number[];
  texts: (string | null)[];
}

function failure(code: string) {
  return (error: unknown): boolean => TwinError.isInstance(error) && error.code === code;
}

async function refuses(work: Promise<unknown>, code: string): Promise<TwinError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toSatisfy(failure(code));
  return error as TwinError;
}

describe("digests", () => {
  it("are those of SHA-256", async () => {
    expect(contentId({ b: [1, null], a: "x" })).toBe(
      createHash("sha256").update('{"a":"x","b":[1,null]}').digest("hex"),
    );
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
    const stream = new Blob([bytes]).stream();
    expect(await fileId(stream)).toEqual({ id: createHash("sha256").update(bytes).digest("hex"), bytes: 100_000 });
    expect((await fileId("")).id).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  it("of a table of numbers is as documented", async () => {
    const registry = datasetRegistry(memoryStore());
    const { tables } = await registry.commit("shop", { revenue: sales([1, Number.NaN, 3]) }, { message: "one" });
    const bytes = Buffer.alloc(24);
    bytes.writeDoubleLE(1, 0);
    bytes.writeUInt32LE(0x7ff80000, 12);
    bytes.writeDoubleLE(3, 16);
    expect(tables["revenue"].columns["sales"].id).toBe(
      createHash("sha256").update("numbers 3\n").update(bytes).digest("hex"),
    );
  });
});

describe("versions", () => {
  it("come back as they were committed, with their quality", async () => {
    const registry = datasetRegistry(memoryStore(), { clock });
    const shop = department("shop", { sales: { unit: "GBP", kind: "flow", minimum: 0 } });
    const csv = "date,sales\n2026-01-05,3\n2026-01-05,4\n2026-01-07,-1\n2026-01-08,5";
    const table = await ingest(csv, { schema: shop, frequency: "D", invalid: "reject" });
    const people: ColumnTable = { name: ["ann", null, "čenda"], age: [31, Number.NaN, 27] };
    const version = await registry.commit(
      "shop",
      { revenue: table, people },
      { message: "first", author: "owner", schema: [shop] },
    );
    expect(version).toMatchObject({
      index: 0,
      parents: [],
      message: "first",
      author: "owner",
      at: "2026-03-01T12:00:00.000Z",
      rows: 7,
      score: table.quality.score,
    });
    const { tables } = await registry.checkout("shop");
    expect((tables["revenue"] as TimeTable).toJSON()).toEqual(table.toJSON());
    expect(tables["people"]).toEqual({ name: ["ann", null, "čenda"], age: Float64Array.of(31, Number.NaN, 27) });
    expect(await registry.schema("shop")).toEqual([JSON.parse(JSON.stringify(shop))]);
    expect(await registry.names()).toEqual(["shop"]);
  });

  it("have the same id if and only if the content is the same", async () => {
    const cell = fc.oneof(fc.constantFrom(0, -0, 1, Number.NaN, 5e-324), fc.double({ noDefaultInfinity: true }));
    const text = fc.constantFrom(null, "", "a", "ab", "b", "\u00e9", "e\u0301", "null");
    const column = fc.array(cell, { minLength: 3, maxLength: 3 });
    const texts = fc.array(text, { minLength: 2, maxLength: 2 });
    const change = fc.record({ column: fc.constantFrom("a", "b", "texts"), row: fc.nat(1), cell, text });
    const idOf = async ({ a, b, texts }: Content, swap: boolean) => {
      const columns = swap ? { b, a } : { a, b };
      const table = TimeTable.of({ frequency: "D", start: "2026-01-01", columns });
      const tables = swap ? { notes: { texts }, table } : { table, notes: { texts } };
      return (await datasetRegistry(memoryStore()).commit("any", tables, { message: "x" })).id;
    };
    const plain = (value: unknown) => JSON.stringify(value, (_, item) => (Number.isNaN(item) ? "NaN" : item));
    await fc.assert(
      fc.asyncProperty(
        fc.record({ a: column, b: column, texts }),
        change,
        async (before, { column, row, cell, text }) => {
          const after: Content = structuredClone(before);
          if (column === "texts") after.texts[row] = text;
          else after[column as "a" | "b"][row] = cell;
          expect(await idOf(before, true)).toBe(await idOf(before, false));
          expect((await idOf(before, false)) === (await idOf(after, false))).toBe(plain(before) === plain(after));
        },
      ),
    );
  });

  it("differ by frequency, start, name and type, not only by values", async () => {
    const registry = datasetRegistry(memoryStore());
    const datasets: Dataset[] = [
      { a: sales([1, 2]) },
      { a: sales([1, 2], "2026-02") },
      { b: sales([1, 2]) },
      { a: TimeTable.of({ frequency: "Q", start: "2026-01", columns: { sales: [1, 2] } }) },
      { a: TimeTable.of({ frequency: "M", start: "2026-01", columns: { orders: [1, 2] } }) },
      { a: { sales: [1, 2] } },
      { a: { sales: ["1", "2"] } },
      { a: { sales: ["1", null] } },
      { a: { sales: ["1", ""] } },
      { a: { sales: ["12", ""] } },
    ];
    const ids = new Set<string>();
    for (const [index, tables] of datasets.entries())
      ids.add((await registry.commit(`d${index}`, tables, { message: "x" })).id);
    expect(ids.size).toBe(datasets.length);
  });

  it("are not repeated, and may return to what was", async () => {
    const registry = datasetRegistry(memoryStore(), { clock });
    const one = await registry.commit("shop", { a: sales([1]) }, { message: "one" });
    expect(await registry.commit("shop", { a: sales([1]) }, { message: "again" })).toEqual(one);
    const two = await registry.commit("shop", { a: sales([2]) }, { message: "two" });
    expect(two.parents).toEqual([one.id]);
    const back = await registry.commit("shop", { a: sales([1]) }, { message: "back" });
    expect(back).toMatchObject({ id: one.id, index: 2, parents: [two.id] });
    expect((await registry.history("shop")).map(({ message }) => message)).toEqual(["one", "two", "back"]);
    expect((await registry.version("shop", one.id.slice(0, 6))).message).toBe("back");
  });

  it("keep unchanged columns once", async () => {
    const store = memoryStore();
    const written: string[] = [];
    const spying: Store = {
      ...store,
      compareAndSet: async (key, version, value) => {
        const done = await store.compareAndSet(key, version, value);
        if (done && key.startsWith("registry/column/")) written.push(key);
        return done;
      },
    };
    const registry = datasetRegistry(spying);
    const table = (b: number) => ({ a: [1, 2, 3], b: [b, 0, 0] });
    await registry.commit("d", { t: table(1) }, { message: "1" });
    await registry.commit("d", { t: table(2) }, { message: "2" });
    expect(written).toHaveLength(3);
  });

  it("committed at once are all kept", async () => {
    const registry = datasetRegistry(memoryStore());
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        registry
          .commit("d", { t: { a: [index] } }, { message: String(index) })
          .then(() => registry.tag("d", `t${index}`)),
      ),
    );
    expect(await registry.history("d")).toHaveLength(8);
    expect(Object.keys(await registry.tags("d"))).toHaveLength(8);
  });
});

describe("tags", () => {
  it("name versions, move and go", async () => {
    const registry = datasetRegistry(memoryStore());
    const one = await registry.commit("d", { t: { a: [1] } }, { message: "1" });
    await registry.tag("d", "reported");
    const two = await registry.commit("d", { t: { a: [2] } }, { message: "2" });
    expect((await registry.version("d", "reported")).id).toBe(one.id);
    await registry.tag("d", "reported", two.id.slice(0, 8));
    expect(await registry.tags("d")).toEqual({ reported: two.id });
    await registry.untag("d", "reported");
    expect(await registry.tags("d")).toEqual({});
    await refuses(registry.untag("d", "reported"), "unknown-name");
    await refuses(registry.tag("d", "latest"), "invalid-argument");
    await refuses(registry.tag("d", "abcdef12"), "invalid-argument");
    await refuses(registry.tag("d", "../x"), "invalid-argument");
  });
});

describe("differences", () => {
  it("tell tables, columns, rows, values and statistics apart", async () => {
    const registry = datasetRegistry(memoryStore());
    const table = (start: string, columns: Record<string, number[]>) =>
      TimeTable.of({ frequency: "M", start, columns });
    const unit = (text: string) => department("shop", { sales: { unit: text, kind: "flow" } });
    await registry.commit(
      "d",
      { revenue: table("2026-01", { sales: [10, 20, 30], price: [1, 1, 1] }), old: { a: [1] } },
      { message: "before", schema: [unit("GBP")] },
    );
    await registry.tag("d", "before");
    await registry.commit(
      "d",
      { revenue: table("2026-02", { sales: [20, 35, 40], staff: [2, 2, 2] }), fresh: { a: [1] } },
      { message: "after", schema: [unit("EUR")] },
    );
    const difference = await registry.diff("d", "before");
    expect(difference).toMatchObject({ same: false, added: ["fresh"], removed: ["old"] });
    expect(difference.definitions).toEqual({ added: [], removed: [], changed: ["shop.sales"] });
    expect(difference.tables["revenue"]).toEqual({
      same: false,
      schema: { added: ["staff"], removed: ["price"], retyped: [] },
      rows: { before: 3, after: 3, added: 1, removed: 1, changed: 1 },
      columns: {
        sales: {
          changed: 1,
          largest: 5,
          examples: [{ row: "2026-03-01", before: 30, after: 35 }],
          statistics: {
            before: { count: 3, missing: 0, mean: 20, sd: 10, minimum: 10, median: 20, maximum: 30 },
            after: {
              count: 3,
              missing: 0,
              mean: 95 / 3,
              sd: expect.closeTo(10.40833, 5),
              minimum: 20,
              median: 35,
              maximum: 40,
            },
          },
        },
      },
    });
    expect(await registry.diff("d", "latest")).toMatchObject({ same: true, added: [], removed: [] });
  });

  it("match the rows of a column table by key", async () => {
    const registry = datasetRegistry(memoryStore());
    await registry.commit("d", { t: { id: ["a", "b", "c"], x: [1, 2, Number.NaN] } }, { message: "1" });
    const first = (await registry.version("d")).id;
    await registry.commit("d", { t: { id: ["c", "a", "d"], x: [3, 1, 4] } }, { message: "2" });
    const { tables } = await registry.diff("d", first, "latest", { keys: { t: "id" } });
    expect(tables["t"].rows).toEqual({ before: 3, after: 3, added: 1, removed: 1, changed: 1 });
    expect(tables["t"].columns["x"].examples).toEqual([{ row: "c", before: null, after: 3 }]);
    const byPlace = await registry.diff("d", first);
    expect(byPlace.tables["t"].rows.changed).toBe(3);
    await refuses(registry.diff("d", first, "latest", { keys: { t: "y" } }), "invalid-argument");
  });

  it("see a column that changed its type", async () => {
    const registry = datasetRegistry(memoryStore());
    const { id } = await registry.commit("d", { t: { x: [1, 2] } }, { message: "1" });
    await registry.commit("d", { t: { x: ["1", "2"] } }, { message: "2" });
    const { tables } = await registry.diff("d", id);
    expect(tables["t"].schema.retyped).toEqual(["x"]);
    expect(tables["t"].columns["x"].statistics).toBeUndefined();
  });
});

describe("bad input", () => {
  const registry = datasetRegistry(memoryStore());
  const commit = (tables: unknown, message: unknown = "m", name: unknown = "d") =>
    registry.commit(name as string, tables as never, { message } as never);

  it("is refused with all its issues", async () => {
    const error = await refuses(commit({ t: { a: [1], b: [1, 2], c: [1, "2"], d: 5, e: [true] } }), "invalid-data");
    expect(error.issues.map(({ path }) => path.at(-1))).toEqual(["b", "c", "d", "e"]);
    await refuses(commit(sales([1])), "invalid-argument");
    await refuses(commit({}), "invalid-argument");
    await refuses(commit({ t: null }), "invalid-argument");
    await refuses(commit({ t: { a: ["\ud800"] } }), "invalid-data");
    await refuses(commit(JSON.parse('{ "__proto__": { "a": [1] } }')), "invalid-argument");
    await refuses(commit({ t: { a: [1] } }, " "), "invalid-argument");
    await refuses(commit({ t: { a: [1] } }, "m", "../../etc"), "invalid-argument");
    await refuses(registry.checkout("nothing"), "unknown-name");
  });

  it("names the near reference", async () => {
    await commit({ t: { a: [1] } });
    await registry.tag("d", "reported");
    const error = await refuses(registry.version("d", "reportd"), "unknown-name");
    expect(error.message).toContain("did you mean 'reported'?");
  });

  it("of a changed store is found", async () => {
    const store = memoryStore();
    const kept = datasetRegistry(store);
    const { tables } = await kept.commit("d", { t: { a: [1, 2] } }, { message: "m" });
    await store.put(`registry/column/${tables["t"].columns["a"].id}`, [1, 3]);
    await refuses(kept.checkout("d"), "corrupt");
    await store.put(`registry/column/${tables["t"].columns["a"].id}`, "x");
    await refuses(kept.checkout("d"), "corrupt");
  });
});
