import type { EffectGroup, Feature, Program, ProgramEdge, ProgramNode } from "../program.js";

/** One metric that another hangs on directly: by edges, or as a part of its formula or stock. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** Indices into the edges of the program. */
  readonly edges: readonly number[];
}

/**
 * A program in which every arrow is an edge, so that a world can block it: what an identity or a stock is made of reaches it through a node of its own that
 * passes its level on. The baseline is the same, bit for bit.
 */
export function withArrows(program: Program): { readonly program: Program; readonly arrows: readonly Arrow[] } {
  const nodes: ProgramNode[] = [];
  const features: Feature[] = program.features.map((feature) => ({ ...feature }));
  const edges: ProgramEdge[] = program.edges.map((edge) => ({ ...edge }));
  const effects: EffectGroup[] = [];
  const arrows = new Map<string, { from: string; to: string; edges: number[] }>();
  const names = program.nodes.map(({ name }) => name);
  const draw = (from: string, to: string, edge: number): void => {
    const key = JSON.stringify([from, to]);
    const arrow = arrows.get(key) ?? { from, to, edges: [] };
    arrow.edges.push(edge);
    arrows.set(key, arrow);
  };
  program.edges.forEach(({ feature, to }, edge) => {
    draw(names[program.features[feature].node], names[to], edge);
  });
  // Features name nodes by their old places until all new ones are known.
  const places = new Int32Array(program.nodes.length);
  program.nodes.forEach((node, index) => {
    const passOn = (input: number): number => {
      const place = nodes.length;
      const edge = edges.length;
      features.push({ node: input, curve: { kind: "level" }, carryover: 0, memory: 0, history: none, carried: 0 });
      edges.push({
        feature: features.length - 1,
        to: place,
        lag: 0,
        low: Number.NEGATIVE_INFINITY,
        high: Number.POSITIVE_INFINITY,
        centre: new Float64Array(program.steps),
      });
      effects.push({ node: place, edges: [edge], mean: Float64Array.of(1), factor: Float64Array.of(0) });
      nodes.push({
        kind: "metric",
        name: JSON.stringify([names[input], node.name]),
        link: { kind: "linear" },
        level: new Float64Array(program.steps),
        offset: new Float64Array(program.steps),
        spread: new Float64Array(program.steps),
        persistence: { decay: 0, carry: 0 },
        given: false,
        edges: [edge],
      });
      draw(names[input], node.name, edge);
      return place;
    };
    if (node.kind === "identity") {
      const inputs = node.inputs.map(passOn);
      places[index] = nodes.push({ ...node, inputs }) - 1;
    } else if (node.kind === "stock") {
      const [inflow, outflow] = [node.inflow, node.outflow].map(passOn);
      places[index] = nodes.push({ ...node, inflow, outflow }) - 1;
    } else places[index] = nodes.push(node) - 1;
  });
  return {
    program: {
      ...program,
      nodes,
      features: features.map((feature) => ({ ...feature, node: places[feature.node] })),
      edges: edges.map((edge, index) => (index < program.edges.length ? { ...edge, to: places[edge.to] } : edge)),
      effects: [...program.effects.map((group) => ({ ...group, node: places[group.node] })), ...effects],
      noise: { ...program.noise, nodes: program.noise.nodes.map((node) => places[node]) },
    },
    arrows: [...arrows.values()],
  };
}

const none = new Float64Array(0);
