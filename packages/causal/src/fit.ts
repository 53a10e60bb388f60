import type { Forecaster } from "@sage-twin/forecasters";
import { periodIndex, periodStart, type RunOptions, TwinError, unknownName } from "@sage-twin/kernel";
import { type Baseline, forecastBaseline } from "./baseline.js";
import { calibrate } from "./calibrate.js";
import { chooseLinks, type MetricBounds } from "./choose-links.js";
import { correlationFactor } from "./correlation.js";
import { namesIn, parseExpression } from "./expression.js";
import { featureHistory, lagSteps, transformOf } from "./features.js";
import { fitEffects } from "./fit-effects.js";
import { type CausalGraph, orderMetrics } from "./graph.js";
import type { Edge } from "./graph-state.js";
import { gatherHistory, type HistoryTable } from "./history.js";
import { fromLink, type Link } from "./link.js";
import { elasticity } from "./mechanisms/elasticity.js";
import type { Effect, EffectGroup, Feature, Program, ProgramEdge, ProgramNode } from "./program.js";

/** How a graph is fitted. */
export interface FitOptions extends Omit<RunOptions, "executor"> {
  /** Steps that the program covers, 1 to 10,000. */
  readonly horizon: number;
  /** The model that forecasts each metric on its link scale. */
  readonly forecaster: Forecaster;
  /** Values in one season of the data, for the trend and season that effects are measured against. Default 1: none. */
  readonly seasonLength?: number;
  /** Metrics that are set by decision: their baseline is their forecast without error, or `baseline` where there are no data. */
  readonly levers?: Readonly<Record<string, { readonly baseline?: number }>>;
  /** What is known of a metric's range; it decides the link where no mechanism does. */
  readonly bounds?: Readonly<Record<string, MetricBounds>>;
}

/** A fitted graph: the program, what was learnt, and what to know about it. */
export interface FittedProgram {
  readonly program: Program;
  readonly effects: readonly Effect[];
  /** Per metric with a forecast of its own: the model's name. */
  readonly models: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<string, Link>>;
  /** Every assumption, fallback and imputation, in plain words. */
  readonly notes: readonly string[];
}

const longestHorizon = 10_000;

/** A graph checked against its data: everything that fitting needs and that can be wrong before it. */
interface PreparedGraph {
  readonly order: readonly string[];
  readonly history: ReadonlyMap<string, Float64Array>;
  readonly constants: Readonly<Record<string, number>>;
  readonly edges: readonly Edge[];
  readonly lags: readonly number[];
  readonly links: Readonly<Record<string, Link>>;
  /** Metrics that are neither identities nor stocks. */
  readonly metrics: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Checks a graph against its data without fitting it: names, cycles, identities, links and lags.
 *
 * @throws TwinError with the problems found.
 */
export function prepareGraph(
  graph: CausalGraph,
  table: HistoryTable,
  { levers = {}, bounds = {} }: Pick<FitOptions, "bounds" | "levers">,
): PreparedGraph {
  const known = [...table.metrics, ...Object.keys(levers), ...graph.identities.map(({ name }) => name)];
  refuseDerivedLevers(graph, Object.keys(levers), known);
  const order = orderMetrics(graph, known);
  const constants = Object.fromEntries(
    Object.entries(levers).flatMap(([name, { baseline }]) =>
      baseline === undefined || table.metrics.includes(name) ? [] : [[name, baseline]],
    ),
  );
  const history = gatherHistory(graph, table, order, constants);
  const notes: string[] = [];
  const edges = [...graph.edges, ...proportionalOutflows(graph, history, table, notes)];
  const derived = new Set([...graph.identities, ...graph.stocks].map(({ name }) => name));
  const metrics = order.filter((name) => !derived.has(name));
  const links = chooseLinks(graph, edges, history, metrics, bounds, notes);
  const lags = edges.map((edge, index) => lagSteps(edge, table.frequency, ["causes", index, "lag"]));
  return { order, history, constants, edges, lags, links, metrics, notes };
}

/**
 * Fits a graph to data and compiles it: effects by regression on deviations from trend and season with their priors, each metric's own
 * forecast as its baseline, errors correlated across metrics and shared along the edges.
 *
 * @throws TwinError with every problem of the graph, the data or the options.
 */
export function fit(graph: CausalGraph, table: HistoryTable, options: FitOptions): FittedProgram {
  const work = fitInSteps(graph, table, options);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** `fit` in small steps, so that a caller can draw breath between them: yields after each metric, returns the fitted program. */
export function* fitInSteps(
  graph: CausalGraph,
  table: HistoryTable,
  options: FitOptions,
): Generator<undefined, FittedProgram> {
  const { horizon, forecaster, seasonLength = 1, levers = {}, seed = "sage-twin", signal, onProgress } = options;
  if (!Number.isInteger(horizon) || horizon < 1 || horizon > longestHorizon) {
    throw new TwinError({
      code: "out-of-range",
      path: ["horizon"],
      message: `a horizon is a whole number of steps from 1 to ${longestHorizon}, not ${horizon}`,
    });
  }
  const prepared = prepareGraph(graph, table, options);
  const { order, history, constants, edges, lags, links, metrics } = prepared;
  const notes = [...prepared.notes];
  const learnt = fitEffects(edges, lags, history, links, seasonLength, notes);

  const baselines = new Map<string, Baseline>();
  for (const name of metrics) {
    yield;
    signal?.throwIfAborted();
    const values = history.get(name) as Float64Array;
    const constant = !table.metrics.includes(name);
    if (!values.some(Number.isFinite)) throw noValues(name);
    const baseline = constant ? undefined : forecastBaseline(values, links[name], forecaster, horizon);
    if (baseline !== undefined) {
      baselines.set(name, baseline);
      notes.push(...baseline.notes.map((note) => `${name}: ${note}`));
    }
    onProgress?.({
      stage: "forecast",
      done: metrics.indexOf(name) + 1,
      total: metrics.length,
    });
  }

  const indexOf = new Map(order.map((name, index) => [name, index]));
  const { features, featureOf } = buildFeatures(edges, lags, history, indexOf);
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
      const inputs = namesIn(parseExpression(identity.expression)).map((input) => indexOf.get(input) as number);
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
  yield;
  signal?.throwIfAborted();
  const { excess } = calibrate(program, location, sd, String(seed));
  for (const [name, steps] of excess) {
    notes.push(
      `${name}: its causes' errors alone vary more than its own forecast at ${steps} of ${horizon} steps; no residual is added there`,
    );
  }
  signal?.throwIfAborted();
  return {
    program,
    effects: learnt.effects,
    models: Object.fromEntries([...baselines].map(([name, { model }]) => [name, model])),
    links,
    notes,
  };
}

function noValues(name: string): TwinError {
  return new TwinError({
    code: "invalid-data",
    path: ["data", name],
    message: `'${name}' has no value at all, so it cannot be forecast`,
    fix: "give it data, or leave it out of its department",
  });
}

function refuseDerivedLevers(graph: CausalGraph, levers: readonly string[], known: readonly string[]): void {
  for (const name of levers) {
    const identity = graph.identities.find((candidate) => candidate.name === name);
    const stock = graph.stocks.find((candidate) => candidate.name === name);
    const parts =
      identity !== undefined ? namesIn(parseExpression(identity.expression)) : stock && [stock.inflow, stock.outflow];
    if (parts !== undefined) {
      throw new TwinError({
        code: "invalid-graph",
        path: ["levers", name],
        message: `'${name}' follows from ${parts.join(" and ")} and cannot be set by itself`,
        fix: `make ${parts.map((part) => `'${part}'`).join(" or ")} a lever`,
      });
    }
    if (!known.includes(name)) throw unknownName("metric", name, known, ["levers"]);
  }
}

/** The edges by which a stock drives its own outflow, a period later: outflow is a rate times the stock. */
function proportionalOutflows(
  graph: CausalGraph,
  history: ReadonlyMap<string, Float64Array>,
  table: HistoryTable,
  notes: string[],
): Edge[] {
  return graph.stocks.flatMap(({ name, outflow, proportional }) => {
    if (!proportional || graph.edges.some((edge) => edge.from === name && edge.to === outflow)) return [];
    if (graph.identities.some((identity) => identity.name === outflow)) return [];
    const positive = [name, outflow].every((metric) =>
      (history.get(metric) as Float64Array).every((value) => !(value <= 0)),
    );
    if (!positive) {
      notes.push(`${outflow}: it or ${name} reaches zero, so the outflow is not taken as a rate times the stock`);
      return [];
    }
    const mechanism = elasticity(1, {
      sd: 0,
      lag: table.frequency,
      source: "definition of a stock: its outflow is a rate times its level",
    });
    return [{ from: name, to: outflow, mechanism }];
  });
}

function lastKnown(values: Float64Array): number {
  let row = values.length - 1;
  while (row > 0 && !Number.isFinite(values[row])) row--;
  return values[row];
}

function buildFeatures(
  edges: readonly Edge[],
  lags: readonly number[],
  history: ReadonlyMap<string, Float64Array>,
  indexOf: ReadonlyMap<string, number>,
): { features: Feature[]; featureOf: number[] } {
  const keys: string[] = [];
  const features: Feature[] = [];
  const memories: number[] = [];
  const featureOf = edges.map((edge, index) => {
    const key = JSON.stringify([edge.from, transformOf(edge)]);
    let position = keys.indexOf(key);
    if (position < 0) position = keys.push(key) - 1;
    memories[position] = Math.max(memories[position] ?? 0, lags[index]);
    return position;
  });
  keys.forEach((_, position) => {
    const edge = edges[featureOf.indexOf(position)];
    const transform = transformOf(edge);
    const { bridged, carried } = featureHistory(edge.from, history.get(edge.from) as Float64Array, transform);
    const memory = memories[position];
    features.push({
      node: indexOf.get(edge.from) as number,
      ...transform,
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
    if (cause === undefined || edge.mechanism.kind === "formula") return;
    const lag = lags[index];
    const effect = effects[index].posterior.mean * (1 - edge.mechanism.carryover);
    for (let row = errors.length - 1; row >= lag; row--) errors[row] -= effect * cause.errors[row - lag];
  });
  return errors;
}
