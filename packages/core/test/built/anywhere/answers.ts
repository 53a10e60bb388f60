// A small twin that uses every part of the engine, and its answers to every verb as JSON text.
import type * as Sdk from "@sage-twin/core";

/** A made-up café, week by week, from whole numbers alone: a missing cell, a missing week, costs as a stock of debt. */
function cafeCsv(): string {
  let state = 2026;
  const draw = (most: number): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor(state / 65536) % most;
  };
  const rows = ["week,price,marketing,orders,spend"];
  let remembered = 0;
  for (let week = 0; week < 70; week++) {
    const price = 400 + draw(100);
    const marketing = 200 + draw(300);
    remembered = Math.floor(remembered / 2) + marketing;
    const orders = Math.floor((40000 + 20 * remembered + 400 * (week % 4)) / price) + draw(12);
    const date = new Date(Date.UTC(2025, 0, 6 + 7 * week)).toISOString().slice(0, 10);
    if (week !== 30) rows.push(`${date},${price / 100},${marketing},${week === 12 ? "" : orders},${90 + draw(20)}`);
  }
  return rows.join("\n");
}

interface How {
  readonly executor?: ReturnType<typeof Sdk.workerPool>;
  /** Whether the peers that draw pictures are there. */
  readonly pictures: boolean;
}

/** What each verb of the twin answers, by verb; the same text in every runtime and on every executor. */
export async function answers(sdk: typeof Sdk, { executor, pictures }: How): Promise<Readonly<Record<string, string>>> {
  const { causalGraph, department, elasticity, formula, ingest, linear, TimeTable, Twin } = sdk;
  const sales = department("sales", {
    price: { unit: "GBP", kind: "price", minimum: 0 },
    marketing: { unit: "GBP", kind: "flow", minimum: 0 },
    orders: { unit: "orders", kind: "flow", good: "up", minimum: 0 },
    spend: { unit: "GBP", kind: "flow", minimum: 0 },
  });
  const guests = department("guests", {
    regulars: { unit: "people", kind: "stock", good: "up", minimum: 0 },
    joined: { unit: "people", kind: "flow", minimum: 0 },
    left: { unit: "people", kind: "flow", good: "down", minimum: 0 },
    queue: { unit: "minutes", kind: "score", good: "down", minimum: 0 },
  });
  const table = await ingest(cafeCsv(), { schema: sales, time: "week", frequency: "W" });
  const regulars = [500];
  const joined = Array.from(table.dates, (_, week) => 20 + ((week * 7) % 11));
  const left = joined.map((value, week) => {
    const leaving = 18 + ((week * 5) % 9);
    regulars.push(regulars[week] + value - leaving);
    return leaving;
  });
  const columns = { regulars: regulars.slice(1), joined, left, queue: joined.map((value) => value / 4) };
  const twin = await Twin.describe("café")
    .department("sales", sales)
    .department("guests", guests)
    .derive("revenue", "price * orders", { unit: "GBP", kind: "flow", good: "up" })
    .derive("profit", "revenue - spend - marketing", { unit: "GBP", kind: "flow", good: "up" })
    .causes(
      causalGraph()
        .cause("price", "orders", elasticity(-0.9, { sd: 0.3, source: "a textbook" }))
        .cause("marketing", "orders", elasticity(0.2, { sd: 0.1, lag: "1W", carryover: 0.5 }))
        .cause("orders", "spend", linear(0.2, { sd: 0.05 }))
        .cause("orders", "queue", formula("2 + orders / 60", { sd: 0.2 }))
        .cause("queue", "joined", elasticity(-0.3, { sd: 0.2, lag: "2W" }))
        .stock("regulars", { inflow: "joined", outflow: "left" }),
    )
    .levers({ price: { unit: "GBP", min: 1, max: 9 }, marketing: { unit: "GBP", min: 0, max: 2000 } })
    .data("sales", table)
    .data("guests", TimeTable.of({ frequency: "W", start: table.dates[0], columns }))
    .build({ seed: "anywhere", horizon: "6M" });

  const options = { executor, runs: 1500 };
  const push = twin.scenario("a push").scale("marketing", 1.4, { from: "2026-06-01", ramp: "4W" }).shift("price", 0.2);
  const cut = twin.scenario("a cut").set("price", 3.9, { from: "2026-06-15", until: "2026-08-31" });
  const comparison = await twin.compare([push, cut], options);
  const reporting = { title: "café", comparison, horizons: ["1M", "6M"], ...options } as const;
  const told: Record<string, unknown> = {
    table,
    state: twin.state(),
    quality: twin.quality(),
    effects: await twin.effects(),
    orders: await twin.forecast("orders", { horizons: ["1M", "3M", "6M"], levels: [80, 95], ...options }),
    profit: await twin.forecast("profit", { horizons: ["1M", "6M"], ...options }),
    regulars: await twin.forecast("regulars", { horizons: ["3M"], ...options }),
    simulation: await twin.simulate(push, { ...options, horizon: "3M" }),
    comparison,
    report: pictures ? undefined : await twin.report(reporting).catch((error) => error.code),
    scenario: push,
    saved: twin,
  };
  if (pictures) {
    const report = await twin.report(reporting);
    told["report"] = report;
    told["page"] = report.toHTML();
  }
  const again = Twin.fromJSON(JSON.parse(JSON.stringify(twin)));
  told["restored"] = again.toJSON();
  told["observed"] = await again.observe("sales", [
    { date: "2026-05-11", price: 4.4, marketing: 310, orders: 105, spend: 97 },
  ]);
  told["afterwards"] = await again.forecast("revenue", { horizons: ["1M"], ...options });
  return Object.fromEntries(Object.entries(told).map(([verb, answer]) => [verb, JSON.stringify(answer)]));
}

/** Where answers are other than expected: the verb, and the texts from the first character that differs. */
export function differences(
  actual: Readonly<Record<string, string>>,
  expected: Readonly<Record<string, string>>,
): readonly string[] {
  return [...new Set([...Object.keys(expected), ...Object.keys(actual)])]
    .filter((verb) => actual[verb] !== expected[verb])
    .map((verb) => {
      const [ours = "", theirs = ""] = [actual[verb], expected[verb]];
      let at = 0;
      while (at < ours.length && ours[at] === theirs[at]) at++;
      const show = (text: string): string => text.slice(Math.max(0, at - 60), at + 60);
      return `${verb}, character ${at}: ${show(ours)} instead of ${show(theirs)}`;
    });
}
