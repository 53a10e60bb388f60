import { type Frequency, log, stepsIn, TwinError } from "@sage-twin/kernel";
import { type CausalGraph, orderMetrics } from "../graph.js";
import { buildMixedGraph, type MixedGraph, type NodeKind } from "./mixed-graph.js";
import { type Relation, relationsOf } from "./summary.js";

/** How far a graph is unrolled. */
export interface UnrollOptions {
  /** How many periods, the present one among them. */
  readonly periods: number;
  /** The length of a period, in which lags are counted. */
  readonly frequency: Frequency;
}

const mostNodes = 5_000;
/** Carry-over and smoothing are followed until this share is left. */
const negligible = 0.01;

/**
 * The structure of a causal graph over time: a node `"orders@t"` per metric and period, `"orders@t-1"` for the period before.
 *
 * Lags become edges from earlier periods, carry-over and smoothing one from each period until 1 % is left, and a stock's level comes from the
 * level before. A metric's own errors persist, as they do in the engine, so its nodes are joined by bidirected edges, and so are those
 * of metrics with a hidden common cause. What lies before the first period is not observed: nodes whose causes reach back there share
 * hidden causes, and none is lost.
 *
 * @throws TwinError with the problems of the graph; `invalid-time` for a lag that is not a whole number of periods; `too-large` beyond 5,000 nodes.
 *
 * @example
 * ```ts
 * import { causalGraph, elasticity, unroll } from "@sage-twin/causal";
 *
 * const graph = causalGraph().cause("marketing", "orders", elasticity(0.2, { lag: "1W" }));
 * unroll(graph, { periods: 2, frequency: "W" }).names; // => ["marketing@t-1", "orders@t-1", "marketing@t", "orders@t"]
 * ```
 */
export function unroll(graph: CausalGraph, { periods, frequency }: UnrollOptions): MixedGraph {
  const metrics = graph.metrics;
  orderMetrics(graph, metrics);
  checkSize(periods, metrics.length);
  const index = new Map(metrics.map((name, node) => [name, node]));
  const relations = relationsOf(graph);
  const causes: { readonly from: number; readonly lags: readonly number[] }[][] = metrics.map(() => []);
  relations.forEach((relation, position) => {
    const lags = lagsOf(relation, frequency, position);
    causes[index.get(relation.to) as number].push({ from: index.get(relation.from) as number, lags });
  });
  const identities = new Set(graph.identities.map(({ name }) => name));
  const stocks = new Set(graph.stocks.map(({ name }) => name));
  const hidden = hiddenCauses(graph, metrics, index, causes, identities, stocks);

  const at = (metric: number, back: number): number => (periods - 1 - back) * metrics.length + metric;
  const names: string[] = [];
  const kinds: NodeKind[] = [];
  const directed: [number, number][] = [];
  const shared: Set<number>[] = [];
  for (let back = periods - 1; back >= 0; back--) {
    metrics.forEach((metric, node) => {
      const level = stocks.has(metric) && back < periods - 1;
      names.push(back === 0 ? `${metric}@t` : `${metric}@t-${back}`);
      kinds.push(identities.has(metric) ? "identity" : level ? "level" : "chance");
      const own = new Set(level || identities.has(metric) ? [] : hidden.own[node]);
      for (const { from, lags } of causes[node]) {
        for (const lag of lags) {
          if (back + lag < periods) directed.push([at(from, back + lag), at(node, back)]);
          else for (const cause of hidden.behind(from)) own.add(cause);
        }
      }
      shared.push(own);
    });
  }
  return buildMixedGraph(names, directed, pairsSharing(shared), kinds);
}

function checkSize(periods: number, metrics: number): void {
  if (!Number.isInteger(periods) || periods < 1) {
    throw new TwinError({
      code: "out-of-range",
      path: ["periods"],
      message: `the number of periods is a whole number from 1, not ${periods}`,
    });
  }
  if (periods * metrics > mostNodes) {
    throw new TwinError({
      code: "too-large",
      path: ["periods"],
      message: `${periods} periods of ${metrics} metrics make ${periods * metrics} nodes; at most ${mostNodes} are unrolled`,
      fix: "take fewer periods, or a coarser frequency",
    });
  }
}

/** The lags of a relation in periods: one, or with carry-over or smoothing one for each period that still counts. */
function lagsOf(relation: Relation, frequency: Frequency, position: number): number[] {
  const { lag, carryover, smoothing } = relation;
  const whole = (duration: Frequency, what: string): number => {
    const steps = stepsIn(duration, frequency);
    if (steps !== undefined) return steps;
    throw new TwinError({
      code: "invalid-time",
      path: ["causes", position, what],
      message: `the ${what} ${duration} of '${relation.from}' on '${relation.to}' is not a whole number of periods of ${frequency}`,
      fix: "unroll at a frequency of which every lag is a whole number",
    });
  };
  const first = lag === undefined ? 0 : lag === "period" ? 1 : whole(lag, "lag");
  const from = (start: number, more: number): number[] => Array.from({ length: more + 1 }, (_, step) => start + step);
  if (smoothing !== undefined)
    return from(first + 1, smoothedPeriods(whole(smoothing.over, "smoothing"), smoothing.order));
  return from(first, carryover > 0 ? Math.ceil(log(negligible) / log(carryover)) : 0);
}

/** How many periods after the first a smoothed cause goes on being felt. */
function smoothedPeriods(over: number, order: number): number {
  const share = Math.min(1, order / over);
  const stages = [1, ...Array.from({ length: order }, () => 0)];
  let period = 0;
  for (; 1 - stages[order] > negligible; period++) {
    for (let stage = order; stage > 0; stage--) {
      const moved = share * stages[stage - 1];
      stages[stage - 1] -= moved;
      stages[stage] += moved;
    }
  }
  return period - 1;
}

/** The most periods back that a cause of the graph reaches. */
export function longestLag(graph: CausalGraph, frequency: Frequency): number {
  return relationsOf(graph).reduce(
    (longest, relation, position) => Math.max(longest, ...lagsOf(relation, frequency, position)),
    0,
  );
}

/** The sources of chance, one per metric and one per hidden confounder: those of each metric, and those of all that can lie behind it. */
function hiddenCauses(
  graph: CausalGraph,
  metrics: readonly string[],
  index: ReadonlyMap<string, number>,
  causes: readonly (readonly { readonly from: number }[])[],
  identities: ReadonlySet<string>,
  stocks: ReadonlySet<string>,
) {
  const own = metrics.map((metric, node) => (identities.has(metric) || stocks.has(metric) ? [] : [node]));
  graph.confounders.forEach(({ between }, position) => {
    for (const name of between) own[index.get(name) as number].push(metrics.length + position);
  });
  const known = new Map<number, ReadonlySet<number>>();
  const behind = (metric: number): ReadonlySet<number> => {
    const before = known.get(metric);
    if (before !== undefined) return before;
    const sources = new Set<number>();
    const seen = new Set([metric]);
    for (const ancestor of seen) {
      // A stock's first level is chance as well.
      for (const source of stocks.has(metrics[ancestor]) ? [ancestor] : own[ancestor]) sources.add(source);
      for (const { from } of causes[ancestor]) seen.add(from);
    }
    known.set(metric, sources);
    return sources;
  };
  return { own: own.map((list, node) => (stocks.has(metrics[node]) ? [node] : list)), behind };
}

function pairsSharing(shared: readonly ReadonlySet<number>[]): [number, number][] {
  const holders = new Map<number, number[]>();
  shared.forEach((causes, node) => {
    for (const cause of causes) holders.set(cause, [...(holders.get(cause) ?? []), node]);
  });
  const pairs: [number, number][] = [];
  const joined = new Uint8Array(shared.length);
  shared.forEach((causes, node) => {
    joined.fill(0);
    for (const cause of causes)
      for (const other of holders.get(cause) as number[])
        if (other > node && joined[other] === 0) {
          joined[other] = 1;
          pairs.push([node, other]);
        }
  });
  return pairs;
}
