import { addDuration, type Frequency, pow, roundedSteps } from "@sage-twin/kernel";
import { CausalGraph, causalGraph } from "../graph.js";
import type { Edge } from "../graph-state.js";
import { elasticity } from "../mechanisms/elasticity.js";
import { linear } from "../mechanisms/linear.js";
import type { Mechanism } from "../mechanisms/mechanism.js";
import { accumulations, bounded, definitions, rows, signed } from "./table.js";
import { type Work, works } from "./works.js";

/** One relationship of the default graph: what causes what, by how much, how surely, and who says so. */
export interface Relationship {
  readonly cause: string;
  readonly effect: string;
  readonly mechanism: "elasticity" | "linear";
  /** Percent per percent for an elasticity; else units on the effect's link scale (logarithm, log-odds, or its own) per unit of the cause. */
  readonly size: number;
  /** Where the size lies with 90 % probability. */
  readonly range: readonly [low: number, high: number];
  /** In weeks. */
  readonly lag: number;
  /** From week to week. */
  readonly carryover: number;
  /** `"sourced"`: the work was opened and gives the size. `"assumed"`: nobody vouches for it. */
  readonly evidence: "assumed" | "sourced";
  readonly source?: Work;
  readonly note: string;
}

/** What the default graph has and a restricted one does not. */
export interface LeftOut {
  /** `"price -> orders"`, or the metric that is defined. */
  readonly what: string;
  /** The metrics that it needs and that are not there. */
  readonly missing: readonly string[];
}

/** What a business graph is made for. */
export interface BusinessGraphOptions {
  /** The metrics that are there; what needs another is left out. Default: all that the graph knows. */
  readonly metrics?: Iterable<string>;
  /** The clock, for lags and carry-over. Default `"W"`. */
  readonly frequency?: Frequency;
}

/** The default graph of a business, and what it is made of. Its verbs return plain causal graphs. */
export class BusinessGraph extends CausalGraph {
  /** By edge, in the same order. */
  readonly relationships: readonly Relationship[];
  readonly leftOut: readonly LeftOut[];

  /** @internal Start with `businessGraph()`. */
  constructor(graph: CausalGraph, relationships: readonly Relationship[], leftOut: readonly LeftOut[]) {
    super(graph);
    this.relationships = relationships;
    this.leftOut = leftOut;
  }
}

/** Every relationship of the default graph, in the order of its table. */
export function businessRelationships(): readonly Relationship[] {
  return rows.map(([cause, effect, mechanism, size, range, lag, carryover, evidence, note]) => {
    const shared = { cause, effect, mechanism, size, range, lag, carryover, note };
    return evidence === "assumed"
      ? { ...shared, evidence }
      : { ...shared, evidence: "sourced", source: works[evidence] };
  });
}

const week = 604_800_000;
/** Lags as long as this hold loops open, and so never vanish on a coarse clock. */
const holdingLag = 4;
/** The distance from the middle of a normal distribution to the end of its central 90 %, in standard deviations. */
const ninety = 1.6448536269514722;

/**
 * The default graph of a business: what is known or assumed of how the metrics of the six departments' catalogues move each other, with
 * definitions and stocks. Effects that a published work gives are *sourced*; all others are *assumed*, mostly between nothing and twice the stated size.
 * Both are priors: data move them.
 *
 * With `metrics` it keeps what needs no other metric and lists the rest in `leftOut`. Lags and carry-over are brought to `frequency`:
 * lags to the nearest whole period, those of four weeks and more to one at least. To replace an effect: `graph.withoutCause(a, b).cause(a, b, ...)`.
 *
 * @throws TwinError for a frequency that is none.
 *
 * @example
 * ```ts
 * import { businessGraph, elasticity } from "@sage-twin/causal";
 *
 * const graph = businessGraph({ metrics: ["price", "spend", "orders", "averageOrderValue", "revenue"], frequency: "M" });
 * graph.relationships.map(({ cause, effect, evidence }) => `${cause} -> ${effect}: ${evidence}`)[0]; // => "price -> orders: sourced"
 * graph.identities; // => [{ name: "revenue", expression: "orders * averageOrderValue" }]
 * graph.leftOut[0]; // => { what: "competitorPrice -> orders", missing: ["competitorPrice"] }
 * const own = graph.withoutCause("price", "orders").cause("price", "orders", elasticity(-1.1, { sd: 0.2 }));
 * own.edges.length === graph.edges.length; // => true
 * ```
 */
export function businessGraph({ metrics, frequency = "W" }: BusinessGraphOptions = {}): BusinessGraph {
  const known = metrics === undefined ? undefined : new Set(metrics);
  const leftOut: LeftOut[] = [];
  const kept = (what: string, parts: readonly string[]): boolean => {
    const missing = known === undefined ? [] : parts.filter((part) => !known.has(part));
    if (missing.length > 0) leftOut.push({ what, missing });
    return missing.length === 0;
  };
  const all = businessRelationships();
  const relationships = all.filter(({ cause, effect }) => kept(`${cause} -> ${effect}`, [cause, effect]));
  const edges = relationships.map(
    (relationship): Edge => ({
      from: relationship.cause,
      to: relationship.effect,
      mechanism: mechanismOf(relationship, frequency),
    }),
  );
  let graph = new CausalGraph({ edges, identities: [], stocks: [], links: {} });
  for (const [name, expression] of Object.entries(definitions)) {
    const parts = causalGraph().identity(name, expression).partsOf(name);
    if (kept(name, [name, ...parts])) graph = graph.identity(name, expression);
  }
  for (const [name, [inflow, outflow]] of Object.entries(accumulations))
    if (kept(name, [name, inflow, outflow])) graph = graph.stock(name, { inflow, outflow });
  for (const name of new Set(edges.map(({ to }) => to))) {
    const bounds = bounded[name];
    if (bounds !== undefined) graph = graph.link(name, { kind: "logit", low: bounds[0], high: bounds[1] });
    else graph = graph.link(name, { kind: signed.includes(name) ? "linear" : "log" });
  }
  return new BusinessGraph(graph, relationships, leftOut);
}

function mechanismOf(
  { cause, mechanism, size, range, lag, carryover, source }: Relationship,
  frequency: Frequency,
): Mechanism {
  const weeks = (addDuration(0, frequency, 48) - addDuration(0, frequency, 0)) / (48 * week);
  // A rate of leaving is per period, and the work's is per week.
  const scale = cause === "staffTurnover" ? 1 / weeks : 1;
  const delay = lag / weeks < 0.5 && lag < holdingLag ? 0 : roundedSteps(`${lag}W`, frequency, 0);
  const options = {
    sd: (scale * (range[1] - range[0])) / (2 * ninety),
    ...(delay > 0 ? { lag: times(frequency, delay) } : {}),
    carryover: carryover > 0 ? pow(carryover, weeks) : 0,
    ...(source === undefined ? {} : { source: `${source.authors} ${source.year}` }),
  };
  return mechanism === "elasticity" ? elasticity(size, options) : linear(scale * size, options);
}

/** A whole number of periods as a duration. */
function times(frequency: Frequency, count: number): Frequency {
  const unit = frequency.slice(-1);
  const each = frequency.length > 1 ? Number(frequency.slice(0, -1)) : 1;
  return (count * each === 1 ? unit : `${count * each}${unit}`) as Frequency;
}
