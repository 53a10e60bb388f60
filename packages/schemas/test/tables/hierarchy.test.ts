import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { department, hierarchy, ingestHierarchy, TimeTable } from "../../src/index.js";
import { caught } from "../helpers.js";

const nan = Number.NaN;
const shops = department("shops", {
  sales: { unit: "GBP", kind: "flow" },
  stock: { unit: "units", kind: "stock" },
  visits: { unit: "visits", kind: "flow" },
  conversion: { unit: "1", kind: "rate" },
  basket: { unit: "GBP", kind: "price", formula: "sales / visits" },
  lowest: { unit: "GBP", kind: "price", aggregate: "min" },
  highest: { unit: "GBP", kind: "price", aggregate: "max" },
});
type Metric = keyof typeof shops.metrics & string;
const levels = ["country", "region", "shop"];
const weights = { conversion: "visits" } as const;
const table = (
  sales: readonly number[],
  visits: readonly number[],
  conversion: readonly number[],
  start = "2026-01",
): TimeTable<Metric> =>
  TimeTable.of({
    frequency: "M",
    start,
    columns: {
      sales,
      stock: sales,
      visits,
      conversion,
      basket: sales.map((sold, row) => sold / visits[row]),
      lowest: sales,
      highest: sales,
    },
  });
const leaves = [
  { path: ["UK", "North", "Leeds"], table: table([100, 200], [10, 20], [0.1, 0.2]) },
  { path: ["UK", "North", "York"], table: table([300, 400], [30, 60], [0.3, 0.4]) },
  { path: ["UK", "South", "Brighton"], table: table([500], [100], [0.5], "2026-02") },
  { path: ["FR", "Midi", "Nîmes"], table: table([1, nan], [1, 2], [nan, 0.25]) },
];

describe("hierarchy", () => {
  const tree = hierarchy(leaves, { levels, department: shops, weights });

  it("sums flows and stocks, weighs rates, derives formulas, keeps extremes", () => {
    expect([...tree.table(["UK", "North"]).rows()]).toEqual([
      {
        date: "2026-01-01",
        sales: 400,
        stock: 400,
        visits: 40,
        conversion: (0.1 * 10 + 0.3 * 30) / 40,
        basket: 10,
        lowest: 100,
        highest: 300,
      },
      {
        date: "2026-02-01",
        sales: 600,
        stock: 600,
        visits: 80,
        conversion: (0.2 * 20 + 0.4 * 60) / 80,
        basket: 7.5,
        lowest: 200,
        highest: 400,
      },
    ]);
    expect([...tree.table().column("sales")]).toEqual([401, 1100]);
    expect(tree.table(["FR"]).column("conversion")).toEqual(Float64Array.of(nan, 0.25));
    // the visits of Nîmes in January, whose conversion is not known, weigh nothing at any level above
    expect(tree.table().column("conversion")[0]).toBeCloseTo((0.1 * 10 + 0.3 * 30) / 40, 15);
  });

  it("knows its nodes", () => {
    expect(tree.paths("country")).toEqual([["UK"], ["FR"]]);
    expect(tree.paths("shop").map((path) => path.at(-1))).toEqual(["Leeds", "York", "Brighton", "Nîmes"]);
    expect(tree.paths()).toHaveLength(2 + 3 + 4);
    expect(tree.children(["UK"])).toEqual([
      ["UK", "North"],
      ["UK", "South"],
    ]);
    expect(tree.children([])).toEqual([["UK"], ["FR"]]);
  });

  it("tells the totals that were made without some of their parts", () => {
    expect(tree.partial).toContainEqual({ path: ["UK"], metric: "sales", cells: 1 });
    expect(tree.partial).toContainEqual({ path: [], metric: "sales", cells: 1 });
    expect(tree.partial.every(({ path }) => path.join() !== "UK,North")).toBe(true);
  });

  it("every sum is that of its children, to the last bit, at every level", () => {
    const leaf = fc.record({
      path: fc.tuple(fc.constantFrom("a", "b"), fc.constantFrom("c", "d"), fc.constantFrom("e", "f", "g")),
      values: fc.array(fc.oneof(fc.double({ noNaN: true, min: -1e12, max: 1e12 }), fc.constant(nan)), {
        minLength: 3,
        maxLength: 3,
      }),
    });
    const flows = department("flows", { flow: { unit: "1", kind: "flow" }, stock: { unit: "1", kind: "stock" } });
    fc.assert(
      fc.property(fc.uniqueArray(leaf, { selector: ({ path }) => path.join(), minLength: 1, maxLength: 12 }), (all) => {
        const built = hierarchy(
          all.map(({ path, values }) => ({
            path,
            table: TimeTable.of({ frequency: "D", start: "2026-01-01", columns: { flow: values, stock: values } }),
          })),
          { levels, department: flows },
        );
        for (const path of [[], ...built.paths()])
          for (const metric of ["flow", "stock"] as const) {
            const children = built.children(path).map((child) => built.table(child).column(metric));
            if (children.length === 0) continue;
            const total = built.table(path).column(metric);
            for (let row = 0; row < 3; row++) {
              const known = children.map((column) => column[row]).filter((x) => !Number.isNaN(x));
              expect(total[row]).toBe(known.length === 0 ? nan : known.reduce((sum, x) => sum + x));
            }
          }
        const given = built.paths().map((path) => ({ path, table: built.table(path) }));
        expect(built.check(given)).toEqual([]);
      }),
    );
  });

  it("reports where given totals differ", () => {
    const given = { path: ["UK", "North"], table: table([400, 601, 7], [40, 80, 1], [0.25, 0.35, 0.1]) };
    expect(tree.check([given]).filter(({ metric }) => metric === "sales")).toEqual([
      { path: ["UK", "North"], metric: "sales", date: "2026-02-01", given: 601, derived: 600 },
      { path: ["UK", "North"], metric: "sales", date: "2026-03-01", given: 7, derived: nan },
    ]);
    expect(
      tree.check([given], { tolerance: 0.01 }).filter(({ metric, date }) => metric === "sales" && date < "2026-03"),
    ).toEqual([]);
  });

  it("gathers what is wrong with the leaves", async () => {
    const wrong = [
      ...leaves,
      leaves[0],
      { path: ["UK", "North"], table: leaves[0].table },
      { path: ["UK", "", "x"], table: leaves[0].table },
      {
        path: ["UK", "North", "Hull"],
        table: TimeTable.of({ frequency: "D", start: "2026-01-01", columns: { sales: [1] } }) as never,
      },
      {
        path: ["UK", "North", "Ely"],
        table: TimeTable.of({ frequency: "M", start: "2026-01-01", columns: { sales: [1] } }) as never,
      },
    ];
    const error = await caught(() => hierarchy(wrong, { levels, department: shops, weights }));
    expect(error.issues.map(({ path }) => path[1])).toEqual([
      "UK > North > Leeds",
      "UK > North",
      "UK >  > x",
      "UK > North > Hull",
      "UK > North > Ely",
    ]);
    expect((await caught(() => hierarchy([], { levels, department: shops }))).message).toContain("there are no leaves");
    expect((await caught(() => tree.table(["UK", "Nroth"]))).message).toContain("did you mean 'North'?");
    expect((await caught(() => tree.paths("shpo"))).message).toContain("did you mean 'shop'?");
  });

  it("refuses totals that are none: a rate without a weight, a distinct count, unknown weights", async () => {
    const error = await caught(() => hierarchy(leaves, { levels, department: shops }));
    expect(error.issues).toMatchObject([{ code: "unsupported", path: ["metrics", "conversion"] }]);
    expect(
      (await caught(() => hierarchy(leaves, { levels, department: shops, weights: { conversion: "visit" } as never })))
        .message,
    ).toContain("did you mean 'visits'?");
    expect(
      (
        await caught(() =>
          hierarchy(leaves, {
            levels,
            department: shops,
            weights: { convesion: "visits", conversion: "visits" } as never,
          }),
        )
      ).message,
    ).toContain("did you mean 'conversion'?");
    const counted = department("c", { buyers: { unit: "1", kind: "flow", aggregate: "distinctCount" } });
    const one = [
      { path: ["a"], table: TimeTable.of({ frequency: "D", start: "2026-01-01", columns: { buyers: [3] } }) },
    ];
    expect((await caught(() => hierarchy(one, { levels: ["shop"], department: counted }))).message).toContain(
      'additive: ["buyers"]',
    );
    expect([
      ...hierarchy(one, { levels: ["shop"], department: counted, additive: ["buyers"] })
        .table()
        .column("buyers"),
    ]).toEqual([3]);
  });

  it("formulas of formulas are computed in order; those that need one another are refused", async () => {
    const chain = department("c", {
      a: { unit: "1", kind: "flow" },
      c: { unit: "1", kind: "rate", formula: "b * 2" },
      b: { unit: "1", kind: "rate", formula: "a / 10" },
    });
    const leaf = {
      path: ["x"],
      table: TimeTable.of({ frequency: "D", start: "2026-01-01", columns: { a: [5], b: [1], c: [1] } }),
    };
    expect([
      ...hierarchy([leaf, { ...leaf, path: ["y"] }], { levels: ["shop"], department: chain })
        .table()
        .rows(),
    ]).toEqual([{ date: "2026-01-01", a: 10, b: 1, c: 2 }]);
    const circle = department("c", {
      b: { unit: "1", kind: "rate", formula: "c" },
      c: { unit: "1", kind: "rate", formula: "b" },
    });
    const round = {
      path: ["x"],
      table: TimeTable.of({ frequency: "D", start: "2026-01-01", columns: { b: [1], c: [1] } }),
    };
    expect((await caught(() => hierarchy([round], { levels: ["shop"], department: circle }))).code).toBe("cycle");
  });
});

describe("ingestHierarchy", () => {
  const shop = department("shop", { sales: { unit: "GBP", kind: "flow" } });
  const rows = [
    ["2026-01-05", "UK", "Leeds", 1],
    ["2026-01-06", "UK", "York", 2],
    ["2026-01-05", "FR", "Lyon", 4],
    ["2026-01-05", "UK", "Leeds", 8],
  ].map(([date, country, name, sales]) => ({ date, country, shop: name, sales }));
  const options = { schema: shop, frequency: "D", levels: ["country", "shop"] } as const;

  it("reads rows of any source into leaves and totals", async () => {
    const tree = await ingestHierarchy(rows, options);
    expect([...tree.table(["UK"]).column("sales")]).toEqual([9, 2]);
    expect([...tree.table().column("sales")]).toEqual([13, 2]);
    const csv = `Day,country,shop,Turnover\n${rows.map((row) => Object.values(row).join()).join("\n")}`;
    const matched = await ingestHierarchy(csv, { ...options, columns: "match" });
    expect([...matched.table().rows()]).toEqual([...tree.table().rows()]);
  });

  it("gathers the issues of all leaves, with the rows of the source", async () => {
    const wrong = [
      ...rows,
      { date: "x", country: "UK", shop: "Leeds", sales: 1 },
      { date: "2026-01-05", country: "", shop: "Leeds", sales: 1 },
      { date: "2026-01-05", country: "FR", shop: "Lyon", sales: "y" },
      5,
    ];
    const error = await caught(() => ingestHierarchy(wrong as never, options));
    expect(error.issues.map(({ path }) => path).sort()).toEqual(
      [
        ["rows", 4, "date"],
        ["rows", 5, "country"],
        ["rows", 6, "sales"],
        ["rows", 7],
      ].sort(),
    );
    expect((await caught(() => ingestHierarchy(rows, { ...options, levels: ["contry", "shop"] }))).message).toContain(
      "did you mean 'country'?",
    );
    expect((await caught(() => ingestHierarchy([], options))).message).toContain("there are no leaves");
    const rejected = await ingestHierarchy(wrong.slice(0, 5) as never, { ...options, invalid: "reject" });
    expect(rejected.table(["UK", "Leeds"]).quality.rowsRejected).toBe(1);
    expect(rejected.table().quality.rowsRejected).toBe(1);
  });
});
