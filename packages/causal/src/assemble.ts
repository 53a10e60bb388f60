import { periodIndex, periodStart } from "@sage-twin/kernel";
import type { Baseline } from "./baseline.js";
import { correlationFactor } from "./correlation.js";
import { featureHistory, type View } from "./features.js";
import type { LearntEffects } from "./fit-effects.js";
import type { CausalGraph } from "./graph.js";
import type { Edge } from "./graph-state.js";
import type { HistoryTable } from "./history.js";
import { fromLink } from "./link.js";
import { marginOf } from "./margin.js";
import type { PreparedGraph, PrepareOptions } from "./prepare.js";
import type { Effect, EffectGroup, Feature, Program, ProgramEdge, ProgramNode } from "./program.js";

/** A program before calibration, and what it is to be calibrated to: each node's centre and spread on its link scale. */
export interface AssembledProgram {
  readonly program: Program;
  readonly location: readonly Float64Array[];
  readonly sd: readonly Float64Array[];
}

/** Puts a checked graph, its learnt effects and its metrics' baselines together. */
export function assemble(
  graph: CausalGraph,
  table: HistoryTable,
  { order, history, constants, edges, lags, views, links }: PreparedGraph,
  learnt: LearntEffects,
  baselines: ReadonlyMap<string, Baseline>,
  horizon: number,
  levers: NonNullable<PrepareOptions["levers"]>,
): AssembledProgram {
  const indexOf = new Map(order.map((name, index) => [name, index]));
  const { features, featureOf } = buildFeatures(edges, lags, views, history, indexOf);
  const programEdges = edges.map((edge, index): ProgramEdge => {
    const { low, high } = learnt.ranges[index];
    return {
      feature: featureOf[index],
      to: indexOf.get(edge.to) as number,
      lag: lags[index],
      low,
      high,
      centre: new Float64Array(horizon),
    };
  });
  const location: Float64Array[] = [];
  const sd: Float64Array[] = [];
  const nodes = order.map((name, index): ProgramNode => {
    location[index] = new Float64Array(0);
    sd[index] = location[index];
    const identity = graph.identities.find((candidate) => candidate.name === name);
    if (identity !== undefined) {
      const inputs = graph.partsOf(name).map((input) => indexOf.get(input) as number);
      return {
        kind: "identity",
        name,
        expression: identity.expression,
        inputs,
      };
    }
    const stock = graph.stocks.find((candidate) => candidate.name === name);
    if (stock !== undefined) {
      return {
        kind: "stock",
        name,
        inflow: indexOf.get(stock.inflow) as number,
        outflow: indexOf.get(stock.outflow) as number,
        initial: lastKnown(history.get(name) as Float64Array),
        ...(stock.floor === undefined ? {} : { floor: stock.floor }),
      };
    }
    const baseline = baselines.get(name);
    const link = links[name];
    const given = Object.hasOwn(levers, name);
    const centre = baseline?.location ?? new Float64Array(horizon).fill(constants[name]);
    const noise = graph.noises[name];
    const margin = noise && baseline && marginOf(noise, baseline.errors);
    location[index] = centre;
    sd[index] = given ? new Float64Array(horizon) : (baseline as Baseline).sd;
    return {
      kind: "metric",
      name,
      link,
      level: baseline === undefined ? centre : centre.map((value) => fromLink(link, value)),
      offset: centre.slice(),
      spread: sd[index].slice(),
      persistence: baseline?.persistence ?? { decay: 0, carry: 0 },
      ...(margin === undefined ? {} : { margin }),
      given,
      edges: programEdges.flatMap((edge, position) => (edge.to === index ? [position] : [])),
    };
  });
  const noisy = nodes.flatMap((node, index) =>
    node.kind === "metric" && !node.given && sd[index].some((value) => value > 0) ? [index] : [],
  );
  const unexplained = noisy.map((index) =>
    unexplainedErrors(nodes[index].name, edges, lags, learnt.effects, baselines),
  );
  const program: Program = {
    frequency: table.frequency,
    start: periodStart(periodIndex(table.start, table.frequency) + table.length, table.frequency),
    steps: horizon,
    nodes,
    features,
    edges: programEdges,
    effects: groupEffects(order, edges, learnt.groups),
    noise: { nodes: noisy, factor: correlationFactor(unexplained) },
  };
  return { program, location, sd };
}

function lastKnown(values: Float64Array): number {
  let row = values.length - 1;
  while (row > 0 && !Number.isFinite(values[row])) row--;
  return values[row];
}

function buildFeatures(
  edges: readonly Edge[],
  lags: readonly number[],
  views: readonly View[],
  history: ReadonlyMap<string, Float64Array>,
  indexOf: ReadonlyMap<string, number>,
): { features: Feature[]; featureOf: number[] } {
  const keys: string[] = [];
  const features: Feature[] = [];
  const memories: number[] = [];
  const featureOf = edges.map((edge, index) => {
    const key = JSON.stringify([edge.from, views[index]]);
    let position = keys.indexOf(key);
    if (position < 0) position = keys.push(key) - 1;
    memories[position] = Math.max(memories[position] ?? 0, lags[index]);
    return position;
  });
  keys.forEach((_, position) => {
    const edge = edges[featureOf.indexOf(position)];
    const view = views[featureOf.indexOf(position)];
    const { bridged, carried, stages } = featureHistory(edge.from, history.get(edge.from) as Float64Array, view);
    const { curve, carryover, periods } = view;
    const memory = memories[position];
    features.push({
      node: indexOf.get(edge.from) as number,
      curve,
      carryover,
      ...(stages.length === 0 ? {} : { smoothing: { periods, stages } }),
      memory,
      history: Float64Array.from({ length: memory }, (_, back) => bridged[Math.max(0, bridged.length - 1 - back)]),
      carried,
    });
  });
  return { features, featureOf };
}

function groupEffects(
  order: readonly string[],
  edges: readonly Edge[],
  groups: ReadonlyMap<string, { readonly mean: Float64Array; readonly factor: Float64Array }>,
): EffectGroup[] {
  return order.flatMap((name, node) => {
    const group = groups.get(name);
    if (group === undefined) return [];
    return [
      {
        node,
        edges: edges.flatMap((edge, index) => (edge.to === name ? [index] : [])),
        ...group,
      },
    ];
  });
}

/** Whether a cause's error on its link scale comes out as it is, so that the effect of it is known without the levels. */
function proportional({ mechanism: { curve, smoothing } }: Edge): boolean {
  return smoothing === undefined && (curve.kind === "level" || curve.kind === "log");
}

/** A metric's one-step errors less what its causes' own errors explain of them. */
function unexplainedErrors(
  name: string,
  edges: readonly Edge[],
  lags: readonly number[],
  effects: readonly Effect[],
  baselines: ReadonlyMap<string, Baseline>,
): Float64Array {
  const errors = (baselines.get(name) as Baseline).errors.slice();
  edges.forEach((edge, index) => {
    const cause = edge.to === name ? baselines.get(edge.from) : undefined;
    if (cause === undefined || !proportional(edge)) return;
    const lag = lags[index];
    const effect = effects[index].posterior.mean * (1 - edge.mechanism.carryover);
    for (let row = errors.length - 1; row >= lag; row--) errors[row] -= effect * cause.errors[row - lag];
  });
  return errors;
}
