/**
 * `additive` beside Prophet with the same settings: speed, and accuracy on 100 monthly M1 series and the retail days. Usage: `npm run bench -- additive`;
 * SAGE_TWIN_PYTHON names a Python with prophet installed, without it the reference is left out.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { additive } from "@sage-twin/forecasters";
import { absoluteErrorScale, coverage, mase, msis, smape } from "@sage-twin/numerics";

interface Item {
  readonly set: string;
  readonly mode: "additive" | "multiplicative";
  readonly seasonLength: number;
  readonly timestamps: readonly number[];
  readonly values: readonly number[];
  readonly future: readonly number[];
  readonly actual: readonly number[];
}

interface Answer {
  readonly mean: ArrayLike<number>;
  readonly lower: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
  readonly milliseconds: number;
}

const folder = process.env.SAGE_TWIN_DATA ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const examples = fileURLToPath(new URL("../../../examples/data/online-retail", import.meta.url));

function monthly(mode: Item["mode"]): Item[] {
  const all: {
    period: string;
    horizon: number;
    start: [number, number];
    train: number[];
    test: number[];
  }[] = JSON.parse(gunzipSync(readFileSync(`${folder}/m1-series.json.gz`)).toString());
  return all
    .filter(({ period }) => period === "monthly")
    .filter((_, index) => index % 6 === 0)
    .slice(0, 100)
    .map(({ start: [year, month], train, test }) => {
      const instants = [...train, ...test].map((_, t) => Date.UTC(year, month - 1 + t, 1));
      return {
        set: `M1 monthly, ${mode}`,
        mode,
        seasonLength: 12,
        values: train,
        actual: test,
        timestamps: instants.slice(0, train.length),
        future: instants.slice(train.length),
      };
    });
}

function retailDays(): Item[] {
  const items: Item[] = [];
  for (const file of ["revenue", "operations", "customers", "markets"]) {
    const [header, ...lines] = readFileSync(`${examples}/${file}-daily.csv`, "utf8").trim().split("\n");
    const rows = lines.map((line) => line.split(","));
    const instants = rows.map(([date]) => Date.parse(date));
    header.split(",").forEach((name, column) => {
      if (!["netSales", "orders", "units", "lines", "activeCustomers", "netSalesHome"].includes(name)) return;
      const values = rows.map((row) => Number(row[column]));
      // Open days are known days; the last 5 x 28 of them are forecast, 28 at a time.
      for (let fold = 1; fold <= 5; fold++) {
        const end = values.length - 28 * fold;
        const ahead = { future: instants.slice(end, end + 28), actual: values.slice(end, end + 28) };
        const past = { timestamps: instants.slice(0, end), values: values.slice(0, end) };
        items.push({ set: "retail days", mode: "additive", seasonLength: 7, ...past, ...ahead });
      }
    });
  }
  return items;
}

/** A forecast at exactly the instants asked for: steps without an actual value are passed over. */
function ours({ mode, timestamps, values, future, set }: Item): Answer {
  const started = performance.now();
  const frequency = set === "retail days" ? "D" : "M";
  const fitted = additive({ seasonalityMode: mode, frequency }).fit(values, { timestamps });
  const last = timestamps[timestamps.length - 1];
  const steps = future.map((instant, index) =>
    frequency === "D" ? Math.round((instant - last) / 86_400_000) - 1 : index,
  );
  const out = fitted.forecast(steps[steps.length - 1] + 1);
  const { lower, upper } = out.interval(95);
  const at = (column: Float64Array): number[] => steps.map((step) => column[step]);
  return { mean: at(out.mean), lower: at(lower), upper: at(upper), milliseconds: performance.now() - started };
}

function speed(): void {
  const start = Date.UTC(2021, 0, 1);
  const values = Array.from(
    { length: 1096 },
    (_, t) => 300 + t / 10 + 40 * Math.sin(t / 58.1) + [20, 8, 0, -3, 5, -15, -15][t % 7] + ((t * 7919) % 97) / 4,
  );
  const christmas = [2021, 2022, 2023, 2024].map((year) => `${year}-12-25`);
  const newYear = [2021, 2022, 2023, 2024, 2025].map((year) => `${year}-01-01`);
  const easter = ["2021-04-04", "2022-04-17", "2023-04-09", "2024-03-31"];
  const holidays = [
    { name: "christmas", dates: christmas, lowerWindow: -2, upperWindow: 2 },
    { name: "newYear", dates: newYear },
    { name: "easter", dates: easter, lowerWindow: -2, upperWindow: 1 },
  ];
  const timestamps = values.map((_, t) => start + t * 86_400_000);
  for (const mode of ["additive", "multiplicative"] as const) {
    const times: number[] = [];
    for (let run = 0; run < 11; run++) {
      const began = performance.now();
      const fitted = additive({ holidays, seasonalityMode: mode }).fit(values, { timestamps });
      fitted.forecast(365);
      fitted.paths(365, { count: 1000, seed: run });
      times.push(performance.now() - began);
    }
    const first = times[0].toFixed(0);
    const median = times.sort((a, b) => a - b)[5].toFixed(1);
    console.log(
      `3 years of days, year + week + 3 holidays, ${mode}: fit, 365 steps, 1,000 paths: median ${median} ms, first ${first} ms`,
    );
  }
}

speed();
const items = [...monthly("additive"), ...monthly("multiplicative"), ...retailDays()];
const answers: Record<string, readonly Answer[]> = { additive: items.map(ours) };
const python = process.env.SAGE_TWIN_PYTHON;
if (python === undefined) console.log("Prophet left out: SAGE_TWIN_PYTHON is not set");
else {
  const script = fileURLToPath(new URL("additive.py", import.meta.url));
  const text = execFileSync(python, [script], {
    input: JSON.stringify(items),
    maxBuffer: 2 ** 28,
    stdio: ["pipe", "pipe", "ignore"],
  });
  answers.Prophet = JSON.parse(text.toString());
}
console.log("set                        model     series  sMAPE   MASE  cover   MSIS     ms");
for (const set of new Set(items.map((item) => item.set)))
  for (const [model, list] of Object.entries(answers)) {
    const scores = items.flatMap((item, index) => {
      if (item.set !== set) return [];
      const { mean, lower, upper, milliseconds } = list[index];
      const scale = absoluteErrorScale(item.values, item.seasonLength);
      const { actual } = item;
      return [
        [
          smape(actual, mean),
          mase(actual, mean, scale),
          coverage(actual, lower, upper),
          msis(actual, lower, upper, 95, scale),
          milliseconds,
        ],
      ];
    });
    const [s, m, c, i, t] = [0, 1, 2, 3, 4].map((k) => scores.reduce((sum, row) => sum + row[k], 0) / scores.length);
    console.log(
      `${set.padEnd(26)} ${model.padEnd(9)} ${String(scores.length).padStart(6)} ${s.toFixed(2).padStart(6)} ${m.toFixed(3).padStart(6)}  ${c.toFixed(3)} ${i.toFixed(1).padStart(6)} ${t.toFixed(1).padStart(6)}`,
    );
  }
