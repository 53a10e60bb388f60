import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import {
  type BasicCheck,
  type BooleanCheck,
  between,
  type CompleteCheck,
  conforms,
  custom,
  distribution,
  type Expectation,
  freshness,
  holds,
  identity,
  inSet,
  matches,
  monotone,
  noJump,
  notNull,
  registerCheck,
  rowCount,
  type SummaryCheck,
  TimeTable,
  unique,
  ValidationPipeline,
  validationPipeline,
} from "../../src/index.js";
import { caught } from "../helpers.js";

const rows = [
  { id: "A1", price: 3, sold: 1 },
  { id: "A2", price: -3, sold: 2 },
  { id: null, price: -1, sold: 3 },
  { id: "A4", price: 4, sold: 2 },
];
const columns = {
  id: ["A1", "A2", null, "A4"],
  price: Float64Array.of(3, -3, -1, 4),
  sold: [1, 2, 3, 2],
};
const expectations = [notNull("id"), between("price", { minimum: 0 }), monotone("sold", { severity: "warn" })];

describe("policies", () => {
  const pipeline = (policy: "reject" | "quarantine" | "warn") =>
    validationPipeline("p", { policy }).expect(...expectations);

  it("reject: all or nothing", async () => {
    const result = await pipeline("reject").run(rows);
    expect(result).toMatchObject({ success: false, outcome: "rejected", accepted: undefined, quarantined: [] });
    expect(result.counts).toEqual({ passed: 0, failed: 3, errored: 0, skipped: 0 });
    const good = await pipeline("reject").run(rows.slice(0, 1));
    expect(good).toMatchObject({ success: true, outcome: "accepted", accepted: rows.slice(0, 1) });
  });

  it("quarantine: bad rows aside with every reason; what a warning finds stays", async () => {
    const result = await pipeline("quarantine").run(rows);
    expect(result).toMatchObject({ success: false, outcome: "partly accepted" });
    expect(result.accepted).toEqual([rows[0], rows[3]]);
    expectTypeOf(result.accepted).toExtend<readonly (typeof rows)[number][] | undefined>();
    expect(result.quarantined).toEqual([
      {
        row: 1,
        value: rows[1],
        reasons: [
          {
            code: "out-of-range",
            path: ["rows", 1, "price"],
            message: "-3 is below the minimum 0",
            fix: "mend the row (rows count from 0)",
          },
        ],
      },
      {
        row: 2,
        value: rows[2],
        reasons: [
          expect.objectContaining({ path: ["rows", 2, "id"], message: "the value is missing" }),
          expect.objectContaining({ path: ["rows", 2, "price"] }),
        ],
      },
    ]);
  });

  it("quarantine columns, and periods of a table as gaps", async () => {
    const ofColumns = await pipeline("quarantine").run(columns);
    expect(ofColumns.accepted).toEqual({ id: ["A1", "A4"], price: Float64Array.of(3, 4), sold: [1, 2] });
    expect(ofColumns.quarantined[1].value).toEqual({ id: null, price: -1, sold: 3 });
    const table = TimeTable.of({ frequency: "M", start: "2026-01", columns: { price: [1, -2, 3], sold: [4, 5, 6] } });
    const ofTable = await validationPipeline("t", { policy: "quarantine" })
      .expect(between("price", { minimum: 0 }))
      .run(table);
    expectTypeOf(ofTable.accepted).toEqualTypeOf<TimeTable<"price" | "sold"> | undefined>();
    expect([...(ofTable.accepted?.column("sold") ?? [])]).toEqual([4, Number.NaN, 6]);
    expect(ofTable.accepted?.quality.gaps).toEqual([{ from: "2026-02-01", to: "2026-02-01", periods: 1 }]);
    expect(ofTable.quarantined[0].value).toEqual({ date: "2026-02-01", price: -2, sold: 5 });
  });

  it("quarantine nothing where the whole is at fault: all is rejected", async () => {
    for (const whole of [rowCount({ minimum: 5 }), between("prise", { minimum: 0 })]) {
      const result = await pipeline("quarantine").expect(whole).run(rows);
      expect(result).toMatchObject({ success: false, outcome: "rejected", accepted: undefined, quarantined: [] });
    }
  });

  it("quarantine leaves alone the rows that mostly tolerates", async () => {
    const result = await validationPipeline("p", { policy: "quarantine" })
      .expect(between("price", { minimum: 0, mostly: 0.5 }))
      .run(rows, { detail: "complete" });
    expect(result).toMatchObject({ success: true, accepted: rows, quarantined: [] });
    expect(result.checks[0].rows).toEqual([1, 2]);
  });

  it("warn: all is accepted, and success still tells", async () => {
    const result = await pipeline("warn").run(rows);
    expect(result).toMatchObject({ success: false, outcome: "accepted", accepted: rows, quarantined: [] });
  });

  it("count failures of severity warn, which spoil nothing", async () => {
    const result = await validationPipeline("p")
      .expect(between("price", { minimum: 0, severity: "warn" }))
      .run(rows);
    expect(result).toMatchObject({ success: true, outcome: "accepted", counts: { failed: 1 } });
  });

  it("set rows aside that are no objects", async () => {
    const result = await validationPipeline("p", { policy: "quarantine" }).run([{ a: 1 }, 7, null, []] as never);
    expect(result.accepted).toEqual([{ a: 1 }]);
    expect(result.quarantined.map(({ row }) => row)).toEqual([1, 2, 3]);
    expect(result.checks[0].expectation).toBe("every row is an object");
  });
});

describe("skipped", () => {
  it("where no row meets the condition, or a warning is not asked for", async () => {
    const pipeline = validationPipeline("p").expect(
      between("price", { minimum: 0, when: "sold > 100" }),
      notNull("id", { severity: "warn" }),
      notNull("price"),
    );
    const { counts, checks } = await pipeline.run(rows, { severity: "error" });
    expect(counts).toEqual({ passed: 1, failed: 0, errored: 0, skipped: 2 });
    expect(checks.map(({ status, message }) => [status, message])).toEqual([
      ["skipped", "no row with sold > 100"],
      ["skipped", "its severity is warn"],
      ["passed", undefined],
    ]);
  });
});

describe("detail levels", () => {
  const pipeline = validationPipeline("p").expect(inSet("colour", ["red"]));
  const data = { colour: ["red", "blue", "green", null, ...Array.from({ length: 30 }, () => "blue")] };

  it("tell more and more", async () => {
    const level = async <const L extends "boolean" | "basic" | "summary" | "complete">(detail: L) =>
      (await pipeline.run(data, { detail })).checks[0];
    const boolean = await level("boolean");
    expectTypeOf(boolean).toEqualTypeOf<BooleanCheck>();
    expect(boolean).toEqual({ expectation: "colour is in a set of 1", severity: "error", status: "failed" });
    const basic = await level("basic");
    expectTypeOf(basic).toEqualTypeOf<BasicCheck>();
    expect(basic).toEqual({
      ...boolean,
      elements: 34,
      missing: 1,
      unexpected: 32,
      unexpectedShare: 32 / 33,
      examples: ["blue", "green", ...Array(18).fill("blue")],
    });
    const summary = await level("summary");
    expectTypeOf(summary).toEqualTypeOf<SummaryCheck>();
    expect(summary).toEqual({
      ...basic,
      mostCommon: [
        { value: "blue", count: 31 },
        { value: "green", count: 1 },
      ],
      exampleRows: [1, 2, ...Array.from({ length: 18 }, (_, i) => i + 4)],
    });
    const complete = await level("complete");
    expectTypeOf(complete).toEqualTypeOf<CompleteCheck>();
    expect(complete.rows).toEqual([1, 2, ...Array.from({ length: 30 }, (_, i) => i + 4)]);
    expect(complete.values).toEqual(data.colour.filter((colour) => colour !== "red" && colour !== null));
    expectTypeOf((await pipeline.run(data)).checks[0]).toEqualTypeOf<BasicCheck>();
    // @ts-expect-error counts are not told at this level
    expect(boolean.unexpected).toBeUndefined();
  });

  it("reach the same verdict", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -3, max: 3 })), async (x) => {
        const run = (detail: "boolean" | "complete") =>
          validationPipeline("p")
            .expect(between("x", { minimum: 0, mostly: 0.6 }), unique("x"))
            .run({ x }, { detail });
        const [least, most] = [await run("boolean"), await run("complete")];
        expect([least.success, least.counts]).toEqual([most.success, most.counts]);
      }),
    );
  });
});

describe("saving", () => {
  registerCheck("saved check", () => true);
  const all: Expectation[] = [
    notNull("a", { mostly: 0.5, severity: "warn", when: "b > 0" }),
    between("a", { minimum: -1.5 }),
    unique(["a", "b"]),
    inSet("a", ["x", 1, true]),
    matches("a", "^A\\d+$"),
    matches("a", /^B[0-9]+$/),
    monotone("a", { direction: "down", strictly: true }),
    noJump("a", { deviations: 5 }),
    freshness("date", "2D"),
    rowCount({ minimum: 1, maximum: 9 }),
    distribution("a", { quantiles: { "0.5": { minimum: 1 } } }),
    distribution("a", { reference: [1, 2, 3], test: "populationStability", limit: 0.1, bins: 5 }),
    identity("a", "b - c", { tolerance: 0.01 }),
    holds("a <= b"),
    custom("saved check", { columns: ["a"], parameters: { deep: [1, null, "x"] } }),
  ];

  it("keeps everything but code", async () => {
    const pipeline = validationPipeline("all", { policy: "quarantine" }).expect(...all);
    const text = JSON.stringify(pipeline);
    expect(JSON.parse(text)).toMatchObject({ kind: "validation-pipeline", schemaVersion: 1 });
    const opened = ValidationPipeline.fromJSON(JSON.parse(text));
    expect(JSON.stringify(opened)).toBe(text);
    expect(opened.expectations).toEqual(
      all.map((one) =>
        "pattern" in one
          ? { ...one, pattern: typeof one.pattern === "string" ? one.pattern : one.pattern.source }
          : one,
      ),
    );
    const data = { a: [1, 2], b: [3, 4], c: [2, 2], date: ["2026-01-01", "2026-01-02"] };
    const clock = { now: () => Date.UTC(2026, 0, 3) };
    expect((await opened.run(data, { detail: "complete", clock })).checks).toEqual(
      (await pipeline.run(data, { detail: "complete", clock })).checks.map((told) => ({
        ...told,
        expectation: told.expectation.replace(/\/\^B\[0-9\]\+\$\//, "^B[0-9]+$"),
      })),
    );
  });

  it("names every expectation that is code", async () => {
    const pipeline = validationPipeline("p").expect(
      conforms(z.object({})),
      notNull("a"),
      custom("mine", { check: () => true }),
      matches("a", /a/i),
      matches("a", /(a)\1/),
    );
    const error = await caught(() => pipeline.toJSON());
    expect(error.issues.map(({ code, path }) => [code, path[1]])).toEqual(
      [0, 2, 3, 4].map((index) => ["not-serialisable", index]),
    );
    expect(error.message).toContain("registerCheck");
  });

  it.each([
    ["nothing", {}],
    ["a policy of its own", { name: "p", policy: "ignore", expectations: [] }],
    ["a kind that is none", { name: "p", policy: "warn", expectations: [{ kind: "betwen", column: "a" }] }],
    [
      "an option that is none",
      { name: "p", policy: "warn", expectations: [{ kind: "notNull", column: "a", mosty: 1 }] },
    ],
    [
      "a hostile pattern",
      { name: "p", policy: "warn", expectations: [{ kind: "matches", column: "a", pattern: "(a)\\1" }] },
    ],
    [
      "a pattern that is an object",
      { name: "p", policy: "warn", expectations: [{ kind: "matches", column: "a", pattern: {} }] },
    ],
    ["a formula that runs code", { name: "p", policy: "warn", expectations: [{ kind: "holds", formula: "f(x) = x" }] }],
    [
      "a check that is not registered",
      { name: "p", policy: "warn", expectations: [{ kind: "custom", name: "savd check" }] },
    ],
    ["an expectation that is null", { name: "p", policy: "warn", expectations: [null] }],
  ])("refuses %s", async (_, state) => {
    const json = { ...JSON.parse(JSON.stringify(validationPipeline("p"))), state };
    const error = await caught(() => ValidationPipeline.fromJSON(json));
    expect(error.path[0]).toBe("state");
  });
});

describe("bad arguments", () => {
  it.each<[string, () => unknown, string]>([
    ["an unknown option", () => notNull("a", { mosty: 0.5 } as never), "did you mean 'mostly'?"],
    ["a share above 1", () => notNull("a", { mostly: 95 }), "mostly"],
    ["bounds that cross", () => between("a", { minimum: 2, maximum: 1 }), "exchange them"],
    ["no bound", () => between("a", {}), "give minimum, maximum or both"],
    ["bounds that are no numbers", () => between("a", { minimum: Number.NaN }), "minimum"],
    ["no column", () => notNull(undefined as never), "column"],
    ["no columns", () => unique([]), "columns"],
    ["an empty set", () => inSet("a", []), "values"],
    ["a condition that cannot be read", () => notNull("a", { when: "b >" }), "when"],
    ["code in a formula", () => holds("import('x')"), "formula"],
    ["a duration that is none", () => freshness("a", "two days"), "not a frequency or duration"],
    ["neither kind of jump", () => noJump("a", {} as never), "one of deviations and relative"],
    ["a distribution of nothing", () => distribution("a", {}), "one of bounds and a reference"],
    [
      "both",
      () => distribution("a", { mean: { minimum: 0 }, reference: [1, 2], test: "kolmogorovSmirnov" } as never),
      "one of bounds",
    ],
    ["a probability that is none", () => distribution("a", { quantiles: { "1.5": { minimum: 0 } } }), "probability"],
    ["a schema that is none", () => conforms({} as never), "Standard Schema"],
    ["a check that is not registered", () => custom("nowhere to be found at all"), "unknown check"],
    [
      "another check of a registered name",
      () => [registerCheck("twice", () => true), registerCheck("twice", () => false)],
      "another check",
    ],
    ["a name that is none", () => validationPipeline(""), "name"],
    ["a policy that is none", () => validationPipeline("p", { policy: "drop" as never }), "reject, quarantine, warn"],
  ])("refuses %s", async (_, action, told) => {
    expect((await caught(action)).message).toContain(told);
  });

  it("gathers the issues of all expectations", async () => {
    const wrong = [{ kind: "between", column: "", minimum: 2, maximum: "1" }, { kind: "notNul" }] as never[];
    const error = await caught(() => validationPipeline("p").expect(...wrong));
    expect(error.issues.map(({ path }) => path.join("."))).toEqual([
      "expectations.0.column",
      "expectations.0.maximum",
      "expectations.1.kind",
    ]);
    expect(error.issues[2].fix).toBe("did you mean 'notNull'?");
  });

  it.each([[undefined], [3], ["rows"], [{ a: [1, 2], b: [1] }], [{ a: 1 }]])("refuses %j as data", async (data) => {
    await caught(() =>
      validationPipeline("p")
        .run(data as never)
        .then(({ success }) => ({ success, data })),
    );
  });

  it("refuses an unknown level or severity to run", async () => {
    const run = (options: object) => caught(() => validationPipeline("p").run([], options));
    expect((await run({ detail: "full" })).message).toContain("boolean, basic, summary, complete");
    expect((await run({ severity: "info" })).message).toContain("error, warn");
  });
});

describe("immutability, progress and stopping", () => {
  it("does not change what it was made of", async () => {
    const base = validationPipeline("p");
    const more = base.expect(notNull("a"));
    expect(base.expectations).toHaveLength(0);
    expect([base, base.expectations, more.expectations[0]].every(Object.isFrozen)).toBe(true);
    expect(more.withPolicy("warn")).toMatchObject({ policy: "warn", expectations: more.expectations });
    expect(more.policy).toBe("reject");
  });

  it("stops with the signal's reason, between expectations and among the rows of a schema", async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const pipeline = validationPipeline("p").expect(notNull("id"), notNull("id"), notNull("id"));
    const run = pipeline.run(rows, {
      signal: controller.signal,
      onProgress: ({ stage, done, total }) => {
        expect([stage, total]).toEqual(["validate", 3]);
        seen.push(done);
        if (done === 1) controller.abort("enough");
      },
    });
    await expect(run).rejects.toBe("enough");
    expect(seen).toEqual([0, 1]);
    const slow = new AbortController();
    const schema = z.object({
      x: z.number().refine((x) => {
        if (x === 3000) slow.abort("stop");
        return true;
      }),
    });
    const many = Array.from({ length: 10_000 }, (_, x) => ({ x }));
    await expect(validationPipeline("p").expect(conforms(schema)).run(many, { signal: slow.signal })).rejects.toBe(
      "stop",
    );
  });
});
