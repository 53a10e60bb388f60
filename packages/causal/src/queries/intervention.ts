import { type Instant, type Issue, nearest, periodIndex, TwinError, toInstant } from "@sage-twin/kernel";
import type { NodeEdits, Program, World } from "../program.js";
import type { Distribution, Shock } from "../shock.js";

/** What is done to one metric: any of these, in this order; a bare number is a level to set. */
export interface Intervention {
  /** A level, whatever its causes do; or one drawn anew for each run. */
  readonly set?: number | Distribution;
  readonly scale?: number;
  readonly shift?: number;
  /** The first moment at which it holds. Default: the first step. */
  readonly from?: Instant;
  /** The moment from which it no longer holds. Default: never. */
  readonly until?: Instant;
}

/** What is done to each metric that is named. */
export type Interventions = Readonly<Record<string, number | Intervention>>;

/** Lowest and highest value that was seen of each metric. */
export type Ranges = ReadonlyMap<string, { readonly low: number; readonly high: number }>;

/**
 * Turns interventions into a world beside the baseline; `notes` takes a line for each level outside of what was seen.
 *
 * @throws TwinError with an issue for each that is of no metric, of an identity or a stock, or no number.
 */
export function worldOf(program: Program, interventions: Interventions, ranges: Ranges, notes: string[]): World {
  const issues: Issue[] = [];
  const edits: NodeEdits[] = [];
  const shocks: Shock[] = [];
  const names = program.nodes.map(({ name }) => name);
  for (const [name, given] of Object.entries(interventions)) {
    const refuse = (message: string, fix: string, code: Issue["code"] = "invalid-argument"): void => {
      issues.push({ code, path: ["intervene", name], message, fix });
    };
    const node = names.indexOf(name);
    const definition = program.nodes[node];
    if (definition === undefined) {
      const near = nearest(name, names);
      refuse(
        `unknown metric '${name}'`,
        near === undefined ? "name a metric of the graph" : `did you mean '${near}'?`,
        "unknown-name",
      );
      continue;
    }
    if (definition.kind !== "metric") {
      const parts = definition.kind === "identity" ? definition.inputs : [definition.inflow, definition.outflow];
      const listed = parts.map((part) => `'${names[part]}'`).join(" or ");
      refuse(`'${name}' follows from ${listed} and cannot be set by itself`, `intervene on ${listed}`, "invalid-graph");
      continue;
    }
    const wanted: Intervention = typeof given === "object" && given !== null ? given : { set: given };
    const { set, scale = 1, shift = 0 } = wanted;
    const random = typeof set === "object" && set !== null;
    if (![random ? 0 : (set ?? 0), scale, shift].every(Number.isFinite)) {
      refuse("a level, factor or difference is no finite number", "give numbers, or a distribution to set");
      continue;
    }
    const [from, until] = span(program, wanted, name);
    const inside = (step: number): boolean => step >= from && step < until;
    const factor = Float64Array.from({ length: program.steps }, (_, step) =>
      inside(step) ? (set === undefined ? scale : 0) : 1,
    );
    const difference = Float64Array.from({ length: program.steps }, (_, step) =>
      inside(step) ? (set === undefined || random ? shift : scale * set + shift) : 0,
    );
    if (random) {
      shocks.push({ kind: "set", size: set, chance: 1, share: factor.map((value) => (value === 0 ? 1 : 0)) });
      if (scale !== 1 || shift !== 0)
        refuse("a drawn level is neither scaled nor shifted", "shift the distribution itself");
    }
    edits.push({ node, factor, shift: difference, ...(random ? { shocks: [shocks.length - 1] } : {}) });
    if (typeof set === "number") warnOutside(name, scale * set + shift, ranges, notes);
  }
  if (issues.length > 0) throw new TwinError(issues);
  return { edits, shocks };
}

function span(program: Program, { from, until }: Intervention, name: string): readonly [number, number] {
  const first = periodIndex(program.start, program.frequency);
  const stepOf = (instant: Instant, label: string): number =>
    periodIndex(toInstant(instant, ["intervene", name, label]), program.frequency) - first;
  return [from === undefined ? 0 : stepOf(from, "from"), until === undefined ? program.steps : stepOf(until, "until")];
}

function warnOutside(name: string, level: number, ranges: Ranges, notes: string[]): void {
  const range = ranges.get(name);
  if (range === undefined || (level >= range.low && level <= range.high)) return;
  const distance = level < range.low ? range.low - level : level - range.high;
  const width = range.high - range.low;
  const share = width > 0 ? `, ${(distance / width).toPrecision(2)} times the width of what was seen` : "";
  notes.push(
    `${name} = ${level} lies ${distance.toPrecision(3)} outside of ${range.low} to ${range.high}${share}: the effects are extrapolated`,
  );
}
