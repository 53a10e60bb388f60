import { memoryStore, type Store, TwinError } from "@sage-twin/kernel";
import { TimeTable } from "@sage-twin/schemas";
import { manualClock } from "@sage-twin/testing";
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { contentId, datasetRegistry, type ModelRegistry, modelRegistry } from "../src/index.js";

const saved = (value: number) => ({
  kind: "test/constant",
  schemaVersion: 1,
  libraryVersion: "0.1.0",
  state: { value },
});
const reader = (json: unknown): number => (json as ReturnType<typeof saved>).state.value;

let store: Store;
let clock: ReturnType<typeof manualClock>;
let models: ModelRegistry;
beforeEach(() => {
  store = memoryStore();
  clock = manualClock("2026-01-01");
  models = modelRegistry(store, { clock });
});

const register = (value: number, metrics: Record<string, number> = {}) =>
  models.register("churn", { model: saved(value), metrics });

describe("register", () => {
  it("gives the same thing the same id, on another store and at another time too, and keeps it once", async () => {
    const submission = { model: saved(1), parameters: { depth: 3 }, metrics: { auc: 0.8 }, seed: 7, code: "abc" };
    const first = await models.register("churn", submission);
    clock.advance("1D");
    expect(await models.register("churn", submission)).toEqual(first);
    expect(await models.history("churn")).toEqual([first]);
    const elsewhere = await modelRegistry(memoryStore(), { clock }).register("churn", { ...submission, author: "Ann" });
    expect(elsewhere.id).toBe(first.id);
    expect(first).toMatchObject({ index: 0, kind: "test/constant", seed: "7", at: "2026-01-01T00:00:00.000Z" });
    expect(first.payload).toBe(contentId(saved(1)));
    expect(first.libraries).toEqual({ "sage-twin": "0.1.0" });
  });

  it("gives anything else another id", async () => {
    const base = { model: saved(1), parameters: { a: 1 }, metrics: { auc: 0.5 }, seed: 1 };
    const changes = [
      {},
      { model: saved(2) },
      { parameters: { a: 2 } },
      { metrics: { auc: 0.6 } },
      { seed: 2 },
      { code: "x" },
      { libraries: { zod: "4" } },
      { signature: { input: { type: "object" } } },
    ];
    const ids = [];
    for (const change of changes) ids.push((await models.register("churn", { ...base, ...change })).id);
    ids.push((await models.register("other", base)).id);
    expect(new Set(ids).size).toBe(changes.length + 1);
    expect(await models.names()).toEqual(["churn", "other"]);
  });

  it("refuses what cannot be kept, with every issue", async () => {
    const wrong = { model: { state: 1 }, metrics: { auc: Number.NaN }, parameters: { when: new Date(0) } };
    const error = await models.register("churn", wrong as never).catch((caught) => caught);
    expect(TwinError.isInstance(error)).toBe(true);
    expect(error.issues.map(({ path }: TwinError) => path.join("."))).toEqual([
      "model",
      "metrics.auc",
      "parameters.when",
    ]);
    await expect(models.register("a@b", { model: saved(1) })).rejects.toMatchObject({ code: "invalid-argument" });
    await expect(models.register("churn", { model: saved(1), data: "0".repeat(64) })).rejects.toMatchObject({
      code: "not-found",
    });
    expect(await models.history("churn")).toEqual([]);
  });

  it("finishes what a crash cut short", async () => {
    const { id } = await register(1);
    for (let failing = 0; failing < 6; failing++) {
      const other = memoryStore();
      let writes = 0;
      const dies = (write: () => Promise<unknown>) =>
        writes++ === failing ? Promise.reject(new Error("gone")) : write();
      const crashing = {
        ...other,
        put: (key: string, value: unknown) => dies(() => other.put(key, value)),
        append: (log: string, value: unknown) => dies(() => other.append(log, value)),
        compareAndSet: (key: string, version: number, value: unknown) =>
          dies(() => other.compareAndSet(key, version, value)),
      } as Store;
      await modelRegistry(crashing, { clock })
        .register("churn", { model: saved(1) })
        .catch(() => {});
      const after = modelRegistry(other, { clock });
      for (const version of await after.history("churn"))
        expect((await after.load(version.id, { reader })).model).toBe(1);
      expect((await after.register("churn", { model: saved(1) })).id).toBe(id);
      expect((await after.load("churn@latest", { reader })).model).toBe(1);
      expect(await after.history("churn")).toHaveLength(1);
    }
  });
});

describe("lineage", () => {
  it("runs from a dataset to a model to what was made of it", async () => {
    const datasets = datasetRegistry(store, { clock });
    const table = TimeTable.of({ frequency: "M", start: "2026-01", columns: { sales: [1, 2, 3] } });
    const data = await datasets.commit("shop", { shop: table }, { message: "first" });
    const features = contentId({ lags: [1, 2] });
    await models.lineage.record({ id: features, kind: "features", name: "lags" }, [data.id]);
    const first = await models.register("churn", { model: saved(1), data: data.id, features });
    const second = await models.register("churn", { model: saved(2), parents: [first.id.slice(0, 8)] });
    expect(second.parents).toEqual([first.id]);
    const { nodes } = await models.lineage.upstream(second.id);
    expect(nodes.map(({ kind }) => kind)).toEqual(["dataset", "features", "model", "model"]);
    expect((await datasets.lineage.downstream(data.id)).nodes.map(({ id }) => id)).toContain(second.id);
  });
});

describe("aliases", () => {
  it("answers what was live at any time, by hand", async () => {
    const [a, b, c] = [await register(1), await register(2), await register(3)];
    clock.set("2026-02-01");
    await models.promote(a.id, "champion", { by: "Ann" });
    clock.set("2026-03-01");
    await models.promote(b.id, "challenger");
    clock.set("2026-03-03");
    await models.promote("churn@challenger", "champion");
    clock.set("2026-03-05");
    await models.promote(c.id, "champion");
    clock.set("2026-03-06");
    expect(await models.rollback("churn", "champion", { note: "wrong prices" })).toEqual(b);
    clock.set("2026-03-07");
    await models.retire("churn", "champion");
    const live = async (at: string) => (await models.version("churn@champion", { at })).id;
    await expect(live("2026-01-31")).rejects.toMatchObject({ code: "not-found" });
    expect(await live("2026-02-01")).toBe(a.id);
    expect(await live("2026-03-02T23:59:59.999Z")).toBe(a.id);
    expect(await live("2026-03-03")).toBe(b.id);
    expect(await live("2026-03-05T12:00:00Z")).toBe(c.id);
    expect(await live("2026-03-06")).toBe(b.id);
    await expect(live("2026-03-07")).rejects.toMatchObject({ code: "not-found" });
    await expect(models.version("churn@champion")).rejects.toMatchObject({ code: "not-found" });
    expect((await models.moves("churn", "champion")).map(({ version, backTo }) => [version, backTo])).toEqual([
      [a.id, undefined],
      [b.id, undefined],
      [c.id, undefined],
      [b.id, 1],
      [null, undefined],
    ]);
    expect(await models.aliases("churn")).toEqual({ challenger: b.id });
    expect((await models.load("churn@champion", { reader, at: "2026-02-14" })).model).toBe(1);
  });

  it("rolls back further each time, and again after a new promotion", async () => {
    const versions = [await register(0), await register(1), await register(2), await register(3)];
    const move = (index: number) => models.promote(versions[index].id, "live");
    const back = async () =>
      (await models.rollback("churn", "live")).metrics && (await models.load("churn@live", { reader })).model;
    for (const index of [0, 1, 2]) await move(index);
    expect(await back()).toBe(1);
    expect(await back()).toBe(0);
    await expect(back()).rejects.toMatchObject({ code: "not-found" });
    await move(3);
    expect(await back()).toBe(0);
    await expect(back()).rejects.toMatchObject({ code: "not-found" });
    expect(await models.moves("churn", "live")).toHaveLength(7);
    await models.retire("churn", "live");
    expect(await back()).toBe(0);
  });

  it("moves only from what is expected, and not to where it stands", async () => {
    const [a, b] = [await register(1), await register(2)];
    await models.promote(a.id, "champion", { expected: null });
    await expect(models.promote(b.id, "champion", { expected: null })).rejects.toMatchObject({ code: "conflict" });
    await models.promote(b.id, "champion", { expected: a.id });
    await models.promote(b.id, "champion");
    expect(await models.moves("churn", "champion")).toHaveLength(2);
  });

  it("keeps history in order where the clock goes back", async () => {
    const [a, b] = [await register(1), await register(2)];
    clock.set("2026-05-01");
    await models.promote(a.id, "champion");
    clock.set("2026-04-01");
    await models.promote(b.id, "champion");
    expect((await models.moves("churn", "champion")).map(({ at }) => at.slice(0, 10))).toEqual([
      "2026-05-01",
      "2026-05-01",
    ]);
    expect((await models.version("churn@champion", { at: "2026-05-01" })).id).toBe(b.id);
  });

  it("keeps every one of many promotions at once", async () => {
    const versions = [];
    for (let value = 0; value < 12; value++) versions.push(await register(value));
    await Promise.all(versions.map(({ id }) => models.promote(id, "champion")));
    const moves = await models.moves("churn", "champion");
    expect(moves.map(({ version }) => version).sort()).toEqual(versions.map(({ id }) => id).sort());
  });

  it("refuses names and references that mean nothing", async () => {
    const { id } = await register(1);
    for (const alias of ["latest", "abcdef12", "", "a@b"])
      await expect(models.promote(id, alias)).rejects.toMatchObject({ code: "invalid-argument" });
    for (const reference of ["churn", "a@b@c", "", "xyz", null as never])
      await expect(models.version(reference)).rejects.toMatchObject({ code: "invalid-argument" });
    await expect(models.version("chrun@latest")).rejects.toThrow("did you mean 'churn'?");
    await models.promote(id, "champion");
    await expect(models.version("churn@champoin")).rejects.toThrow("did you mean 'champion'?");
    await expect(models.rollback("churn", "champoin")).rejects.toMatchObject({ code: "unknown-name" });
    await expect(models.version("churn@latest", { at: "2026-01-01" })).rejects.toMatchObject({ path: ["at"] });
  });
});

describe("promotion rules", () => {
  const rule = {
    require: [
      { metric: "auc", atLeast: 0.8, better: "higher", by: 0.01 },
      { metric: "brier", atMost: 0.15, better: "lower" },
    ],
  } as const;

  it("let a version by, and say by how much another fails", async () => {
    const champion = await register(1, { auc: 0.84, brier: 0.14 });
    await models.setRule("churn", "champion", rule);
    await models.promote(champion.id, "champion");
    const worse = await register(2, { auc: 0.845, brier: 0.16 });
    const error = await models.promote(worse.id, "champion").catch((caught) => caught);
    expect(error.code).toBe("out-of-range");
    expect(error.issues.map(({ path, message }: TwinError) => `${path.join(".")}: ${message}`)).toEqual([
      "churn.champion.auc: 0.845 is 0.005 below the least that passes, 0.85, the holder's 0.84 + 0.01",
      "churn.champion.brier: 0.16 is 0.01 above the most that passes, 0.15",
      "churn.champion.brier: 0.16 is 0.02 above the most that passes, 0.14, the holder's 0.14 + 0",
    ]);
    const better = await register(3, { auc: 0.85, brier: 0.14 });
    await models.promote(better.id, "champion");
    await expect(models.promote((await register(4)).id, "champion")).rejects.toThrow("no metric 'auc'");
    expect((await models.rollback("churn", "champion")).id).toBe(champion.id); // whatever the rule says
    await models.setRule("churn", "champion", null);
    await models.promote(worse.id, "champion");
  });

  it("refuse the first version below a bound too", async () => {
    const poor = await register(1, { auc: 0.7, brier: 0.1 });
    await models.setRule("churn", "champion", rule);
    await expect(models.promote(poor.id, "champion")).rejects.toThrow("0.7 is 0.1 below the least that passes, 0.8");
    await models.promote(poor.id, "challenger"); // another alias
  });

  it("must demand something", async () => {
    await register(1);
    const wrong = { require: [{ metric: "auc" }, { metric: "auc", atLeast: 1, by: 2 }] };
    const error = await models.setRule("churn", "champion", wrong).catch((caught) => caught);
    expect(error.issues).toHaveLength(2);
    expect(error.code).toBe("invalid-argument");
    await expect(models.setRule("churn", "champion", { require: [{ atLeast: 1 }] } as never)).rejects.toMatchObject({
      code: "invalid-argument",
    });
  });
});

describe("search", () => {
  it("finds by every part, together", async () => {
    const a = await models.register("churn", { model: saved(1), metrics: { auc: 0.8 }, parameters: { note: "Deep" } });
    const b = await models.register("churn", { model: saved(2), metrics: { auc: 0.9 } });
    const c = await models.register("roi", { model: { ...saved(3), kind: "test/other" } });
    await models.tag(a.id, "reviewed", "eu");
    await models.untag(a.id, "eu", "never given");
    await models.note(b.id, "Trained after the FLOOD", "Ann");
    await models.promote(b.id, "champion");
    const ids = async (query = {}) => (await models.search(query)).map(({ version }) => version.id);
    expect(await ids()).toEqual([a.id, b.id, c.id]);
    expect(await ids({ name: "churn" })).toEqual([a.id, b.id]);
    expect(await ids({ kind: "test/other" })).toEqual([c.id]);
    expect(await ids({ tag: "reviewed" })).toEqual([a.id]);
    expect(await ids({ tag: "eu" })).toEqual([]);
    expect(await ids({ alias: "champion" })).toEqual([b.id]);
    expect(await ids({ metrics: { auc: { atLeast: 0.8 } } })).toEqual([a.id, b.id]);
    expect(await ids({ metrics: { auc: { atLeast: 0.8, atMost: 0.85 } } })).toEqual([a.id]);
    expect(await ids({ text: "flood" })).toEqual([b.id]);
    expect(await ids({ text: "deep", tag: "reviewed" })).toEqual([a.id]);
    expect(await ids({ text: "deep", alias: "champion" })).toEqual([]);
    expect(await models.card(b.id)).toMatchObject({ aliases: ["champion"], notes: [{ by: "Ann" }], tags: [] });
  });
});

describe("load", () => {
  const input = z.object({
    tenure: z.int().min(0).max(72),
    contract: z.enum(["monthly", "yearly"]),
    charges: z.number().nullable(),
    comment: z.string().optional(),
  });

  it("checks rows and columns against the signature, naming row, column, expected, received and fix", async () => {
    const { id } = await models.register("churn", {
      model: saved(1),
      signature: { input, output: { type: "number" } },
    });
    const { checkInput, checkOutput, version } = await models.load(id, { reader });
    expect(version.signature.input).toMatchObject({ type: "object", required: ["tenure", "contract", "charges"] });
    const good = [
      { tenure: 1, contract: "monthly", charges: null },
      { tenure: 72, contract: "yearly", charges: 2, comment: "" },
    ];
    expect(checkInput(good)).toBe(good);
    const columns = { tenure: [1, 2], contract: ["monthly", "yearly"], charges: Float64Array.of(Number.NaN, 2) };
    expect(checkInput(columns)).toBe(columns);
    const bad = [
      { tenure: 1.5, contract: "monthly", charges: 1 },
      { tenure: 3, contract: "weekly", charge: 1 },
      { tenure: 99, contract: "monthly", charges: "12" },
      { tenure: 99, contract: "monthly", charges: "13" },
    ];
    let error: unknown;
    try {
      checkInput(bad);
    } catch (caught) {
      error = caught;
    }
    const issues = (error as TwinError).issues.map(({ path, message, fix }) => `${path.join(".")}: ${message}; ${fix}`);
    expect(issues).toEqual([
      "rows.0.tenure: expected a whole number of at least 0 of at most 72, received 1.5; convert 'tenure' before predicting, or load a model that was trained on such rows",
      "rows.1.charges: expected a number or null, received nothing; is it the column 'charge'? rename it 'charges'",
      "rows.1.contract: expected one of 'monthly', 'yearly', received 'weekly'; convert 'contract' before predicting, or load a model that was trained on such rows",
      "rows.2.tenure: expected a number of at least 0 of at most 72, received 99, and so in 1 more row; convert 'tenure' before predicting, or load a model that was trained on such rows",
      "rows.2.charges: expected a number or null, received '12', and so in 1 more row; convert 'charges' before predicting, or load a model that was trained on such rows",
    ]);
    expect((error as TwinError).code).toBe("invalid-data");
    expect(() => checkInput({ tenure: [1], contract: [] as string[], charges: [1] })).toThrow("contract");
    expect(() => checkInput([1] as never)).toThrow("expected an object, received 1");
    expect(checkOutput([0.5] as never)).toEqual([0.5]);
    expect(() => checkOutput(["0.5"] as never)).toThrow("expected a number, received '0.5'");
  });

  it("refuses signatures that it could not enforce, and validators without JSON Schema", async () => {
    const refused = async (schema: unknown) =>
      models.register("churn", { model: saved(1), signature: { input: schema as never } }).catch((error) => error.code);
    expect(await refused({ type: "object", patternProperties: {} })).toBe("unsupported");
    expect(await refused({ type: "string", pattern: "(a+)+$" })).toBe("unsupported");
    expect(await refused(z.object({ at: z.date() }))).toBe("unsupported");
    expect(await refused({ type: "text" })).toBe("invalid-argument");
    expect(await refused({ properties: [] })).toBe("invalid-argument");
    expect(await refused({ "~standard": { version: 1, vendor: "other", validate: () => ({ value: 1 }) } })).toBe(
      "unsupported",
    );
    expect(await refused([])).toBe("invalid-argument");
    expect(await refused(z.object({ day: z.iso.date() }))).toMatchObject({ name: "churn" });
  });

  it("refuses what was changed in the store", async () => {
    const { id } = await register(1);
    await store.put(`registry/payload/${id}`, { model: saved(2) });
    await expect(models.load(id, { reader })).rejects.toMatchObject({ code: "corrupt" });
    const other = memoryStore();
    for await (const { value } of store.scan("registry/models")) await other.append("registry/models", value);
    for await (const { value } of store.scan("registry/model/churn"))
      await other.append("registry/model/churn", { ...(value as object), metrics: { auc: 1 } });
    await expect(modelRegistry(other).version(id)).rejects.toMatchObject({ code: "corrupt" });
    await other.append("registry/model/churn", { id: 3 });
    await expect(modelRegistry(other).history("churn")).rejects.toMatchObject({ code: "corrupt" });
  });
});

describe("collect", () => {
  it("gives up what nothing holds, keeps what is said of it, and brings it back", async () => {
    const [a, b, c, d] = [await register(1), await register(2), await register(3), await register(4)];
    await models.promote(a.id, "champion");
    await models.promote(b.id, "champion");
    const plan = await models.collect("churn", { dryRun: true });
    expect(plan).toEqual({
      dryRun: true,
      collected: [c.id],
      kept: { [a.id]: ["history of champion"], [b.id]: ["alias champion"], [d.id]: ["newest"] },
    });
    expect((await models.load(c.id, { reader })).model).toBe(3);
    expect((await models.collect("churn")).collected).toEqual([c.id]);
    await expect(models.load(c.id, { reader })).rejects.toMatchObject({ code: "not-found" });
    await expect(models.promote(c.id, "champion")).rejects.toMatchObject({ code: "not-found" });
    expect((await models.collect("churn")).collected).toEqual([]);
    expect((await models.collect("churn", { keepHistory: false, keepNewest: 0 })).collected).toEqual([a.id, d.id]);
    await expect(models.rollback("churn", "champion")).rejects.toMatchObject({ code: "not-found" });
    expect((await models.version("churn@latest")).id).toBe(b.id);
    expect(await models.history("churn")).toHaveLength(4);
    expect((await models.card(c.id)).collected).toBe("2026-01-01T00:00:00.000Z");
    expect(await register(3)).toEqual(c);
    expect((await models.load(c.id, { reader })).model).toBe(3);
    await models.promote(c.id, "champion");
    await expect(models.collect("churn", { keepNewest: -1 })).rejects.toMatchObject({ path: ["keepNewest"] });
  });

  it("finishes what a crash cut short", async () => {
    await register(1);
    await register(2);
    const { id } = (await models.history("churn"))[0];
    const crashing = {
      ...store,
      compareAndSet: (key: string, version: number, value: unknown) =>
        key.startsWith("registry/payload/")
          ? Promise.reject(new Error("gone"))
          : store.compareAndSet(key, version, value),
    };
    await expect(modelRegistry(crashing, { clock }).collect("churn")).rejects.toThrow("gone");
    expect((await store.get(`registry/payload/${id}`))?.value).not.toBe(null);
    await models.collect("churn");
    expect((await store.get(`registry/payload/${id}`))?.value).toBe(null);
  });
});
