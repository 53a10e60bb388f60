import { arrayShape, choiceShape, numberShape, objectShape, type Shape } from "@sage-twin/kernel";
import type { Process } from "./process.js";

/** A forecast along a straight line: drift, historic mean, window average, linear trend. */
export interface LineState {
  readonly name: string;
  /** What a new value does to the level: it takes its place, enters the mean of all or of the last few, or nothing. */
  readonly rule: "last" | "mean" | "window" | "fixed";
  /** The value of the line at the last observed step. */
  readonly level: number;
  readonly slope: number;
  /** Steps since the last observed value; since the end of the fitted series where the rule is "fixed". */
  readonly age: number;
  /** How many values the mean has seen. */
  readonly seen: number;
  /** The values of the window, the oldest first. */
  readonly recent: readonly number[];
  /** The variance h steps after the level: c0 + c1 h + c2 h^2. */
  readonly variance: readonly number[];
}

export const lineShape: Shape<LineState> = /* @__PURE__ */ objectShape({
  name: /* @__PURE__ */ choiceShape("drift", "historicMean", "windowAverage", "linearTrend"),
  rule: /* @__PURE__ */ choiceShape("last", "mean", "window", "fixed"),
  level: numberShape,
  slope: numberShape,
  age: numberShape,
  seen: numberShape,
  recent: /* @__PURE__ */ arrayShape(numberShape),
  variance: /* @__PURE__ */ arrayShape(numberShape),
});

export function lineProcess(state: LineState): Process<LineState> {
  const { name, rule, slope, age, variance } = state;
  const [c0, c1, c2] = variance;
  const varianceAt = (steps: number): number => c0 + c1 * steps + c2 * steps * steps;
  const mean = (horizon: number): Float64Array =>
    Float64Array.from({ length: horizon }, (_, step) => state.level + slope * (age + step + 1));
  const deviation = (horizon: number): Float64Array =>
    Float64Array.from({ length: horizon }, (_, step) => Math.sqrt(varianceAt(age + step + 1)));
  return {
    name,
    description: `${name}: level ${state.level.toPrecision(6)}, slope ${slope.toPrecision(4)} a step, sd of the next value ${Math.sqrt(varianceAt(age + 1)).toPrecision(4)}`,
    mean,
    components: (horizon) => ({
      level: new Float64Array(horizon).fill(state.level),
      ...(slope !== 0 && { trend: mean(horizon).map((value) => value - state.level) }),
    }),
    deviation,
    spread: deviation,
    simulate(innovations, horizon) {
      const centre = mean(horizon);
      // A walk gathers its errors, so that each step adds what its variance has more than the one before.
      const scale = Float64Array.from({ length: horizon }, (_, step) =>
        Math.sqrt(varianceAt(age + step + 1) - (rule === "last" && step > 0 ? varianceAt(age + step) : 0)),
      );
      for (let start = 0; start < innovations.length; start += horizon) {
        let carried = 0;
        for (let step = 0; step < horizon; step++) {
          const error = scale[step] * innovations[start + step];
          carried = rule === "last" ? carried + error : error;
          innovations[start + step] = centre[step] + carried;
        }
      }
    },
    filter(values) {
      let after = state;
      const residuals = values.map((value) => {
        const error = value - (after.level + slope * (after.age + 1));
        after = advance(after, value);
        return error;
      });
      return { state: after, residuals };
    },
  };
}

/** The state after one more value; NaN is missing. */
function advance(state: LineState, value: number): LineState {
  const { rule, level, seen, recent, age } = state;
  if (Number.isNaN(value) || rule === "fixed") return { ...state, age: age + 1 };
  if (rule === "last") return { ...state, level: value, age: 0 };
  if (rule === "mean") return { ...state, level: level + (value - level) / (seen + 1), seen: seen + 1 };
  const kept = [...recent.slice(1), value];
  return { ...state, level: kept.reduce((sum, item) => sum + item, 0) / kept.length, recent: kept };
}
