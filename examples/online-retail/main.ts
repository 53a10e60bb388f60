// The twin of a real shop: npm start, or npm start -- path/to/online-retail.csv.gz to begin with the raw transactions.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Department, ingest, TwinError } from "@sage-twin/core";
import { checkData } from "./data-check.js";
import { departments } from "./departments.js";
import { scoreHeldOutWeeks } from "./held-out.js";
import type { PreparationNotes } from "./prepare/notes.js";
import { openRaw, prepareFromRaw } from "./prepare.js";
import { askQuestions } from "./questions.js";
import { type ShopTables, shopTwin } from "./shop.js";
import { tellStory } from "./story.js";

const runs = 10_000;
const headline = ["netSales", "orders", "activeCustomers"] as const;
const horizons = ["1M", "3M"] as const;
const folder = new URL("../data/online-retail/", import.meta.url);

interface Shop {
  readonly weekly: ShopTables;
  readonly daily: ShopTables;
  readonly notes: PreparationNotes;
}

async function readTables(): Promise<Shop> {
  const read = (name: string) => readFile(new URL(name, folder), "utf8");
  const tablesBy = async (frequency: string): Promise<ShopTables> => {
    const tables = Object.entries<Department>(departments).map(async ([name, schema]) => [
      name,
      await ingest(await read(`${name}-${frequency}.csv`), { schema }),
    ]);
    return Object.fromEntries(await Promise.all(tables));
  };
  return {
    weekly: await tablesBy("weekly"),
    daily: await tablesBy("daily"),
    notes: JSON.parse(await read("notes.json")),
  };
}

async function readRaw(path: string): Promise<Shop> {
  const { tables, notes } = await prepareFromRaw(openRaw(path), {
    onProgress: ({ done, total }) => progress("reading", done, total),
  });
  return { weekly: tables.weekly as never, daily: tables.daily as never, notes };
}

/** One line that is written over as work goes on; nothing where there is no terminal. */
function progress(stage: string, done: number, total: number): void {
  if (!process.stdout.isTTY) return;
  process.stdout.write(`\r  ${stage} ${Math.round((100 * done) / total)} %   ${done === total ? "\r\u001b[K" : ""}`);
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
const thousands = (value: number) => Math.round(value).toLocaleString("en-GB");
const onProgress = ({ stage, done, total }: { stage: string; done: number; total: number }) =>
  progress(stage, done, total);

async function main(): Promise<void> {
  const raw = process.argv[2];
  const started = performance.now();
  const say = (text: string) => console.log(text);
  say(
    `The twin of a UK online gift shop, ${raw === undefined ? "from the weekly tables in examples/data" : `from ${raw}`}`,
  );
  const { weekly, daily, notes } = raw === undefined ? await readTables() : await readRaw(raw);

  const twin = await shopTwin(weekly);
  const { date, health } = twin.state();
  const quality = twin.quality();
  const gaps = weekly.revenue.quality.gaps.map(({ from }) => from).join(", ");
  say(
    `\nMirror   ${weekly.revenue.length} complete weeks to the one of ${date}; data quality ${quality.score.toFixed(0)} of 100; closed in the week of ${gaps}`,
  );
  say(`         health ${health.index?.toFixed(0)} of 100 (50 is as usual for the half-year before)`);

  const check = await checkData(weekly, daily);
  const passed = check.rules.filter(({ status }) => status === "passed").length;
  say(`\nData     version ${check.version.slice(0, 12)}; ${passed} of ${check.rules.length} rules hold`);
  say(
    `         the week's pattern explains ${percent(check.weekPattern ?? 0)} of what daily sales have beside their trend; ${check.anomalies.length === 0 ? "no week stands out" : `the week of ${check.anomalies.map(({ week }) => week).join(", ")} stands out`}`,
  );

  say("\nForecast, with the 80 % interval (the seed is 2026, every run gives the same figures)");
  for (const metric of headline) {
    const outlook = await twin.forecast(metric, { horizons, runs, onProgress });
    for (const { horizon, total } of outlook.horizons) {
      const { lower, upper } = total.interval(80);
      say(
        `  ${metric.padEnd(16)} ${horizon}  ${thousands(total.quantile(0.5)).padStart(10)} ${outlook.unit}  (${thousands(lower)} to ${thousands(upper)})`,
      );
    }
  }

  say("\nThe last 6 complete weeks, held out (mean absolute scaled error, lower is better)");
  const scores = await scoreHeldOutWeeks(weekly, daily);
  for (const { metric, frequency, mase, rival, rivalMase } of scores) {
    const verdict = mase < rivalMase ? "better than" : "not better than";
    say(
      `  ${metric.padEnd(16)} by ${frequency.padEnd(4)}  ${mase.toFixed(2)}, ${verdict} ${rival} ${rivalMase.toFixed(2)}`,
    );
  }

  const plans = [
    twin.scenario("Prices up 5 %").scale("priceLevel", 1.05),
    twin.scenario("Push on new customers").scale("acquisition", 1.2, { ramp: "1M" }),
    twin.scenario("A fifth fewer refunds").scale("refundLevel", 0.8),
  ];
  const comparison = await twin.compare(plans, { runs, onProgress });
  say(`\nWhat if, net sales over three months against the forecast, ${thousands(runs)} runs each`);
  for (const name of comparison.scenarios) {
    const { total, probabilityBetter = 0 } = comparison.difference("netSales", name);
    const { lower, upper } = total.interval(80);
    say(
      `  ${name.padEnd(22)} ${total.mean > 0 ? "+" : ""}${thousands(total.mean)} GBP  (${thousands(lower)} to ${thousands(upper)}), better in ${(100 * probabilityBetter).toFixed(0)} % of runs`,
    );
  }
  const assumed = new Set(
    comparison.results.flatMap((result) =>
      result
        .assumptions()
        .filter(({ prior }) => prior.sd > 0)
        .map(({ note }) => note),
    ),
  );
  say(`  These lean on ${assumed.size} assumed effects, listed in the report.`);

  const answers = await askQuestions(twin, runs);
  for (const line of answers.lines) say(line);

  const out = fileURLToPath(new URL("../../out/", import.meta.url));
  await mkdir(out, { recursive: true });
  const story = tellStory(notes, weekly, scores, check);
  const report = await twin.report({
    title: "The twin of an online gift shop",
    comparison,
    metrics: [...headline, "refunds"],
    horizons,
    ...story,
    sections: [...(story.sections ?? []), ...answers.sections],
    runs,
  });
  await writeFile(`${out}report.html`, report.toHTML());
  await writeFile(`${out}report.json`, JSON.stringify(report, null, 2));
  say(`\nWritten out/report.html and out/report.json in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}

main().catch((error: unknown) => {
  console.error(TwinError.isInstance(error) ? `\n${error.message}` : error);
  process.exitCode = 1;
});
