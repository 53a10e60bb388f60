import { compileColumns, namesIn, parseExpression } from "@sage-twin/formulas";
import type { Simulation } from "./simulate.js";

/** What is known of a metric beyond its name: how it adds up over time, and which way is good. */
export interface MetricInfo {
  readonly unit: string;
  readonly kind: "flow" | "price" | "rate" | "score" | "stock";
  readonly good?: "down" | "up";
}

/**
 * A metric over a span of steps, run by run: flows sum, stocks take the last, an identity of any other kind is computed again from its
 * parts' totals, and other prices, rates and scores are averaged.
 */
export function totalOver(
  simulation: Pick<Simulation, "fitted" | "metrics" | "runs" | "total">,
  catalogue: Readonly<Record<string, MetricInfo>>,
  metric: string,
  world: number,
  from: number,
  until: number,
): Float64Array {
  const { runs, fitted } = simulation;
  const kind = catalogue[metric]?.kind ?? "flow";
  if (kind === "stock") return simulation.total(metric, world, from, until, true);
  const node = fitted.program.nodes.find(({ name }) => name === metric);
  if (kind !== "flow" && node?.kind === "identity") {
    const expression = parseExpression(node.expression);
    const names = namesIn(expression);
    if (names.every((name) => simulation.metrics.includes(name))) {
      const inputs = names.map((name) => totalOver(simulation, catalogue, name, world, from, until));
      const total = new Float64Array(runs);
      compileColumns(expression, names)(inputs, total, runs);
      return total;
    }
  }
  const total = simulation.total(metric, world, from, until, false);
  if (kind !== "flow") for (let run = 0; run < runs; run++) total[run] /= until - from;
  return total;
}
