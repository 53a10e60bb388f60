import { stepsIn, TwinError } from "@sage-twin/kernel";
import { compileCurve } from "./curve.js";
import type { Edge } from "./graph-state.js";
import { bridgeGaps } from "./history.js";
import type { Feature } from "./program.js";

/** An edge's lag in steps of `frequency`; a lag that is not a whole number of steps is an error. */
export function lagSteps(edge: Edge, frequency: string, path: readonly (string | number)[]): number {
  const { lag } = edge.mechanism;
  return lag === undefined ? 0 : wholeSteps(edge, lag, "lag", frequency, path);
}

function wholeSteps(
  edge: Edge,
  duration: string,
  what: string,
  frequency: string,
  path: readonly (string | number)[],
): number {
  const steps = stepsIn(duration, frequency);
  if (steps !== undefined) return steps;
  throw new TwinError({
    code: "invalid-time",
    path,
    message: `the ${what} ${duration} of '${edge.from}' on '${edge.to}' is not a whole number of periods of ${frequency}`,
    fix: `state the ${what} in the unit of the twin's frequency`,
  });
}

/** How a cause is seen over time: what distinguishes one feature of a metric from another. */
export type View = Pick<Feature, "carryover" | "curve"> & { readonly periods: number; readonly order: number };

/** How an edge sees its cause. */
export function viewOf(edge: Edge, frequency: string, path: readonly (string | number)[] = []): View {
  const { curve, carryover, smoothing } = edge.mechanism;
  if (smoothing === undefined) return { curve, carryover, periods: 0, order: 0 };
  const { over, order } = smoothing;
  const periods = wholeSteps(edge, over, "smoothing", frequency, path) / order;
  if (periods < 1) {
    throw new TwinError({
      code: "invalid-time",
      path,
      message: `smoothing over ${over} of order ${order} is shorter than its ${order === 1 ? "period" : "stages"}`,
      fix: `smooth over ${order} periods of ${frequency} at least`,
    });
  }
  return { curve, carryover, periods, order };
}

/** A feature over history: its values by row (NaN where the cause is missing), and the carried level and the stages after the last row. */
export function featureHistory(
  name: string,
  values: Float64Array,
  { curve, carryover, periods, order }: View,
): { values: Float64Array; bridged: Float64Array; carried: number; stages: readonly number[] } {
  const levels = bridgeGaps(values);
  // Before the first row the cause is taken to have been as it was then.
  let carried = levels[0];
  const stages = new Array<number>(order).fill(levels[0]);
  for (let row = 0; row < levels.length; row++) {
    if (carryover > 0) levels[row] = (1 - carryover) * levels[row] + carryover * carried;
    carried = levels[row];
    if (order === 0) continue;
    levels[row] = stages[order - 1];
    for (let place = order - 1; place >= 0; place--)
      stages[place] += ((place === 0 ? carried : stages[place - 1]) - stages[place]) / periods;
  }
  const bridged = new Float64Array(levels.length);
  compileCurve(curve, name)([levels], bridged, levels.length);
  return {
    values: bridged.map((value, row) => (Number.isFinite(values[row]) ? value : Number.NaN)),
    bridged,
    carried,
    stages,
  };
}
