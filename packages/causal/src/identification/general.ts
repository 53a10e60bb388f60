import { type MixedGraph, neighbours } from "../structure/mixed-graph.js";
import { ancestorsOf, districtOf, isEmpty, listOf, type NodeSet, namesOf, where } from "../structure/node-set.js";
import { type Estimand, probability, product, ratio, sum } from "./estimand.js";

/** Why an effect is not identified: two nested sets of variables, tied by hidden confounders, from which the same outcome follows. */
export interface Hedge {
  /** All of it, the treatment among it. */
  readonly variables: readonly string[];
  /** The part that is left when the treatment is set. */
  readonly within: readonly string[];
}

/** What the general algorithm says: an estimand with the steps to it, or a hedge. */
export type GeneralIdentification =
  | { readonly identified: true; readonly estimand: Estimand | undefined; readonly steps: readonly string[] }
  | { readonly identified: false; readonly hedge: Hedge; readonly nodes: NodeSet };

/** Beyond as many variables that matter, an estimand would be no help to a reader and is not written out. */
const mostVariables = 300;

/**
 * Decides whether P(outcome | do(treatment)) follows from the observed distribution, and how: the general algorithm (Tian and Pearl 2002;
 * Shpitser and Pearl 2006, complete), in time polynomial in the nodes. Every node of `graph` is observed.
 *
 * @param wanted whether the estimand is.
 */
export function identifyGenerally(
  graph: MixedGraph,
  treatment: NodeSet,
  outcome: NodeSet,
  wanted = true,
): GeneralIdentification {
  const size = treatment.length;
  const steps: string[] = [];
  const names = (set: NodeSet): string => namesOf(graph, set).join(", ");
  const relevant = ancestorsOf(graph, outcome);
  const acting = where(size, (node) => relevant[node] && treatment[node]);
  const written = wanted && listOf(relevant).length <= mostVariables;
  if (isEmpty(acting)) {
    const estimand = probability(namesOf(graph, outcome));
    return {
      identified: true,
      estimand,
      steps: [`${names(treatment)} is no cause of ${names(outcome)}: rule 3 removes do()`],
    };
  }
  const others = where(size, (node) => !relevant[node]);
  if (!isEmpty(others)) steps.push(`only ${names(outcome)} and its causes matter: rule 3 leaves out ${names(others)}`);
  const untreated = where(size, (node) => relevant[node] && !treatment[node]);
  const mattering = ancestorsOf(graph, outcome, untreated);
  steps.push(
    `sum over ${names(where(size, (node) => mattering[node] && !outcome[node])) || "nothing"}: the variables that still lead to ${names(outcome)} when ${names(acting)} is set`,
  );
  const parts = districtsOf(graph, mattering);
  if (parts.length > 1) {
    const shown = parts.map((part) => `{${names(part)}}`).join(" and ");
    steps.push(
      `hidden confounders tie together ${shown}: P(... | do(...)) is the product of the parts, each with all else set`,
    );
  }
  const factors: Estimand[] = [];
  for (const part of parts) {
    const district = districtOf(graph, listOf(part)[0], relevant);
    const joint = written ? districtProbability(graph, district, relevant) : undefined;
    const shown = `{${names(part)}}`;
    if (sameSet(part, district))
      steps.push(
        `${shown} is a whole district: its part is the product of each variable's probability given what comes before it (rule 2)`,
      );
    const found = identifyPart(graph, part, district, joint, steps);
    if ("hedge" in found) return { identified: false, hedge: hedgeOf(graph, found.hedge, part), nodes: found.hedge };
    if (found.estimand !== undefined) factors.push(found.estimand);
  }
  const over = namesOf(
    graph,
    where(size, (node) => mattering[node] && !outcome[node]),
  );
  return { identified: true, estimand: written ? sum(over, product(factors)) : undefined, steps };
}

function hedgeOf(graph: MixedGraph, larger: NodeSet, smaller: NodeSet): Hedge {
  return { variables: namesOf(graph, larger), within: namesOf(graph, smaller) };
}

function sameSet(a: NodeSet, b: NodeSet): boolean {
  return a.every((inA, node) => inA === b[node]);
}

/** The districts of the graph over `within`, in the order of the graph. */
function districtsOf(graph: MixedGraph, within: NodeSet): NodeSet[] {
  const placed = new Uint8Array(within.length);
  const districts: NodeSet[] = [];
  for (const node of graph.order) {
    if (within[node] === 0 || placed[node] !== 0) continue;
    const district = districtOf(graph, node, within);
    for (const member of listOf(district)) placed[member] = 1;
    districts.push(district);
  }
  return districts;
}

function inOrder(graph: MixedGraph, set: NodeSet): number[] {
  return Array.from(graph.order).filter((node) => set[node] !== 0);
}

/**
 * The probability of a district with all else set, Q[S]: each variable's probability given, of the variables before it, those of its own
 * district there and the causes of these (Tian and Pearl 2002, lemma 1 and corollary 1).
 */
function districtProbability(graph: MixedGraph, district: NodeSet, within: NodeSet): Estimand {
  const before = new Uint8Array(within.length);
  const factors: Estimand[] = [];
  for (const node of inOrder(graph, within)) {
    before[node] = 1;
    if (district[node] === 0) continue;
    const tied = districtOf(graph, node, before);
    const given = new Uint8Array(within.length);
    for (const member of listOf(tied)) {
      given[member] = 1;
      for (const parent of neighbours(graph.parents, member)) given[parent] = 1;
    }
    given[node] = 0;
    factors.push(probability(namesOf(graph, [node]), namesOf(graph, given)));
  }
  return product(factors);
}

/**
 * Finds the probability of `part` with all else set from that of a district that holds it (Tian and Pearl's IDENTIFY; Huang and Valtorta
 * 2006): sum out what is no cause of it, divide into districts, and go on with the one that holds it.
 */
function identifyPart(
  graph: MixedGraph,
  part: NodeSet,
  district: NodeSet,
  joint: Estimand | undefined,
  steps: string[],
): { readonly estimand: Estimand | undefined } | { readonly hedge: NodeSet } {
  const names = (set: NodeSet): string => namesOf(graph, set).join(", ");
  const size = part.length;
  let whole = district;
  let value = joint;
  for (;;) {
    const causes = ancestorsOf(graph, part, whole);
    const summed = where(size, (node) => whole[node] && !causes[node]);
    if (sameSet(causes, whole) && !sameSet(causes, part)) return { hedge: whole };
    if (!isEmpty(summed)) {
      steps.push(`within {${names(whole)}}, ${names(summed)} is no cause of ${names(part)}: sum it out (rule 3)`);
      value = value && sum(namesOf(graph, summed), value);
    }
    if (sameSet(causes, part)) return { estimand: value };
    const next = districtOf(graph, listOf(part)[0], causes);
    steps.push(
      `within {${names(causes)}}, {${names(next)}} is a district of its own: its part is the product of each variable's probability given those before it (rule 2)`,
    );
    value = value && conditionals(graph, next, causes, value);
    whole = next;
  }
}

/** The product over `part` of each variable's probability given those before it, taken from the joint probability of `whole`. */
function conditionals(graph: MixedGraph, part: NodeSet, whole: NodeSet, joint: Estimand): Estimand {
  const order = inOrder(graph, whole);
  const upTo = (count: number): Estimand =>
    count === 0
      ? product([])
      : sum(
          order.slice(count).flatMap((node) => graph.members[node]),
          joint,
        );
  return product(
    order.flatMap((node, position) => (part[node] !== 0 ? [ratio(upTo(position + 1), upTo(position))] : [])),
  );
}
