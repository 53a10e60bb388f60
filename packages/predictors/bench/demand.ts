/**
 * Stock for 300 articles of the gift shop (the 100 sold most, the 100 in the middle, the 100 sold most rarely of those with ten weeks of sale), planned week by week from what was known, for the demand of the
 * following two weeks: how often the stock sufficed and what was missing, beside the rule of mean and normal safety stock. Usage: npm run bench -- demand, with the raw file at SAGE_TWIN_DATA or ../shared/data.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { normalQuantile } from "@sage-twin/kernel";
import { demandPredictor } from "@sage-twin/predictors";

const file = join(process.env.SAGE_TWIN_DATA ?? "../shared/data", "online-retail.csv.gz");
const start = Date.UTC(2010, 11, 6);
const weeks = 52;
const sold = new Map<string, Float64Array>();
for (const line of gunzipSync(readFileSync(file)).toString().split("\n").slice(1)) {
  const code = /^"[^"]*","(\d{5})\w*"/.exec(line)?.[1];
  const cells = /,(-?\d+),(\d{4}-\d\d-\d\d) \d\d:\d\d:\d\d,(-?[\d.]+),/.exec(line);
  if (code === undefined || cells === null || Number(cells[1]) <= 0 || Number(cells[3]) === 0) continue;
  const week = Math.floor((Date.parse(cells[2]) - start) / (7 * 86_400_000));
  if (week < 0 || week >= weeks) continue;
  const column = sold.get(code) ?? new Float64Array(weeks);
  sold.set(code, column);
  column[week] += Number(cells[1]);
}
const known = [...sold]
  .filter(([, column]) => column.filter((value) => value > 0).length >= 10)
  .map(([code, column]) => ({ code, column, total: column.reduce((sum, value) => sum + value, 0) }))
  .sort((a, b) => b.total - a.total || (a.code < b.code ? -1 : 1));
const middle = Math.floor(known.length / 2) - 50;
const groups = { most: known.slice(0, 100), middle: known.slice(middle, middle + 100), rarest: known.slice(-100) };
const steps = 2;
const levels = [0.9, 0.95];
const origins = [36, 40, 44, 48];
let milliseconds = 0;
for (const [name, items] of Object.entries(groups)) {
  const tallies = levels.map(() => ({
    own: 0,
    ownShort: 0,
    ownStock: 0,
    rule: 0,
    ruleShort: 0,
    ruleStock: 0,
    count: 0,
    demand: 0,
  }));
  for (const origin of origins) {
    const history = Object.fromEntries(items.map(({ code, column }) => [`article ${code}`, column.slice(0, origin)]));
    const began = performance.now();
    const fitted = demandPredictor({ leadTime: steps, serviceLevel: levels[0] }).fit(history);
    const plans = levels.map((serviceLevel) =>
      fitted.predict(Object.keys(history).map((item) => ({ item, serviceLevel }))),
    );
    milliseconds += performance.now() - began;
    items.forEach(({ column }, index) => {
      const past = column.slice(0, origin);
      const mean = past.reduce((sum, value) => sum + value, 0) / origin;
      const deviation = Math.sqrt(past.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (origin - 1));
      let demand = 0;
      for (let step = 0; step < steps; step++) demand += column[origin + step];
      levels.forEach((level, k) => {
        const own = plans[k][index].orderUpTo;
        const rule = steps * mean + normalQuantile(level) * Math.sqrt(steps) * deviation;
        const tally = tallies[k];
        tally.count++;
        tally.demand += demand;
        tally.own += demand <= own ? 1 : 0;
        tally.ownShort += Math.max(0, demand - own);
        tally.ownStock += own;
        tally.rule += demand <= rule ? 1 : 0;
        tally.ruleShort += Math.max(0, demand - rule);
        tally.ruleStock += rule;
      });
    });
  }
  levels.forEach((level, k) => {
    const { own, ownShort, ownStock, rule, ruleShort, ruleStock, count, demand } = tallies[k];
    const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
    console.log(
      `${name}, wanted ${percent(level)}: stock sufficed ${percent(own / count)}, demand met ${percent(1 - ownShort / demand)} with stock of ${(ownStock / demand).toFixed(2)} times the demand; normal rule ${percent(rule / count)}, ${percent(1 - ruleShort / demand)}, ${(ruleStock / demand).toFixed(2)}`,
    );
  });
}
console.log(`${(milliseconds / origins.length / 300).toFixed(1)} ms an article, planned at two levels`);
