import { type Distribution, quantileOf } from "@sage-twin/causal";
import { normalQuantile, TwinError, unknownName } from "@sage-twin/kernel";
import { assumptionsOf } from "../assumptions.js";
import { resolveScenario } from "../resolve.js";
import { Scenario } from "../scenario.js";
import type { Study } from "../study.js";
import { totalOver } from "../totals.js";
import { runTotals } from "./run-totals.js";

/** A number that an answer hangs on: an uncertain effect, a parameter that the scenario leaves open, or an edit's drawn size. */
export interface SensitivityInput {
  /** `"price -> orders"`, with the lag where there is one; the parameter's name; or `"scale of price"`, with the edit's place where it is not alone. */
  readonly name: string;
  readonly kind: "effect" | "parameter";
  /** The middle: the effect's mean, or the median of the others. */
  readonly base: number;
  /** The value below which it lies with a probability. */
  at(probability: number): number;
}

/** What is asked of a scenario. */
export interface ExperimentOptions {
  /** The metric whose total over the horizon is the answer. */
  readonly metric: string;
  /** What the answer is: how the scenario differs from the baseline (the default), or the scenario's own total. */
  readonly of?: "difference" | "total";
  /** What open parameters may be: a range, taken as equally likely throughout, or a distribution. */
  readonly parameters?: Readonly<Record<string, Distribution | readonly [low: number, high: number]>>;
  /** Names of the inputs to vary. Default: every open parameter and drawn size, and every uncertain effect on the way from the edited levers. */
  readonly inputs?: readonly string[];
}

/** An answer as a function of its inputs, the forecast's errors left out. */
export interface Experiment {
  readonly inputs: readonly SensitivityInput[];
  readonly unit: string;
  /** The answer for each row of values, one column for each input. */
  evaluate(columns: readonly Float64Array[]): Float64Array;
}

/**
 * Makes a function of a scenario: its inputs are effects, open parameters and drawn sizes, its value the total of a metric, or its difference from the
 * baseline. An edit with a chance happens where that is a half at least.
 *
 * @throws TwinError for unknown names, parameters without a range, and ranges that take a lever out of its own.
 */
export function experiment(study: Study, drawn: Scenario, options: ExperimentOptions): Experiment {
  const { fitted, levers, catalogue } = study;
  const { program, effects } = fitted;
  const { metric, of = "difference", parameters = {} } = options;
  const names = program.nodes.map(({ name }) => name);
  if (!names.includes(metric)) throw unknownName("metric", metric, names, ["metric"]);
  const { plan, sizes } = withoutChance(drawn);
  const all = [...parameterInputs(drawn, parameters), ...sizes.map(({ input }) => input), ...effectInputs(study, plan)];
  const parameterOf = new Map(sizes.map(({ input, parameter }) => [input.name, parameter]));
  const keyOf = (name: string): string => parameterOf.get(name) ?? name;
  const inputs =
    options.inputs?.map((name) => {
      const found = all.find((input) => input.name === name);
      if (found === undefined)
        throw unknownName(
          "input",
          name,
          all.map((input) => input.name),
          ["inputs"],
        );
      return found;
    }) ?? all;
  for (const probability of [0, 1]) {
    const extreme = Object.fromEntries(
      all.flatMap(({ kind, name, at }) =>
        kind === "parameter" ? [[keyOf(name), at(probability === 0 ? 0.001 : 0.999)]] : [],
      ),
    );
    resolveScenario(program, plan.with(extreme), levers);
  }
  const edgeOf = new Map(effects.map((effect, edge) => [effectName(effect), edge]));
  return {
    inputs,
    unit: catalogue[metric]?.unit ?? "",
    evaluate(columns): Float64Array {
      const runs = columns[0]?.length ?? 1;
      const given: (Float64Array | undefined)[] = program.edges.map(() => undefined);
      const values: Record<string, Float64Array> = Object.fromEntries(
        plan.parameters.map((name) => {
          const { base } = all.find((input) => keyOf(input.name) === name) as SensitivityInput;
          return [name, new Float64Array(runs).fill(base)];
        }),
      );
      inputs.forEach(({ kind, name }, index) => {
        if (kind === "effect") given[edgeOf.get(name) as number] = columns[index];
        else values[keyOf(name)] = columns[index];
      });
      const world = resolveScenario(program, plan, levers, values);
      const draws = { sampling: "random", effects: false, errors: false, given } as const;
      const simulation = runTotals(fitted, world, { seed: "experiment", runs, steps: program.steps, draws });
      const total = totalOver(simulation, catalogue, metric, 0, 0, program.steps);
      if (of === "total") return total;
      const baseline = totalOver(simulation, catalogue, metric, -1, 0, program.steps);
      return total.map((value, run) => value - baseline[run]);
    },
  };
}

interface DrawnSize {
  readonly parameter: string;
  readonly input: SensitivityInput;
}

/** The scenario with a parameter in the place of every drawn size, and without the edits that hardly happen. */
function withoutChance(plan: Scenario): { readonly plan: Scenario; readonly sizes: readonly DrawnSize[] } {
  const { state, ...envelope } = plan.toJSON();
  const sizes: DrawnSize[] = [];
  const edits = plan.edits.flatMap((edit, index) => {
    const { chance = 1, value, kind, lever, ...rest } = edit;
    if (chance < 0.5) return [];
    if (typeof value !== "object") return [{ ...rest, kind, lever, value }];
    const parameter = `drawn_size_${index + 1}`;
    const alone = plan.edits.filter((other) => other.lever === lever && other.kind === kind).length === 1;
    const input: SensitivityInput = {
      name: `${kind} of ${lever}${alone ? "" : ` (edit ${index + 1})`}`,
      kind: "parameter",
      base: quantileOf(value, 0.5),
      at: (probability) => quantileOf(value, probability),
    };
    sizes.push({ parameter, input });
    return [{ ...rest, kind, lever, value: parameter }];
  });
  return { plan: Scenario.fromJSON({ ...envelope, state: { name: (state as { name: string }).name, edits } }), sizes };
}

/** The inputs' values at points of the unit cube. */
export function fromCube(inputs: readonly SensitivityInput[], cube: readonly Float64Array[]): Float64Array[] {
  return inputs.map(({ at }, input) => cube[input].map((share) => at(Math.min(0.999, Math.max(0.001, share)))));
}

function effectName({ from, to, lag }: { readonly from: string; readonly to: string; readonly lag?: string }): string {
  return lag === undefined ? `${from} -> ${to}` : `${from} -> ${to} after ${lag}`;
}

function effectInputs({ fitted }: Study, plan: Scenario): SensitivityInput[] {
  const levers = [...new Set(plan.edits.map(({ lever }) => lever))];
  return assumptionsOf(fitted, levers, true).flatMap((effect): SensitivityInput[] => {
    const { mean, sd } = effect.posterior;
    if (!(sd > 0)) return [];
    return [
      {
        name: effectName(effect),
        kind: "effect",
        base: mean,
        at: (probability) => mean + sd * normalQuantile(probability),
      },
    ];
  });
}

function parameterInputs(plan: Scenario, given: NonNullable<ExperimentOptions["parameters"]>): SensitivityInput[] {
  for (const name of Object.keys(given))
    if (!plan.parameters.includes(name)) throw unknownName("parameter", name, plan.parameters, ["parameters"]);
  return plan.parameters.map((name) => {
    const range = given[name];
    if (range === undefined) {
      throw new TwinError({
        code: "invalid-argument",
        path: ["parameters", name],
        message: `nothing is said of what '${name}' may be`,
        fix: `give parameters: { ${name}: [low, high] }, or a value by with()`,
      });
    }
    if (isRange(range) && !(Number.isFinite(range[0]) && Number.isFinite(range[1]) && range[0] < range[1])) {
      throw new TwinError({
        code: "invalid-argument",
        path: ["parameters", name],
        message: `${range[0]} to ${range[1]} is no range`,
      });
    }
    const size: Distribution = isRange(range) ? { kind: "uniform", low: range[0], high: range[1] } : range;
    return { name, kind: "parameter", base: quantileOf(size, 0.5), at: (probability) => quantileOf(size, probability) };
  });
}

function isRange(range: Distribution | readonly [number, number]): range is readonly [number, number] {
  return Array.isArray(range);
}
