import { exp, Rng } from "@sage-twin/kernel";
import { cholesky } from "@sage-twin/numerics";
import type { Curve, Feature, Link, Program, ProgramEdge, ProgramNode } from "../src/index.js";
import { fromLink } from "../src/index.js";

const links: readonly Link[] = [
  { kind: "log" },
  { kind: "linear" },
  { kind: "logit", low: 0, high: 1 },
  { kind: "asinh", scale: 5 },
];

/** A program with every kind of node, link and edge, drawn from a seed: two levers, caused metrics, identities and a stock. */
export function randomProgram(seed: string, steps = 12): Program {
  const rng = new Rng(seed);
  const count = 4 + rng.integer(5);
  const features: Feature[] = [];
  const edges: ProgramEdge[] = [];
  const linkOf = Array.from(
    { length: count },
    (_, node): Link => (node < 2 ? { kind: "log" } : links[rng.integer(links.length)]),
  );
  for (let to = 2; to < count; to++) {
    const parents = rng.integer(3);
    for (let parent = 0; parent < parents; parent++) {
      const lag = rng.integer(4);
      const from = lag > 0 ? rng.integer(count) : rng.integer(to);
      const curves: readonly Curve[] = [
        { kind: "level" },
        { kind: "lookup", x: [-1, 0, 2], y: [0.2, 0, 0.1] },
        { kind: "hill", half: 1.5, slope: 2 },
        { kind: "log" },
        { kind: "formula", expression: `0.2 * sqrt(n${from}) - 0.1` },
      ];
      const curve = curves[rng.integer(linkOf[from].kind === "log" ? 5 : 3)];
      const carryover = rng.integer(3) === 0 ? 0.6 : 0;
      const ranged = rng.integer(2) === 0;
      features.push({
        node: from,
        curve,
        carryover,
        ...(carryover === 0 && rng.integer(3) === 0 ? { smoothing: { periods: 1.5, stages: [1, 1.1, 1.2] } } : {}),
        memory: lag,
        history: Float64Array.from({ length: lag }, () => 0.3),
        carried: 1.2,
      });
      edges.push({
        feature: features.length - 1,
        to,
        lag,
        low: ranged ? -0.5 : Number.NEGATIVE_INFINITY,
        high: ranged ? 0.8 : Number.POSITIVE_INFINITY,
        centre: Float64Array.from({ length: steps }, () => 0.1 * rng.normal()),
      });
    }
  }
  const nodes: ProgramNode[] = linkOf.map((link, node) => {
    const offset = Float64Array.from({ length: steps }, () => 0.2 * rng.normal());
    return {
      kind: "metric",
      name: `n${node}`,
      link,
      level: offset.map((value) => fromLink(link, value)),
      offset,
      spread: new Float64Array(steps).fill(node < 2 ? 0 : 0.1),
      persistence: { decay: 0.8, carry: 0.5 },
      given: node < 2,
      edges: edges.flatMap((edge, index) => (edge.to === node ? [index] : [])),
    };
  });
  nodes.push(
    { kind: "identity", name: "sum", expression: "n0 + n2 * 2", inputs: [0, 2] },
    { kind: "identity", name: "ratio", expression: "sum / (n1 + 1)", inputs: [count, 1] },
    {
      kind: "stock",
      name: "stock",
      inflow: 3,
      outflow: count,
      initial: 10,
      ...(rng.integer(2) === 0 ? { floor: 0 } : {}),
    },
  );
  const noisy = nodes.flatMap((node, index) => (node.kind === "metric" && !node.given ? [index] : []));
  const size = noisy.length;
  return {
    frequency: "W",
    start: Date.UTC(2026, 0, 5),
    steps,
    nodes,
    features,
    edges,
    effects: nodes.flatMap((node, index) => {
      if (node.kind !== "metric" || node.edges.length === 0) return [];
      const own = node.edges.length;
      return [
        {
          node: index,
          edges: node.edges,
          mean: Float64Array.from({ length: own }, () => 0.3 * rng.normal()),
          factor: Float64Array.from({ length: own * own }, (_, cell) => (cell % (own + 1) === 0 ? 0.1 : 0)),
        },
      ];
    }),
    noise: {
      nodes: noisy,
      factor: cholesky(
        Float64Array.from({ length: size * size }, (_, cell) => (cell % (size + 1) === 0 ? 1 : 0.3)),
        size,
      ),
    },
  };
}

/** An edit of one of the two levers. */
export function randomEdit(seed: string, program: Program) {
  const rng = new Rng(seed);
  const from = rng.integer(program.steps);
  const kind = rng.integer(3);
  const inside = (step: number, value: number, otherwise: number) => (step >= from ? value : otherwise);
  return {
    node: rng.integer(2),
    from,
    factor: Float64Array.from({ length: program.steps }, (_, step) =>
      inside(step, kind === 0 ? 0 : kind === 1 ? exp(0.3 * rng.normal()) : 1, 1),
    ),
    shift: Float64Array.from({ length: program.steps }, (_, step) =>
      inside(step, kind === 1 ? 0 : 0.5 + rng.uniform(), 0),
    ),
  };
}
