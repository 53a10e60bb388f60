import type { FittedProgram, Program, ProgramEdge, ProgramNode } from "@sage-twin/causal";
import { exp, Rng } from "@sage-twin/kernel";
import { cholesky } from "@sage-twin/numerics";

/**
 * A business of 30 metrics (unless told) and 43 edges for timing: 4 levers, 22 metrics with lags, carry-over and correlated persistent errors,
 * three identities and a stock.
 */
export function businessProgram(steps: number, metrics = 30): FittedProgram {
  const metricCount = metrics - 4; // beside three identities and a stock
  const rng = new Rng("bench");
  const names = Array.from({ length: metricCount }, (_, index) => (index < 4 ? `lever${index}` : `metric${index}`));
  const edges: ProgramEdge[] = [];
  const features: Program["features"][number][] = [];
  const featureOf = new Map<string, number>(); // edges share a cause's feature, as `fit` makes them do
  for (let edge = 0; edge < 43; edge++) {
    const to = 4 + (edge % (metricCount - 4));
    const from = rng.integer(to);
    const lag = edge % 3;
    const carryover = edge % 10 === 9 ? 0.5 : 0;
    const feature = featureOf.get(`${from}/${carryover}`) ?? features.length;
    featureOf.set(`${from}/${carryover}`, feature);
    const memory = Math.max(lag, features[feature]?.memory ?? 0);
    const history = new Float64Array(memory).fill(4);
    features[feature] = { node: from, curve: { kind: "log" }, carryover, memory, history, carried: exp(4) };
    edges.push({ feature, to, lag, low: 3.2, high: 4.8, centre: new Float64Array(steps).fill(4) });
  }
  const nodes = names.map(
    (name, node): ProgramNode => ({
      kind: "metric",
      name,
      link: { kind: "log" },
      level: new Float64Array(steps).fill(exp(4)),
      offset: new Float64Array(steps).fill(4),
      spread: Float64Array.from({ length: steps }, (_, step) => (node < 4 ? 0 : 0.05 * Math.sqrt(1 + step / 10))),
      persistence: { decay: 0.9, carry: 0.3 },
      given: node < 4,
      edges: edges.flatMap((edge, index) => (edge.to === node ? [index] : [])),
    }),
  );
  nodes.push(
    { kind: "identity", name: "revenue", expression: "metric10 * metric11", inputs: [10, 11] },
    { kind: "identity", name: "costs", expression: "metric12 * 20 + metric13", inputs: [12, 13] },
    { kind: "identity", name: "profit", expression: "revenue - costs", inputs: [metricCount, metricCount + 1] },
    { kind: "stock", name: "base", inflow: 14, outflow: 15, initial: 1000 },
  );
  const noisy = nodes.flatMap((node, index) => (node.kind === "metric" && !node.given ? [index] : []));
  const size = noisy.length;
  const correlation = Float64Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 1 : 0.2));
  const program: Program = {
    frequency: "W",
    start: Date.UTC(2026, 0, 5),
    steps,
    nodes,
    features,
    edges,
    effects: nodes.flatMap((node, index) => {
      if (node.kind !== "metric" || node.edges.length === 0) return [];
      const own = node.edges.length;
      const factor = Float64Array.from({ length: own * own }, (_, cell) => (cell % (own + 1) === 0 ? 0.05 : 0));
      return [{ node: index, edges: node.edges, mean: new Float64Array(own).fill(0.2), factor }];
    }),
    noise: { nodes: noisy, factor: cholesky(correlation, size) },
  };
  const effects = edges.map(({ feature, to }) => ({
    from: nodes[features[feature].node].name,
    to: nodes[to].name,
    kind: "elasticity",
    carryover: 0,
    prior: { mean: 0.2, sd: 0.05 },
    posterior: { mean: 0.2, sd: 0.05 },
    evidence: "assumed" as const,
    learnt: 0,
  }));
  return { program, effects, models: {}, links: {}, notes: [] };
}
