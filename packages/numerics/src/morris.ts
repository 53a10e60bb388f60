import { Rng, TwinError } from "@sage-twin/kernel";
import type { CubeFunction } from "./sobol-indices.js";

/** How elementary effects are drawn. */
export interface MorrisOptions {
  /** Walks through the cube; the function is evaluated at (inputs + 1) points of each. Default 20. */
  readonly trajectories?: number;
  /** Levels of each input's grid, even. Default 4. */
  readonly levels?: number;
  readonly seed?: string | number;
}

/** What one input does, over walks. */
export interface MorrisEffect {
  /** Mean elementary effect: change of the result over change of the input, the input's whole range being 1. */
  readonly mean: number;
  /** Mean of its absolute value: how much the input matters (Campolongo, Cariboni and Saltelli 2007). */
  readonly meanAbsolute: number;
  /** Standard deviation: how much that depends on where one is. */
  readonly deviation: number;
}

/**
 * Elementary effects of each input (Morris 1991): a screening that takes few evaluations.
 *
 * @throws TwinError for no inputs, an odd number of levels, or results that are not finite.
 */
export function morrisEffects(
  evaluate: CubeFunction,
  inputs: number,
  { trajectories = 20, levels = 4, seed = "sage-twin" }: MorrisOptions = {},
): readonly MorrisEffect[] {
  if (
    !(
      Number.isInteger(inputs) &&
      inputs >= 1 &&
      Number.isInteger(trajectories) &&
      trajectories >= 2 &&
      trajectories <= 10_000
    )
  )
    throw refuse("trajectories", `${trajectories} trajectories of ${inputs} inputs`);
  if (!(Number.isInteger(levels) && levels >= 2 && levels % 2 === 0))
    throw refuse("levels", `${levels} levels, not an even number`);
  const rng = new Rng(seed).derive("morris");
  const jump = levels / (2 * (levels - 1));
  const width = inputs + 1;
  const columns = Array.from({ length: inputs }, () => new Float64Array(trajectories * width));
  const moved = new Int32Array(trajectories * width);
  const signs = new Float64Array(trajectories * width);
  for (let walk = 0; walk < trajectories; walk++) {
    const at = Float64Array.from({ length: inputs }, () => rng.integer(levels / 2) / (levels - 1));
    const up = Array.from({ length: inputs }, () => rng.integer(2) === 1);
    up.forEach((rises, input) => {
      if (!rises) at[input] += jump;
    });
    const order = Array.from({ length: inputs }, (_, input) => input);
    for (let place = inputs - 1; place > 0; place--) {
      const other = rng.integer(place + 1);
      [order[place], order[other]] = [order[other], order[place]];
    }
    for (let step = 0; step < width; step++) {
      const row = walk * width + step;
      if (step > 0) {
        const input = order[step - 1];
        signs[row] = up[input] ? 1 : -1;
        at[input] += signs[row] * jump;
        moved[row] = input;
      }
      for (let input = 0; input < inputs; input++) columns[input][row] = at[input];
    }
  }
  const results = evaluate(columns);
  if (results.length !== trajectories * width || !results.every(Number.isFinite))
    throw refuse("evaluate", "the function did not give one finite number for each row");
  const effects = Array.from({ length: inputs }, () => [] as number[]);
  for (let row = 0; row < results.length; row++) {
    if (row % width === 0) continue;
    effects[moved[row]].push((signs[row] * (results[row] - results[row - 1])) / jump);
  }
  return effects.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    return {
      mean,
      meanAbsolute: values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length,
      deviation: Math.sqrt(square),
    };
  });
}

function refuse(field: string, message: string): TwinError {
  return new TwinError({ code: "invalid-argument", path: ["morrisEffects", field], message });
}
