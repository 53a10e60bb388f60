import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  between,
  type CompleteCheck,
  conforms,
  custom,
  department,
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
  type PipelineData,
  registerCheck,
  rowSchema,
  unique,
  validationPipeline,
} from "../../src/index.js";

interface Golden {
  readonly columns: Readonly<Record<"numbers" | "texts" | "rising", (number | string | null)[]>>;
  readonly cases: readonly {
    readonly kind: Expectation["kind"];
    readonly options: object;
    readonly found: {
      readonly success: boolean;
      readonly observed?: number;
      readonly rows?: number[];
    } & Partial<CompleteCheck>;
  }[];
  readonly pandera: readonly {
    readonly kind: Expectation["kind"];
    readonly options: object;
    readonly rows: number[];
  }[];
  readonly samples: readonly {
    readonly sample: number[];
    readonly reference: number[];
    readonly statistic: number;
    readonly pValue: number;
    readonly exactPValue: number;
    readonly populationStability: number;
  }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL("golden/expectations.json", import.meta.url), "utf8"));

async function check(expectation: Expectation, data: PipelineData, options = {}): Promise<CompleteCheck> {
  return (
    await validationPipeline("test")
      .expect(expectation)
      .run(data, { detail: "complete", ...options })
  ).checks[0];
}

/** The golden columns as a column table, with numbers in a Float64Array, and as row objects. */
const numeric = (cells: (number | string | null)[]): Float64Array =>
  Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell)));
const { numbers, texts, rising } = golden.columns;
const columns = { numbers: numeric(numbers), texts: texts as (string | null)[], rising: numeric(rising) };
const rows = numbers.map((_, row) => ({ numbers: numbers[row], texts: texts[row], rising: rising[row] }));

describe("expectations find what Great Expectations 1.24.1 finds", () => {
  for (const { kind, options, found } of golden.cases) {
    for (const [form, data] of [
      ["columns", columns],
      ["rows", rows],
    ] as const) {
      it(`${kind} ${JSON.stringify(options)} of ${form}`, async () => {
        const { success, observed, ...counts } = found;
        const result = await check({ kind, ...options } as Expectation, data);
        expect(result.status).toBe(success ? "passed" : "failed");
        if (observed !== undefined) expect(Object.values(result.observed ?? {})[0]).toBeCloseTo(observed, 12);
        else {
          const { unexpectedShare, ...exact } = counts;
          const { elements, missing, unexpected, rows: bad, values } = result;
          expect({ elements, missing, unexpected, rows: bad, values }).toEqual(exact);
          expect(result.unexpectedShare).toBeCloseTo(unexpectedShare ?? Number.NaN, 12);
        }
      });
    }
  }
});

describe("nulls are passed over, as by pandera 0.35.0", () => {
  it.each(golden.pandera)("$kind $options", async ({ kind, options, rows: bad }) => {
    expect((await check({ kind, ...options } as Expectation, columns)).rows).toEqual(bad);
  });
});

describe("distribution against a reference", () => {
  it.each(golden.samples)("is as SciPy 1.17.1 computes it", async ({ sample, reference, ...expected }) => {
    const ks = await check(distribution("x", { reference, test: "kolmogorovSmirnov" }), { x: sample });
    expect(ks.observed?.["statistic"]).toBeCloseTo(expected.statistic, 14);
    expect(ks.observed?.["pValue"]).toBeCloseTo(expected.pValue, 12);
    // the correction stays near the exact distribution
    expect(Math.abs(Number(ks.observed?.["pValue"]) - expected.exactPValue)).toBeLessThan(0.02);
    expect(ks.status).toBe(expected.pValue >= 0.05 ? "passed" : "failed");
    const psi = await check(distribution("x", { reference, test: "populationStability" }), { x: sample });
    expect(psi.observed?.["populationStability"]).toBeCloseTo(expected.populationStability, 12);
    expect(psi.status).toBe(expected.populationStability <= 0.2 ? "passed" : "failed");
  });

  it("tells a sample from itself with p = 1 and an index of 0", async () => {
    const { sample } = golden.samples[0];
    const ks = await check(distribution("x", { reference: sample, test: "kolmogorovSmirnov" }), { x: sample });
    expect(ks.observed).toEqual({ statistic: 0, pValue: 1 });
    const psi = await check(distribution("x", { reference: sample, test: "populationStability" }), { x: sample });
    expect(psi.observed).toEqual({ populationStability: 0 });
  });

  it("fails where there is too little, or text, to judge", async () => {
    const bounds = { mean: { minimum: 0 } };
    expect((await check(distribution("x", bounds), { x: [1, Number.NaN] })).message).toBe(
      "there are fewer than two values",
    );
    expect((await check(distribution("x", bounds), { x: ["a", "b"] })).message).toBe("row 0 of 'x' is not a number");
  });
});

describe("values", () => {
  it("are no numbers where they are text: unexpected, not missing", async () => {
    const data = [{ x: 1 }, { x: "1" }, { x: null }, {}, { x: true }];
    const result = await check(between("x", { minimum: 0 }), data);
    expect(result).toMatchObject({ elements: 5, missing: 2, unexpected: 2, rows: [1, 4], values: ["1", true] });
  });

  it("may be infinite, and are then above every maximum", async () => {
    expect((await check(between("x", { maximum: 5 }), { x: [1, Infinity] })).rows).toEqual([1]);
    expect((await check(between("x", { minimum: 5 }), { x: [-Infinity, 5] })).rows).toEqual([0]);
  });

  it("may be anything, and are told all the same", async () => {
    const odd: unknown[] = [10n, Symbol("s"), Object.create(null), new Map(), () => 1, [[1]]];
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    const data = [...odd, circular].map((x) => ({ x, y: 1 }));
    const kinds = [
      between("x", { minimum: 0 }),
      monotone("x"),
      noJump("x", { relative: 1 }),
      inSet("x", [1]),
      matches("x", "a"),
      holds("x < y"),
      identity("x", "y"),
    ];
    const pipeline = validationPipeline("odd", { policy: "quarantine" }).expect(...kinds);
    const result = await pipeline.run(data, { detail: "complete" });
    expect(result.checks.map(({ unexpected }) => unexpected)).toEqual(kinds.map(() => data.length));
    expect(result.quarantined).toHaveLength(data.length);
    expect(result.quarantined.every(({ reasons }) => reasons.every(({ message }) => message.length < 200))).toBe(true);
  });

  it("are unique together over several columns, by type and place", async () => {
    const data = { a: ["x", "x", "x", null, null, "x,1"], b: ["1", "2", "1", "1", null, null] };
    expect((await check(unique(["a", "b"]), data)).rows).toEqual([0, 2]);
    expect((await check(unique(["a", "b"]), data)).missing).toBe(1);
    expect(
      (
        await check(unique(["a", "b"]), [
          { a: 1, b: 1 },
          { a: "1", b: 1 },
        ])
      ).status,
    ).toBe("passed");
  });

  it("pass where none is there", async () => {
    for (const expectation of [between("x", { minimum: 0 }), unique("x"), monotone("x"), holds("x > 0")])
      expect(await check(expectation, { x: [Number.NaN, Number.NaN] })).toMatchObject({ status: "passed", missing: 2 });
    expect((await check(notNull("x"), [])).status).toBe("passed");
  });
});

describe("sequences", () => {
  it("of times go up as well", async () => {
    const days = ["2026-01-01", "2026-01-03", null, "2026-01-02", "soon"];
    const result = await check(monotone("day"), { day: days });
    expect(result).toMatchObject({ rows: [3, 4], missing: 1 });
  });

  it("jump where a change is far from the others: 100 steps of about 1 and one of 40", async () => {
    const x = Array.from({ length: 100 }, (_, i) => i + (i % 3) * 0.1 + (i >= 60 ? 40 : 0));
    expect((await check(noJump("x", { deviations: 10 }), { x })).rows).toEqual([60]);
    expect((await check(noJump("x", { deviations: 1e6 }), { x })).status).toBe("passed");
  });

  it("jump where more than half of the changes are equal: mean deviations take the place of the median's", async () => {
    const x = Array.from({ length: 50 }, (_, i) => (i < 30 ? 5 : 500));
    expect((await check(noJump("x", { deviations: 10 }), { x })).rows).toEqual([30]);
    expect((await check(noJump("x", { deviations: 10 }), { x: new Float64Array(20) })).status).toBe("passed");
  });

  it("jump by a share of the value before, gaps passed over", async () => {
    const x = [100, 149, Number.NaN, 151, 60, 90, 0, 5];
    expect((await check(noJump("x", { relative: 0.5 }), { x })).rows).toEqual([4, 6]);
  });
});

describe("formulas", () => {
  it("hold within the tolerance: half a percent of the larger side, or .005 below 1", async () => {
    const data = { revenue: [100, 100, 100, 0, 100], costs: [60, 60, 60, 0, NaN], margin: [0.404, 0.406, 0.6, 0, 0.4] };
    const result = await check(identity("margin", "(revenue - costs) / revenue", { tolerance: 0.005 }), data);
    // 0/0 and a missing cost have nothing to say
    expect(result).toMatchObject({ elements: 5, missing: 2, rows: [1, 2], values: [0.406, 0.6] });
  });

  it("without a finite value have nothing to say", async () => {
    expect(await check(identity("x", "1 / y"), { x: [5], y: [0] })).toMatchObject({ status: "passed", missing: 1 });
  });

  it("churned <= total", async () => {
    const data = { churned: [1, 5, 3, 4], total: [4, 4, NaN, 4] };
    const result = await check(holds("churned <= total"), data);
    expect(result).toMatchObject({ rows: [1], missing: 1, values: [{ churned: 5, total: 4 }] });
  });

  it("tell text among the numbers", async () => {
    const result = await validationPipeline("p", { policy: "quarantine" })
      .expect(holds("a <= b"))
      .run([{ a: "1", b: 2 }]);
    expect(result.quarantined[0].reasons[0].message).toBe("'1' in 'a' is not a number");
  });

  it("evaluate more rows than a block, as row by row", async () => {
    const n = 20_000;
    const a = Float64Array.from({ length: n }, (_, i) => (i * 7919) % 1000);
    const b = Float64Array.from({ length: n }, (_, i) => (i * 104_729) % 1000);
    const expected = Array.from(a.keys()).filter((i) => !(2 * a[i] <= b[i] + 500));
    expect((await check(holds("2 * a <= b + 500"), { a, b })).rows).toEqual(expected);
  });
});

describe("freshness", () => {
  const clock = { now: () => Date.UTC(2026, 2, 31) };
  const day = ["2026-02-27", "2026-02-28", null];

  it("counts calendar durations from the newest time", async () => {
    expect((await check(freshness("day", "31D"), { day }, { clock })).status).toBe("passed");
    expect((await check(freshness("day", "30D"), { day }, { clock })).status).toBe("failed");
    expect((await check(freshness("day", "1M"), { day: ["2026-02-28"] }, { clock })).status).toBe("failed");
  });

  it("fails for a time after now, for text that is no time, and without any", async () => {
    expect((await check(freshness("day", "1D"), { day: ["2026-04-01"] }, { clock })).message).toMatch(/lies after now/);
    expect((await check(freshness("day", "1D"), { day: ["soon"] }, { clock })).message).toBe(
      "row 0 of 'day' is not a time",
    );
    expect((await check(freshness("day", "1D"), { day: [null] }, { clock })).message).toBe("'day' holds no time");
  });

  it("errs without a clock", async () => {
    const result = await check(freshness("day", "1D"), { day });
    expect(result.status).toBe("errored");
    expect(result.problems?.[0].fix).toContain("clock");
  });
});

describe("checks of one's own", () => {
  it("answer for the whole or for each row, soon or later", async () => {
    registerCheck("even", ({ x }) => Array.from(x, (value) => (value === null ? null : Number(value) % 2 === 0)));
    expect(await check(custom("even", { columns: ["x"] }), [{ x: 2 }, { x: 3 }, { x: null }])).toMatchObject({
      rows: [1],
      missing: 1,
    });
    const slow = custom("short", { columns: ["x"], check: async ({ x }) => x.length < 3 });
    expect((await check(slow, { x: [1, 2] })).status).toBe("passed");
    expect((await check(slow, { x: [1, 2, 3] })).message).toBe("'short' does not hold");
  });

  it("get their parameters", async () => {
    const atLeast = custom("atLeast", {
      columns: ["x"],
      parameters: { least: 2 },
      check: ({ x }, parameters) => Array.from(x, (v) => Number(v) >= (parameters as { least: number }).least),
    });
    expect((await check(atLeast, { x: [1, 2, 3] })).rows).toEqual([0]);
  });

  it("that throw, reject or answer nonsense are errored", async () => {
    const run = (answer: () => unknown) => check(custom("c", { check: answer as never }), { x: [1, 2] });
    expect(
      await run(() => {
        throw new Error("boom");
      }),
    ).toMatchObject({ status: "errored", message: "boom" });
    expect(await run(() => Promise.reject(new Error("late")))).toMatchObject({ status: "errored", message: "late" });
    for (const answer of [undefined, 1, [true], [true, "no"], [true, false, true]])
      expect((await run(() => answer)).status).toBe("errored");
  });

  it("may be any Standard Schema validator, over rows and columns", async () => {
    const shop = department("shop", { price: { unit: "GBP", kind: "price", minimum: 0 } });
    for (const data of [[{ price: 3 }, { price: -3 }], { price: [3, -3] }])
      expect((await check(conforms(rowSchema(shop)), data)).rows).toEqual([1]);
  });
});

describe("missing columns", () => {
  it("are errors of the expectation, with the near name", async () => {
    const result = await check(between("reveneu", { minimum: 0 }), { revenue: [1] });
    expect(result.status).toBe("errored");
    expect(result.problems).toEqual([
      {
        code: "unknown-name",
        path: ["columns", "reveneu"],
        message: "unknown column 'reveneu'",
        fix: "did you mean 'revenue'?",
      },
    ]);
    expect((await check(holds("a < revenue"), { revenue: [1] })).status).toBe("errored");
  });
});

describe("properties", () => {
  const cell = fc.option(fc.integer({ min: -5, max: 5 }), { nil: null });

  it("rows and columns are judged alike, mostly is a share of the values, and unexpected rows are those that break the rule", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { maxLength: 30 }), fc.integer({ min: 0, max: 10 }), async (cells, tenths) => {
        const expectation = between("x", { minimum: -2, maximum: 3, mostly: tenths / 10 });
        const bad = cells.flatMap((value, row) => (value !== null && (value < -2 || value > 3) ? [row] : []));
        const judged = cells.filter((value) => value !== null).length;
        const passes = judged === 0 || (judged - bad.length) / judged >= tenths / 10;
        for (const data of [cells.map((x) => ({ x })), { x: Float64Array.from(cells, (x) => x ?? Number.NaN) }]) {
          const result = await check(expectation, data);
          expect(result.rows).toEqual(bad);
          expect(result.status).toBe(passes ? "passed" : "failed");
        }
      }),
    );
  });

  it("where a condition holds is as filtering first", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ x: cell, w: fc.integer({ min: 0, max: 1 }) }), { maxLength: 30 }),
        async (data) => {
          for (const make of [unique.bind(null, "x"), monotone.bind(null, "x"), notNull.bind(null, "x")]) {
            const whole = await check(make({ when: "w > 0" }), data);
            const places = data.flatMap(({ w }, row) => (w > 0 ? [row] : []));
            if (places.length === 0) {
              expect(whole.status).toBe("skipped");
              continue;
            }
            const part = await check(
              make({}),
              places.map((row) => data[row]),
            );
            expect(whole.rows).toEqual(part.rows.map((row) => places[row]));
            expect(whole.elements).toBe(places.length);
          }
        },
      ),
    );
  });
});
