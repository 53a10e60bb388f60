import {
  type MorrisEffect,
  type MorrisOptions,
  morrisEffects,
  type SobolIndexOptions,
  type SobolIndices,
  sobolIndices,
} from "@sage-twin/numerics";
import type { Scenario } from "../scenario.js";
import type { Study } from "../study.js";
import { type ExperimentOptions, experiment, fromCube } from "./experiment.js";

/** Variance-based indices with the inputs' names. */
export interface ScenarioIndices extends SobolIndices {
  readonly inputs: readonly string[];
}

/** How much of an answer's variance goes with each input, by itself and with the others (see `sobolIndices` of the numerics). */
export function sobol(study: Study, plan: Scenario, options: ExperimentOptions & SobolIndexOptions): ScenarioIndices {
  const { inputs, evaluate } = experiment(study, plan, options);
  const found = sobolIndices((cube) => evaluate(fromCube(inputs, cube)), inputs.length, options);
  return { ...found, inputs: inputs.map(({ name }) => name) };
}

/** What each input does to an answer over many walks through their ranges (see `morrisEffects` of the numerics): a screening of many inputs. */
export function morris(
  study: Study,
  plan: Scenario,
  options: ExperimentOptions & MorrisOptions,
): readonly (MorrisEffect & { readonly input: string })[] {
  const { inputs, evaluate } = experiment(study, plan, options);
  const effects = morrisEffects((cube) => evaluate(fromCube(inputs, cube)), inputs.length, options);
  return effects.map((effect, input) => ({ input: inputs[input].name, ...effect }));
}
