/**
 * How often 90 % intervals of fitted effects cover the truth of simulated businesses: `npm run bench -- effects-coverage [seeds]`, 200 unless
 * told, three years of weeks each.
 */
import { fit } from "@sage-twin/causal";
import { naive } from "@sage-twin/forecasters";
import { TimeTable } from "@sage-twin/schemas";
import { simulateBusiness } from "@sage-twin/testing";

const seeds = Number(process.argv[2] ?? 200);
const within90 = 1.6448536269514722;

/** By row of the report: the error of each estimate in its standard deviations, and the estimate as a share of the truth. */
const rows = new Map<string, { readonly errors: number[]; readonly ratios: number[] }>();

function record(key: string, error: number, ratio: number): void {
  const row = rows.get(key) ?? { errors: [], ratios: [] };
  rows.set(key, row);
  row.errors.push(error);
  row.ratios.push(ratio);
}

for (let seed = 0; seed < seeds; seed++) {
  const { tables, graph, effects, hidden } = simulateBusiness({ seed, frequency: "W", length: 156 });
  const columns = Object.values<TimeTable>(tables).flatMap((table) =>
    table.metrics.map((name) => [name, table.column(name)] as const),
  );
  const table = TimeTable.of({ frequency: "W", start: tables.hr.start, columns: Object.fromEntries(columns) });
  const fitted = fit(graph, table, { forecaster: naive(), horizon: 1 });
  const touched = new Set<string>(hidden.flatMap(({ touches }) => touches));
  effects.forEach(({ from, to, value, low, high }, index) => {
    const { mean, sd } = fitted.effects[index].posterior;
    const form = high - low < 0.15 * Math.abs(value) ? "nearly constant" : "other";
    const group = touched.has(to) ? "effects on confounded metrics" : `effects on other metrics, form ${form}`;
    for (const key of ["effects, all", group, `${from} on ${to}`]) record(key, (mean - value) / sd, mean / value);
  });
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];

console.log(`coverage of nominal 90 % intervals, ${seeds} businesses of 156 weeks, and the median of estimate / truth`);
for (const [key, { errors, ratios }] of rows) {
  const covered = errors.filter((error) => Math.abs(error) <= within90).length;
  console.log(
    `${key.padEnd(44)} ${((100 * covered) / errors.length).toFixed(0).padStart(3)} %  ${median(ratios).toFixed(2)}`,
  );
}
