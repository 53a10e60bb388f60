import { causalGraph, elasticity, fit, type HistoryTable } from "@sage-twin/causal";
import { naive } from "@sage-twin/forecasters";
import { Rng } from "@sage-twin/kernel";
import type { Study } from "../src/index.js";

/** What drives sales: an elasticity to each lever, and how sure it is. */
export interface LogLinear {
  readonly elasticities: readonly number[];
  readonly sd?: number;
  readonly costs?: readonly number[];
  readonly min?: number;
  readonly max?: number;
  /** Standard deviation of the logarithm of sales from step to step. Default 0: certain. */
  readonly noise?: number;
}

const length = 60;

/** Sales = 100 times the product of levers, all at 10, to their elasticities: one step, so that a plan's answer has a closed form. */
export function logLinear({ elasticities, sd = 0, costs, min, max, noise = 0 }: LogLinear): Study {
  const rng = new Rng("log-linear");
  const names = elasticities.map((_, index) => `lever${index}`);
  const columns: Record<string, Float64Array> = Object.fromEntries(
    names.map((name) => [name, new Float64Array(length).fill(10)]),
  );
  let level = 0;
  columns.sales = Float64Array.from({ length }, () => {
    level += noise * rng.normal();
    return 100 * Math.exp(level);
  });
  const table: HistoryTable = {
    frequency: "W",
    start: Date.UTC(2024, 0, 1),
    length,
    metrics: Object.keys(columns),
    column: (name) => columns[name].slice(),
  };
  const graph = names.reduce(
    (so, name, index) => so.cause(name, "sales", elasticity(elasticities[index], { sd, source: "a study" })),
    causalGraph(),
  );
  const levers = Object.fromEntries(
    names.map((name, index) => [name, { min, max, ...(costs === undefined ? {} : { cost: costs[index] }) }]),
  );
  const fitted = fit(graph, table, {
    horizon: 1,
    forecaster: naive(),
    levers: Object.fromEntries(names.map((name) => [name, {}])),
  });
  return { fitted, levers, catalogue: { sales: { unit: "items", kind: "flow", good: "up" } } };
}
