import type { NodeEdits, Program, World } from "@sage-twin/causal";
import { addDuration, formatInstant, type Issue, periodIndex, periodStart, TwinError } from "@sage-twin/kernel";
import type { Levers } from "./levers.js";
import type { Edit, Scenario } from "./scenario.js";

/**
 * Turns a scenario's edits into factors and differences by step, and checks them against the program and the levers' ranges.
 *
 * @throws TwinError with an issue per edit that is of no node, outside the horizon, or takes a lever out of its range.
 */
export function resolveScenario(program: Program, scenario: Scenario, levers: Levers = {}): World {
  const issues: Issue[] = [];
  const edits = new Map<number, NodeEdits>();
  const firstIndex = periodIndex(program.start, program.frequency);
  const stepOf = (instant: number): number => periodIndex(instant, program.frequency) - firstIndex;
  scenario.edits.forEach((edit, index) => {
    const path = [scenario.name, "edits", index];
    const node = program.nodes.findIndex(({ name }) => name === edit.lever);
    const definition = program.nodes[node];
    if (definition?.kind !== "metric" || !definition.given) {
      issues.push({
        code: "not-a-lever",
        path,
        message: `'${edit.lever}' is not a lever`,
        fix: "declare it with .levers()",
      });
      return;
    }
    if (edit.from !== undefined && edit.until !== undefined && edit.from >= edit.until) {
      issues.push({ code: "invalid-time", path, message: `the edit of '${edit.lever}' ends before it starts` });
      return;
    }
    const from = edit.from === undefined ? 0 : stepOf(edit.from);
    const until = edit.until === undefined ? program.steps : stepOf(edit.until - 1) + 1;
    if (from >= program.steps || until <= 0) {
      issues.push({
        code: "out-of-range",
        path,
        message: `the edit of '${edit.lever}' lies outside the horizon`,
        fix: `the horizon is ${formatInstant(program.start, program.frequency)} to ${formatInstant(periodStart(firstIndex + program.steps - 1, program.frequency), program.frequency)}`,
      });
      return;
    }
    let target = edits.get(node);
    if (target === undefined) {
      target = { node, factor: new Float64Array(program.steps).fill(1), shift: new Float64Array(program.steps) };
      edits.set(node, target);
    }
    apply(edit, target, from, Math.min(until, program.steps), rampSteps(edit, program, firstIndex + from));
  });
  for (const { node, factor, shift } of edits.values()) {
    const definition = program.nodes[node];
    if (definition.kind !== "metric") continue;
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = levers[definition.name] ?? {};
    const lowest = definition.link.kind === "log" ? Math.max(min, Number.MIN_VALUE) : min;
    const step = factor.findIndex((value, at) => {
      if (value === 1 && shift[at] === 0) return false;
      const level = value * definition.level[at] + shift[at];
      return !(level >= lowest && level <= max);
    });
    if (step < 0) continue;
    const level = factor[step] * definition.level[step] + shift[step];
    const date = formatInstant(periodStart(firstIndex + step, program.frequency), program.frequency);
    issues.push({
      code: "out-of-range",
      path: [scenario.name, definition.name],
      message: `'${definition.name}' would be ${level} at ${date}, outside ${min === Number.NEGATIVE_INFINITY && lowest > min ? "above 0" : `${min}..${max}`}`,
      fix: "change the edit, or the lever's range",
    });
  }
  if (issues.length > 0) throw new TwinError(issues);
  return { edits: [...edits.values()] };
}

function rampSteps({ ramp }: Edit, program: Program, first: number): number {
  if (ramp === undefined) return 0;
  const start = periodStart(first, program.frequency);
  return Math.max(0, periodIndex(addDuration(start, ramp), program.frequency) - first);
}

/** Composes an edit onto what stands: level -> factor x level + shift. A ramp lets the share of the edit grow evenly to one. */
function apply(edit: Edit, { factor, shift }: NodeEdits, from: number, until: number, ramp: number): void {
  for (let step = Math.max(0, from); step < until; step++) {
    const share = ramp > 0 ? Math.min(1, (step - from + 1) / ramp) : 1;
    if (edit.kind === "set") {
      factor[step] *= 1 - share;
      shift[step] = (1 - share) * shift[step] + share * edit.value;
    } else if (edit.kind === "scale") {
      const scale = 1 + (edit.value - 1) * share;
      factor[step] *= scale;
      shift[step] *= scale;
    } else {
      shift[step] += share * edit.value;
    }
  }
}
