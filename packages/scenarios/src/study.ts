import type { FittedProgram } from "@sage-twin/causal";
import { TwinError } from "@sage-twin/kernel";
import { Comparison, type Contribution, contributionsOf, partialWorlds } from "./compare.js";
import type { Levers } from "./levers.js";
import { resolveScenario } from "./resolve.js";
import { SimulationResult } from "./result.js";
import type { Scenario } from "./scenario.js";
import { type SimulateOptions, simulateWorlds } from "./simulate.js";
import { type MetricInfo, totalOver } from "./totals.js";

/** What scenarios are run on. */
export interface Study {
  readonly fitted: FittedProgram;
  readonly levers: Levers;
  readonly catalogue: Readonly<Record<string, MetricInfo>>;
}

/** How scenarios are compared. */
export interface CompareOptions extends SimulateOptions {
  /** Whether to tell which lever moved what, which takes a simulation for every combination of a scenario's levers. Default true. */
  readonly why?: boolean;
}

/** Simulates scenarios and the baseline together; one result per scenario, in their order. */
export async function simulateScenarios<Metric extends string = string>(
  { fitted, levers, catalogue }: Study,
  scenarios: readonly Scenario[],
  options: SimulateOptions = {},
): Promise<readonly SimulationResult<Metric>[]> {
  const worlds = scenarios.map((scenario) => resolveScenario(fitted.program, scenario, levers));
  const simulation = await simulateWorlds(fitted, worlds, { ...options, last: stocksOf(catalogue) });
  return scenarios.map((scenario, world) => new SimulationResult<Metric>(simulation, catalogue, scenario, world));
}

/**
 * Compares scenarios with the baseline, and says which levers moved what.
 *
 * @throws TwinError for no scenarios, two of one name, or more than six levers in one.
 */
export async function compareScenarios<Metric extends string = string>(
  study: Study,
  scenarios: readonly Scenario[],
  { why = true, ...options }: CompareOptions = {},
): Promise<Comparison<Metric>> {
  const names = scenarios.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (scenarios.length === 0 || twice !== undefined) {
    throw new TwinError({
      code: "invalid-argument",
      path: ["scenarios"],
      message: twice === undefined ? "there is no scenario to compare" : `two scenarios are named '${twice}'`,
    });
  }
  const results = await simulateScenarios<Metric>(study, scenarios, options);
  const contributions = new Map<string, Readonly<Record<string, readonly Contribution[]>>>();
  for (const [index, scenario] of why ? scenarios.entries() : []) {
    contributions.set(scenario.name, await contributionsIn(study, scenario, results[index], options));
  }
  const good = Object.fromEntries(Object.entries(study.catalogue).map(([name, info]) => [name, info.good]));
  return new Comparison<Metric>(results, good, contributions);
}

async function contributionsIn(
  { fitted, levers, catalogue }: Study,
  scenario: Scenario,
  result: SimulationResult,
  options: SimulateOptions,
): Promise<Readonly<Record<string, readonly Contribution[]>>> {
  const world = resolveScenario(fitted.program, scenario, levers);
  const edited = world.edits.map(({ node }) => fitted.program.nodes[node].name);
  const partial: Record<string, number>[] = [];
  // One combination at a time, so that no more than one is in memory.
  for (const combination of partialWorlds(world)) {
    const simulation = await simulateWorlds(fitted, [combination], {
      ...options,
      runs: result.runs,
      last: stocksOf(catalogue),
    });
    const mean = (metric: string, of: number): number => {
      const total = totalOver(simulation, catalogue, metric, of, 0, simulation.steps);
      return total.reduce((sum, value) => sum + value, 0) / total.length;
    };
    partial.push(
      Object.fromEntries(
        result.metrics.map((metric) => [metric, simulation.moves(metric, 0) ? mean(metric, 0) - mean(metric, -1) : 0]),
      ),
    );
  }
  return Object.fromEntries(
    result.metrics.map((metric) => [
      metric,
      contributionsOf(
        edited,
        partial.map((means) => means[metric]),
        result.difference(metric).total.mean,
      ),
    ]),
  );
}

function stocksOf(catalogue: Study["catalogue"]): readonly string[] {
  return Object.keys(catalogue).filter((name) => catalogue[name].kind === "stock");
}
