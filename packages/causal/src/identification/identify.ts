import type { CausalGraph } from "../graph.js";
import { listOf, type NodeSet, namesOf, setOf, where } from "../structure/node-set.js";
import type { GraphView } from "../structure/summary.js";
import { type AdjustmentSets, adjustmentOf } from "./adjustment.js";
import { type Estimand, estimandText, freeVariables, probability, product, sizeOf, sum } from "./estimand.js";
import { type FrontDoorSets, frontDoorOf, hasNoEffect } from "./front-door.js";
import type { Hedge } from "./general.js";
import { decide, findRemedies, type Remedy } from "./help.js";
import { type Instruments, instrumentsOf } from "./instruments.js";
import { withoutIdentities } from "./project.js";
import { type EffectQuery, type ResolvedQuery, resolveQuery } from "./query.js";
import { adjustmentSteps, frontDoorSteps } from "./steps.js";

/** How an effect can be found. */
export interface Identification {
  readonly treatment: readonly string[];
  readonly outcome: readonly string[];
  /** Whether the effect follows from the graph and the observed data, whatever the mechanisms are. */
  readonly identified: boolean;
  /** The way that `estimand` takes: the first of these that works. */
  readonly method: "adjustment" | "front-door" | "general" | "no effect" | "not identified";
  readonly backdoor: AdjustmentSets;
  readonly frontdoor: FrontDoorSets;
  /** They give the effect where it is linear, also where it is not identified otherwise; none for several treatments or outcomes. */
  readonly instruments: Instruments;
  /** P(outcome | do(treatment)) in observed probabilities; absent where it is not identified, and where more than 300 variables matter. */
  readonly estimand?: Estimand;
  /** The steps from P(outcome | do(treatment)) to the estimand, in plain words, with the rules of the do-calculus that allow them. */
  readonly steps: readonly string[];
  /** Where the effect is not identified: what stands in the way. */
  readonly hedge?: Hedge;
  /** Where the effect is not identified: what would identify it if it were measured, each by itself, or one set that does so together. */
  readonly help: readonly (readonly Remedy[])[];
  /** What the data would have to hold, in a few lines. */
  toString(): string;
}

/**
 * Says whether and how the effect of `treatment` on `outcome` can be found from the graph: adjustment (back-door) sets, front-door sets,
 * instruments, and a formula with the steps to it, by the complete general algorithm where the others do not reach. Where it cannot,
 * names what stands in the way and what would help if it were measured.
 *
 * A graph with lags is taken as a whole, each metric standing for all its periods; `unroll` it to ask about single periods. Searches are
 * bounded by counts, never by time, so that equal questions have equal answers.
 *
 * @param query metric names; `observed` defaults to all metrics of the graph.
 * @throws TwinError with every unknown name; for a treatment that is also the outcome, follows from an identity, or is part of a loop
 * through time; and with the problems of the graph itself.
 *
 * @example
 * ```ts
 * import { causalGraph, identify, linear } from "@sage-twin/causal";
 *
 * const graph = causalGraph()
 *   .cause("season", "price", linear())
 *   .cause("season", "orders", linear())
 *   .cause("price", "orders", linear());
 * const answer = identify(graph, { treatment: "price", outcome: "orders" });
 * answer.identified; // => true
 * answer.backdoor.sets; // => [["season"]]
 * ```
 */
export function identify(graph: GraphView, query: EffectQuery): Identification {
  const resolved = resolveQuery(graph, query);
  const { graph: view, treatment, outcome } = resolved;
  const single = listOf(treatment).length === 1 && listOf(outcome).length === 1;
  const backdoor = adjustmentOf(resolved);
  const frontdoor = frontDoorOf(resolved);
  const found = {
    treatment: namesOf(view, treatment),
    outcome: namesOf(view, outcome),
    backdoor,
    frontdoor,
    instruments: single ? instrumentsOf(resolved) : { instruments: [], complete: true },
  };
  const answer: Omit<Identification, "toString"> = { ...found, ...formula(resolved, found) };
  const confounders = "confounders" in graph ? graph.confounders : [];
  return { ...answer, toString: () => describe(answer, confounders) };
}

type Found = Pick<Identification, "backdoor" | "frontdoor" | "outcome" | "treatment">;

/** The first way that works, from the plainest to the most general. */
function formula(
  query: ResolvedQuery,
  { treatment, outcome, backdoor, frontdoor }: Found,
): Pick<Identification, "estimand" | "hedge" | "help" | "identified" | "method" | "steps"> {
  const { graph } = query;
  const identified = { identified: true, help: [] };
  const nodes = (names: readonly string[]): NodeSet =>
    setOf(
      graph,
      names.map((name) => graph.index.get(name) as number),
    );
  if (hasNoEffect(query)) {
    const steps = [`no directed path leads from ${treatment.join(", ")} to ${outcome.join(", ")}: rule 3 removes do()`];
    return { ...identified, method: "no effect", estimand: probability(outcome), steps };
  }
  if (backdoor.minimal !== undefined) {
    const { minimal } = backdoor;
    const parts = [
      probability(outcome, [...treatment, ...minimal]),
      ...(minimal.length > 0 ? [probability(minimal)] : []),
    ];
    const steps = adjustmentSteps(query, nodes(minimal));
    return { ...identified, method: "adjustment", estimand: sum(minimal, product(parts)), steps };
  }
  if (frontdoor.minimal !== undefined && frontdoor.minimal.length > 0) {
    const { minimal } = frontdoor;
    const inner = sum(treatment, product([probability(outcome, [...treatment, ...minimal]), probability(treatment)]));
    const estimand = sum(minimal, product([probability(minimal, treatment), inner]));
    return { ...identified, method: "front-door", estimand, steps: frontDoorSteps(query, nodes(minimal)) };
  }
  const needed = where(graph.names.length, (node) => query.treatment[node] || query.outcome[node]);
  const kept = withoutIdentities(graph, query.observed, needed);
  const { answer } = decide(graph, kept, query.treatment, query.outcome, true);
  if (answer.identified) {
    const { estimand, steps } = answer;
    return { ...identified, method: "general", steps, ...(estimand === undefined ? {} : { estimand }) };
  }
  return { identified: false, method: "not identified", steps: [], hedge: answer.hedge, help: findRemedies(query) };
}

const longestFormula = 60;
const shownSets = 5;

function describe(answer: Omit<Identification, "toString">, confounders: CausalGraph["confounders"]): string {
  const { treatment, outcome, backdoor, frontdoor, instruments, estimand } = answer;
  const effect = `P(${outcome.join(", ")} | do(${treatment.join(", ")}))`;
  const lines = [
    `${effect}: ${answer.method === "no effect" ? "no effect, by the graph" : answer.identified ? `identified by ${answer.method === "general" ? "the general algorithm" : answer.method}` : "not identified"}`,
  ];
  const sets = (what: string, { sets: found, complete }: AdjustmentSets): void => {
    if (found.length === 0) return;
    const shown = found.slice(0, shownSets).map((set) => `{${set.join(", ")}}`);
    const more =
      found.length > shownSets || !complete ? `, ... (${found.length}${complete ? "" : " or more"} sets)` : "";
    lines.push(`${what}: ${shown.join(" or ")}${more}`);
  };
  sets("adjust for", backdoor);
  sets("front door through", frontdoor);
  if (instruments.instruments.length > 0) {
    const shown = instruments.instruments
      .slice(0, shownSets)
      .map(({ instrument, given }) => (given.length === 0 ? instrument : `${instrument} given ${given.join(", ")}`));
    lines.push(`instruments, where the effect is linear: ${shown.join(" or ")}`);
  }
  if (estimand !== undefined) {
    const large = sizeOf(estimand) > longestFormula;
    lines.push(
      large
        ? `a formula of ${sizeOf(estimand)} probabilities`
        : `${effect} = ${estimandText(estimand, [...treatment, ...outcome, ...freeVariables(estimand)])}`,
    );
    const any = freeVariables(estimand).filter((name) => ![...treatment, ...outcome].includes(name));
    if (any.length > 0 && !large) lines.push(`the same for every value of ${any.join(", ")}`);
  }
  lines.push(...answer.steps.map((step, index) => `${index + 1}. ${step}`));
  if (answer.hedge !== undefined) {
    lines.push(
      `in the way: hidden confounders tie ${answer.hedge.variables.join(", ")} together, so that the same data arise with different effects on ${answer.hedge.within.join(", ")}`,
    );
    lines.push(
      ...answer.help.map(
        (remedies) =>
          `it would be identified with ${remedies.map((remedy) => inWords(remedy, confounders)).join(" and ")} measured`,
      ),
    );
    if (answer.help.length === 0) lines.push("an experiment, or an instrument, would help");
  }
  return lines.join("\n");
}

function inWords(remedy: Remedy, confounders: CausalGraph["confounders"]): string {
  if (remedy.kind === "variable") return remedy.name;
  const [a, b] = remedy.between;
  const name = confounders.find(({ between }) => between.includes(a) && between.includes(b))?.name;
  return `${name ?? "the hidden cause"} of ${a} and ${b}`;
}
