import { type Instant, type Issue, nearest, periodIndex, TwinError, toInstant } from "@sage-twin/kernel";
import type { NodeEdits, Program, World } from "../program.js";
import { editParts, joinParts, makeParts, openPart, type Segment } from "../segment.js";
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
  /**
   * The part of the metric that it holds in. Numbers are those of the whole: `set: 9` for a share of .4 leaves .6 of the level and adds .4 times 9. Drawn
   * levels act on what all other interventions leave.
   */
  readonly segment?: Segment;
}

/** What is done to each metric that is named; a list where segments differ. */
export type Interventions = Readonly<Record<string, number | Intervention | readonly Intervention[]>>;

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
    const parts = makeParts(program.steps);
    const struck: number[] = [];
    const list = Array.isArray(given) ? (given as readonly Intervention[]) : [given as number | Intervention];
    for (const one of list) {
      const wanted: Intervention = typeof one === "object" && one !== null ? one : { set: one };
      const { set, scale = 1, shift = 0, segment } = wanted;
      const random = typeof set === "object" && set !== null;
      if (![random ? 0 : (set ?? 0), scale, shift].every(Number.isFinite)) {
        refuse("a level, factor or difference is no finite number", "give numbers, or a distribution to set");
        continue;
      }
      const [from, until] = span(program, wanted, name);
      const issue = segment && openPart(parts, segment, program, ["intervene", name]);
      if (issue !== undefined) {
        issues.push(issue);
        continue;
      }
      const inside = (step: number): boolean => step >= from && step < until;
      if (random) {
        const held = Float64Array.from({ length: program.steps }, (_, step) =>
          inside(step) ? (segment === undefined ? 1 : (parts.get(segment.name)?.share[step] ?? 0)) : 0,
        );
        struck.push(shocks.length);
        shocks.push({ kind: "set", size: set, chance: 1, share: held });
        if (scale !== 1 || shift !== 0)
          refuse("a drawn level is neither scaled nor shifted", "shift the distribution itself");
        continue;
      }
      for (let step = 0; step < program.steps; step++) {
        if (!inside(step)) continue;
        if (set === undefined) editParts(parts, segment, step, scale, shift);
        else editParts(parts, segment, step, 0, scale * set + shift);
      }
      if (set !== undefined) warnOutside(name, scale * set + shift, ranges, notes);
    }
    edits.push({ node, ...joinParts(parts), ...(struck.length > 0 ? { shocks: struck } : {}) });
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
