import { arrayShape, booleanShape, choiceShape, numberShape, objectShape, type Shape } from "@sage-twin/kernel";
import { widened } from "./in-sample-widening.js";
import type { Process } from "./process.js";
import {
  filterTheta,
  simulateTheta,
  type ThetaParameters,
  type ThetaPosition,
  thetaDeviation,
} from "./theta-kernel.js";

export const thetaNames = ["theta", "optimizedTheta", "dynamicTheta", "dynamicOptimizedTheta"] as const;
export type ThetaName = (typeof thetaNames)[number];

/** A fitted theta model, at the end of its series. Position, sigma and additive indices are in units of `scale`. */
export interface ThetaState {
  readonly name: ThetaName;
  readonly parameters: ThetaParameters;
  readonly position: Readonly<ThetaPosition>;
  readonly scale: number;
  readonly sigma: number;
  readonly multiplicative: boolean;
  /** Seasonal indices, the next step's first; empty without a season. */
  readonly indices: readonly number[];
  /** What the spread of each step is multiplied by; empty for none. */
  readonly widening: readonly number[];
}

export const thetaShape: Shape<ThetaState> = /* @__PURE__ */ (() =>
  objectShape({
    name: /* @__PURE__ */ choiceShape(...thetaNames),
    parameters: /* @__PURE__ */ objectShape({ alpha: numberShape, weight: numberShape, dynamic: booleanShape }),
    position: /* @__PURE__ */ objectShape({
      seen: numberShape,
      level: numberShape,
      mean: numberShape,
      slope: numberShape,
    }),
    scale: numberShape,
    sigma: numberShape,
    multiplicative: booleanShape,
    indices: /* @__PURE__ */ arrayShape(numberShape),
    widening: /* @__PURE__ */ arrayShape(numberShape),
  }))();

export function thetaProcess(model: ThetaState): Process<ThetaState> {
  return widened(exactProcess(model), model.widening);
}

function exactProcess(model: ThetaState): Process<ThetaState> {
  const { name, parameters, position, scale, sigma, multiplicative, indices } = model;
  const { alpha, weight } = parameters;
  const season = (step: number): number => indices[step % indices.length] ?? (multiplicative ? 1 : 0);
  const factor = (step: number): number => (multiplicative ? season(step) * scale : scale);
  const shift = (step: number): number => (multiplicative ? 0 : season(step) * scale);
  const seasonalise = (paths: Float64Array, horizon: number): void => {
    for (let i = 0; i < paths.length; i++) paths[i] = paths[i] * factor(i % horizon) + shift(i % horizon);
  };
  const deviation = (horizon: number): Float64Array =>
    thetaDeviation(parameters, position, horizon).map((unit, step) => unit * sigma * factor(step));
  return {
    name,
    description: `${name}: alpha ${alpha.toPrecision(4)}, theta ${(1 / (1 - weight)).toPrecision(4)}, season ${
      indices.length === 0 ? "none" : multiplicative ? "multiplicative" : "additive"
    }`,
    mean(horizon) {
      const mean = new Float64Array(horizon);
      simulateTheta(parameters, position, 0, mean, horizon);
      seasonalise(mean, horizon);
      return mean;
    },
    components(horizon) {
      const base = new Float64Array(horizon);
      simulateTheta(parameters, position, 0, base, horizon);
      const level = position.level * scale;
      return {
        level: base.map(() => level),
        line: base.map((value) => value * scale - level),
        ...(indices.length > 0 && {
          season: base.map((value, step) => value * factor(step) + shift(step) - value * scale),
        }),
      };
    },
    deviation,
    spread: deviation,
    simulate(innovations, horizon) {
      simulateTheta(parameters, position, sigma, innovations, horizon);
      seasonalise(innovations, horizon);
    },
    filter(values) {
      const after = { ...position };
      const residuals = new Float64Array(values.length);
      const deseasonalised = values.map((value, step) => (value - shift(step)) / factor(step));
      filterTheta(parameters, after, deseasonalised, 0, residuals);
      const turn = indices.length > 0 ? values.length % indices.length : 0;
      return {
        state: { ...model, position: after, indices: [...indices.slice(turn), ...indices.slice(0, turn)] },
        residuals: residuals.map((error, step) => (Number.isNaN(values[step]) ? Number.NaN : error * factor(step))),
      };
    },
  };
}
