import { TwinError } from "@sage-twin/kernel";
import { descendantsOf, listOf, namesOf, setOf, union, where } from "../structure/node-set.js";
import type { GraphView } from "../structure/summary.js";
import { causalPath, withoutCausalPaths } from "./adjustment.js";
import { nearestSeparator } from "./minimal-separators.js";
import { type EffectQuery, type ResolvedQuery, resolveQuery } from "./query.js";
import { separates } from "./separation.js";

/** A metric that moves the treatment and reaches the outcome in no other way, once `given` is adjusted for. */
export interface Instrument {
  readonly instrument: string;
  /** Empty where nothing needs adjusting for. */
  readonly given: readonly string[];
}

/** Instruments found, and whether every metric was tried. */
export interface Instruments {
  /** Those that need no adjustment first. */
  readonly instruments: readonly Instrument[];
  readonly complete: boolean;
}

/** The most edges that the search walks. */
const mostEffort = 1e8;

/**
 * The instruments for the effect of one treatment on one outcome, with what each must be adjusted for: conditional instruments whose
 * adjustment lies among the causes of instrument and outcome, where there is one whenever there is any conditional instrument, found
 * in polynomial time by the separator nearest to the outcome (van der Zander, Textor and Liskiewicz 2015). An instrument gives the
 * effect where it is linear, or its average among those whom the instrument moves.
 *
 * What the treatment causes is neither an instrument nor adjusted for.
 *
 * @throws TwinError as `identify` does; `unsupported` for several treatments or outcomes.
 *
 * @example
 * ```ts
 * import { causalGraph, instruments, linear } from "@sage-twin/causal";
 *
 * const graph = causalGraph()
 *   .cause("cost", "price", linear())
 *   .cause("price", "orders", linear())
 *   .confounded("price", "orders");
 * instruments(graph, { treatment: "price", outcome: "orders" }).instruments; // => [{ instrument: "cost", given: [] }]
 * ```
 */
export function instruments(graph: GraphView, query: EffectQuery): Instruments {
  const resolved = resolveQuery(graph, query);
  if (listOf(resolved.treatment).length > 1 || listOf(resolved.outcome).length > 1) {
    throw new TwinError({
      code: "unsupported",
      path: [listOf(resolved.treatment).length > 1 ? "treatment" : "outcome"],
      message: "an instrument is for one treatment and one outcome",
      fix: "ask for each treatment and outcome by itself",
    });
  }
  return instrumentsOf(resolved);
}

/** The instruments of a query in indices. */
export function instrumentsOf(query: ResolvedQuery): Instruments {
  const { graph, treatment, outcome, required, allowed, limit, signal } = query;
  const path = causalPath(graph, treatment, outcome);
  const bare = withoutCausalPaths(graph, treatment, path);
  const caused = descendantsOf(graph, union(treatment, outcome));
  const size = allowed.length;
  if (required.some((set, node) => set !== 0 && caused[node] !== 0)) return { instruments: [], complete: true };
  const usable = where(size, (node) => allowed[node] && !caused[node]);
  const candidates = listOf(where(size, (node) => usable[node] && !required[node])).filter(
    (node) => graph.members[node].length === 1,
  );
  const cost = 4 * (size + graph.parents.targets.length + graph.spouses.targets.length);
  let effort = mostEffort;
  const found: { node: number; given: readonly string[] }[] = [];
  for (const node of candidates) {
    signal?.throwIfAborted();
    if (effort < 0 || found.length >= limit) return { instruments: sorted(), complete: false };
    effort -= cost;
    const instrument = setOf(graph, [node]);
    const nearest = nearestSeparator({
      graph: bare,
      from: outcome,
      to: instrument,
      required,
      allowed: where(size, (other) => usable[other] && other !== node),
    });
    if (nearest === undefined) continue;
    const given = where(size, (other) => nearest[other] || required[other]);
    if (separates(graph, instrument, treatment, given)) continue;
    found.push({ node, given: namesOf(graph, given) });
  }
  return { instruments: sorted(), complete: true };

  function sorted(): Instrument[] {
    return found
      .sort((a, b) => a.given.length - b.given.length || a.node - b.node)
      .map(({ node, given }) => ({ instrument: graph.names[node], given }));
  }
}
