import { bidirectedPairs, type MixedGraph } from "../structure/mixed-graph.js";
import { ancestorsOf, listOf, type NodeSet, union, where } from "../structure/node-set.js";
import { identifyGenerally } from "./general.js";
import { project, withoutConfounders } from "./project.js";
import type { ResolvedQuery } from "./query.js";

/** Something that is hidden and would help if it were measured. */
export type Remedy =
  /** What two metrics share beside the graph. */
  | { readonly kind: "confounder"; readonly between: readonly [string, string] }
  /** A metric of the graph that is not observed. */
  | { readonly kind: "variable"; readonly name: string };

type Candidate = Remedy & { readonly edge?: readonly [number, number]; readonly node?: number };

/** The most remedies that are tried by themselves, and the most of a set that are tried for leaving out. */
const mostTried = 50;

/** Whether the effect is identified from the nodes of `observed`, by the general algorithm. */
export function decide(graph: MixedGraph, observed: NodeSet, treatment: NodeSet, outcome: NodeSet, wanted: boolean) {
  const relevant = union(ancestorsOf(graph, outcome), treatment);
  const kept = where(observed.length, (node) => relevant[node] && observed[node]);
  const projected = project(graph, kept);
  const place = (set: NodeSet): NodeSet => Uint8Array.from(listOf(kept), (node) => set[node]);
  return { projected, answer: identifyGenerally(projected, place(treatment), place(outcome), wanted) };
}

/**
 * What would identify an effect that is not: each hidden confounder or variable that suffices by itself; where none does, a set that
 * suffices together, of which none can be left out (where it has more than 50 members, the first 50 are tried).
 */
export function findRemedies(query: ResolvedQuery): readonly (readonly Remedy[])[] {
  const candidates = candidatesOf(query);
  const first = hedgeWithout(query, []);
  if (first === undefined) return [];
  // What leaves a hedge untouched leaves the effect unidentified.
  const near = candidates.filter((candidate) => touches(query, candidate, first)).slice(0, mostTried);
  const alone = near.filter((candidate) => hedgeWithout(query, [candidate]) === undefined);
  if (alone.length > 0) return alone.map((candidate) => [plain(candidate)]);
  let together: readonly Candidate[] = [];
  for (let hedge: ReadonlySet<string> | undefined = first; hedge !== undefined; hedge = hedgeWithout(query, together)) {
    const current = hedge;
    const more = candidates.filter((candidate) => !together.includes(candidate) && touches(query, candidate, current));
    if (more.length === 0) return [];
    together = [...together, ...more];
  }
  for (const candidate of together.slice(0, mostTried)) {
    const fewer = together.filter((other) => other !== candidate);
    if (hedgeWithout(query, fewer) === undefined) together = fewer;
  }
  return [together.map(plain)];
}

function candidatesOf({ graph, observed, treatment, outcome }: ResolvedQuery): Candidate[] {
  const relevant = union(ancestorsOf(graph, outcome), treatment);
  const confounders = bidirectedPairs(graph)
    .filter(([a, b]) => relevant[a] !== 0 && relevant[b] !== 0)
    .map((edge): Candidate => {
      const [a, b] = edge.map((node) => graph.names[node]);
      return { kind: "confounder", between: [a, b], edge };
    });
  const variables = listOf(where(observed.length, (node) => relevant[node] && !observed[node])).map(
    (node): Candidate => ({ kind: "variable", name: graph.names[node], node }),
  );
  return [...confounders, ...variables];
}

/** Whether a candidate can have a part in a hedge: an edge within it, or anything that ends in a hidden variable. */
function touches({ graph, observed }: ResolvedQuery, { edge }: Candidate, hedge: ReadonlySet<string>): boolean {
  return edge === undefined || edge.every((node) => observed[node] === 0 || hedge.has(graph.names[node]));
}

/** The variables of a hedge that stays when the chosen remedies are measured; nothing where the effect is identified then. */
function hedgeWithout(query: ResolvedQuery, chosen: readonly Candidate[]): ReadonlySet<string> | undefined {
  const { graph, observed, treatment, outcome, signal } = query;
  signal?.throwIfAborted();
  const seen = observed.slice();
  for (const { node } of chosen) if (node !== undefined) seen[node] = 1;
  const dropped = chosen.flatMap(({ edge }) => (edge === undefined ? [] : [edge]));
  const { projected, answer } = decide(withoutConfounders(graph, dropped), seen, treatment, outcome, false);
  return answer.identified ? undefined : new Set(listOf(answer.nodes).map((node) => projected.names[node]));
}

function plain(candidate: Candidate): Remedy {
  return candidate.kind === "confounder"
    ? { kind: "confounder", between: candidate.between }
    : { kind: "variable", name: candidate.name };
}
