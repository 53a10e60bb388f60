/**
 * How often seasons are found where they are, and where they are not. Usage: `npm run bench -- seasonality [noise series]`.
 * The M1 series need SAGE_TWIN_DATA, or ../shared/data beside the repository.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { detectSeasonality } from "@sage-twin/features";
import { Rng } from "@sage-twin/kernel";
import { stl } from "@sage-twin/numerics";

const count = Number(process.argv[2] ?? 600);
const folder = process.env["SAGE_TWIN_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const path = `${folder}/m1-series.json.gz`;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function strength(values: readonly number[], period: number, robust: boolean): number {
  if (values.length < 2 * period) return 0;
  const { seasonal, remainder } = stl(values, { period, robust });
  const variance = (column: Float64Array): number => {
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    return column.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  };
  return 1 - variance(remainder) / variance(remainder.map((value, row) => value + seasonal[row]));
}

interface Series {
  readonly seasonLength: number;
  readonly train: readonly number[];
  readonly test: readonly number[];
}

if (existsSync(path)) {
  const all = JSON.parse(gunzipSync(readFileSync(path)).toString()) as Series[];
  const seasonal = all.filter(({ seasonLength }) => seasonLength > 1);
  for (const robust of [false, true]) {
    for (const whole of [false, true]) {
      const strong = seasonal
        .map(({ seasonLength, train, test }) => ({ seasonLength, values: whole ? [...train, ...test] : train }))
        .filter(({ seasonLength, values }) => strength(values, seasonLength, robust) > 0.64);
      const named = (values: readonly number[], period: number) => detectSeasonality(values, { periods: [period] });
      const flat = strong.filter(
        ({ seasonLength, values }) =>
          detectSeasonality(values, { periods: [seasonLength], level: 0.05 }).periods.length > 0,
      );
      const hits = strong.filter(({ seasonLength, values }) => named(values, seasonLength).periods.length > 0);
      const searched = strong.filter(({ seasonLength, values }) =>
        detectSeasonality(values).periods.includes(seasonLength),
      );
      console.log(
        `M1 ${whole ? "whole series " : "training part"} ${robust ? "robust" : "plain "} STL strength > 0.64: found ${percent(hits.length / strong.length)} of ${strong.length}; at a flat level of 5 % ${percent(flat.length / strong.length)}; without naming the period ${percent(searched.length / strong.length)}`,
      );
    }
  }
} else console.log(`skipped M1: ${path} is not there; set SAGE_TWIN_DATA to the folder that holds it`);

const processes: Record<string, (rng: Rng) => () => number> = {
  "white noise": (rng) => () => rng.normal(),
  "random walk": (rng) => {
    let level = 0;
    return () => (level += rng.normal());
  },
  "AR(1) 0.8": (rng) => {
    let level = 0;
    return () => (level = 0.8 * level + rng.normal());
  },
  "AR(1) 0.5": (rng) => {
    let level = 0;
    return () => (level = 0.5 * level + rng.normal());
  },
};
for (const [name, start] of Object.entries(processes)) {
  const rng = new Rng(name);
  const parts: Record<string, [number, number]> = {};
  for (let index = 0; index < count; index++) {
    const rows = 24 + rng.integer(477);
    const next = start(rng);
    const values = Float64Array.from({ length: rows }, next);
    const band = rows < 72 ? "24..71 rows" : rows < 200 ? "72..199" : "200..500";
    const none = (options?: { readonly periods: readonly number[]; readonly level?: number }): number =>
      detectSeasonality(values, options).periods.length === 0 ? 1 : 0;
    const period = [12, 4, 7, 24][index % 4];
    for (const [key, value] of [
      ["all", none({ periods: [period] })],
      [band, none({ periods: [period] })],
      ["at a flat level of 5 %", none({ periods: [period], level: 0.05 })],
      ["not naming a period", none()],
    ] as const) {
      parts[key] ??= [0, 0];
      parts[key][0] += value;
      parts[key][1]++;
    }
  }
  const shares = Object.entries(parts).map(([key, [none, of]]) => `${key} ${percent(none / of)}`);
  console.log(`${name}: none found in ${shares.join(", ")} (${count} series, periods 4, 7, 12, 24)`);
}
