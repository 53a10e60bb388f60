import { assemble } from "./assemble.js";
import type { Baseline } from "./baseline.js";
import { featureHistory } from "./features.js";
import { fitEffects } from "./fit-effects.js";
import type { CausalGraph } from "./graph.js";
import type { HistoryTable } from "./history.js";
import { toLink } from "./link.js";
import { marginOf } from "./margin.js";
import type { PreparedGraph } from "./prepare.js";
import type { FittedProgram, MetricNode } from "./program.js";

/**
 * Fits a graph whose metrics are nothing but their causes and errors of their own, independent from row to row: no trend, no season, no forecast.
 * Metrics without causes have the distribution that was seen. The program generates levels; with one step it draws rows.
 */
export function fitStructural(
  graph: CausalGraph,
  table: HistoryTable,
  prepared: PreparedGraph,
  horizon: number,
): FittedProgram {
  const { history, edges, lags, views, links, metrics } = prepared;
  const notes = [...prepared.notes];
  const learnt = fitEffects(edges, lags, views, history, links, graph.confounders, "independent", notes);
  const baselines = new Map<string, Baseline>();
  const centres: number[] = [];
  const margins = new Map<string, Float64Array>();
  for (const name of metrics) {
    const response = (history.get(name) as Float64Array).map((value) => toLink(links[name], value));
    const own = edges.flatMap((edge, index) => (edge.to === name ? [index] : []));
    const errors = response.slice();
    for (const index of own) {
      const { from } = edges[index];
      const { values } = featureHistory(from, history.get(from) as Float64Array, views[index]);
      const effect = learnt.effects[index].posterior.mean;
      centres[index] = meanOf(values);
      for (let row = 0; row < errors.length; row++)
        errors[row] -= row < lags[index] ? Number.NaN : effect * (values[row - lags[index]] - centres[index]);
    }
    const level = meanOf(errors);
    const residuals = errors.map((value) => value - level);
    const sd = deviationOf(residuals, 1 + own.length);
    baselines.set(name, {
      location: new Float64Array(horizon).fill(level),
      sd: new Float64Array(horizon).fill(sd),
      persistence: { decay: 0, carry: 0 },
      errors: residuals,
      model: own.length > 0 ? "causes" : "distribution",
      notes: [],
    });
    const noise = graph.noises[name] ?? { kind: own.length > 0 ? "gaussian" : "empirical" };
    const margin = sd > 0 ? marginOf(noise, residuals) : undefined;
    if (margin !== undefined) margins.set(name, margin);
  }
  const { program } = assemble(graph, table, prepared, learnt, baselines, horizon, {});
  const nodes = program.nodes.map((node) =>
    margins.has(node.name) ? ({ ...node, margin: margins.get(node.name) } as MetricNode) : node,
  );
  program.edges.forEach(({ centre }, index) => {
    centre.fill(centres[index]);
  });
  const independent = new Float64Array(program.noise.nodes.length ** 2);
  program.noise.nodes.forEach((_, index) => {
    independent[index * (program.noise.nodes.length + 1)] = 1;
  });
  return {
    program: { ...program, nodes, noise: { nodes: program.noise.nodes, factor: independent } },
    effects: learnt.effects,
    models: Object.fromEntries([...baselines].map(([name, { model }]) => [name, model])),
    links,
    notes,
  };
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    sum += value;
    count++;
  }
  return count > 0 ? sum / count : Number.NaN;
}

function deviationOf(residuals: Float64Array, parameters: number): number {
  let square = 0;
  let count = 0;
  for (const value of residuals) {
    if (!Number.isFinite(value)) continue;
    square += value * value;
    count++;
  }
  return count > parameters ? Math.sqrt(square / (count - parameters)) : 0;
}
