import { compileColumns, parseExpression } from "@sage-twin/formulas";
import { log, stepsIn, TwinError } from "@sage-twin/kernel";
import type { Edge } from "./graph-state.js";
import { bridgeGaps } from "./history.js";
import type { Feature } from "./program.js";

/** An edge's lag in steps of `frequency`; a lag that is not a whole number of steps is an error. */
export function lagSteps(edge: Edge, frequency: string, path: readonly (string | number)[]): number {
  const { lag } = edge.mechanism;
  if (lag === undefined) return 0;
  const steps = stepsIn(lag, frequency);
  if (steps === undefined) {
    throw new TwinError({
      code: "invalid-time",
      path,
      message: `the lag ${lag} of '${edge.from}' on '${edge.to}' is not a whole number of periods of ${frequency}`,
      fix: "state the lag in the unit of the twin's frequency",
    });
  }
  return steps;
}

/** What an edge sees of its cause, as the transformation's kind and text. */
export function transformOf(edge: Edge): Pick<Feature, "carryover" | "expression" | "transform"> {
  const { kind, carryover, expression } = edge.mechanism;
  if (kind === "formula") return { transform: "expression", carryover, expression };
  return { transform: kind === "elasticity" ? "log" : "level", carryover };
}

/** A feature over history: its values by row (NaN where the cause is missing) and the carried level at the last row. */
export function featureHistory(
  name: string,
  values: Float64Array,
  { transform, carryover, expression }: Pick<Feature, "carryover" | "expression" | "transform">,
): { values: Float64Array; bridged: Float64Array; carried: number } {
  const levels = bridgeGaps(values);
  let carried = levels[0];
  for (let row = 0; row < levels.length; row++) {
    // Before the first row the cause is taken to have been as it was then.
    if (carryover > 0) levels[row] = (1 - carryover) * levels[row] + carryover * carried;
    carried = levels[row];
  }
  const bridged = new Float64Array(levels.length);
  if (transform === "level") bridged.set(levels);
  else if (transform === "log") for (let row = 0; row < levels.length; row++) bridged[row] = log(levels[row]);
  else compileColumns(parseExpression(expression as string), [name])([levels], bridged, levels.length);
  return {
    values: bridged.map((value, row) => (Number.isFinite(values[row]) ? value : Number.NaN)),
    bridged,
    carried,
  };
}
