import { type Issue, TwinError } from "@sage-twin/kernel";
import { type MixedGraph, neighbours } from "../structure/mixed-graph.js";
import { type NodeSet, where } from "../structure/node-set.js";
import { type GraphView, summarise } from "../structure/summary.js";
import { nodesNamed } from "./node-names.js";
import { determinedBy } from "./separation.js";

/** An effect that is asked about, and what may be used for it. */
export interface EffectQuery {
  /** What is set: a metric or several. */
  readonly treatment: string | readonly string[];
  /** What it is asked to change: a metric or several. */
  readonly outcome: string | readonly string[];
  /** The metrics that data hold. Default: every one of the graph. Identities of them count as held. */
  readonly observed?: readonly string[];
  /** Metrics that every set must hold. Default: none. */
  readonly required?: readonly string[];
  /** Metrics that no set may hold; the general formula may still use them. Default: none. */
  readonly forbidden?: readonly string[];
  /** The most sets that are listed. Default: 100. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** A query in indices. */
export interface ResolvedQuery {
  readonly graph: MixedGraph;
  readonly treatment: NodeSet;
  readonly outcome: NodeSet;
  readonly required: NodeSet;
  /** What a set may hold: observed, not forbidden, neither treatment nor outcome. */
  readonly allowed: NodeSet;
  readonly observed: NodeSet;
  readonly limit: number;
  readonly signal?: AbortSignal;
}

const defaultLimit = 100;
const highestLimit = 10_000;

/**
 * Checks a query and finds its nodes.
 *
 * @throws TwinError with every unknown name; `invalid-argument` where treatment and outcome are one, or where a set is asked to hold
 * what it may not; `invalid-graph` where the treatment follows from other metrics or is part of a loop through time.
 */
export function resolveQuery(view: GraphView, query: EffectQuery): ResolvedQuery {
  const graph = summarise(view);
  const issues: Issue[] = [];
  const find = (names: string | readonly string[], what: string): NodeSet => {
    try {
      return nodesNamed(graph, names, [what]);
    } catch (error) {
      if (!TwinError.isInstance(error)) throw error;
      issues.push(...error.issues);
      return new Uint8Array(graph.names.length);
    }
  };
  const treatment = find(query.treatment, "treatment");
  const outcome = find(query.outcome, "outcome");
  const required = find(query.required ?? [], "required");
  const forbidden = find(query.forbidden ?? [], "forbidden");
  const held = query.observed === undefined ? treatment.map(() => 1) : find(query.observed, "observed");
  const { limit = defaultLimit } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > highestLimit) {
    issues.push({
      code: "out-of-range",
      path: ["limit"],
      message: `a limit is a whole number from 1 to ${highestLimit}, not ${limit}`,
    });
  }
  for (const what of ["treatment", "outcome"] as const) {
    if (query[what].length === 0)
      issues.push({ code: "invalid-argument", path: [what], message: `no ${what} is named` });
  }
  issues.push(...partialLoops(graph, query.observed));
  const observed = where(held.length, (node) => held[node] !== 0 || treatment[node] !== 0 || outcome[node] !== 0);
  const known = determinedBy(graph, observed);
  graph.names.forEach((name, node) => {
    const both = (a: NodeSet, b: NodeSet): boolean => a[node] !== 0 && b[node] !== 0;
    const refuse = (path: string, message: string, fix: string): void => {
      issues.push({ code: "invalid-argument", path: [path], message, fix });
    };
    if (both(treatment, outcome))
      refuse("outcome", `'${name}' is both treatment and outcome`, "ask what one metric does to another");
    if (both(required, forbidden))
      refuse("required", `'${name}' is required and forbidden`, "leave out one of the two");
    if (required[node] !== 0 && (treatment[node] !== 0 || outcome[node] !== 0))
      refuse("required", `'${name}' is ${treatment[node] !== 0 ? "the treatment" : "the outcome"}`, "leave it out");
    if (required[node] !== 0 && known[node] === 0)
      refuse("required", `'${name}' is required but not observed`, "add it to what is observed, or leave it out");
    if (treatment[node] !== 0) issues.push(...unsettable(graph, node));
    else if (outcome[node] !== 0) issues.push(...inLoop(graph, node, "outcome"));
  });
  if (issues.length > 0) throw new TwinError(issues);
  return {
    graph,
    treatment,
    outcome,
    required,
    observed: known,
    allowed: where(known.length, (node) => known[node] && !forbidden[node] && !treatment[node] && !outcome[node]),
    limit,
    signal: query.signal,
  };
}

function unsettable(graph: MixedGraph, node: number): Issue[] {
  const name = graph.names[node];
  if (graph.kinds[node] === "identity") {
    const parts = Array.from(neighbours(graph.parents, node), (part) => `'${graph.names[part]}'`);
    return [
      {
        code: "invalid-graph",
        path: ["treatment"],
        message: `'${name}' follows from ${parts.join(" and ")} and cannot be set by itself`,
        fix: `ask for the effect of ${parts.join(" or ")}`,
      },
    ];
  }
  return inLoop(graph, node, "treatment");
}

function inLoop(graph: MixedGraph, node: number, what: string): Issue[] {
  const members = graph.members[node];
  if (members.length === 1) return [];
  return [
    {
      code: "cycle",
      path: [what],
      message: `${members.map((name) => `'${name}'`).join(", ")} cause each other through time, so the ${what} has no place of its own`,
      fix: 'unroll the graph and name the period: unroll(graph, { periods, frequency }) and "metric@t"',
    },
  ];
}

/** A loop through time counts as observed as a whole alone. */
function partialLoops(graph: MixedGraph, observed: readonly string[] | undefined): Issue[] {
  if (observed === undefined) return [];
  const held = new Set(observed);
  return graph.members.flatMap((members) => {
    const missing = members.filter((name) => !held.has(name));
    if (missing.length === 0 || missing.length === members.length) return [];
    return {
      code: "invalid-argument",
      path: ["observed"],
      message: `${members.map((name) => `'${name}'`).join(", ")} cause each other through time, but '${missing[0]}' is not observed`,
      fix: "name all of them or none, or unroll the graph",
    } satisfies Issue;
  });
}
