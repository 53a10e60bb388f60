import {
  editParts,
  joinParts,
  makeParts,
  openPart,
  type Parts,
  type Program,
  type Shock,
  type ShockCopula,
  type World,
} from "@sage-twin/causal";
import { compileColumns, namesIn, parseExpression } from "@sage-twin/formulas";
import {
  addDuration,
  type Frequency,
  formatInstant,
  type Issue,
  periodIndex,
  periodStart,
  TwinError,
} from "@sage-twin/kernel";
import { cholesky, scoreCorrelation } from "@sage-twin/numerics";
import { type Edit, openIn, type Size } from "./edit.js";
import type { Levers } from "./levers.js";
import type { Scenario } from "./scenario.js";

interface Target {
  readonly node: number;
  readonly parts: Parts;
  readonly shocks: number[];
}

/**
 * Turns a scenario's edits into factors, differences and shocks by step, and checks them against the program and the levers' ranges.
 *
 * @param given values of open parameters, run by run.
 * @throws TwinError with an issue per edit that is of no node, outside the horizon, left open, or takes a lever out of its range.
 */
export function resolveScenario(
  program: Program,
  scenario: Scenario,
  levers: Levers = {},
  given: Readonly<Record<string, Float64Array>> = {},
): World {
  const issues: Issue[] = [];
  const targets = new Map<number, Target>();
  const shocks: Shock[] = [];
  const shockLevers: string[] = [];
  scenario.edits.forEach((edit, index) => {
    const issue = problemOf(edit, program, Object.keys(given), [scenario.name, "edits", index]);
    if (issue !== undefined) {
      issues.push(issue);
      return;
    }
    const node = program.nodes.findIndex(({ name }) => name === edit.lever);
    let target = targets.get(node);
    if (target === undefined) {
      target = {
        node,
        parts: makeParts(program.steps),
        shocks: [],
      };
      targets.set(node, target);
    }
    const share = shareByStep(edit, program);
    const { segment } = edit;
    const wrong = segment && openPart(target.parts, segment, program, [scenario.name, "edits", index]);
    if (wrong !== undefined) {
      issues.push(wrong);
      return;
    }
    if (typeof edit.value === "number" && edit.chance === undefined) {
      apply(edit, edit.value, target.parts, share, program);
    } else {
      target.shocks.push(shocks.length);
      shockLevers.push(edit.lever);
      const part = segment && target.parts.get(segment.name)?.share;
      const held = share.map((value, step) => value * (part?.[step] ?? 1));
      shocks.push({ kind: edit.kind, size: sizeOf(edit.value, given), chance: edit.chance ?? 1, share: held });
    }
  });
  for (const target of targets.values()) {
    const issue = outOfRange(target, program, levers, scenario.name);
    if (issue !== undefined) issues.push(issue);
  }
  if (issues.length > 0) throw new TwinError(issues);
  const copula = copulaOf(scenario, shockLevers);
  return {
    edits: [...targets.values()].map(({ node, parts, shocks: own }) => ({
      node,
      ...joinParts(parts),
      ...(own.length > 0 ? { shocks: own } : {}),
    })),
    ...(shocks.length > 0 ? { shocks } : {}),
    ...(copula === undefined ? {} : { copula }),
  };
}

function problemOf(
  edit: Edit,
  program: Program,
  given: readonly string[],
  path: readonly (string | number)[],
): Issue | undefined {
  const definition = program.nodes.find(({ name }) => name === edit.lever);
  const allowed = definition?.kind === "metric" && (definition.given || edit.event !== undefined);
  if (!allowed) {
    return edit.event === undefined
      ? { code: "not-a-lever", path, message: `'${edit.lever}' is not a lever`, fix: "declare it with .levers()" }
      : {
          code: "invalid-graph",
          path,
          message: definition === undefined ? `unknown metric '${edit.lever}'` : `'${edit.lever}' follows from others`,
          fix: "let the event move a metric that has no formula",
        };
  }
  const open = openIn(edit).filter((name) => !given.includes(name));
  if (open.length > 0) {
    return {
      code: "invalid-argument",
      path,
      message: `${open.map((name) => `'${name}'`).join(" and ")} of the edit of '${edit.lever}' is left open`,
      fix: `give it a value: .with({ ${open.map((name) => `${name}: ...`).join(", ")} })`,
    };
  }
  if (edit.from !== undefined && edit.until !== undefined && edit.from >= edit.until)
    return { code: "invalid-time", path, message: `the edit of '${edit.lever}' ends before it starts` };
  const { from, until } = stepsOf(edit, program);
  const first = periodIndex(program.start, program.frequency);
  const date = (step: number): string => formatInstant(periodStart(first + step, program.frequency), program.frequency);
  if (from < program.steps && until > 0) return undefined;
  return {
    code: "out-of-range",
    path,
    message: `the edit of '${edit.lever}' lies outside the horizon`,
    fix: `the horizon is ${date(0)} to ${date(program.steps - 1)}`,
  };
}

/** The first step at which an edit holds, and the first at which it no longer does. */
function stepsOf({ from, until }: Edit, { start, frequency, steps }: Program): { from: number; until: number } {
  const first = periodIndex(start, frequency);
  const stepOf = (instant: number): number => periodIndex(instant, frequency) - first;
  return {
    from: from === undefined ? 0 : stepOf(from),
    until: until === undefined ? steps : stepOf(until - 1) + 1,
  };
}

/** How much of an edit holds at each step, 0..1: evenly more while it comes in, evenly less while it goes. */
function shareByStep(edit: Edit, program: Program): Float64Array {
  const { from, until } = stepsOf(edit, program);
  const ramp = stepsFor(edit.ramp, program, from);
  const fade = edit.until === undefined ? 0 : stepsFor(edit.fade, program, until);
  const shares = new Float64Array(program.steps);
  const reached = ramp > 0 ? Math.min(1, (until - from) / ramp) : 1;
  for (let step = Math.max(0, from); step < program.steps; step++) {
    if (step < until) shares[step] = ramp > 0 ? Math.min(1, (step - from + 1) / ramp) : 1;
    else shares[step] = step - until < fade ? reached * (1 - (step - until + 1) / (fade + 1)) : 0;
  }
  return shares;
}

function stepsFor(duration: Frequency | undefined, { start, frequency }: Program, step: number): number {
  if (duration === undefined) return 0;
  const first = periodIndex(start, frequency) + step;
  return Math.max(0, periodIndex(addDuration(periodStart(first, frequency), duration), frequency) - first);
}

/** Composes an edit onto what stands, as far as it holds. */
function apply(edit: Edit, value: number, parts: Parts, shares: Float64Array, program: Program): void {
  const first = periodIndex(program.start, program.frequency);
  const { kind, months, segment } = edit;
  shares.forEach((share, step) => {
    if (share === 0) return;
    const month = new Date(periodStart(first + step, program.frequency)).getUTCMonth() + 1;
    const scale = months === undefined ? value : (months[month] ?? 1);
    const factor = kind === "set" ? 1 - share : kind === "scale" ? 1 + (scale - 1) * share : 1;
    editParts(parts, segment, step, factor, kind === "scale" ? 0 : share * value);
  });
}

function sizeOf(value: Size, given: Readonly<Record<string, Float64Array>>): Shock["size"] {
  if (typeof value === "number") return { kind: "normal", mean: value, sd: 0 };
  if (typeof value === "object") return value;
  const expression = parseExpression(value);
  const names = namesIn(expression);
  const values = new Float64Array(given[names[0]]?.length ?? 0);
  compileColumns(expression, names)(
    names.map((name) => given[name]),
    values,
    values.length,
  );
  return { kind: "given", values };
}

/** What is wrong with where a lever's certain edits take it, in any of its parts. */
function outOfRange({ node, parts }: Target, program: Program, levers: Levers, scenario: string): Issue | undefined {
  const definition = program.nodes[node];
  if (definition.kind !== "metric") return undefined;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = levers[definition.name] ?? {};
  const lowest = definition.link.kind === "log" ? Math.max(min, Number.MIN_VALUE) : min;
  for (const [segment, { factor, shift }] of parts) {
    for (let step = 0; step < factor.length; step++) {
      const level = factor[step] * definition.level[step] + shift[step];
      if ((factor[step] === 1 && shift[step] === 0) || (level >= lowest && level <= max)) continue;
      const first = periodIndex(program.start, program.frequency);
      const date = formatInstant(periodStart(first + step, program.frequency), program.frequency);
      return {
        code: "out-of-range",
        path: [scenario, definition.name],
        message: `'${definition.name}' would be ${level} at ${date}${segment && ` in '${segment}'`}, outside ${min === Number.NEGATIVE_INFINITY && lowest > min ? "above 0" : `${min}..${max}`}`,
        fix: "change the edit, or the lever's range",
      };
    }
  }
  return undefined;
}

/** The copula of a scenario's drawn sizes, from the rank correlations of their levers. */
function copulaOf(scenario: Scenario, levers: readonly string[]): ShockCopula | undefined {
  const { correlations = [], degrees } = scenario.correlations;
  const size = levers.length;
  if (size === 0 || (correlations.length === 0 && degrees === undefined)) return undefined;
  const matrix = Float64Array.from({ length: size * size }, (_, cell) => (cell % (size + 1) === 0 ? 1 : 0));
  for (const { between, rank } of correlations) {
    const [a, b] = between.map((name) => levers.indexOf(name));
    if (a < 0 || b < 0) continue;
    matrix[a * size + b] = scoreCorrelation(rank);
    matrix[b * size + a] = matrix[a * size + b];
  }
  try {
    return { factor: cholesky(matrix, size), ...(degrees === undefined ? {} : { degrees }) };
  } catch {
    throw new TwinError({
      code: "contradiction",
      path: [scenario.name, "correlate"],
      message: "no numbers can have all of these correlations at once",
      fix: "bring the correlations nearer to 0",
    });
  }
}
