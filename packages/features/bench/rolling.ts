/**
 * Rolling statistics of 1,000,000 rows, window 30, beside pandas in the same run where SAGE_TWIN_PYTHON names a Python that has it.
 * Usage: `npm run bench -- rolling [rows] [window]`.
 */
import { execFileSync } from "node:child_process";
import { rolling } from "@sage-twin/features";
import { Rng } from "@sage-twin/kernel";

const rows = Number(process.argv[2] ?? 1_000_000);
const window = Number(process.argv[3] ?? 30);
const repeats = 11;
const warmUps = 3;
const statistics = ["mean", "std", "variance", "sum", "min", "max", "median", "skew", "kurtosis"] as const;
const pandasNames: Record<string, string> = { variance: "var", kurtosis: "kurt" };

const rng = new Rng("rolling");
const values = Float64Array.from({ length: rows }, () => rng.normal());

const middle = (times: number[]): number => times.sort((a, b) => a - b)[times.length >> 1];

function pandas(): Record<string, number> | undefined {
  const python = process.env["SAGE_TWIN_PYTHON"];
  if (python === undefined) return undefined;
  const script = `
import json, time
import numpy as np, pandas as pd
series = pd.Series(np.random.default_rng(1).standard_normal(${rows}))
out = {"version": pd.__version__}
for name in ${JSON.stringify(statistics.map((name) => pandasNames[name] ?? name))}:
    times = []
    for _ in range(${warmUps + repeats}):
        start = time.perf_counter()
        getattr(series.rolling(${window}), name)()
        times.append((time.perf_counter() - start) * 1000)
    out[name] = sorted(times[${warmUps}:])[${repeats >> 1}]
print(json.dumps(out))`;
  return JSON.parse(execFileSync(python, ["-c", script], { encoding: "utf8" }));
}

const reference = pandas();
console.log(
  `${rows} rows, window ${window}, medians of ${repeats} after ${warmUps} to warm up${reference ? `, pandas ${reference["version"]}` : "; set SAGE_TWIN_PYTHON to a Python with pandas to compare"}`,
);
for (const statistic of statistics) {
  const times: number[] = [];
  for (let repeat = 0; repeat < warmUps + repeats; repeat++) {
    const start = performance.now();
    rolling(values, { window })[statistic]();
    times.push(performance.now() - start);
  }
  const own = middle(times.slice(warmUps));
  const other = reference?.[pandasNames[statistic] ?? statistic];
  const beside =
    other === undefined ? "" : `  pandas ${other.toFixed(1).padStart(6)} ms  ratio ${(own / other).toFixed(2)}`;
  console.log(`${statistic.padEnd(9)} ${own.toFixed(1).padStart(6)} ms${beside}`);
}
